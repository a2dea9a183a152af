package fault

import (
	"cmp"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"time"
)

// keepStrikes is how many strikes a plan remembers; older ones are dropped.
const keepStrikes = 1000

// Plan decides what goes wrong. It is not safe for concurrent use. Make one
// with [New].
type Plan struct {
	seed    uint64
	rules   []*live
	lastID  int
	made    map[Kind]int // rules of a kind so far, each with its own stream
	struck  int
	counts  map[Kind]int
	strikes []Strike
}

// live is a rule at work.
type live struct {
	Rule
	id     int
	trait  Trait
	stream uint64
	met    uint64 // occasions that it was about
	struck int
}

// Hit is a fault that strikes now. What its kind does not have is zero.
type Hit struct {
	Kind   Kind
	After  bool          // once the request has taken effect
	By     time.Duration // how late, or how long
	Status int           // 0: as the caller likes
}

// Strike is a fault that struck, as it is remembered.
type Strike struct {
	Number int       `json:"number"` // from 1
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`
	Rule   int       `json:"rule"` // its id
	On     string    `json:"on"`   // "POST /repos/…" or "issues.opened"
	Effect Effect    `json:"effect,omitempty"`
	By     string    `json:"by,omitempty"`
}

// New makes a plan of rules. It fails if one of them cannot be, and names it.
func New(seed uint64, rules ...Rule) (*Plan, error) {
	p := &Plan{}
	return p, p.Reset(seed, rules...)
}

// Reset begins anew with other rules: nothing was drawn, nothing has struck.
// If one of the rules cannot be the plan stays as it is.
func (p *Plan) Reset(seed uint64, rules ...Rule) error {
	next := &Plan{seed: seed, lastID: p.lastID, made: map[Kind]int{}, counts: map[Kind]int{}}
	var faults []error
	for _, r := range rules {
		_, err := next.Add(r)
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	*p = *next
	return nil
}

// Add puts a rule in force, after those that are, and returns its id.
func (p *Plan) Add(r Rule) (int, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	trait, _ := r.Kind.Trait()
	name := fnv.New64a()
	_, _ = name.Write([]byte(r.Kind))
	p.lastID++
	p.rules = append(p.rules, &live{Rule: r, id: p.lastID, trait: trait,
		stream: mix(p.seed ^ mix(name.Sum64()+uint64(p.made[r.Kind])))})
	p.made[r.Kind]++
	return p.lastID, nil
}

// Remove takes a rule out of force and reports whether it was.
func (p *Plan) Remove(id int) bool {
	before := len(p.rules)
	p.rules = slices.DeleteFunc(p.rules, func(l *live) bool { return l.id == id })
	return len(p.rules) < before
}

// Clear takes all rules out of force; what has struck stays known.
func (p *Plan) Clear() { p.rules = nil }

// Active reports whether any rule is in force.
func (p *Plan) Active() bool { return len(p.rules) > 0 }

// Strike draws what goes wrong at an occasion and remembers it under the time
// now. Of kinds that exclude each other the first rule that strikes prevails;
// a delivery that is lost before it leaves has no other fault.
func (p *Plan) Strike(o Occasion, now time.Time) []Hit {
	var struck []*live
	taken := map[string]bool{}
	for _, l := range p.rules {
		if !l.about(l.trait, o) {
			continue
		}
		l.met++
		spent := l.Times > 0 && l.struck >= l.Times
		if l.draw(0) >= l.Chance || spent || taken[l.trait.Group] {
			continue
		}
		if l.trait.Group != "" {
			taken[l.trait.Group] = true
		}
		struck = append(struck, l)
	}
	if at := slices.IndexFunc(struck, func(l *live) bool { return l.Kind == Lost && !l.hit().After }); at >= 0 {
		struck = struck[at : at+1]
	}
	var hits []Hit
	for _, l := range struck {
		l.struck++
		hits = append(hits, l.hit())
		p.remember(l, o, now)
	}
	return hits
}

// hit is what the rule does at the occasion that it met last.
func (l *live) hit() Hit {
	h := Hit{Kind: l.Kind, Status: l.Status}
	switch cmp.Or(l.Effect, l.trait.Effect) {
	case After:
		h.After = true
	case Either:
		h.After = l.draw(1) < 0.5
	}
	if by := cmp.Or(l.By, l.trait.By); by != (Span{}) {
		h.By = by.At(l.draw(2))
	}
	return h
}

func (p *Plan) remember(l *live, o Occasion, now time.Time) {
	p.struck++
	p.counts[l.Kind]++
	s := Strike{Number: p.struck, At: now.UTC(), Kind: l.Kind, Rule: l.id, On: o.String()}
	h := l.hit()
	if l.trait.Effect != "" {
		s.Effect = Before
		if h.After {
			s.Effect = After
		}
	}
	if h.By != 0 {
		s.By = h.By.Round(time.Millisecond).String()
	}
	if len(p.strikes) >= 2*keepStrikes { // now and then, not each time
		p.strikes = slices.Delete(p.strikes, 0, keepStrikes)
	}
	p.strikes = append(p.strikes, s)
}

// Struck is what the plan remembers of what struck, oldest first.
func (p *Plan) Struck() []Strike {
	return slices.Clone(p.strikes[max(0, len(p.strikes)-keepStrikes):])
}

// Report is a plan as it stands.
type Report struct {
	Seed   uint64       `json:"seed"`
	Rules  []RuleReport `json:"rules"`
	Counts map[Kind]int `json:"counts"` // strikes by kind
	Total  int          `json:"total"`
}

// RuleReport is a rule in force.
type RuleReport struct {
	ID     int     `json:"id"`
	Rule   string  `json:"rule"` // as [Parse] reads it
	Kind   Kind    `json:"kind"`
	Chance float64 `json:"chance"`
	Met    uint64  `json:"met"`    // occasions that it was about
	Struck int     `json:"struck"` // of those
	Left   *int    `json:"left"`   // strikes left; null without a bound
}

// Report tells what is in force and how often it struck.
func (p *Plan) Report() Report {
	out := Report{Seed: p.seed, Rules: []RuleReport{}, Counts: maps.Clone(p.counts), Total: p.struck}
	for _, l := range p.rules {
		one := RuleReport{ID: l.id, Rule: l.String(), Kind: l.Kind, Chance: l.Chance, Met: l.met, Struck: l.struck}
		if l.Times > 0 {
			left := l.Times - l.struck
			one.Left = &left
		}
		out.Rules = append(out.Rules, one)
	}
	return out
}

// draw is a number from 0 to below 1 for the occasion that the rule met last.
// Each purpose has its own, so that none shifts another.
func (l *live) draw(purpose uint64) float64 { return unit(l.stream, l.met<<2|purpose) }

// Stream draws lengths of time from a seed, one after another.
type Stream struct{ seed, n uint64 }

// NewStream begins a stream; streams of other names are independent of it.
func NewStream(seed uint64, name string) *Stream {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return &Stream{seed: mix(seed ^ h.Sum64())}
}

// Next draws a length within the span.
func (s *Stream) Next(in Span) time.Duration {
	s.n++
	return in.At(unit(s.seed, s.n))
}

// unit is the n-th number of a stream, from 0 to below 1.
func unit(stream, n uint64) float64 { return float64(mix(stream^mix(n))>>11) / (1 << 53) }

// mix scatters the bits of a number; it is the last step of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
