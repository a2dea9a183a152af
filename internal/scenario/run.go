package scenario

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// Run tells every story of the file, each in a world of its own.
func Run(t *testing.T, world func(*testing.T) World, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := Parse(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range script.Stories {
		t.Run(s.Title, func(t *testing.T) {
			if err := Tell(world(t), file, s); errors.Is(err, ErrUnsupported) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Tell acts one story out; the error says at which line it went otherwise.
func Tell(w World, file string, s Story) error {
	t := &telling{world: w, names: map[string]int{}, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	steps := slices.Clone(s.Steps)
	slices.SortStableFunc(steps, func(a, b Step) int {
		switch {
		case a.given == b.given:
			return 0
		case a.given:
			return -1
		}
		return 1
	})
	for _, step := range steps {
		if err := step.do(t); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", file, step.Line, step.Text, err)
		}
	}
	return nil
}

// telling is a story on its way.
type telling struct {
	world World
	setup Setup
	begun bool
	now   time.Time
	names map[string]int // name → issue number
	pulls int            // made by routines
}

// begin prepares the world once the first thing is done.
func (t *telling) begin() error {
	if t.begun {
		return nil
	}
	t.begun = true
	return t.world.Begin(t.setup, t.now)
}

func (t *telling) advance(to time.Time) error {
	if t.begun && to.Before(t.now) {
		return fmt.Errorf("the clock only goes forward, and it is %s", t.now.Format(time.DateTime))
	}
	t.now = to
	if !t.begun {
		return nil
	}
	return t.world.Advance(to)
}

func (t *telling) number(name string) (int, error) {
	if n, ok := t.names[name]; ok {
		return n, nil
	}
	return 0, fmt.Errorf("nothing is called %s", name)
}

// numbers gives the issue numbers of names; an unknown "none" stands for an
// issue that nobody opened.
func (t *telling) numbers(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		if name == "none" {
			out = append(out, 9999)
			continue
		}
		n, err := t.number(name)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

var reference = regexp.MustCompile(`#([a-z][\w.-]*\w)`)

// named puts numbers in the place of names: #pectra becomes #12.
func (t *telling) named(text string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if n, ok := t.names[ref[1:]]; ok {
			return fmt.Sprintf("#%d", n)
		}
		return ref
	})
}

// act does it and compares what came of it.
func (t *telling) act(a Act, expect []*expectation) error {
	_, err := t.do(a, expect)
	return err
}

func (t *telling) do(a Act, expect []*expectation) (Reply, error) {
	if err := t.begin(); err != nil {
		return Reply{}, err
	}
	r, err := t.world.Do(a)
	if err != nil {
		return r, err
	}
	if r.Barred && expect != nil && !slices.ContainsFunc(expect, func(e *expectation) bool { return e == nil || slices.Contains(good, e.state) }) {
		return r, nil
	}
	if len(expect) == 1 && expect[0] != nil && expect[0].state == "nothing" {
		if !r.Silent {
			return r, fmt.Errorf("something followed: %v", r.Outcomes)
		}
		return r, nil
	}
	if expect == nil {
		if i := slices.IndexFunc(r.Outcomes, func(o Outcome) bool { return slices.Contains(bad, o.State) || o.State == "bad" }); i >= 0 {
			return r, fmt.Errorf("was %s %s (%s)", r.Outcomes[i].State, r.Outcomes[i].Rule, r.Outcomes[i].Says)
		}
		return r, nil
	}
	if len(r.Outcomes) == 1 && r.Outcomes[0].State == "good" {
		// The world saw one sign of success for all.
		for len(r.Outcomes) < len(expect) {
			r.Outcomes = append(r.Outcomes, r.Outcomes[0])
		}
	}
	if len(r.Outcomes) != len(expect) {
		return r, fmt.Errorf("%d outcomes %v, expected %d", len(r.Outcomes), r.Outcomes, len(expect))
	}
	for i, e := range expect {
		if err := e.held(r.Outcomes[i], t.number); err != nil {
			return r, fmt.Errorf("line %d %w", i+1, err)
		}
	}
	return r, nil
}

// open opens an issue and gives it its name.
func (t *telling) open(name string, a Act, e []*expectation) error {
	if _, taken := t.names[name]; taken {
		return fmt.Errorf("%s is there already", name)
	}
	r, err := t.do(a, e)
	if err != nil {
		return err
	}
	t.names[name] = r.Number
	return nil
}

// says lets somebody type one line that must be done.
func (t *telling) says(who, name, line string) error {
	n, err := t.number(name)
	if err != nil {
		return err
	}
	if err := t.act(Act{Who: who, Deed: Comments, Issue: n, Body: t.named(line)}, []*expectation{nil}); err != nil {
		return fmt.Errorf("%s on %s: %s: %w", who, name, line, err)
	}
	return nil
}

// issue shows the issue of a name.
func (t *telling) issue(name string) (Issue, error) {
	n, err := t.number(name)
	if err != nil {
		return Issue{}, err
	}
	all, err := t.issues()
	if err != nil {
		return Issue{}, err
	}
	for _, it := range all {
		if it.Number == n && it.Repo == "" {
			return it, nil
		}
	}
	return Issue{}, fmt.Errorf("%s (#%d) is not there", name, n)
}

func (t *telling) issues() ([]Issue, error) {
	if err := t.begin(); err != nil {
		return nil, err
	}
	return t.world.Issues()
}

// family returns the ends of an issue's labels of a family.
func (i Issue) family(name string) []string {
	var out []string
	for _, l := range i.Labels {
		if end, ok := strings.CutPrefix(l, name+"/"); ok {
			out = append(out, end)
		}
	}
	return out
}
