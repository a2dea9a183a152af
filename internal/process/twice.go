package process

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// SweptPrefix begins the delivery ids of what a comparison with GitHub has found:
// it is told as a webhook would have told it.
const SweptPrefix = "swept/"

// swept reports whether a comparison found it, and no webhook told of it.
func (e Event) swept() bool { return strings.HasPrefix(e.Delivery, SweptPrefix) }

// A lever that is pulled has no name of its own in a webhook: the key of its event
// is that of the delivery, for one can be pulled twice within a second. So what a
// comparison found and a webhook tells late, or the other way round, is known by
// what happened and when. GitHub's two ways of telling may differ by a second.

// leverPullKey names a pull of a lever by what happened, to the second, and by the way
// in which it was told.
func leverPullKey(e Event, what, name string, added bool, at time.Time, swept bool) string {
	way := "told"
	if swept {
		way = "swept"
	}
	return fmt.Sprintf("pulled/%d/%s/%s/%t/%d/%s", e.Issue.Number, what, strings.ToLower(name), added, at.Unix(), way)
}

// pulls calls f for each pull of a lever in the event.
func (e Event) pulls(f func(what, name string, added bool, at time.Time)) {
	if e.Issue == nil {
		return
	}
	switch e.What {
	case Labelled:
		for _, c := range e.Labels {
			f("label", c.Name, c.Added, c.At)
		}
	case Milestoned:
		f("milestone", e.Name, e.Added, e.At)
	case Assigned:
		f("assignee", e.Name, e.Added, e.At)
	}
}

// recorded are the keys under which the event's levers are known from now on.
func (e Event) recorded() []string {
	var keys []string
	e.pulls(func(what, name string, added bool, at time.Time) {
		keys = append(keys, leverPullKey(e, what, name, added, at, e.swept()))
	})
	return keys
}

// otherwise are the keys under which one pull is known if the other way has told
// of it.
func (e Event) otherwise(what, name string, added bool, at time.Time) []string {
	var keys []string
	for off := -time.Second; off <= time.Second; off += time.Second {
		keys = append(keys, leverPullKey(e, what, name, added, at.Add(off), !e.swept()))
	}
	return keys
}

// untold leaves out of an event the levers that the other way has told of, and
// reports whether anything is left of it.
func (l *Line) untold(e Event) (Event, bool) {
	known := func(what, name string, added bool, at time.Time) bool {
		return slices.ContainsFunc(e.otherwise(what, name, added, at), func(k string) bool { return l.Seen[k] })
	}
	switch e.What {
	case Labelled:
		labels := slices.DeleteFunc(slices.Clone(e.Labels), func(c LabelChange) bool { return known("label", c.Name, c.Added, c.At) })
		left := len(labels) > 0 || len(e.Labels) == 0
		e.Labels = labels
		return e, left
	case Milestoned:
		return e, !known("milestone", e.Name, e.Added, e.At)
	case Assigned:
		return e, !known("assignee", e.Name, e.Added, e.At)
	}
	return e, true
}
