package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// A wholeWorld acts stories out end to end: through webhook, bot, hub and the
// emulated GitHub. It sees what people see: labels, reactions, replies.
type wholeWorld struct {
	t   *testing.T
	ctx context.Context
	w   *world
	// pullNumbers are the emulator's numbers of the story's pull requests.
	pullNumbers map[string]int
	settle      time.Duration // how long labels settle
	asleep      bool          // the bot is down
}

// newWholeWorld is for scenario.Run.
func newWholeWorld(t *testing.T) scenario.World {
	t.Parallel()
	return wholeWorldFor(t, 10*time.Minute) // on a machine that has other work too
}

// wholeWorldFor lasts no longer than most.
func wholeWorldFor(t *testing.T, most time.Duration) *wholeWorld {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	t.Cleanup(cancel)
	return &wholeWorld{t: t, ctx: ctx, pullNumbers: map[string]int{}, settle: 500 * time.Millisecond}
}

// personaOf are the emulator's personas by login.
var personaOf = map[string]string{"ada": "engineer", "rui": "reviewer", "sasha": "security", "mara": "maintainer", "otto": "outsider", "eve": "eve"}

// teamOf is the team that gives a role.
func teamOf(role string) string {
	switch role {
	case "engineer", "maintainer", "release-manager":
		return role + "s"
	}
	return role
}

// Begin implements [scenario.World].
func (w *wholeWorld) Begin(s scenario.Setup, at time.Time) error {
	o := worldOptions{
		github: emulator.Options{
			Seed: 1, Start: at, Frozen: true, TrackingConfig: configOf(s), Unconfigured: s.Absent,
			Colleagues: []string{"eve"}, Labels: ourLabels(), Repositories: []string{strings.TrimPrefix(elsewhere, "acme/")},
		},
		addr: "127.0.0.1:0", database: filepath.Join(w.t.TempDir(), "story.db"), log: zerolog.Nop(),
		settle: w.settle, // only label changes wait for it
	}
	contractKept := held(w.t, &o)
	made, err := newWorld(w.ctx, o)
	if err != nil {
		return err
	}
	w.w = made
	w.t.Cleanup(func() {
		if err := made.close(); err != nil {
			w.t.Error(err)
		}
		contractKept(made)
		for _, route := range made.github.Unknown() {
			w.t.Errorf("GitHub was asked for what it does not have: %s", route)
		}
	})
	if err := made.github.AddTeamMember("engineers", "eve"); err != nil {
		return err
	}
	return w.Advance(at)
}

// configOf writes the tracking repository's configuration as a person would.
func configOf(s scenario.Setup) string {
	var b strings.Builder
	b.WriteString("roles:\n")
	for _, role := range []string{"engineer", "maintainer", "release-manager", "security", "governance", "protocol"} {
		fmt.Fprintf(&b, "  %s: {teams: [%s]}\n", role, teamOf(role))
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			data, _ := json.Marshal(values) // strings always marshal
			fmt.Fprintf(&b, "%s: %s\n", key, data)
		}
	}
	list("hardforks", s.Hardforks)
	list("code", s.Code)
	if len(s.Taken) > 0 || s.Next != "" {
		b.WriteString("numbers:\n")
		list("  taken", s.Taken)
		if s.Next != "" {
			fmt.Fprintf(&b, "  next: %q\n", s.Next)
		}
	}
	if len(s.Chains) > 0 {
		b.WriteString("chains:\n")
		for _, network := range []string{"testnet", "mainnet"} {
			list("  "+network, s.Chains[network])
		}
	}
	if s.Alphanets.Rule != "" {
		fmt.Fprintf(&b, "alphanet: {rule: %q, zone: %q, start: %q, ahead: %d}\n", s.Alphanets.Rule, s.Alphanets.Zone, s.Alphanets.Start, s.Alphanets.Ahead)
	}
	if m := s.Meetings; m.Rule != "" {
		fmt.Fprintf(&b, "meeting: {rule: %q, zone: %q, start: %q}\n", m.Rule, m.Zone, m.Start)
		if m.Cutoff != "" {
			fmt.Fprintf(&b, "cutoff: {by: %q}\n", m.Cutoff)
		}
	}
	if r := s.Reminders; r.Owner+r.Role+r.Agenda > 0 {
		fmt.Fprintf(&b, "reminders: {owner: %d days, role: %d days, agenda: %d days, mentions: %d, zone: UTC, quiet: off}\n", r.Owner, r.Role, r.Agenda, r.Mentions)
	} else {
		b.WriteString("reminders: off\n")
	}
	if s.Enough > 0 {
		fmt.Fprintf(&b, "enough: %d\n", s.Enough)
	}
	return b.String()
}

// Advance implements [scenario.World].
func (w *wholeWorld) Advance(to time.Time) error {
	if w.asleep {
		w.w.github.Advance(to.Sub(w.w.github.Now()))
		return nil
	}
	return w.w.advance(w.ctx, to)
}

func (w *wholeWorld) as(login string) *person { return w.w.people[personaOf[login]] }

// Do implements [scenario.World].
func (w *wholeWorld) Do(a scenario.Act) (scenario.Reply, error) {
	return w.act(a)
}

// remark is what the bot said on an issue after some comment.
func (w *wholeWorld) remarks(repo string, number int) ([]comment, error) {
	var out []comment
	err := w.as("mara").do(w.ctx, http.MethodGet, fmt.Sprintf("/repos/%s/issues/%d/comments?per_page=100", repo, number), nil, &out)
	return out, err
}

var (
	rulePattern = regexp.MustCompile(`\b(P[1-6]|F1[0-3]|F[1-9]|A10|A[1-9]|B1[01]|B[1-9]|T[1-9]|G[12]|M[12]|D[1-7])\b`)
	fence       = regexp.MustCompile("(?s)```\n(.*?)```")
	sentence    = regexp.MustCompile(`(?m)^Rule ([A-Z][0-9]+):`)
	inline      = regexp.MustCompile("`(/[^`]+)`")
	pointed     = regexp.MustCompile(`On \*\*[^\n]*?\(#(\d+)\), paste|\bon #(\d+)|go to [^\n]*?#(\d+)`)
	anyIssue    = regexp.MustCompile(`#(\d+)`)
	partPattern = regexp.MustCompile(`(?m)^- (🚀|😕|💬|➖)( )(.*)$`)
	rowPattern  = regexp.MustCompile("(?m)^\\| (🚀|😕|💬|➖|[^ ]+) `([^`]*)`[^|]*\\| (.*) \\|$")
)

// outcomes reads what a reply says about each command line, as a person would.
func outcomes(body string, good string) []scenario.Outcome {
	rows := rowPattern.FindAllStringSubmatch(body, -1)
	if parts := partPattern.FindAllStringSubmatch(body, -1); len(rows) == 0 && len(parts) > 0 {
		rows = parts
	}
	if len(rows) == 0 {
		o := scenario.Outcome{State: good}
		o.Rule = cited(body)
		o.Next, o.See = lines(body), points(body)
		return []scenario.Outcome{o}
	}
	var out []scenario.Outcome
	for _, row := range rows {
		o := scenario.Outcome{State: "good", Rule: rulePattern.FindString(row[3])}
		if row[1] == "😕" {
			o.State = "bad"
		}
		o.Next, o.See = lines(body), points(row[3])
		out = append(out, o)
	}
	return out
}

// cited is the rule that a reply rests on: the one whose sentence it has, else
// the first that it names.
func cited(body string) string {
	if m := sentence.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return rulePattern.FindString(body)
}

// lines are those to paste.
func lines(body string) []string {
	var out []string
	for _, m := range fence.FindAllStringSubmatch(body, -1) {
		out = append(out, strings.Split(strings.TrimSpace(m[1]), "\n")...)
	}
	for _, m := range inline.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

// points is the issue to which a reply sends its reader, 0 if to none.
func points(body string) int {
	n := 0
	if m := pointed.FindStringSubmatch(body); m != nil {
		_, _ = fmt.Sscan(m[1]+m[2]+m[3], &n)
	} else if m := anyIssue.FindStringSubmatch(body); m != nil {
		_, _ = fmt.Sscan(m[1], &n)
	}
	return n
}

// Issues implements [scenario.World].
func (w *wholeWorld) Issues() ([]scenario.Issue, error) {
	all, err := w.w.issues(w.ctx, "")
	if err != nil {
		return nil, err
	}
	milestones, err := w.milestones()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b issue) int { return a.Number - b.Number })
	var out []scenario.Issue
	for _, is := range all {
		if is.PullRequest != nil {
			continue
		}
		shown := scenario.Issue{Number: is.Number, Title: is.Title, Open: is.State == "open", Labels: is.labels()}
		if is.Milestone != nil {
			shown.Milestone = is.Milestone.Title
		}
		for _, a := range is.Assignees {
			shown.Assignees = append(shown.Assignees, a.Login)
		}
		if shown.Markers, err = w.markers(scenario.Tracking, is.Number); err != nil {
			return nil, err
		}
		shown.Asks = asked(is.Body)
		if shown.Ticket, err = w.ticket(is, milestones); err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return w.pulls(out)
}

// pulls adds the pull requests of the code repository on which something was said.
func (w *wholeWorld) pulls(out []scenario.Issue) ([]scenario.Issue, error) {
	var all []issue
	if err := w.as("mara").do(w.ctx, http.MethodGet, "/repos/"+scenario.Code+"/issues?state=all&per_page=100", nil, &all); err != nil {
		return nil, err
	}
	for _, is := range all {
		markers, err := w.markers(scenario.Code, is.Number)
		if err != nil {
			return nil, err
		}
		if len(markers) > 0 {
			out = append(out, scenario.Issue{Repo: scenario.Code, Number: w.storyNumber(is.Number), Title: is.Title, Open: is.State == "open", Labels: is.labels(), Markers: markers})
		}
	}
	return out, nil
}

// storyNumber is the number that the story gave to a pull request of the code
// repository.
func (w *wholeWorld) storyNumber(number int) int {
	for name, n := range w.pullNumbers {
		if repo, story, _ := strings.Cut(name, "#"); repo == scenario.Code && n == number {
			_, _ = fmt.Sscan(story, &number)
			return number
		}
	}
	return number
}

var marker = regexp.MustCompile(`^<!-- stationmaster:(\S+) -->`)

// markers are the hidden keys of the bot's comments.
func (w *wholeWorld) markers(repo string, number int) ([]string, error) {
	all, err := w.remarks(repo, number)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range all {
		if m := marker.FindStringSubmatch(c.Body); m != nil && c.User.Type == "Bot" {
			out = append(out, m[1])
		}
	}
	return out, nil
}

var heading = regexp.MustCompile(`(?m)^### 🚆 (.*?): `)

// ticket is the title of a train's own milestone: its status says what it is
// called.
func (w *wholeWorld) ticket(is issue, milestones []scenario.Milestone) (string, error) {
	if !is.has("kind/alphanet") && !is.has("kind/upgrade") {
		return "", nil
	}
	all, err := w.remarks(scenario.Tracking, is.Number)
	if err != nil {
		return "", err
	}
	for _, stone := range milestones {
		if strings.HasSuffix(stone.Title, fmt.Sprintf(" (#%d)", is.Number)) {
			return stone.Title, nil
		}
	}
	for _, c := range all {
		m := heading.FindStringSubmatch(c.Body)
		if c.User.Type != "Bot" || m == nil {
			continue
		}
		for _, stone := range milestones {
			if stone.Title == m[1] {
				return stone.Title, nil
			}
		}
	}
	return "", nil
}

// Milestones implements [scenario.World].
func (w *wholeWorld) Milestones() ([]scenario.Milestone, error) { return w.milestones() }

func (w *wholeWorld) milestones() ([]scenario.Milestone, error) {
	var all []struct {
		Title string  `json:"title"`
		DueOn *string `json:"due_on"`
		State string  `json:"state"`
	}
	if err := w.as("mara").do(w.ctx, http.MethodGet, w.w.tracking("/milestones?state=all&per_page=100"), nil, &all); err != nil {
		return nil, err
	}
	var out []scenario.Milestone
	for _, m := range all {
		shown := scenario.Milestone{Title: m.Title, Closed: m.State == "closed"}
		if m.DueOn != nil {
			shown.Due = (*m.DueOn)[:len(time.DateOnly)]
		}
		out = append(out, shown)
	}
	return out, nil
}
