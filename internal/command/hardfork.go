package command

import (
	"regexp"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// forkName is what a hardfork may be called: it becomes a label and a title.
var forkName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 -]{1,30}$`)

func hardfork() process.Command {
	return process.Command{
		Name: "hardfork", Minuted: true, Usage: "/hardfork <name> | none <reason>", Summary: "give this upgrade's hardfork a name, or say that there is none",
		Examples: []string{"/hardfork Karst", "/hardfork none because the L2 change needs no fork"}, By: maintainer, On: upgrades,
		Now: underWay,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			if t.P.Ended(it) {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			first, rest, _ := strings.Cut(line.Rest, " ")
			if strings.EqualFold(first, "none") {
				reason, o := reasonOf(t, "hardfork", rest)
				if o != nil {
					return *o
				}
				it = t.Edit(it)
				it.T.Hardfork, it.T.NoHardfork = "", reason
				t.Note(it, process.Say("note.no-hardfork", "reason", reason))
				return process.Did("did.no-hardfork")
			}
			name := strings.TrimSpace(line.Rest)
			if !forkName.MatchString(name) {
				return t.Form("hardfork", process.Say("form.name", "given", name))
			}
			if holder := process.HardforkHolder(t.Line(), name); holder != nil {
				if holder.ID == it.ID {
					return process.Outcome{State: process.Already, Head: process.Say("already.hardfork", "name", name)}
				}
				return process.Refuse("D5", process.Say("refusal.name-taken", "name", name, "holder", holder.Ref()), process.Code("/hardfork "+t.P.NextHardfork(t.Line())))
			}
			it = t.Edit(it)
			it.T.Hardfork, it.T.NoHardfork = name, ""
			t.Note(it, process.Say("note.hardfork", "name", name))
			return process.Did("did.hardfork", "name", name)
		},
	}
}
