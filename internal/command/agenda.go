package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Bounds of what people put on an agenda.
const (
	maxWish   = 300 // characters of one
	maxWishes = 40  // of one meeting
)

func agenda() process.Command {
	return process.Command{
		Name: "agenda", Usage: "/agenda <text>", Summary: "put something on the agenda of the next planning meeting",
		Examples: []string{"/agenda shall we rename the devnets?"}, By: []process.Role{process.AnyRole},
		Now: func(t *process.Turn, _ *process.Item) bool { return t.Line().Meeting() != nil },
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			text := strings.TrimSpace(line.Rest)
			m := t.Line().Meeting()
			switch {
			case m == nil:
				return process.Refuse("D2", process.Say("refusal.no-meeting", "move", process.Code("/agenda")))
			case text == "":
				return t.Form("agenda", process.Say("form.wish"))
			case len([]rune(text)) > maxWish:
				return t.Form("agenda", process.Say("form.wish-long", "most", maxWish))
			case len(m.M.Wishes) >= maxWishes:
				o := process.Refuse("D4", process.Say("refusal.wishes", "most", maxWishes, "meeting", m.Ref()))
				ref := m.Ref()
				o.Where = &ref
				return o
			}
			wish := process.Wish{ID: 1, Text: text, By: t.By(), At: t.Now()}
			for _, w := range m.M.Wishes {
				wish.ID = max(wish.ID, w.ID+1)
			}
			if it := t.Item(); it != nil && it.ID != m.ID {
				wish.On = it.Ref()
			}
			edit := t.Edit(m)
			edit.M.Wishes = append(edit.M.Wishes, wish)
			return process.Did("did.agenda", "meeting", m.Ref(), "date", m.M.Date)
		},
	}
}
