package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func submit() process.Command {
	return process.Command{
		Name: "submit", Usage: "/submit alphanet|betanet", Summary: "this feature is ready: put it on the next meeting's list",
		Examples: []string{"/submit alphanet"}, By: ownerOrMaint, On: features,
		Now: maySubmit,
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			net := strings.ToLower(strings.TrimSpace(line.Rest))
			if net != "alphanet" && net != "betanet" {
				return t.Form("submit", process.Say("form.network", "given", line.Rest))
			}
			it := t.Item()
			if o := t.Held(it); o != nil {
				return *o
			}
			if train := t.Train(it); train != nil {
				return process.Refuse("D6", process.Say("refusal.submit-aboard", "train", train.Ref(), "name", t.P.TrainName(train)), "/withdraw")
			}
			if _, on := it.F.Submitted[net]; on {
				return process.Outcome{State: process.Already, Head: process.Say("already.submitted", "network", net)}
			}
			if o := toScoping(t, it, net); o != nil {
				return *o
			}
			it = t.Edit(it)
			if it.F.Submitted == nil {
				it.F.Submitted = map[string]process.Submission{}
			}
			it.F.Submitted[net] = process.Submission{By: t.By(), At: t.Now()}
			t.Note(it, process.Say("note.submitted", "network", net))
			kind := process.Kind(net)
			if net == "betanet" {
				kind = process.Upgrade
			}
			out := process.Did("did.submit", "network", net)
			if next := t.NextTrain(kind); next != nil {
				out.Head = out.Head.With("train", next.Ref()).With("name", t.P.TrainName(next))
			}
			if m := t.Line().Meeting(); m != nil {
				late := m.M.Late(it.F.Submitted[net])
				out.Head = out.Head.With("meeting", m.M.Date).With("cutoff", m.M.Cutoff).With("late", late)
			}
			return out
		},
	}
}

// toScoping brings the feature to the network's scoping where that is lawful:
// it stands there, it begins a new journey, or the Alphanet is waived (P5, F12).
func toScoping(t *process.Turn, it *process.Item, net string) *process.Outcome {
	alpha, beta := t.P.Scoping(process.Alphanet), t.P.Scoping(process.Upgrade)
	again := it.Stage == "removed" || it.Stage == "stopped"
	switch {
	case net == "alphanet" && it.Stage == alpha, net == "betanet" && it.Stage == beta:
		return nil
	case net == "alphanet" && again:
		t.Renew(it, alpha)
		return nil
	case net == "betanet" && (again || it.Stage == alpha):
		if o := t.Require(it, "alphanet-passed"); o != nil {
			return o
		}
		// A waiver of it is used up by the boarding, whose gate it is.
		if again {
			t.Renew(it, beta)
		} else {
			t.Place(it, beta)
		}
		return nil
	}
	o := process.Refuse("D2", process.Say("refusal.submit-stage", "network", net, "stage", t.P.Title(it.Stage)))
	for _, ahead := range t.Outlook(it) {
		o.Next = append(o.Next, ahead.Usage)
	}
	return &o
}

// maySubmit reports whether the feature stands where a submission is lawful.
func maySubmit(t *process.Turn, it *process.Item) bool {
	if t.Train(it) != nil {
		return false
	}
	switch it.Stage {
	case t.P.Scoping(process.Alphanet), t.P.Scoping(process.Upgrade), "removed", "stopped":
		return true
	}
	return false
}
