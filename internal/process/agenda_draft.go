package process

import (
	"slices"
	"strings"
)

// drafted takes the boxes of an agenda after a person's edit. A maintainer's tick
// is a draft, and takes the place of another one of its topic; those of others
// are put back with a word. What else was changed in the text is put back too.
func (d *deciding) drafted(m *Item) {
	d.always(func(t *Turn) {
		t.number(m)
		m := t.Edit(t.Get(m.ID))
		verdict := t.Holds(nil, []Role{Maintainer})
		over := !m.M.Adjourned.IsZero()
		put, taken := t.redrawn(m)
		switch {
		case len(put)+len(taken) == 0 || over && verdict == Yes:
			t.Tell(m, "by-hand", Say("comment.agenda-by-hand", "user", t.By(), "over", over))
		case over || verdict != Yes:
			t.Do(Action{Do: SayOnce, Item: m.ID, Marker: "reply/" + t.E.Key, Words: Say("comment.tick-refused", "user", t.By(), "over", over, "unchecked", verdict == Unknown, "agenda", true)})
		default:
			for _, key := range taken {
				delete(m.M.Drafts, key)
			}
			for key, option := range put {
				if m.M.Drafts == nil {
					m.M.Drafts = map[string]Draft{}
				}
				m.M.Drafts[key] = Draft{Option: option, By: t.By(), At: t.Now()}
			}
		}
		t.Do(Action{Do: Refresh, Item: m.ID, Marker: "status", Anew: true})
	})
}

// redrawn compares the boxes with the drafts: which options were put, by their
// topics, and which drafts were taken back.
func (t *Turn) redrawn(m *Item) (put map[string]string, taken []string) {
	put = map[string]string{}
	topics := t.Topics(m)
	for _, box := range t.E.Boxes.Items {
		key, option, ok := strings.Cut(box.Key, "=")
		at := slices.IndexFunc(topics, func(tp Topic) bool { return tp.Key == key })
		if !ok || at < 0 || topics[at].Decided != nil {
			continue
		}
		if _, listed := topics[at].Option(option); !listed {
			continue
		}
		drafted := topics[at].Draft != nil && topics[at].Draft.Option == option
		switch {
		case box.Done && !drafted:
			put[key] = option
		case !box.Done && drafted:
			taken = append(taken, key)
		}
	}
	return put, taken
}
