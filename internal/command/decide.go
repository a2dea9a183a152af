package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func decide() process.Command {
	return process.Command{
		Name: "decide", Usage: "/decide <item> <answer> [reason]", Summary: "decide an item of the agenda at once",
		Examples: []string{"/decide 3.1 yes", "/decide 5.1 2026-12-15 because the partners asked for it"}, By: maintainer, On: meetings,
		Now: openMeeting,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			words := strings.Fields(line.Rest)
			if len(words) < 2 {
				return t.Form("decide", process.Say("form.decide", "given", line.Rest))
			}
			m, number := t.Item(), strings.TrimSuffix(words[0], ".")
			if !m.M.Adjourned.IsZero() {
				return adjourned(t, m, "decide")
			}
			tp, found := t.Topic(m, number)
			if o := settled(t, m, tp, found, number); o != nil {
				return *o
			}
			option, ok := tp.Option(strings.Trim(words[1], ".,:"))
			if !ok || len(tp.Options) == 0 {
				return noOption(t, tp, words[1])
			}
			reason, _ := Reason(strings.Join(words[2:], " "))
			return t.Settle(m, tp, option, t.By(), reason)
		},
	}
}

// settled refuses an item that the agenda does not have, or that somebody has
// decided already: the first word counts, and the reply names it.
func settled(t *process.Turn, m *process.Item, tp process.Topic, found bool, number string) *process.Outcome {
	for _, min := range m.M.Minutes {
		if min.Number == number && !min.Failed {
			o := process.Refuse("D2", process.Say("refusal.decided", "number", number, "answer", min.Answer, "by", min.By, "at", min.At))
			for _, option := range tp.Options {
				for _, step := range option.Steps {
					o.Next = append(o.Next, process.Code(step.Line))
				}
			}
			if it := t.Get(min.On.ID); it != nil && it.M == nil {
				ref := it.Ref()
				o.Where = &ref
				if len(o.Next) == 0 {
					o.Next = []process.Code{"/undo"}
				}
			}
			return &o
		}
	}
	if !found {
		o := t.Form("decide", process.Say("form.no-topic", "number", number))
		return &o
	}
	return nil
}

// noOption lists the answers that there are.
func noOption(t *process.Turn, tp process.Topic, given string) process.Outcome {
	var keys []string
	var next []process.Code
	for _, option := range tp.Options {
		keys = append(keys, option.Key)
		next = append(next, process.Code("/decide "+tp.Number+" "+option.Key))
	}
	o := t.Form("decide", process.Say("form.no-option", "number", tp.Number, "given", given, "options", keys, "other", tp.Other != nil))
	o.Next = next
	return o
}

func adjourned(t *process.Turn, m *process.Item, verb string) process.Outcome {
	o := process.Refuse("D2", process.Say("refusal.adjourned", "move", process.Code("/"+verb), "by", m.M.By, "at", m.M.Adjourned))
	if next := t.Line().Meeting(); next != nil {
		ref := next.Ref()
		o.Where, o.Head = &ref, o.Head.With("next", ref)
	}
	return o
}

func openMeeting(_ *process.Turn, it *process.Item) bool {
	return it.M != nil && it.M.Adjourned.IsZero()
}
