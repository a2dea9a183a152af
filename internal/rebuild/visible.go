package rebuild

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// ours are the labels of ours on an issue: without the prefix, lower case, sorted.
func (r *rebuilding) ours(in *Issue) []string {
	var out []string
	for _, l := range in.Labels {
		if name, ours := r.p.Our(l); ours {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *rebuilding) label(in *Issue, name string) bool { return slices.Contains(r.ours(in), name) }

// ends are what follows a label's first part, as in "stage/" and "betanet-scoping".
func (r *rebuilding) ends(in *Issue, first string) []string {
	var out []string
	for _, l := range r.ours(in) {
		if rest, ok := strings.CutPrefix(l, first); ok {
			out = append(out, rest)
		}
	}
	return out
}

var kinds = []process.Kind{process.Feature, process.Alphanet, process.Upgrade, process.Meeting, process.AuditIssue, process.Departures}

func (r *rebuilding) kind(in *Issue) process.Kind {
	for _, k := range r.ends(in, "kind/") {
		if slices.Contains(kinds, process.Kind(k)) {
			return process.Kind(k)
		}
	}
	return ""
}

// stage is where the labels say that an issue stands, "" if they do not, or say two
// things.
func (r *rebuilding) stage(in *Issue) string {
	if s := r.ends(in, "stage/"); len(s) == 1 && r.p.Nodes[s[0]] != nil {
		return s[0]
	}
	return ""
}

// visible is the item of an issue as labels, milestone and assignees tell, with a
// finding about what they do not.
func (r *rebuilding) visible(id process.ID, kind process.Kind, in *Issue) *process.Item {
	it := &process.Item{ID: id, Kind: kind, Ours: in.Ours, Since: in.Created.UTC(), Journey: 1}
	switch {
	case id == process.DeparturesID:
		it.Kind = process.Departures
	case kind == process.AuditIssue:
		r.auditIssue(it)
	case kind == process.Feature:
		r.feature(it, in)
	case kind.Train():
		r.train(it, in)
	case kind == process.Meeting:
		r.meeting(it, in)
	default:
		r.finding(in.Number, "", "nothing proves what it is, and it is left alone")
		return nil
	}
	return it
}

// meeting is one whose topics come from the record again, without the answers that
// were ticked.
func (r *rebuilding) meeting(it *process.Item, in *Issue) {
	it.M = &process.MeetingFacts{}
	words := strings.Fields(in.Title)
	if len(words) > 0 {
		if day, err := calendar.ParseDate(words[len(words)-1]); err == nil {
			it.M.At, it.M.Date = day.Time(), day
			if on, ok := r.p.Settings.Schedule.NextMeeting(day.Time().AddDate(0, 0, -1)); ok && on.Day == day {
				process.Fix(it, on, r.w.At)
			}
		}
	}
	if in.State == "closed" {
		it.M.Adjourned = it.M.At
		return
	}
	r.finding(in.Number, "", "the answers that were ticked on its agenda, the topics that people asked for and what it had decided are not known")
}

// auditIssue finds the feature of an audit request in its id.
func (r *rebuilding) auditIssue(it *process.Item) {
	it.Kind = process.AuditIssue
	it.About, _ = aboutOf(it.ID)
}

// aboutOf is the feature that an audit request is about, and in which journey; 0
// when the id is of none.
func aboutOf(id process.ID) (about process.ID, journey int) {
	rest, ok := strings.CutPrefix(string(id), "audit/")
	at := strings.LastIndexByte(rest, '/')
	if !ok || at <= 0 {
		return "", 0
	}
	journey, err := strconv.Atoi(rest[at+1:])
	if err != nil {
		return "", 0
	}
	return process.ID(rest[:at]), journey
}

func journeyOf(audit process.ID) int {
	_, journey := aboutOf(audit)
	return journey
}

// stand puts an item where its labels say.
func (r *rebuilding) stand(it *process.Item, in *Issue) {
	it.Since, it.Process = r.w.At.UTC(), r.p.Hash
	it.Stage = r.stage(in)
	for _, node := range r.p.Stages() {
		if node.Track != "" && r.label(in, node.Track+"/"+node.Name) {
			if it.Tracks == nil {
				it.Tracks = map[string]process.Standing{}
			}
			it.Tracks[node.Track] = process.Standing{At: node.Name, Since: it.Since}
		}
	}
	if r.label(in, process.OnHold) {
		it.Holds = []process.Hold{{Reason: unproved, At: it.Since}}
	}
	if all := r.ends(in, "stage/"); it.Stage == "" && len(all) > 0 {
		r.finding(in.Number, "/correct stage "+all[0]+" because …", "its labels name several stages, or one that the process lacks: %s", strings.Join(all, ", "))
	} else if it.Stage != "" {
		r.finding(in.Number, "/correct stage "+it.Stage+" because …",
			"that it stands in %s is known from its label alone, and since when, its checklists, submissions and dates from nothing: look at it, and set it right", r.p.Title(it.Stage))
	}
}

// unproved stands for words that nobody kept.
const unproved = "the record was lost"

func (r *rebuilding) feature(it *process.Item, in *Issue) {
	it.F = &process.FeatureFacts{Author: in.Author}
	r.stand(it, in)
	if len(in.Assignees) > 0 {
		it.F.Owner = in.Assignees[0]
	}
	it.F.Layers = r.ends(in, "layer/")
	for _, state := range r.ends(in, "audit/") {
		it.F.Audit = process.Audit{State: state, At: it.Since}
	}
	for _, network := range r.ends(in, "submitted/") {
		if it.F.Submitted == nil {
			it.F.Submitted = map[string]process.Submission{}
		}
		it.F.Submitted[network] = process.Submission{By: it.F.Owner, At: it.Since}
	}
	if audit := r.audits[it.ID]; audit != "" && it.F.Audit.Open() {
		it.Journey, it.F.Audit.Issue = journeyOf(audit), audit
	}
	if own := strings.Split(string(it.ID), "/"); len(own) == 4 && own[0] == "pull" {
		if n, err := strconv.Atoi(own[3]); err == nil { // it was opened because this was merged
			it.F.Pulls = []process.Pull{{Repo: own[1] + "/" + own[2], Number: n, Merged: true, At: in.Created.UTC()}}
			it.F.Author = "" // the App opened it
		}
	}
}

// named is the name of an upgrade: its number, and its hardfork.
var named = regexp.MustCompile(`^Upgrade ([0-9]+[a-z]?)(?: · (.+))?$`)

func (r *rebuilding) train(it *process.Item, in *Issue) {
	it.T = &process.TrainFacts{}
	r.stand(it, in)
	for _, title := range []string{in.Title, r.titled(in.Milestone)} {
		if m := named.FindStringSubmatch(title); m != nil && it.Kind == process.Upgrade && it.T.Number == "" {
			it.T.Number, it.T.Hardfork = m[1], m[2]
		}
	}
	for _, n := range r.ends(in, "upgrade/") {
		it.T.Number = n
	}
	// A number that its label no longer shows is spent for nothing.
	it.T.Void = it.T.Number != "" && len(r.ends(in, "upgrade/")) == 0 && r.p.Ended(it)
	if it.Kind == process.Alphanet {
		if day, err := calendar.ParseDate(strings.TrimPrefix(string(it.ID), string(process.Alphanet)+"/")); err == nil {
			it.T.Date = day
			it.T.Name = in.Title
		}
	}
	if it.Stage != "" && it.Stage != r.p.Scoping(it.Kind) {
		it.T.Departed, it.T.Iteration = it.Since, 1
		r.finding(in.Number, "/correct stage "+it.Stage+" because …", "when it departed, who was aboard, and which deployment is under way are not known: it counts as the first")
	}
	if r.label(in, "needs/redeployment") {
		it.T.Redeploy = "asked"
	}
}

// titled is the title of a milestone, "" for none.
func (r *rebuilding) titled(number int) string {
	for _, m := range r.w.Milestones {
		if m.Number == number && number > 0 {
			return m.Title
		}
	}
	return ""
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
