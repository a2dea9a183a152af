package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A yard holds the actions that are still to be done, each on the siding of its
// issue. It belongs to its shift's goroutine.
type yard struct {
	sidings map[string]*siding
	order   []*siding         // those with jobs, oldest first
	out     int               // jobs under way at GitHub
	telling int               // and to chats
	owing   []*siding         // those that owe something
	owedAt  time.Time         // since when the first of them does
	writing int               // how many have it written just now
	makers  map[string]int    // promise → how many pending jobs will keep it
	pages   map[string]digest // what was last written of each living page
}

// A siding is one issue's actions in order, or one comment's reactions, or what one
// channel is told. At most one is under way.
type siding struct {
	key    string
	repo   string // the tracking repository
	jobs   []*job
	busy   bool
	owed   []process.Result // ends that are not written down yet
	pageAt time.Time        // no living page to be written before
	rests  time.Time        // none of its jobs can leave before, as long as it stays as it is
	chat   bool             // not an issue's but a channel's
}

// A job is an action with its state.
type job struct {
	Work
	lane   *lane
	siding *siding
	out    bool            // under way
	makes  string          // the promise that others wait for, "" for none
	cause  context.Context // of the decision that asked for it; nil if an earlier shift made it
	since  time.Time       // when this shift came to know of it
}

func newYard() *yard {
	return &yard{sidings: map[string]*siding{}, makers: map[string]int{}, pages: map[string]digest{}}
}

// place names where an action belongs: with all others about its issue, if it
// changes what they change.
func (y *yard) place(l *lane, a process.Action) string {
	key := l.repo + " "
	foreign := a.Repo != "" && a.Repo != l.repo
	switch it := l.line.Number(a.Issue); {
	case a.Do == process.Notify:
		key += "chat " + a.To
	case a.Do == process.React: // it changes nothing that another action changes
		key += "reaction " + strconv.FormatInt(a.Target, 10)
	case a.Item != "":
		key += string(a.Item)
	case foreign:
		key += a.Repo + "#" + strconv.Itoa(a.Issue)
	case it != nil:
		key += string(it.ID)
	default:
		key += "#" + strconv.Itoa(a.Issue)
	}
	return key
}

// siding returns the siding of an action.
func (y *yard) siding(l *lane, a process.Action) *siding {
	key := y.place(l, a)
	sd := y.sidings[key]
	if sd == nil {
		sd = &siding{key: key, repo: l.repo, chat: a.Do == process.Notify}
		y.sidings[key] = sd
	}
	return sd
}

// add puts work at the end of its siding.
func (y *yard) add(l *lane, w Work, cause context.Context) {
	sd := y.siding(l, w.Action)
	j := &job{Work: w, lane: l, siding: sd, makes: makes(l.repo, w.Action), cause: cause, since: time.Now()}
	if len(sd.jobs) == 0 {
		y.order = append(y.order, sd)
	}
	sd.jobs = append(sd.jobs, j)
	sd.stir()
	if j.makes != "" {
		y.makers[j.makes]++
	}
}

// remove takes out a job that is done or dead.
func (y *yard) remove(j *job) {
	sd := j.siding
	sd.jobs = slices.DeleteFunc(sd.jobs, func(o *job) bool { return o == j })
	sd.stir()
	if j.makes != "" {
		if y.makers[j.makes]--; y.makers[j.makes] == 0 {
			delete(y.makers, j.makes)
		}
	}
	if len(sd.jobs) == 0 {
		y.order = slices.DeleteFunc(y.order, func(o *siding) bool { return o == sd })
	}
	y.clear(sd)
}

// clear forgets a siding of which nothing is left to know.
func (y *yard) clear(sd *siding) {
	if len(sd.jobs) == 0 && len(sd.owed) == 0 && !sd.busy && sd.pageAt.Before(time.Now()) {
		delete(y.sidings, sd.key)
	}
}

// stir says that something has changed by which a job may be able to leave.
func (sd *siding) stir() { sd.rests = time.Time{} }

// covered returns the keys of those actions that pending work will do as well:
// a living page that is to be written anyway is written from the Line as it is
// then, this decision included. Before are actions that will be pending by then.
func (y *yard) covered(before, actions []process.Action, at func(process.Action) *siding) []string {
	var keys []string
	for i, a := range actions {
		if a.Do != process.Refresh {
			continue
		}
		same := func(o process.Action) bool {
			return o.Do == process.Refresh && o.Item == a.Item && o.Marker == a.Marker && (o.Anew || !a.Anew)
		}
		if slices.ContainsFunc(before, same) || slices.ContainsFunc(actions[:i], same) ||
			slices.ContainsFunc(at(a).jobs, func(j *job) bool { return !j.out && j.StartedAt.IsZero() && same(j.Action) }) {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// idle reports whether nothing is under way, due, waiting for another try or yet
// to be written down.
func (y *yard) idle() bool {
	if len(y.owing) > 0 || y.writing > 0 {
		return false
	}
	for _, sd := range y.order {
		for _, j := range sd.jobs {
			if j.lane.signal == shut {
				continue
			}
			if wait := j.waitsFor(); j.out || wait == "" || y.makers[wait] > 0 {
				return false
			}
		}
	}
	return true
}

// next returns the job of a siding that may leave now, or nil. Order holds, but
// for answers to a waiting person, which overtake, and living pages, which let
// everything else go first. What the first one waits for may leave before it;
// what waits for something that nobody is going to make holds up nothing; what
// has failed again and again lets pass, while it waits, what has nothing to do
// with it.
func (y *yard) next(sd *siding, now time.Time) *job {
	if sd.busy || sd.rests.After(now) {
		return nil
	}
	var head, page *job
	promised := false         // something waits for what others do
	var missing string        // what the head waits for
	paged := false            // the first page holds up those behind it, due or not
	stuck := map[thing]bool{} // what is about to be changed by those that let others pass
	for _, j := range sd.jobs {
		wait := j.waitsFor()
		due := wait == "" && !j.DueAt.After(now)
		promised = promised || wait != ""
		switch {
		case wait != "" && y.makers[wait] == 0:
		case stuck[changes(j.Action)]:
		case !due && j.Attempt >= letsPass:
			stuck[changes(j.Action)] = true
		case j.Action.Do == process.Refresh:
			if !paged && due && !sd.pageAt.After(now) {
				page = j
			}
			paged = true
		case due && (overtakes(j.Action) || head != nil && j.makes != "" && j.makes == missing):
			return j
		case head == nil:
			head, missing = j, wait
		}
	}
	if head != nil && missing == "" && !head.DueAt.After(now) {
		return head
	}
	if page == nil && !promised {
		sd.rests = sd.nextMoment(now, now.Add(rescan))
	}
	return page
}

// overtakes reports whether an action answers a waiting person and changes
// nothing that another one changes too.
func overtakes(a process.Action) bool {
	return a.Urgent && a.Do == process.SayOnce
}

// letsPass is after how many failures an action no longer holds up others.
const letsPass = 3

// A thing is what an action changes of its issue, by which those that must keep
// their order are known.
type thing struct{ what, name string }

func changes(a process.Action) thing {
	switch a.Do {
	case process.AddLabel, process.RemoveLabel:
		return thing{"label", strings.ToLower(a.Label)}
	case process.SayOnce, process.EditComment:
		if a.Marker == "" {
			return thing{"words", a.Key}
		}
		return thing{"comment", a.Marker}
	case process.React:
		return thing{"reaction", strconv.FormatInt(a.Target, 10)}
	case process.Assign, process.Unassign:
		return thing{"assignee", strings.ToLower(a.Login)}
	case process.Refresh:
		return thing{"page", a.Marker}
	case process.SetMilestone:
		return thing{"milestone", ""}
	case process.MakeMilestone, process.MakeLabels, process.Notify:
		return thing{string(a.Do), ""}
	}
	return thing{"issue", ""}
}

// nextMoment is when the next job becomes due that is not due now, or until.
func (y *yard) nextMoment(now, until time.Time) time.Time {
	for _, sd := range y.order {
		switch {
		case sd.busy:
		case !sd.rests.After(now):
			until = sd.nextMoment(now, until)
		case sd.rests.Before(until):
			until = sd.rests
		}
	}
	return until
}

// nextMoment is the same of one siding.
func (sd *siding) nextMoment(now, until time.Time) time.Time {
	for _, j := range sd.jobs {
		at := j.DueAt
		if j.Action.Do == process.Refresh && sd.pageAt.After(at) {
			at = sd.pageAt
		}
		if at.After(now) && at.Before(until) {
			until = at
		}
	}
	return until
}

// Promises: what a job makes that others may have to wait for.

func makes(repo string, a process.Action) string {
	switch {
	case a.Do == process.OpenIssue:
		return issueOf(repo, a.Item)
	case a.Do == process.MakeMilestone:
		return milestoneOf(repo, a.Item)
	case a.Do == process.SayOnce && a.Item != "" && a.Marker != "":
		return commentOf(repo, a.Item, a.Marker)
	}
	return ""
}

func issueOf(repo string, id process.ID) string     { return repo + " issue of " + string(id) }
func milestoneOf(repo string, id process.ID) string { return repo + " milestone of " + string(id) }
func commentOf(repo string, id process.ID, marker string) string {
	return repo + " comment " + marker + " of " + string(id)
}

// waitsFor names the promise that must be kept before the job can leave, "" if
// it can.
func (j *job) waitsFor() string {
	a, repo := j.Action, j.lane.repo
	it := j.lane.line.Get(a.Item)
	if it == nil || a.Do == process.OpenIssue || a.Do == process.Notify {
		return ""
	}
	if a.Do == process.SetMilestone && a.Train != "" {
		if train := j.lane.line.Get(a.Train); train != nil && train.T != nil && train.T.Milestone == 0 {
			return milestoneOf(repo, a.Train)
		}
	}
	if a.Do == process.MakeMilestone {
		return ""
	}
	if it.Shown.Number == 0 && a.Issue == 0 {
		return issueOf(repo, a.Item)
	}
	if a.Do == process.EditComment && it.Shown.Comments[a.Marker] == 0 {
		return commentOf(repo, a.Item, a.Marker)
	}
	return ""
}
