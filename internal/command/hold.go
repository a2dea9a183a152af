package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func hold() process.Command {
	return process.Command{
		Name: "hold", Usage: "/hold [name:] <reason>", Summary: "stop the way forward until it is lifted",
		Examples: []string{"/hold because the client team found a bug", "/hold security: waiting for the disclosure"},
		By:       []process.Role{process.AnyRole}, On: tracked,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			name, rest := holdName(line.Rest)
			reason, o := reasonOf(t, "hold", rest)
			if o != nil {
				return *o
			}
			it := t.Item()
			if t.P.Ended(it) {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			it = t.Edit(it)
			it.Holds = append(it.Holds, process.Hold{Name: name, By: t.By(), Reason: reason, At: t.Now()})
			t.Note(it, process.Say("note.held", "name", name, "reason", reason))
			return process.Did("did.hold")
		},
	}
}

// holdName takes "security:" from the beginning of a hold's words.
func holdName(rest string) (name, reason string) {
	first, after, _ := strings.Cut(rest, " ")
	name, ok := strings.CutSuffix(first, ":")
	if !ok || name == "" || !plainName(name) {
		return "", rest
	}
	return strings.ToLower(name), after
}

func plainName(s string) bool {
	for _, r := range strings.ToLower(s) {
		if (r < 'a' || r > 'z') && r != '-' {
			return false
		}
	}
	return len(s) <= 30
}

func unhold() process.Command {
	return process.Command{
		Name: "unhold", Usage: "/unhold [name]", Summary: "lift a hold: your own, or any as a maintainer", Examples: []string{"/unhold"}, On: tracked,
		By:  []process.Role{process.AnyRole},
		Who: "who holds it, maintainer",
		Now: func(_ *process.Turn, it *process.Item) bool { return len(it.Holds) > 0 },
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it, name := t.Item(), strings.ToLower(strings.Trim(line.Rest, ": "))
			maint := t.Holds(it, maintainer)
			var stay []process.Hold
			lifted, others := 0, 0
			for _, h := range it.Holds {
				switch {
				case name != "" && h.Name != name:
					stay = append(stay, h)
				case t.Is(h.By) || maint == process.Yes:
					lifted++
				default:
					others++
					stay = append(stay, h)
				}
			}
			switch {
			case lifted == 0 && others > 0:
				return t.Denied(maint, maintainer)
			case lifted == 0:
				return process.Outcome{State: process.Already, Head: process.Say("already.unheld", "name", name)}
			}
			it = t.Edit(it)
			it.Holds = stay
			t.Note(it, process.Say("note.unheld", "name", name))
			return process.Did("did.unhold", "left", len(stay))
		},
	}
}
