package snapshot

import (
	"regexp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A lens is what an item is looked at through: the same list of fields serves on
// the way into a snapshot and out of it.
type lens struct {
	text func(string) (string, bool) // ids and keys
	pull func(process.Pull) (process.Pull, bool)
	code func(was, now *process.FeatureFacts) string
}

// The forms of words that may be in a snapshot. What has another form is left out:
// it may be anything that a person typed.
var (
	wordForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}(\[bot\])?$`)
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9/_.#=~+-]{1,200}$`)
	versionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/+-]{0,99}$`)
	nameForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 .-]{0,40}$`) // a hardfork: label and title tell it
	alphanet    = regexp.MustCompile(`^Alphanet [0-9]{4}-[0-9]{2}[a-z]?$`)
	trainForm   = regexp.MustCompile(`^(alphanet|upgrade|issue)/[A-Za-z0-9-]{1,40}$`)
	hourForm    = regexp.MustCompile(`^[0-9]{2}:[0-9]{2} [A-Za-z0-9+-]{1,6}$`)
)

func formed(s string, form *regexp.Regexp) string {
	if form.MatchString(s) {
		return s
	}
	return ""
}

func word(s string) string { return formed(s, wordForm) }

// key is an id or a key, "" when it must not be told.
func (l lens) key(s string) string {
	if s == "" || !keyForm.MatchString(s) {
		return ""
	}
	if out, ok := l.text(s); ok {
		return out
	}
	return ""
}

func (l lens) id(id process.ID) process.ID { return process.ID(l.key(string(id))) }

func (l lens) keys(in []string) []string { return each(in, l.key) }

// each maps a list and drops what comes to nothing; an empty list is nil.
func each[T comparable](in []T, f func(T) T) []T {
	var out []T
	var none T
	for _, x := range in {
		if x = f(x); x != none {
			out = append(out, x)
		}
	}
	return out
}

// every maps a list; an empty list is nil.
func every[T any](in []T, f func(T) T) []T {
	var out []T
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

// table maps a map and drops keys that come to nothing; an empty map is nil.
func table[K ~string, V any](in map[K]V, key func(string) string, f func(V) V) map[K]V {
	var out map[K]V
	for k, v := range in {
		if k = K(key(string(k))); k == "" {
			continue
		}
		if out == nil {
			out = make(map[K]V, len(in))
		}
		out[k] = f(v)
	}
	return out
}

// bare copies what a snapshot may hold of an item and nothing else: a field that is
// not named here is not in it.
func bare(it *process.Item, l lens) *process.Item {
	out := &process.Item{
		ID: l.id(it.ID), Kind: process.Kind(word(string(it.Kind))), Ours: it.Ours,
		Stage: word(it.Stage), Since: it.Since.UTC(), Journey: it.Journey, Process: word(it.Process),
		Tracks: table(it.Tracks, word, func(s process.Standing) process.Standing {
			return process.Standing{At: word(s.At), Since: s.Since.UTC()}
		}),
		Checklists: every(it.Checklists, l.checklist),
		Holds: every(it.Holds, func(h process.Hold) process.Hold {
			return process.Hold{Name: word(h.Name), By: word(h.By), At: h.At.UTC()}
		}),
		Waivers: every(it.Waivers, func(w process.Waiver) process.Waiver {
			return process.Waiver{Gate: word(w.Gate), By: word(w.By), At: w.At.UTC(), Until: w.Until}
		}),
		Told:  l.keys(it.Told),
		About: l.id(it.About),
	}
	if it.Asked != nil {
		out.Asked = &process.AskedFacts{Day: it.Asked.Day, Digest: it.Asked.Digest.UTC()}
	}
	if it.Forecast != nil {
		forecast := *it.Forecast
		out.Forecast = &forecast
	}
	if it.F != nil {
		out.F = l.feature(it.F)
	}
	if it.T != nil {
		out.T = l.train(it.T)
	}
	if it.M != nil {
		out.M = l.meeting(it.M)
	}
	return out
}

// checklist keeps who ticked which box, and of the boxes' words no more than how
// many there are: they are in the process.
func (l lens) checklist(c process.Checklist) process.Checklist {
	return process.Checklist{
		Key: l.key(c.Key), Name: word(c.Name), Stage: word(c.Stage), Over: c.Over,
		Items: every(c.Items, func(i process.Check) process.Check {
			return process.Check{Rule: word(i.Rule), By: word(i.By), At: i.At.UTC()}
		}),
	}
}

func (l lens) feature(f *process.FeatureFacts) *process.FeatureFacts {
	out := &process.FeatureFacts{
		Author: word(f.Author), Owner: word(f.Owner), Layers: each(f.Layers, word),
		Audit: process.Audit{State: word(f.Audit.State), By: word(f.Audit.By), At: f.Audit.At.UTC(), Issue: l.id(f.Audit.Issue)},
		Train: l.id(f.Train), Boarded: f.Boarded.UTC(),
		Submitted: table(f.Submitted, word, func(s process.Submission) process.Submission {
			return process.Submission{By: word(s.By), At: s.At.UTC()}
		}),
	}
	for _, p := range f.Pulls {
		if p, ok := l.pull(p); ok {
			out.Pulls = append(out.Pulls, process.Pull{Repo: p.Repo, Number: p.Number, Merged: p.Merged, Closes: p.Closes, At: p.At.UTC()})
		}
	}
	if f.Passed != nil {
		out.Passed = &process.Pass{Train: l.id(f.Passed.Train), By: word(f.Passed.By), At: f.Passed.At.UTC()}
		out.Passed.Code = word(l.code(f, out))
	}
	return out
}

// reasoned stands for a reason that people gave and snapshots do not hold.
const reasoned = "given"

func unsaid(s string) string {
	if s == "" {
		return ""
	}
	return reasoned
}

func (l lens) train(t *process.TrainFacts) *process.TrainFacts {
	return &process.TrainFacts{
		Date: t.Date, Milestone: t.Milestone, Name: formed(t.Name, alphanet),
		Past:     each(t.Past, l.id),
		Departed: t.Departed.UTC(), Iteration: t.Iteration,
		Deployed: every(t.Deployed, func(d process.Deployed) process.Deployed {
			return process.Deployed{Iteration: d.Iteration, On: d.On, By: word(d.By)}
		}),
		Redeploy: word(t.Redeploy), Number: word(t.Number), Void: t.Void,
		Hardfork: formed(t.Hardfork, nameForm), NoHardfork: unsaid(t.NoHardfork),
		Planned: table(t.Planned, word, func(p process.Plan) process.Plan {
			return process.Plan{On: p.On, By: word(p.By), At: p.At.UTC()}
		}),
		Released: table(t.Released, word, func(r process.Release) process.Release {
			return process.Release{Version: formed(r.Version, versionForm), On: r.On, By: word(r.By)}
		}),
		Active: every(t.Active, func(a process.Activation) process.Activation {
			return process.Activation{Network: word(a.Network), Chain: word(a.Chain), On: a.On, Later: unsaid(a.Later), By: word(a.By)}
		}),
		Signoffs: every(t.Signoffs, func(s process.Signoff) process.Signoff {
			return process.Signoff{Role: process.Role(word(string(s.Role))), Network: word(s.Network), Version: formed(s.Version, versionForm), By: word(s.By), At: s.At.UTC()}
		}),
		Proposals: every(t.Proposals, func(p process.Proposal) process.Proposal {
			return process.Proposal{Number: word(p.Number), On: p.On, By: word(p.By), Superseded: p.Superseded}
		}),
		Judged: table(t.Judged, l.key, word),
	}
}

func (l lens) meeting(m *process.MeetingFacts) *process.MeetingFacts {
	ref := func(r process.Ref) process.Ref { return process.Ref{ID: l.id(r.ID), Number: r.Number} }
	return &process.MeetingFacts{
		At: m.At.UTC(), Date: m.Date, Hour: formed(m.Hour, hourForm), Cutoff: m.Cutoff.UTC(), Since: m.Since.UTC(),
		Numbers: table(m.Numbers, l.key, word),
		Drafts: table(m.Drafts, l.key, func(d process.Draft) process.Draft {
			return process.Draft{Option: word(d.Option), By: word(d.By), At: d.At.UTC()}
		}),
		Minutes: every(m.Minutes, func(min process.Minute) process.Minute {
			return process.Minute{Key: l.key(min.Key), Number: word(min.Number), On: ref(min.On), By: word(min.By), At: min.At.UTC(), Failed: min.Failed}
		}),
		Wishes: every(m.Wishes, func(w process.Wish) process.Wish {
			return process.Wish{ID: w.ID, On: ref(w.On), By: word(w.By), At: w.At.UTC()}
		}),
		Todos: every(m.Todos, func(d process.Todo) process.Todo {
			return process.Todo{On: ref(d.On), Stage: word(d.Stage), By: each(d.By, func(r process.Role) process.Role { return process.Role(word(string(r))) }), Owner: word(d.Owner)}
		}),
		Adjourned: m.Adjourned.UTC(), By: word(m.By),
	}
}
