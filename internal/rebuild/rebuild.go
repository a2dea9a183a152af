package rebuild

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// A Result is a Line as far as GitHub shows it.
type Result struct {
	Items []*process.Item
	// Anew are the items whose pages have to be written again.
	Anew map[process.ID]bool
	// Keys are those of commands that were decided before.
	Keys []string
	// Seq is the last line of the ledger that GitHub has seen, At the world's time of
	// the newest page, and Written the machine's; zero where there is no snapshot.
	Seq     int64
	At      time.Time
	Written time.Time
	// Proven counts the items that a snapshot proves.
	Proven int
	// Doubts are issues whose labels say something else than their snapshots: who put
	// them has to be asked, and then everything again.
	Doubts []int
	// Findings are what could not be proved, in order of the issues.
	Findings []Finding
}

// A Finding is something that could not be proved.
type Finding struct {
	Issue int    // 0 for the repository as a whole
	What  string // a sentence without its full stop
	Type  string // the line that sets it right, "" for none
}

// String is the finding as one line.
func (f Finding) String() string {
	s := f.What
	if f.Issue > 0 {
		s = fmt.Sprintf("#%d: %s", f.Issue, s)
	}
	if f.Type != "" {
		s += ": " + f.Type
	}
	return s
}

// From says what the Line is. known is what the database has, perhaps of an old
// backup: it keeps the words that no snapshot holds.
func From(p *process.Process, keys snapshot.Keys, w World, known *process.Line) Result {
	r := &rebuilding{
		p: p, keys: keys, w: w, known: known,
		names: map[int]process.ID{}, number: map[process.ID]int{}, items: map[process.ID]*process.Item{}, issues: map[process.ID]*Issue{},
		opened: map[string]opened{}, audits: map[process.ID]process.ID{},
		out: Result{Anew: map[process.ID]bool{}},
	}
	r.name()
	r.judgeBoard()
	for i := range r.w.Issues {
		if id, ours := r.names[r.w.Issues[i].Number]; ours {
			r.issues[id] = &r.w.Issues[i]
			r.take(id, &r.w.Issues[i])
		}
	}
	r.aboard()
	for id, it := range r.items {
		r.compare(it, r.issues[id])
	}
	r.spent()
	r.gone()
	for i := range r.w.Issues {
		r.handled(&r.w.Issues[i])
	}
	for _, it := range r.items {
		r.out.Items = append(r.out.Items, it)
	}
	slices.SortFunc(r.out.Items, func(a, b *process.Item) int { return strings.Compare(string(a.ID), string(b.ID)) })
	slices.SortStableFunc(r.out.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Issue, b.Issue), strings.Compare(a.What, b.What))
	})
	slices.Sort(r.out.Doubts)
	return r.out
}

// rebuilding is the work in hand.
type rebuilding struct {
	p      *process.Process
	keys   snapshot.Keys
	w      World
	known  *process.Line
	names  map[int]process.ID // of the issues that are ours
	number map[process.ID]int // the same the other way round
	items  map[process.ID]*process.Item
	issues map[process.ID]*Issue
	opened map[string]opened         // by their texts
	audits map[process.ID]process.ID // of features, the latest
	board  *snapshot.Snapshot        // the board's, if it is believed
	proven map[process.ID]*snapshot.Snapshot
	out    Result
}

func (r *rebuilding) finding(issue int, line, what string, args ...any) {
	r.out.Findings = append(r.out.Findings, Finding{Issue: issue, What: fmt.Sprintf(what, args...), Type: line})
}

// name finds out which issues are ours, and the ids of their items.
func (r *rebuilding) name() {
	for i := range r.w.Issues {
		in := &r.w.Issues[i]
		if in.IsPull || !r.tracked(in) {
			continue
		}
		id := process.ID(fmt.Sprintf("issue/%d", in.Number))
		if own, ok := strings.CutPrefix(in.Marker, "item/"); in.Ours && ok && own != "" {
			id = process.ID(own)
		} else if r.label(in, "kind/departures") && in.Ours {
			id = process.DeparturesID
		} else if s := r.signed(in); s != nil && plainID(s.Item.ID) {
			id = s.Item.ID
		}
		if first := r.number[id]; first != 0 {
			r.finding(in.Number, "", "it bears the key of #%d as well and is left alone", first)
			continue
		}
		r.names[in.Number], r.number[id] = id, in.Number
		if about, n := aboutOf(id); n > 0 && n >= journeyOf(r.audits[about]) {
			r.audits[about] = id
		}
	}
}

// plainID reports whether an id names nothing that is hidden.
func plainID(id process.ID) bool { return id != "" && !strings.Contains(string(id), "#") }

// tracked reports whether an issue was ours: we opened it, said something on it, or
// it stands at a stage.
func (r *rebuilding) tracked(in *Issue) bool {
	if in.Ours && strings.HasPrefix(in.Marker, "item/") {
		return true
	}
	for _, c := range in.Comments {
		if m := marker(c.Body); c.Ours && (m == status || strings.HasPrefix(m, "checklist/")) {
			return true
		}
	}
	return r.kind(in) != "" && (in.Ours || r.stage(in) != "")
}

// signed is the newest snapshot of an issue that one of our keys has signed for it,
// believed or not.
func (r *rebuilding) signed(in *Issue) *snapshot.Snapshot {
	var newest *snapshot.Snapshot
	for _, c := range in.pages() {
		if s, _, err := r.open(in, c.Body); err == nil && (newest == nil || s.Seq > newest.Seq) {
			newest = &s
		}
	}
	return newest
}

// opened is what came of opening a snapshot.
type opened struct {
	s   snapshot.Snapshot
	by  snapshot.Key
	err error
}

// open opens the snapshot of a page, once.
func (r *rebuilding) open(in *Issue, body string) (snapshot.Snapshot, snapshot.Key, error) {
	text := snapshot.Find(body)
	o, known := r.opened[text]
	if !known || text == "" || o.err == nil && o.s.Issue != in.Number {
		o.s, o.by, o.err = r.keys.Open(text, r.place(in))
		if o.err == nil {
			r.opened[text] = o
		}
	}
	return o.s, o.by, o.err
}

func (r *rebuilding) place(in *Issue) snapshot.Place {
	return snapshot.Place{Repo: r.w.Repo, Home: r.w.Home, Issue: in.Number, Node: in.Node}
}

// veil finds the names again that snapshots hide, with what an issue's own texts
// name as pull requests.
func (r *rebuilding) veil(in *Issue, by snapshot.Key) snapshot.Veil {
	v := snapshot.Veil{
		Repo: r.w.Repo, Key: by,
		Number: func(id process.ID) int { return r.number[id] }, Named: func(n int) process.ID { return r.names[n] },
	}
	add := func(text string) { v.Pulls = append(v.Pulls, snapshot.PullsIn(text)...) }
	add(in.Marker)
	add(snapshot.Cut(in.Body))
	for _, c := range in.Comments {
		add(snapshot.Cut(c.Body))
	}
	if it := r.known.Get(r.names[in.Number]); it != nil && it.F != nil {
		v.Pulls = append(v.Pulls, it.F.Pulls...)
	}
	return v
}

// take makes the item of an issue: as its snapshot proves it, or as labels and the
// rest tell.
func (r *rebuilding) take(id process.ID, in *Issue) {
	kind := r.kind(in)
	if strings.HasPrefix(string(id), "audit/") {
		kind = process.AuditIssue
	}
	it := r.prove(id, in)
	if it == nil {
		if it = r.visible(id, kind, in); it == nil {
			return
		}
		r.out.Anew[id] = true
	}
	r.items[id] = it
	r.fill(it, in)
}

// aboard ties features to trains by what GitHub shows, once all are there.
func (r *rebuilding) aboard() {
	trains := map[int]process.ID{}
	for id, it := range r.items {
		if it.T != nil {
			r.milestone(it)
			if it.T.Milestone > 0 {
				trains[it.T.Milestone] = id
			}
		}
	}
	for id, it := range r.items {
		if it.F == nil {
			continue
		}
		switch train, ours := trains[it.Shown.Milestone]; {
		case ours:
			it.Shown.Train = train
		case it.Shown.Milestone > 0:
			it.Shown.Train = "?"
		}
		if r.proven[id] == nil && trains[it.Shown.Milestone] != "" {
			it.F.Train = it.Shown.Train
		}
		if it.F.Train != "" && r.items[it.F.Train] == nil {
			r.finding(it.Shown.Number, "", "it was aboard a train whose issue is gone, and is taken off")
			it.F.Train = ""
		}
	}
}
