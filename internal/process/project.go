package process

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Ended reports whether the item's journey is over where it stands.
func (p *Process) Ended(it *Item) bool {
	n := p.Nodes[it.Stage]
	return n != nil && n.Kind == KindEnd
}

// done are the ends after which an issue is closed; a feature that was removed
// or stopped may come again and stays open.
func (p *Process) done(it *Item) bool {
	return p.Ended(it) && (it.Kind.Train() || it.Stage == "shipped" || it.Stage == "dropped")
}

// TrainName is the name of a train and of its milestone: "Alphanet 2026-12",
// "Upgrade 17 · Karst", "Upgrade (#41)" while it has no number.
func (p *Process) TrainName(it *Item) string {
	switch {
	case it.T == nil:
		return it.Title
	case it.T.Name != "":
		return it.T.Name
	case it.Kind == Upgrade && it.T.Number != "" && it.T.Hardfork != "":
		return "Upgrade " + it.T.Number + " · " + it.T.Hardfork
	case it.Kind == Upgrade && it.T.Number != "":
		return "Upgrade " + it.T.Number
	case it.Kind == Upgrade && it.Shown.Number == 0:
		return "Upgrade"
	case it.Kind == Upgrade:
		return fmt.Sprintf("Upgrade (#%d)", it.Shown.Number)
	case !it.T.Date.IsZero():
		return "Alphanet " + it.T.Date.String()[:7]
	default:
		return fmt.Sprintf("Alphanet (#%d)", it.Shown.Number)
	}
}

// Labels returns the labels of ours that an item's issue should have, without
// the prefix, in lower case and sorted. train is its train, if it is aboard one.
func (p *Process) Labels(it, train *Item) []string {
	if it.Kind == "" {
		return nil
	}
	out := []string{"kind/" + string(it.Kind)}
	add := func(label string) {
		label = strings.ToLower(label)
		if !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	if it.Stage != "" {
		add("stage/" + it.Stage)
	}
	for track, s := range it.Tracks {
		add(track + "/" + s.At)
	}
	if len(it.Holds) > 0 {
		add(OnHold)
	}
	if it.F != nil {
		p.featureLabels(it, train, add)
	}
	if it.T != nil {
		p.trainLabels(it, add)
	}
	slices.Sort(out)
	return out
}

// FixedLabels returns the labels of ours whose names do not depend on numbers
// and names to come, with the prefix, sorted.
func (p *Process) FixedLabels() []string {
	names := map[string]bool{OnHold: true, "needs/owner": true, "needs/redeployment": true}
	for _, k := range []Kind{Feature, Alphanet, Upgrade, AuditIssue, Departures, Meeting} {
		names["kind/"+string(k)] = true
	}
	for lever := range p.Levers {
		names[lever] = true
	}
	for _, n := range p.Stages() {
		if n.Track == "" {
			names["stage/"+n.Name] = true
		} else {
			names[n.Track+"/"+n.Name] = true
		}
	}
	var out []string
	for name := range names {
		out = append(out, p.Settings.Prefix+name)
	}
	slices.Sort(out)
	return out
}

func (p *Process) featureLabels(it, train *Item, add func(string)) {
	for _, l := range it.F.Layers {
		add("layer/" + l)
	}
	if it.F.Audit.State != "" {
		add("audit/" + it.F.Audit.State)
	}
	for network := range it.F.Submitted {
		add("submitted/" + network)
	}
	if train != nil && train.Kind == Upgrade {
		p.trainLabels(train, func(l string) {
			if !strings.HasPrefix(l, "needs/") {
				add(l)
			}
		})
	}
	if it.F.Owner == "" && !p.Ended(it) {
		add("needs/owner")
	}
}

func (p *Process) trainLabels(it *Item, add func(string)) {
	if it.T.Number != "" && !it.T.Void {
		add("upgrade/" + it.T.Number)
	}
	if it.T.Hardfork != "" && !it.T.Void {
		add("hardfork/" + slug(it.T.Hardfork))
	}
	if it.T.Redeploy != "" && !p.Ended(it) {
		add("needs/redeployment")
	}
}

// slug makes a name fit for a label.
func slug(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(s)), "-")
}

// project compares what GitHub should show of an item with what it shows, and
// returns what is to be made true. was is the item before, nil for a new one.
func (t *Turn) project(was, it *Item) []Action {
	if it.Shown.Gone {
		return nil
	}
	var out []Action
	add := func(a Action) {
		a.Item = it.ID
		out = append(out, a)
	}
	t.projectLabels(it, add)
	if it.T != nil {
		t.projectTrain(it, add)
	}
	if it.F != nil {
		t.projectFeature(was, it, add)
	}
	t.projectClosed(was, it, add)
	return out
}

// projectClosed closes the issue of what has come to its end, and opens it again
// when it is taken back from there. What a person closes or reopens in between
// stays as that person likes it.
func (t *Turn) projectClosed(was, it *Item, add func(Action)) {
	before, now := was != nil && t.P.done(was), t.P.done(it)
	switch {
	case now && !before && !it.Shown.Closed:
		it.Shown.Closed = true
		reason := "completed"
		if it.Stage == nodeDropped || it.Stage == nodeStopped {
			reason = "not_planned"
		}
		add(Action{Do: CloseIssue, Reason: reason})
	case before && !now && it.Shown.Closed:
		it.Shown.Closed = false
		add(Action{Do: ReopenIssue})
	}
}

func (t *Turn) projectLabels(it *Item, add func(Action)) {
	want := t.P.Labels(it, t.Train(it))
	for _, l := range want {
		if !slices.Contains(it.Shown.Labels, l) {
			add(Action{Do: AddLabel, Label: t.P.Settings.Prefix + l})
		}
	}
	for _, l := range it.Shown.Labels {
		if !slices.Contains(want, l) {
			add(Action{Do: RemoveLabel, Label: t.P.Settings.Prefix + l})
		}
	}
	it.Shown.Labels = want
}

func (t *Turn) projectTrain(it *Item, add func(Action)) {
	if it.Shown.Number == 0 {
		return
	}
	name, shut := t.P.TrainName(it), t.P.Ended(it)
	if due := t.due(it); it.T.Titled != name || it.T.Shut != shut || it.T.Dated != due {
		it.T.Titled, it.T.Shut, it.T.Dated = name, shut, due
		add(Action{Do: MakeMilestone, Title: name, Due: due, Closed: shut})
	}
	if it.Ours && it.Title != name {
		it.Title = name
		add(Action{Do: EditIssue, Title: name})
	}
}

// due is the date of a train's milestone: its departure, or the next activation
// that is planned; zero for none.
func (t *Turn) due(it *Item) calendar.Date {
	if it.Kind == Alphanet {
		return it.T.Date
	}
	if plan, ok := it.T.Planned["mainnet"]; ok {
		return plan.On
	}
	return it.T.Planned["testnet"].On
}

func (t *Turn) projectFeature(was, it *Item, add func(Action)) {
	if it.Shown.Train != it.F.Train {
		it.Shown.Train = it.F.Train
		add(Action{Do: SetMilestone, Train: it.F.Train})
	}
	before := ""
	if was != nil && was.F != nil {
		before = was.F.Owner
	}
	has := func(login string) bool { return slices.ContainsFunc(it.Shown.Assignees, sameLogin(login)) }
	if before != "" && !strings.EqualFold(before, it.F.Owner) && has(before) {
		it.Shown.Assignees = slices.DeleteFunc(it.Shown.Assignees, sameLogin(before))
		add(Action{Do: Unassign, Login: before})
	}
	if it.F.Owner != "" && !has(it.F.Owner) {
		it.Shown.Assignees = append(it.Shown.Assignees, it.F.Owner)
		add(Action{Do: Assign, Login: it.F.Owner})
	}
}

func sameLogin(login string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(login, other) }
}
