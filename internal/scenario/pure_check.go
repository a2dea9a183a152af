package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// decided decides the event, checks what holds of every decision, and makes it
// the present. Items go through JSON, as they do in the store.
func (w *Pure) decided(e process.Event, a process.Answers) (process.Decision, error) {
	if !w.checked {
		d := process.Decide(w.Process, w.Line, e, a)
		w.Line = w.Line.With(d.Changed)
		return d, nil
	}
	before := mustJSON(w.Line.Sorted(every))
	d := process.Decide(w.Process, w.Line, e, a)
	if !bytes.Equal(before, mustJSON(w.Line.Sorted(every))) {
		return d, errors.New("the Line that was given has been changed")
	}
	if again := process.Decide(w.Process, w.Line, e, a); !bytes.Equal(mustJSON(d), mustJSON(again)) {
		return d, fmt.Errorf("decided otherwise the second time:\n%s\n%s", mustJSON(d), mustJSON(again))
	}
	if all := process.Decide(w.Process, w.Line, e, w.everything(a)); !w.blind && !bytes.Equal(mustJSON(d), mustJSON(all)) {
		return d, fmt.Errorf("reads what it did not ask for:\n%s\n%s", mustJSON(d), mustJSON(all))
	}
	next := w.Line
	if len(d.Changed) > 0 {
		var stored []*process.Item
		for _, it := range d.Changed {
			back, err := throughJSON(it)
			if err != nil {
				return d, err
			}
			stored = append(stored, back)
		}
		next = w.Line.With(stored)
	}
	if err := w.lawful(next, e, a, d); err != nil {
		return d, err
	}
	w.Line = next
	if w.Check != nil {
		return d, w.Check(e, a, d)
	}
	return d, nil
}

func every(*process.Item) bool { return true }

// everything answers more than was asked: all roles of everybody.
func (w *Pure) everything(a process.Answers) process.Answers {
	all := a
	all.Roles = map[string]map[process.Role]process.Verdict{}
	for login, held := range w.roles {
		all.Roles[login] = map[process.Role]process.Verdict{}
		for _, r := range w.Process.Settings.Roles {
			all.Roles[login][r] = process.No
			if held[r] {
				all.Roles[login][r] = process.Yes
			}
		}
	}
	return all
}

func throughJSON(it *process.Item) (*process.Item, error) {
	text, err := json.Marshal(it)
	if err != nil {
		return nil, fmt.Errorf("%s is no JSON: %w", it.ID, err)
	}
	back := &process.Item{}
	if err := json.Unmarshal(text, back); err != nil {
		return nil, fmt.Errorf("%s does not come back from JSON: %w", it.ID, err)
	}
	if again := mustJSON(back); !bytes.Equal(text, again) {
		return nil, fmt.Errorf("%s comes back from JSON as another:\n%s\n%s", it.ID, text, again)
	}
	return back, nil
}

// mustJSON is for what has been through JSON already, or never fails.
func mustJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("marshal: %v", err))
	}
	return out
}

// lawful checks the Line after a decision, and the decision itself.
func (w *Pure) lawful(next *process.Line, e process.Event, a process.Answers, d process.Decision) error {
	next.Seen = map[string]bool{}
	for _, k := range d.Keys {
		next.Seen[k] = true
	}
	if twice := process.Decide(w.Process, next, e, a); len(d.Keys) > 0 && (len(twice.Actions) > 0 || len(twice.Changed) > 0 || len(twice.Parts) > 0) {
		return fmt.Errorf("adds something when it is decided a second time: %s", mustJSON(twice))
	}
	numbers := map[string]process.ID{}
	for _, it := range next.Sorted(every) {
		if err := w.lawfulItem(next, it); err != nil {
			return fmt.Errorf("%s: %w", it.ID, err)
		}
		if it.T != nil && it.T.Number != "" {
			if other, ok := numbers[it.T.Number]; ok {
				return fmt.Errorf("%s and %s share the number %s", it.ID, other, it.T.Number)
			}
			numbers[it.T.Number] = it.ID
		}
	}
	for _, p := range d.Parts {
		if err := helpful(p.Outcome); err != nil {
			return fmt.Errorf("%s: %w", p.Line.Text, err)
		}
	}
	return nil
}

func (w *Pure) lawfulItem(l *process.Line, it *process.Item) error {
	stages := 0
	for _, label := range it.Shown.Labels {
		if strings.HasPrefix(label, "stage/") {
			stages++
		}
	}
	if want := 0; it.F != nil || it.T != nil {
		if want = 1; stages != want && !it.Shown.Gone {
			return fmt.Errorf("has %d stage labels: %q", stages, it.Shown.Labels)
		}
	}
	var train *process.Item
	if it.F != nil && it.F.Train != "" {
		if train = l.Get(it.F.Train); train == nil || train.T == nil {
			return fmt.Errorf("is aboard %s, which is no train", it.F.Train)
		}
	}
	if want := w.Process.Labels(it, train); !it.Shown.Gone && !slices.Equal(want, it.Shown.Labels) {
		return fmt.Errorf("shows %q, should show %q", it.Shown.Labels, want)
	}
	if n := w.Process.Node(it.Stage); it.Stage != "" && (n == nil || !n.Settled()) {
		return fmt.Errorf("stands at %q, where nothing can stand", it.Stage)
	}
	return nil
}

// helpful demands that a refusal names a next step: a line to type, the issue on
// which to type it, or who can help.
func helpful(o process.Outcome) error {
	for _, p := range o.Parts {
		if err := helpful(p); err != nil {
			return err
		}
	}
	if len(o.Parts) > 0 || o.State != process.Refused && o.State != process.Puzzled {
		return nil
	}
	if o.State == process.Refused && o.Rule == "" {
		return fmt.Errorf("is refused without a rule: %s", o.Head.Key)
	}
	if len(o.Next) > 0 || o.Where != nil || len(openers(o.Why)) > 0 {
		return nil
	}
	return fmt.Errorf("is refused without a next step: %s", o.Head.Key)
}

// openers are the roles that a tree of reasons names.
func openers(w process.Why) []process.Role {
	out := append(slices.Clone(w.Opens), w.Waives...)
	for _, part := range w.Of {
		out = append(out, openers(part)...)
	}
	return out
}
