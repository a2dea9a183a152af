package fault

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Rule is one kind of fault, how likely it is and what it is narrowed to. What
// is left empty narrows nothing, or takes the kind's own value.
type Rule struct {
	Kind   Kind
	Chance float64 // of each occasion, 0 to 1
	Times  int     // it strikes at most so often; 0 as often as it comes

	Method string // "POST", or several as "POST|PATCH"
	Route  string // "/repos/*/issues/*/comments": * is one part, ** all the rest
	Event  string // "issues", "issues.opened", or several with | between
	Who    Who    // whose requests; empty those of the App
	Spare  bool   // leave redeliveries alone

	Effect Effect
	By     Span
	Within time.Duration
	Status int // 403 or 429; 0 takes them by turns
}

// Who is whose requests a rule is about.
type Who string

// Whose requests. Empty stands for App.
const (
	App    Who = "app"    // by the App's JWT or an installation's token
	People Who = "people" // by a person's token, or by none
	Anyone Who = "anyone"
)

// String is the rule in the textual form that [Parse] reads.
func (r Rule) String() string {
	parts := []string{string(r.Kind) + "=" + strconv.FormatFloat(r.Chance, 'g', -1, 64)}
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+value)
		}
	}
	if r.Times > 0 {
		add("times", strconv.Itoa(r.Times))
	}
	switch {
	case r.Route == "":
		add("method", r.Method)
	case r.Method == "":
		add("route", r.Route)
	default:
		add("route", r.Method+" "+r.Route)
	}
	add("event", r.Event)
	add("who", string(r.Who))
	if r.Spare {
		add("redeliveries", "no")
	}
	add("effect", string(r.Effect))
	if r.By != (Span{}) {
		add("by", r.By.String())
	}
	if r.Within != 0 {
		add("within", brief(r.Within))
	}
	if r.Status != 0 {
		add("status", strconv.Itoa(r.Status))
	}
	return strings.Join(parts, ",")
}

// Occasion is something that a fault may strike: a delivery if it has an
// event, otherwise a request.
type Occasion struct {
	Event  string
	Action string // empty for events without actions
	Again  bool   // a redelivery

	Method string
	Path   string        // below /api/v3, escaped
	Who    Who           // App or People
	Fresh  time.Duration // the age of the installation token; negative if there is none
}

// String names the occasion: "POST /repos/…" or "issues.opened".
func (o Occasion) String() string {
	switch {
	case o.Event == "":
		return o.Method + " " + o.Path
	case o.Action == "":
		return o.Event
	}
	return o.Event + "." + o.Action
}

// about reports whether the rule is about an occasion at all.
func (r Rule) about(t Trait, o Occasion) bool {
	if t.Delivery != (o.Event != "") {
		return false
	}
	if t.Delivery {
		return (!r.Spare || !o.Again) && oneOf(r.Event, func(e string) bool {
			return e == o.Event || e == o.String()
		})
	}
	if t.Within > 0 && (o.Fresh < 0 || o.Fresh > cmp.Or(r.Within, t.Within)) {
		return false
	}
	if who := cmp.Or(r.Who, App); who != Anyone && who != o.Who {
		return false
	}
	return oneOf(r.Method, func(m string) bool { return m == o.Method }) && along(r.Route, o.Path)
}

// oneOf tries each alternative of a list; an empty one allows everything.
func oneOf(list string, is func(string) bool) bool {
	if list == "" {
		return true
	}
	for one := range strings.SplitSeq(list, "|") {
		if is(one) {
			return true
		}
	}
	return false
}

// along matches a path against a pattern, without regard to case as GitHub's
// names are.
func along(pattern, path string) bool {
	if pattern == "" {
		return true
	}
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, part := range want {
		switch {
		case part == "**":
			return true
		case i >= len(got):
			return false
		case part == "*" && got[i] != "":
		case !strings.EqualFold(part, got[i]):
			return false
		}
	}
	return len(got) == len(want)
}
