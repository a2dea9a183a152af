package command

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func board() process.Command {
	return process.Command{
		Name: "board", Minuted: true, Usage: "/board #n… [reason]", Summary: "take features aboard this train",
		Examples: []string{"/board #12 #15"}, By: maintainer, On: trains,
		There: func(it *process.Item) process.Code { return process.Code(fmt.Sprintf("/board #%d", it.Shown.Number)) },
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			refs, rest, err := Refs(line.Rest)
			if err != nil {
				return bad(t, "board", err)
			}
			if len(refs) == 0 {
				return t.Form("board", process.Say("form.features"))
			}
			reason, _ := Reason(rest)
			train := t.Item()
			if t.P.Ended(train) {
				return process.Refuse("D2", process.Say("refusal.over", "train", train.Ref(), "stage", t.P.Title(train.Stage)))
			}
			var parts []process.Outcome
			done := false
			for _, r := range refs {
				o := boardOne(t, r, reason)
				done = done || o.State == process.Done
				parts = append(parts, o)
			}
			if done {
				t.Spend(train, "scope-open")
			}
			if len(parts) == 1 {
				return parts[0]
			}
			o := process.Outcome{State: process.Refused, Head: process.Say("did.board-several", "parts", parts), Parts: parts}
			if done {
				o.State = process.Done
			}
			return o
		},
	}
}

// boardOne decides one feature of a /board by itself (A2, P5).
func boardOne(t *process.Turn, r Ref, reason string) process.Outcome {
	it := t.Line().Number(r.Number)
	if it == nil || it.F == nil || r.Owner != "" && r.Owner+"/"+r.Repo != t.Line().Repo {
		return process.Refuse("D3", process.Say("refusal.no-feature", "ref", r.String()), process.Code(fmt.Sprintf("/board #%d", r.Number)))
	}
	train := t.Get(t.Item().ID)
	if it.F.Train == train.ID {
		return process.Outcome{State: process.Already, Head: process.Say("already.aboard", "feature", it.Ref(), "train", train.Ref())}
	}
	if o := mayBoard(t, it, train, reason); o != nil {
		return *o
	}
	old := t.Train(it)
	it = t.Edit(it)
	if train.Kind == process.Upgrade && it.Stage != t.P.Scoping(process.Upgrade) {
		t.Place(it, t.P.Scoping(process.Upgrade))
	}
	it.F.Train, it.F.Boarded = train.ID, t.Now()
	delete(it.F.Submitted, t.P.Node(t.P.Scoping(train.Kind)).Network)
	t.Note(it, process.Say("note.boarded", "train", train.Ref(), "reason", reason))
	t.Spend(it, "code-complete", "alphanet-passed", "layers-known")
	if old != nil {
		t.Lighten(old, it, process.Say("reason.moved", "feature", it.Ref(), "reason", reason))
	}
	t.Join(it, train)
	return process.Did("did.board", "feature", it.Ref(), "train", train.Ref())
}

// mayBoard refuses a boarding: by where the feature stands (D2, D6), or by the
// gates of the network.
func mayBoard(t *process.Turn, it, train *process.Item, reason string) *process.Outcome {
	if o := t.Held(it); o != nil {
		return o
	}
	if o := mayLeave(t, it, train, reason); o != nil {
		return o
	}
	if train.Kind == process.Alphanet {
		return mayBoardAlphanet(t, it, train)
	}
	if t.P.Ended(it) || it.Stage == "" {
		o := process.Refuse("D2", process.Say("refusal.board-stage", "feature", it.Ref(), "stage", t.P.Title(it.Stage)), "/submit alphanet")
		return &o
	}
	if past(t, train, "testnet-activation") {
		o := process.Refuse("T9", process.Say("refusal.no-redeployment", "stage", t.P.Title(train.Stage)), "/submit betanet")
		return &o
	}
	if o := t.Require(train, "scope-open"); o != nil {
		return o
	}
	return t.Require(it, "alphanet-passed", "layers-known")
}

// mayLeave refuses to take a passenger from another train: only from one upgrade
// to another, with a reason, and not once its testnet is live (D6, T9).
func mayLeave(t *process.Turn, it, train *process.Item, reason string) *process.Outcome {
	old := t.Train(it)
	if old == nil {
		return nil
	}
	moves := old.Kind == process.Upgrade && train.Kind == process.Upgrade
	if moves && past(t, old, "testnet-activation") && !t.P.Ended(it) {
		o := process.Refuse("T9", process.Say("refusal.no-redeployment", "stage", t.P.Title(old.Stage)))
		ref := old.Ref()
		o.Where = &ref
		return &o
	}
	if moves && reason != "" {
		return nil
	}
	o := process.Refuse("D6", process.Say("refusal.aboard-other", "feature", it.Ref(), "train", old.Ref(), "moves", moves))
	if moves {
		o.Next = []process.Code{process.Code(fmt.Sprintf("/board #%d because …", it.Shown.Number))}
		return &o
	}
	ref := it.Ref()
	o.Where, o.Next = &ref, []process.Code{"/withdraw"}
	if old.Stage != t.P.Scoping(old.Kind) {
		o.Next = []process.Code{"/stable https://link-to-the-acceptance-run"}
	}
	return &o
}

func mayBoardAlphanet(t *process.Turn, it, train *process.Item) *process.Outcome {
	if train.Stage != t.P.Scoping(process.Alphanet) {
		o := process.Refuse("P1", process.Say("refusal.departed", "train", train.Ref(), "feature", it.Ref()), "/submit alphanet")
		return &o
	}
	if it.Stage != t.P.Scoping(process.Alphanet) {
		o := process.Refuse("D2", process.Say("refusal.board-stage", "feature", it.Ref(), "stage", t.P.Title(it.Stage)), "/submit alphanet")
		return &o
	}
	return t.Require(it, "code-complete")
}
