package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func correct() process.Command {
	return process.Command{
		Name: "correct", Minuted: true, Usage: "/correct stage <stage> <reason>", Summary: "put this issue where reality already is",
		Examples: []string{"/correct stage testnet-activation because it was released before the bot came"}, By: maintainer, On: tracked,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			what, rest, _ := strings.Cut(line.Rest, " ")
			stage, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
			stage = strings.TrimPrefix(strings.ToLower(stage), "stage/")
			it := t.Item()
			if !strings.EqualFold(what, "stage") || !standable(t, it, stage) {
				return t.Form("correct", process.Say("form.stage", "given", stage, "known", stagesFor(t, it)))
			}
			reason, o := reasonOf(t, "correct", rest)
			if o != nil {
				return *o
			}
			if it.Stage == stage {
				return process.Outcome{State: process.Already, Head: process.Say("already.stage", "stage", t.P.Title(stage))}
			}
			jumped := t.Correct(it, stage, reason)
			return process.Did("did.correct", "stage", t.P.Title(stage), "jumped", jumped)
		},
	}
}

// standable reports whether an item of its kind can stand at the stage.
func standable(t *process.Turn, it *process.Item, stage string) bool {
	n := t.P.Node(stage)
	if n == nil || !n.Settled() || n.Track != "" {
		return false
	}
	switch it.Kind {
	case process.Feature:
		return n.Name != "completed"
	case process.Alphanet:
		return n.Network == "alphanet" || n.Name == "completed" || n.Name == "dropped"
	default:
		return n.Network != "alphanet" && n.Of != process.Feature && n.Of != process.Alphanet
	}
}

func stagesFor(t *process.Turn, it *process.Item) []string {
	var out []string
	for _, n := range t.P.Stages() {
		if standable(t, it, n.Name) {
			out = append(out, n.Name)
		}
	}
	return out
}
