// Package fault plans what goes wrong: which deliveries are lost or doubled,
// which requests are answered with a 502 or cut off. It knows nothing of HTTP;
// whoever carries requests and deliveries asks a [Plan] about each, and does
// what the hits say.
//
// Chance is drawn from one seed, and each rule draws from a stream of its own,
// once for each occasion that it is about. So the same seed and the same
// sequence of requests meet the same faults, and a rule more or less does not
// shift what the others do.
package fault

import (
	"slices"
	"strings"
	"time"
)

// Kind names one way in which something goes wrong.
type Kind string

// The kinds. [Kinds] describes them.
const (
	Lost      Kind = "deliveries.lost"
	Doubled   Kind = "deliveries.doubled"
	Delayed   Kind = "deliveries.delayed"
	Throttled Kind = "deliveries.throttled"
	Reordered Kind = "deliveries.reordered"
	Truncated Kind = "deliveries.truncated"
	Missigned Kind = "deliveries.missigned"

	Slow         Kind = "api.slow"
	Error500     Kind = "api.500"
	Error502     Kind = "api.502"
	Cut          Kind = "api.cut"
	Unauthorized Kind = "api.401"
	Primary      Kind = "api.primary-limit"
	Secondary    Kind = "api.secondary-limit"

	Skew Kind = "clock.skew"
)

// Trait describes a kind: what it does, and which of a rule's fields it heeds.
type Trait struct {
	Kind  Kind
	About string // one line for people

	Delivery bool          // strikes deliveries; otherwise requests to the API
	Group    string        // kinds of one group exclude each other; empty excludes none
	Effect   Effect        // when none is given; empty if the kind has no before and after
	By       Span          // when none is given; empty if the kind has no length
	Status   bool          // takes a status, 403 or 429
	Within   time.Duration // how fresh a token is, when nothing is given; 0 if the kind has none
}

// Kinds of one group exclude each other.
const (
	answers  = "answers"
	carriage = "carriage"
)

// Kinds describe all kinds, in the order in which they are shown.
var Kinds = []Trait{
	{Kind: Lost, Delivery: true, Group: carriage, Effect: Before,
		About: "a delivery never reaches the bot; with effect=after it does, but its answer is lost"},
	{Kind: Doubled, Delivery: true, About: "a delivery is sent twice under the same id"},
	{Kind: Delayed, Delivery: true, Group: carriage, By: Span{5 * time.Second, 5 * time.Second},
		About: "a delivery leaves later, so that others overtake it"},
	{Kind: Throttled, Delivery: true, Group: carriage, By: Span{2 * time.Minute, 5 * time.Minute},
		About: "a delivery leaves minutes late, and the log says that it was throttled"},
	{Kind: Reordered, Delivery: true, Group: carriage, By: Span{time.Second, time.Second},
		About: "a delivery changes places with the next one, if there is one in so long"},
	{Kind: Truncated, Delivery: true, About: "a delivery's body ends in the middle, under the signature of the whole"},
	{Kind: Missigned, Delivery: true, About: "a delivery is signed with a wrong secret"},

	{Kind: Slow, Effect: After, By: Span{2 * time.Second, 2 * time.Second},
		About: "an answer comes late"},
	{Kind: Error500, Group: answers, Effect: Before, About: "a request is answered with 500"},
	{Kind: Error502, Group: answers, Effect: Before, About: "a request is answered with 502, as a page and not as JSON"},
	{Kind: Cut, Group: answers, Effect: After,
		About: "the connection ends in the middle of the answer; with effect=before, instead of one"},
	{Kind: Unauthorized, Group: answers, Within: 5 * time.Second,
		About: "a fresh installation token is refused with 401, as if not every machine knew it yet"},
	{Kind: Primary, Group: answers, By: Span{time.Minute, time.Minute}, Status: true,
		About: "the hourly limit is used up for so long"},
	{Kind: Secondary, Group: answers, By: Span{time.Minute, time.Minute}, Status: true,
		About: "a secondary limit keeps the App out for so long"},

	{Kind: Skew, By: Span{2 * time.Minute, 2 * time.Minute},
		About: "GitHub's clock (Date, JWTs, tokens, limits) is ahead; behind, if the length is negative"},
}

// Trait describes the kind; false if there is no such kind.
func (k Kind) Trait() (Trait, bool) {
	at := slices.IndexFunc(Kinds, func(t Trait) bool { return t.Kind == k })
	if at < 0 {
		return Trait{}, false
	}
	return Kinds[at], true
}

// Effect says whether a request takes effect before its fault strikes: a 502
// before leaves everything as it was, one after does not.
type Effect string

// The effects. Empty stands for the kind's own.
const (
	Before Effect = "before" // the fault strikes before any effect
	After  Effect = "after"  // the effect has taken place
	Either Effect = "either" // half of the faults strike before, half after
)

// Span is a length of time that is drawn evenly between two bounds. The zero
// value stands for the kind's own.
type Span struct{ Least, Most time.Duration }

// At is the length at a share of the way from Least to Most, 0 to 1.
func (s Span) At(share float64) time.Duration {
	return s.Least + time.Duration(share*float64(s.Most-s.Least))
}

// String is the span as [ParseSpan] reads it.
func (s Span) String() string {
	if s.Least == s.Most {
		return brief(s.Least)
	}
	return brief(s.Least) + ".." + brief(s.Most)
}

// brief is 2m for 2m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
