package process

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// DeparturesID is the id of the departures issue: there is one.
const DeparturesID ID = "departures"

// opened adopts an issue that a person opened with a kind/… label, by hand or
// from an issue form; one that the bot opened itself is recognised by its key.
func (d *deciding) opened() {
	in := d.e.Issue
	if in.Marker != "" {
		d.opening(strings.TrimPrefix(in.Marker, "item/"), in.Number)
		return
	}
	if d.line.Number(in.Number) != nil || in.IsPull {
		d.skipped = "known"
		return
	}
	kind := d.kindOf(in.Labels)
	if kind == "" {
		d.skipped = "no kind/… label"
		return
	}
	// The issue shows the labels that it was opened with.
	d.e.Actor = Actor{Login: in.Author}
	line := Typed{Text: "kind/" + string(kind)}
	o := d.try(d.e, line, func(o Outcome) bool { return o.State == Done }, func(t *Turn) Outcome { return t.Adopt(kind, formDate(in.Form)) })
	if o.State != Done {
		// GitHub tells of the label once more by itself; it is answered then.
		d.skipped = "not theirs to open"
		return
	}
	d.parts = append(d.parts, Part{Line: line, Outcome: o})
}

func (d *deciding) opening(id string, number int) {
	it := d.line.Get(ID(id))
	if it == nil || it.Shown.Number == number {
		d.skipped = "our own act"
		return
	}
	d.note(func(t *Turn) {
		shown := &t.Edit(it).Shown
		shown.Number, shown.Node, shown.Home = number, d.e.Issue.Node, d.e.Home
	})
}

func (d *deciding) kindOf(labels []string) Kind {
	for _, l := range labels {
		if name, ours := d.p.Our(l); ours {
			if kind := Kind(strings.TrimPrefix(name, "kind/")); kind == Feature || kind.Train() {
				return kind
			}
		}
	}
	return ""
}

// Adopt makes the subject issue a feature, or, for a maintainer, a train.
func (t *Turn) Adopt(kind Kind, date calendar.Date) Outcome {
	in := t.E.Issue
	if it := t.Item(); it != nil {
		return Outcome{State: Already, Head: Say("refusal.tracked", "kind", string(it.Kind), "item", it.Ref())}
	}
	if kind.Train() {
		if v := t.Holds(nil, []Role{Maintainer}); v != Yes {
			return t.Denied(v, []Role{Maintainer})
		}
	}
	it := &Item{ID: ID(fmt.Sprintf("issue/%d", in.Number)), Kind: kind, Title: in.Title, Since: t.Now(), Journey: 1}
	if old := t.line.Get(it.ID); old != nil {
		it.ID += "-again"
	}
	it.Shown = Shown{Number: in.Number, Title: in.Title, Milestone: in.Milestone, Assignees: slices.Clone(in.Assignees), Closed: in.State == "closed", Locked: in.Locked, Node: in.Node, Home: t.E.Home}
	for _, l := range in.Labels {
		if name, ours := t.P.Our(l); ours {
			it.Shown.Labels = append(it.Shown.Labels, name)
		}
	}
	t.subject = it.ID
	if kind == Feature {
		it.F = &FeatureFacts{Author: in.Author, Layers: formLayers(in.Form)}
		t.Add(it)
		t.own(it, formOwner(in.Form))
		t.own(it, in.Author)
		t.begin(it)
		for _, p := range formPulls(in.Form, t.line.Repo) {
			if found, ok := t.A.Pulls[pullKey(p.Repo, p.Number)]; ok {
				found.Author = "" // the form has said who owns it
				t.LinkPull(it, found, false)
			}
		}
		return Did("did.feature")
	}
	it.T = &TrainFacts{Date: date}
	if kind == Alphanet && !date.IsZero() {
		it.T.Name = t.name(it)
	}
	t.Add(it)
	t.arriveFresh(it, t.P.Scoping(kind))
	return Did("did.train", "kind", string(kind))
}

// own gives a feature its first owner, if that person is an engineer.
func (t *Turn) own(it *Item, login string) {
	if it.F.Owner == "" && t.A.Role(login, Engineer) == Yes {
		it.F.Owner = login
	}
}

// begin puts a feature that has no stage yet where a merged pull request leads
// to (F1).
func (t *Turn) begin(it *Item) {
	if it.Stage == "" {
		t.arriveFresh(it, t.P.First())
	}
}

func (t *Turn) arriveFresh(it *Item, stage string) {
	t.Move, t.Facts = "", Facts{}
	t.arrive(it, t.P.Nodes[stage])
}

// pull links a pull request to the features it names; a merge begins their
// journey (F1).
func (d *deciding) pull() {
	pr := d.e.Pull
	if code := d.p.Settings.Code; len(code) > 0 && !strings.EqualFold(pr.Repo, d.line.Repo) && !slices.ContainsFunc(code, func(c string) bool { return strings.EqualFold(c, pr.Repo) }) {
		d.skipped = "not a code repository of ours"
		return
	}
	features := d.named(pr)
	if d.e.What == PullClosed {
		d.unlink(pr)
		return
	}
	if len(features) == 0 && d.e.What == PullMerged && hasLabel(pr.Labels, "feature") && len(d.line.WithPull(pr.Repo, pr.Number)) == 0 && len(d.actions) == 0 {
		d.always(func(t *Turn) { t.openFeature(pr) })
		return
	}
	for _, it := range d.line.WithPull(pr.Repo, pr.Number) {
		if !slices.ContainsFunc(features, func(f *Item) bool { return f.ID == it.ID }) {
			features = append(features, it)
		}
	}
	if len(features) == 0 && len(d.actions) == 0 {
		d.skipped = "names no feature"
		return
	}
	for _, it := range features {
		d.always(func(t *Turn) { t.LinkPull(t.Edit(it), *pr, closes(pr, d.line.Repo, it.Shown.Number)) })
	}
}

func hasLabel(labels []string, name string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return strings.EqualFold(l, name) })
}

func closes(pr *PullRequest, repo string, number int) bool {
	return slices.ContainsFunc(pr.Names, func(n PullRef) bool {
		return !n.Feature && n.Number == number && strings.EqualFold(n.Repo, repo) && strings.EqualFold(pr.Repo, repo)
	})
}

// named returns the features that a pull request names; a "Feature:" that
// points at none is answered once on the pull request.
func (d *deciding) named(pr *PullRequest) []*Item {
	var out []*Item
	for _, n := range pr.Names {
		if !strings.EqualFold(n.Repo, d.line.Repo) || !n.Feature && !strings.EqualFold(pr.Repo, d.line.Repo) {
			continue
		}
		it := d.line.Number(n.Number)
		switch {
		case it != nil && it.F != nil:
			if !slices.Contains(out, it) {
				out = append(out, it)
			}
		case n.Feature && !d.told(noFeatureKey(pr, n.Number)):
			d.actions = append(d.actions, Action{
				Do: SayOnce, Issue: pr.Number, Repo: pr.Repo, Marker: fmt.Sprintf("no-feature/%d", n.Number),
				Words: Say("comment.no-feature", "number", n.Number, "repo", d.line.Repo, "author", pr.Author),
			})
		}
	}
	return out
}

// noFeatureKey is the key under which a pull request has been told that it
// names no feature: pull requests are not tracked, and are told only once.
func noFeatureKey(pr *PullRequest, number int) string {
	return fmt.Sprintf("pull/%s/%d/no-feature/%d", strings.ToLower(pr.Repo), pr.Number, number)
}

// told settles a key, and reports whether it was settled before.
func (d *deciding) told(key string) bool {
	if d.base.Seen[key] || slices.Contains(d.keys, key) {
		return true
	}
	d.keys = append(d.keys, key)
	return false
}

// LinkPull links a pull request with a feature, or brings the link up to date.
func (t *Turn) LinkPull(it *Item, pr PullRequest, closing bool) {
	link := Pull{Repo: pr.Repo, Number: pr.Number, Title: pr.Title, Merged: pr.Merged, Closes: closing}
	if pr.Merged {
		link.At = t.Now()
	}
	at := slices.IndexFunc(it.F.Pulls, func(p Pull) bool { return p.Number == pr.Number && strings.EqualFold(p.Repo, pr.Repo) })
	if at >= 0 {
		if it.F.Pulls[at].Merged {
			return
		}
		it.F.Pulls[at] = link
	} else {
		it.F.Pulls = append(it.F.Pulls, link)
	}
	it.Note(t.Now(), t.By(), Say("note.pull", "pull", fmt.Sprintf("%s#%d", pr.Repo, pr.Number), "merged", pr.Merged))
	if !pr.Merged {
		return
	}
	t.own(it, pr.Author)
	t.begin(it)
	if closing && it.Shown.Closed {
		it.Shown.Closed = false
		t.Do(Action{Do: ReopenIssue, Item: it.ID})
	}
}

// unlink forgets a pull request that was closed without a merge.
func (d *deciding) unlink(pr *PullRequest) {
	linked := d.line.WithPull(pr.Repo, pr.Number)
	if len(linked) == 0 {
		d.skipped = "linked with no feature"
	}
	for _, it := range linked {
		d.always(func(t *Turn) {
			it := t.Edit(it)
			it.F.Pulls = slices.DeleteFunc(it.F.Pulls, func(p Pull) bool {
				return !p.Merged && p.Number == pr.Number && strings.EqualFold(p.Repo, pr.Repo)
			})
			it.Note(t.Now(), t.By(), Say("note.pull-closed", "pull", fmt.Sprintf("%s#%d", pr.Repo, pr.Number)))
		})
	}
}

// openFeature opens the tracking issue of a merged pull request that has the
// label and names none, once.
func (t *Turn) openFeature(pr *PullRequest) {
	id := ID(strings.ToLower(fmt.Sprintf("pull/%s/%d", pr.Repo, pr.Number)))
	if t.line.Get(id) != nil {
		return
	}
	it := t.Add(&Item{ID: id, Kind: Feature, Title: pr.Title, Ours: true, Since: t.Now(), Journey: 1, F: &FeatureFacts{Author: pr.Author}})
	t.Do(Action{
		Do: OpenIssue, Item: id, Marker: "item/" + string(id), Title: pr.Title,
		Words: Say("issue.feature", "pull", fmt.Sprintf("%s#%d", pr.Repo, pr.Number), "url", "https://github.com/"+pr.Repo+"/pull/"+fmt.Sprint(pr.Number), "author", pr.Author, "title", pr.Title),
	})
	t.LinkPull(it, *pr, false)
}
