package agenda

import (
	"fmt"
	"slices"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// ready asks what is ready to ship (P4): each feature submitted for the Alphanet
// is a candidate of the next one (A2), in time or late (A7), or not code-complete
// (A3) and then not to be taken.
func ready(t *process.Turn, m *process.Item) []process.Topic {
	train := t.NextTrain(process.Alphanet)
	var out []process.Topic
	if train != nil {
		out = append(out, process.Topic{
			Key: key("next", string(train.ID)), About: train.Ref(),
			Question: process.Say("agenda.next-alphanet", "train", train.Ref(), "name", t.P.TrainName(train), "date", train.T.Date, "aboard", refs(t.Line().Aboard(train.ID))),
		})
	}
	waiting := t.Talked(func(it *process.Item) bool {
		if it.F == nil || it.F.Train != "" || len(it.F.Submitted) == 0 {
			return false
		}
		_, on := it.F.Submitted["alphanet"]
		return on && onTheWay(t, it)
	})
	slices.SortStableFunc(waiting, func(a, b *process.Item) int {
		return a.F.Submitted["alphanet"].At.Compare(b.F.Submitted["alphanet"].At)
	})
	for _, f := range waiting {
		out = append(out, candidate(t, m, f, train))
	}
	return out
}

// candidate asks about one feature. Its key is the train's too: each train is a
// question of its own.
func candidate(t *process.Turn, m, f, train *process.Item) process.Topic {
	sub := f.F.Submitted["alphanet"]
	late := m.M.Late(sub)
	tp := process.Topic{Key: key("board", "none", string(f.ID)), About: f.Ref(), Question: process.Say("agenda.no-candidate", "feature", f.Ref(), "late", late)}
	tp.Facts = append(tp.Facts, process.Say("agenda.fact.submitted", "by", sub.By, "at", sub.At, "late", late, "owner", f.F.Owner, "layers", f.F.Layers))
	complete := t.Gate(f, "code-complete")
	tp.Facts = append(tp.Facts, complete.Evidence)
	for _, h := range f.Holds {
		tp.Facts = append(tp.Facts, process.Say("agenda.fact.held", "by", h.By, "reason", h.Reason, "since", h.At))
	}
	if train == nil || !complete.Verdict.Open() || len(f.Holds) > 0 {
		return tp // nothing to decide: it could not be boarded
	}
	tp.Question = process.Say("agenda.candidate", "feature", f.Ref(), "late", late)
	tp.Key = key("board", string(train.ID), string(f.ID))
	tp.Options = []process.Option{
		{Key: "yes", Say: process.Say("agenda.option.board", "name", t.P.TrainName(train)), Steps: []process.Step{{On: train.ID, Line: fmt.Sprintf("/board #%d", f.Shown.Number)}}},
		{Key: "no", Say: process.Say("agenda.option.wait")},
	}
	if !late {
		tp.Suggest, tp.Why = "yes", process.Say("agenda.why.in-time")
	} else {
		tp.Why = process.Say("agenda.why.late")
	}
	return tp
}
