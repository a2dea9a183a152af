package agenda

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// betanet asks whether there is one this month (B1): the features that have
// passed their Alphanet, whether they are enough, and the number and the name
// that the upgrade would get (B8, B9).
func betanet(t *process.Turn, m *process.Item) []process.Topic {
	scoping := t.P.Scoping(process.Upgrade)
	candidates := t.Talked(func(it *process.Item) bool {
		return it.F != nil && it.F.Train == "" && it.Stage == scoping && len(it.Holds) == 0 && onTheWay(t, it)
	})
	upgrade := t.NextTrain(process.Upgrade)
	var aboard []*process.Item
	if upgrade != nil {
		aboard = t.Line().Aboard(upgrade.ID)
	}
	all := slices.Concat(aboard, candidates)
	if len(all) == 0 {
		return nil
	}
	tp := process.Topic{
		Key:      key("betanet", string(m.ID)),
		Question: process.Say("agenda.betanet", "ready", len(all), "enough", t.P.Settings.Enough),
	}
	var l2 bool
	var longest *process.Item
	for _, f := range all {
		l2 = l2 || f.F.HasLayer("l2")
		if longest == nil || f.Since.Before(longest.Since) {
			longest = f
		}
		_, submitted := f.F.Submitted["betanet"]
		tp.Facts = append(tp.Facts, process.Say("agenda.fact.passed", "feature", f.Ref(), "layers", f.F.Layers, "since", f.Since, "submitted", submitted || f.F.Train != "", "aboard", f.F.Train != "", "audit", f.F.Audit.State))
	}
	id := process.ID(strings.Replace(string(m.ID), "meeting/", "upgrade/meeting-", 1))
	var steps []process.Step
	if upgrade == nil {
		steps = append(steps, process.Step{On: id, Make: process.Upgrade})
	} else {
		id, tp.About = upgrade.ID, upgrade.Ref()
	}
	if len(candidates) > 0 {
		steps = append(steps, process.Step{On: id, Line: boarding(candidates)})
	}
	name := ""
	if l2 {
		name = t.P.NextHardfork(t.Line())
	}
	number := t.P.NextNumber(t.Line())
	if upgrade != nil && upgrade.T.Number != "" {
		number = upgrade.T.Number
	}
	tp.Options = []process.Option{
		{Key: "yes", Say: process.Say("agenda.option.betanet", "number", number, "hardfork", name, "aboard", refs(all)), Steps: append(slices.Clone(steps), process.Step{On: id, Line: "/depart"})},
		{Key: "no", Say: process.Say("agenda.option.no-betanet")},
	}
	if len(candidates) > 0 {
		tp.Options = slices.Insert(tp.Options, 1, process.Option{Key: "scope", Say: process.Say("agenda.option.scope", "candidates", refs(candidates)), Steps: steps})
	}
	if len(all) >= t.P.Settings.Enough {
		tp.Suggest, tp.Why = "yes", process.Say("agenda.why.enough", "longest", longest.Ref(), "since", longest.Since, "now", lately(t, longest.Since))
	} else {
		tp.Suggest, tp.Why = "no", process.Say("agenda.why.too-few", "ready", len(all), "enough", t.P.Settings.Enough)
	}
	return []process.Topic{tp}
}

func boarding(features []*process.Item) string {
	var b strings.Builder
	b.WriteString("/board")
	for _, f := range features {
		fmt.Fprintf(&b, " #%d", f.Shown.Number)
	}
	return b.String()
}
