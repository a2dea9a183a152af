package agenda

import (
	"cmp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// results tells what became of each feature aboard the last Alphanet (P5, A8).
func results(t *process.Turn, _ *process.Item) []process.Topic {
	var last *process.Item
	for _, train := range t.Line().Trains(process.Alphanet) {
		if !train.T.Departed.IsZero() && (last == nil || train.T.Departed.After(last.T.Departed)) {
			last = train
		}
	}
	if last == nil {
		return nil
	}
	out := []process.Topic{{
		Key: key("last", string(last.ID)), About: last.Ref(),
		Question: process.Say("agenda.last-alphanet", "train", last.Ref(), "name", t.P.TrainName(last), "departed", last.T.Departed, "stage", t.P.Title(last.Stage), "aboard", len(last.T.Past)),
	}}
	for _, id := range last.T.Past {
		f := t.Get(id)
		if f == nil || f.F == nil {
			continue
		}
		evidence := ""
		if f.F.Passed != nil && f.F.Passed.Train == last.ID {
			evidence = f.F.Passed.Evidence
		}
		out = append(out, process.Topic{
			Key: key("result", string(last.ID), string(id)), About: f.Ref(),
			Question: process.Say("agenda.result", "feature", f.Ref(), "verdict", verdict(f, last), "stage", t.P.Title(f.Stage), "evidence", evidence),
		})
	}
	return out
}

// verdict is the move that ended a feature's time on an Alphanet; "waiting" while
// it is aboard, "unjudged" when nobody said.
func verdict(f, train *process.Item) string {
	if f.F.Train == train.ID {
		return "waiting"
	}
	return cmp.Or(train.T.Judged[f.ID], "unjudged")
}
