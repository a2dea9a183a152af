package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An expectation is what stands behind the arrow: a state, perhaps its rule, and
// what else the reply says.
//
//	→ refused T6
//	→ refused D3, see a12, offers "/deployed"
//	→ done / refused D6        (one for each of several)
//	→ nothing
type expectation struct {
	state, rule string
	see         string   // a name
	offers      []string // beginnings of lines to paste
	says        string   // the key of the words
}

var (
	states  = []string{"done", "already", "answered", "refused", "puzzled", "nothing"}
	ruleIDs = regexp.MustCompile(`^[PFABTGMD][1-9][0-9]?$`)
)

func parseExpectation(text string) (*expectation, error) {
	e := &expectation{}
	for i, clause := range clauses(text) {
		words := strings.Fields(clause)
		if len(words) == 0 {
			return nil, fmt.Errorf("an empty clause in %q", text)
		}
		switch {
		case i == 0:
			e.state = words[0]
			if !slices.Contains(states, e.state) || len(words) > 2 {
				return nil, fmt.Errorf("%q is not what can be expected; write one of %s", clause, strings.Join(states, ", "))
			}
			if len(words) == 2 {
				e.rule = words[1]
				if !ruleIDs.MatchString(e.rule) {
					return nil, fmt.Errorf("%q is no rule's id", e.rule)
				}
			}
		case words[0] == "see" && len(words) == 2:
			e.see = words[1]
		case words[0] == "says" && len(words) == 2:
			e.says = words[1]
		case words[0] == "offers" && len(words) > 1:
			e.offers = append(e.offers, strings.Trim(strings.TrimSpace(strings.TrimPrefix(clause, "offers")), `"`))
		default:
			return nil, fmt.Errorf("%q is not what can be expected", clause)
		}
	}
	return e, nil
}

// clauses parts a text at its commas, quoted ones apart.
func clauses(text string) []string {
	var out []string
	quoted, from := false, 0
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// good and bad are the states that show as success and as refusal.
var (
	good = []string{"done", "already", "answered"}
	bad  = []string{"refused", "puzzled"}
)

// held compares an outcome with what was expected; nil expects it done.
func (e *expectation) held(o Outcome, number func(string) (int, error)) error {
	if e == nil {
		e = &expectation{state: "done"}
	}
	same := o.State == e.state || o.State == "good" && slices.Contains(good, e.state) || o.State == "bad" && slices.Contains(bad, e.state)
	if !same {
		return fmt.Errorf("was %s %s (%s), expected %s %s", o.State, o.Rule, o.Says, e.state, e.rule)
	}
	if e.rule != "" && o.Rule != e.rule {
		return fmt.Errorf("cites %q (%s), expected %s", o.Rule, o.Says, e.rule)
	}
	if e.says != "" && o.Says != "" && o.Says != e.says {
		return fmt.Errorf("says %s, expected %s", o.Says, e.says)
	}
	if e.see != "" {
		n, err := number(e.see)
		if err != nil {
			return err
		}
		if o.See != n {
			return fmt.Errorf("points to #%d, expected %s (#%d)", o.See, e.see, n)
		}
	}
	for _, begin := range e.offers {
		if !slices.ContainsFunc(o.Next, func(next string) bool { return strings.HasPrefix(next, begin) }) {
			return fmt.Errorf("offers %q, expected one that begins with %q", o.Next, begin)
		}
	}
	return nil
}
