package scenario

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/agenda"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/gate"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// Pure is the world of the decision alone: it asks, answers from the personas'
// roles, decides, and carries the actions out on a GitHub of maps. After every
// event it checks what must hold of every decision.
type Pure struct {
	Process *process.Process
	Line    *process.Line
	// Check looks at every decision; nil leaves the checks of [Pure] alone.
	Check func(process.Event, process.Answers, process.Decision) error

	hub     *github
	now     time.Time
	roles   map[string]map[process.Role]bool
	blind   bool // look-ups fail
	asleep  bool // the bot is down
	missed  []process.Event
	seen    map[string]bool
	queue   []process.Action
	last    *process.Event
	reply   *Reply
	err     error
	checked bool
}

// NewPure returns an empty world.
func NewPure() *Pure { return &Pure{checked: true} }

// Now is the world's time.
func (w *Pure) Now() time.Time { return w.now }

// Checking says whether what must hold is checked after every event, as it is at
// first; leaving it out is for speed.
func (w *Pure) Checking(on bool) { w.checked = on }

// Bundled loads the process that comes with the program, with its checklists.
func Bundled(s process.Settings) (*process.Process, error) {
	data, err := fs.ReadFile(templates.Files, "process/op-stack.yml")
	if err != nil {
		return nil, err
	}
	lists, err := Checklists()
	if err != nil {
		return nil, err
	}
	return process.Load(data, command.Tables(gate.Table(), agenda.Table()), lists, s)
}

// Checklists reads those that come with the program.
func Checklists() (map[string]process.ChecklistDef, error) {
	files, err := fs.Glob(templates.Files, "checklists/*.yml")
	if err != nil {
		return nil, err
	}
	out := map[string]process.ChecklistDef{}
	for _, file := range files {
		data, err := fs.ReadFile(templates.Files, file)
		if err != nil {
			return nil, err
		}
		var def process.ChecklistDef
		if err := yaml.Load(data, &def); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		def.Name = strings.TrimSuffix(path.Base(file), ".yml")
		out[def.Name] = def
	}
	return out, nil
}

// configure reads the process under a configuration.
func (w *Pure) configure(s Setup) error {
	settings := process.Settings{
		Roles: []process.Role{process.Engineer, process.Maintainer, process.ReleaseManager, process.Security, process.Governance, process.Protocol},
		Taken: s.Taken, Next: s.Next, Hardforks: s.Hardforks, Chains: s.Chains, Code: s.Code,
		Ahead: s.Alphanets.Ahead, Configured: !s.Absent, Enough: s.Enough,
		Links: map[string]string{"process": "https://process.example", "governance": "https://gov.example"},
	}
	schedule, err := s.schedule()
	if err != nil {
		return err
	}
	settings.Schedule = schedule
	settings.Reminders = s.Reminders.settings()
	w.Process, err = Bundled(settings)
	return err
}

// Begin prepares the process and an empty Line.
func (w *Pure) Begin(s Setup, at time.Time) error {
	if err := w.configure(s); err != nil {
		return err
	}
	w.Line, w.now = process.NewLine(Tracking), at
	w.seen, w.hub = map[string]bool{}, newGitHub()
	w.roles = map[string]map[process.Role]bool{}
	for who, held := range Personas {
		w.grant(who, held)
	}
	return w.tick()
}

func (w *Pure) grant(who string, held []string) {
	w.roles[who] = map[process.Role]bool{}
	for _, r := range held {
		w.roles[who][process.Role(r)] = true
	}
}

// Advance moves the clock and sends one tick.
func (w *Pure) Advance(to time.Time) error {
	if to.After(w.now) {
		w.now = to
	}
	return w.tick()
}

func (w *Pure) tick() error {
	if w.asleep {
		return nil
	}
	due, err := w.due()
	if err != nil {
		return err
	}
	w.happen(process.Event{Key: "tick/" + w.now.Format(time.RFC3339), What: process.Tick, Due: due})
	return w.err
}

// due are the departures of the last month and as many to come as are kept ahead.
func (w *Pure) due() ([]process.Departure, error) {
	schedule := w.Process.Settings.Schedule
	if schedule.Alphanets.Rule.IsZero() {
		return nil, nil
	}
	zone, err := time.LoadLocation(schedule.Alphanets.Rule.Zone())
	if err != nil {
		return nil, err
	}
	var out []process.Departure
	ahead := 0
	for at := w.now.AddDate(0, -1, 0); ahead < w.Process.Settings.Ahead; {
		train, ok := schedule.NextTrain(at)
		if !ok {
			break
		}
		if at = train.At; at.After(w.now) {
			ahead++
		}
		out = append(out, process.Departure{Kind: process.Alphanet, At: at.In(zone), Nominal: train.Nominal})
	}
	return out, nil
}

// happen decides an event and all that follows from it.
func (w *Pure) happen(e process.Event) {
	if e.At.IsZero() {
		e.At = w.now
	}
	if e.Repo == "" {
		e.Repo = Tracking
	}
	if e.What != process.Receipt {
		w.last = &e
	}
	if w.asleep {
		w.missed = append(w.missed, e)
		return
	}
	w.decide(e)
	w.settle()
}

func (w *Pure) decide(e process.Event) {
	if w.err != nil {
		return
	}
	a := w.answer(process.Ask(w.Process, w.Line, e))
	w.Line.Seen = map[string]bool{}
	for _, k := range process.LineKeys(e) {
		if w.seen[k] {
			w.Line.Seen[k] = true
		}
	}
	d, err := w.decided(e, a)
	if err != nil {
		w.err = fmt.Errorf("%s %s: %w", e.What, e.Key, err)
		return
	}
	for _, k := range d.Keys {
		w.seen[k] = true
	}
	if w.reply != nil {
		w.reply.Silent = w.reply.Silent && len(d.Actions) == 0 && len(d.Parts) == 0
		for _, p := range d.Parts {
			w.reply.Outcomes = append(w.reply.Outcomes, outcomes(p.Outcome)...)
		}
	}
	w.queue = append(w.queue, d.Actions...)
}

// outcomes are those of one line: its parts each by itself.
func outcomes(o process.Outcome) []Outcome {
	if len(o.Parts) > 0 {
		var out []Outcome
		for _, p := range o.Parts {
			out = append(out, outcomes(p)...)
		}
		return out
	}
	out := Outcome{State: string(o.State), Rule: o.Rule, Says: o.Head.Key}
	for _, n := range o.Next {
		out.Next = append(out.Next, string(n))
	}
	if o.Where != nil {
		out.See = o.Where.Number
	}
	return []Outcome{out}
}

// answer finds out what was asked: no more, so that a decision that reads more
// is found out.
func (w *Pure) answer(q process.Questions) process.Answers {
	var a process.Answers
	if q.Empty() {
		return a
	}
	if w.blind {
		a.Trouble = "GitHub answered 502 four times"
		return a
	}
	for login, asked := range q.Roles {
		if a.Roles == nil {
			a.Roles = map[string]map[process.Role]process.Verdict{}
		}
		a.Roles[login] = map[process.Role]process.Verdict{}
		if slices.Contains(asked, process.AllRoles) {
			asked = w.Process.Settings.Roles
		}
		if slices.Contains(asked, process.AnyRole) {
			asked = w.untilOne(login, asked)
		}
		for _, r := range asked {
			a.Roles[login][r] = process.No
			if w.roles[login][r] {
				a.Roles[login][r] = process.Yes
			}
		}
	}
	for _, p := range q.Pulls {
		key := strings.ToLower(fmt.Sprintf("%s#%d", p.Repo, p.Number))
		if found, ok := w.hub.pulls[key]; ok {
			if a.Pulls == nil {
				a.Pulls = map[string]process.PullRequest{}
			}
			a.Pulls[key] = *found
		}
	}
	if i := w.hub.issues[q.Issue]; i != nil && !i.gone {
		a.Issue = i.view()
	}
	return a
}

// untilOne are the roles that are looked up of a person who needs any one: up
// to the first that they hold.
func (w *Pure) untilOne(login string, asked []process.Role) []process.Role {
	out := slices.DeleteFunc(slices.Clone(asked), func(r process.Role) bool { return r == process.AnyRole })
	for _, r := range w.Process.Settings.Roles {
		if out = append(out, r); w.roles[login][r] {
			break
		}
	}
	return out
}

// settle carries out what is to be done at GitHub until all is at rest. What
// waits for a number stays in the queue.
func (w *Pure) settle() {
	for w.err == nil {
		at := slices.IndexFunc(w.queue, w.ready)
		if at < 0 {
			return
		}
		a := w.queue[at]
		w.queue = slices.Delete(slices.Clone(w.queue), at, at+1)
		w.carry(a)
	}
}

// Issues shows the issues, and the pull requests on which something was said.
func (w *Pure) Issues() ([]Issue, error) {
	var out []Issue
	for _, n := range slices.Sorted(maps.Keys(w.hub.issues)) {
		i := w.hub.issues[n]
		if i.gone {
			continue
		}
		it := Issue{Number: n, Title: i.title, Open: i.open, Labels: slices.Sorted(maps.Keys(i.labels)),
			Assignees: slices.Clone(i.assignees), Markers: i.markers(), Knows: true}
		if m := w.hub.milestones[i.milestone]; m != nil {
			it.Milestone = m.Title
		}
		if item := w.Line.Number(n); item != nil {
			w.know(&it, item)
		}
		out = append(out, it)
	}
	for _, key := range slices.Sorted(maps.Keys(w.hub.abroad)) {
		repo, number, _ := strings.Cut(key, "#")
		it := Issue{Repo: repo, Markers: w.hub.abroad[key], Open: true}
		_, err := fmt.Sscan(number, &it.Number)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, w.err
}

// know adds what only the record tells.
func (w *Pure) know(it *Issue, item *process.Item) {
	if item.T != nil {
		it.Iteration = item.T.Iteration
		if m := w.hub.milestones[item.T.Milestone]; m != nil {
			it.Ticket = m.Title
		}
	}
	if item.M != nil {
		it.Asks = w.asks(item)
	}
	for _, p := range process.Outlook(w.Process, w.Line, item, w.now) {
		if p.Back {
			continue
		}
		for _, c := range p.Why.Closed() {
			it.Gates = append(it.Gates, c.Gate)
		}
	}
}

// Milestones shows them.
func (w *Pure) Milestones() ([]Milestone, error) {
	var out []Milestone
	for _, n := range slices.Sorted(maps.Keys(w.hub.milestones)) {
		out = append(out, *w.hub.milestones[n])
	}
	return out, w.err
}
