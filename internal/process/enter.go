package process

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Effects returns what a process file may do on the way and on arrival, by
// name. Each is safe to repeat.
func Effects() map[string]Effect {
	return map[string]Effect{
		"assign-hardfork": assignHardfork,
		"assign-number":   assignNumber,
		"audit-request":   requestAudit,
		"checklist":       postChecklist,
		"invite":          invite,
		"iteration":       iterate,
		"leave":           leave,
		"proposal-draft":  draftProposal,
		"shipped":         ship,
		"unload":          unload,
		"unboard":         unboard,
		"void-number":     voidNumber,
	}
}

// Predicates returns the questions that a process file may ask, by name.
func Predicates() map[string]Predicate {
	return map[string]Predicate{
		"any-aboard-l2":   anyAboardL2,
		"audit-open":      func(_ *Turn, it *Item) bool { return it.F != nil && it.F.Audit.Open() },
		"finding-is-high": func(t *Turn, _ *Item) bool { return t.Facts.Finding == "high" },
		"stable":          func(t *Turn, _ *Item) bool { return t.Move == "stable" },
		"vetoed":          func(t *Turn, _ *Item) bool { return t.Facts.Veto },
	}
}

// anyAboardL2 answers F5; a feature that walks with its train has no say.
func anyAboardL2(t *Turn, it *Item) bool {
	if it.T == nil || it.T.NoHardfork != "" {
		return false
	}
	return slices.ContainsFunc(t.line.Aboard(it.ID), func(f *Item) bool { return f.F.HasLayer("l2") })
}

// iterate begins the next deployment, unless the one before has not been made
// yet (B11), and remembers who is aboard.
func iterate(t *Turn, it *Item) {
	if it.T == nil {
		return
	}
	if it.T.Departed.IsZero() {
		it.T.Departed = t.Now()
	}
	if n := len(it.T.Deployed); it.T.Iteration == 0 || n > 0 && it.T.Deployed[n-1].Iteration == it.T.Iteration {
		it.T.Iteration++
	}
	// A release of the iteration before, and the word that it is ready, say
	// nothing about this one (T1, T8).
	it.T.Released, it.T.Signoffs = nil, nil
	for _, f := range t.line.Aboard(it.ID) {
		if !slices.Contains(it.T.Past, f.ID) {
			it.T.Past = append(it.T.Past, f.ID)
		}
	}
}

// postChecklist gives the item a fresh checklist for its stage, if there is one
// for its kind (A4, A8, T6).
func postChecklist(t *Turn, it *Item) {
	n := t.P.Nodes[it.Stage]
	def, ok := t.P.Checklists[n.Name+"."+string(it.Kind)]
	if !ok && n.Of == it.Kind {
		def, ok = t.P.Checklists[n.Name]
	}
	if !ok {
		return
	}
	times := 1
	for i := range it.Checklists {
		if it.Checklists[i].Stage == n.Name {
			it.Checklists[i].Over = true
			times++
		}
	}
	list := Checklist{Key: fmt.Sprintf("checklist/%s/%d", n.Name, times), Name: def.Name, Stage: n.Name}
	for _, c := range def.Items {
		list.Items = append(list.Items, t.P.expand(n, c)...)
	}
	it.Checklists = append(it.Checklists, list)
	t.Tell(it, list.Key, Say("comment.checklist", "def", def, "items", list.Items, "stage", t.P.title(n.Name), "times", times, "kind", string(it.Kind)))
}

// expand makes the boxes of one item of a definition: one, or one for each chain.
func (p *Process) expand(n *Node, c CheckDef) []Check {
	text := c.Text
	if link := p.Settings.Links[c.Link]; link != "" {
		text += ": " + link
	}
	if c.Each != "chains" {
		return []Check{{Text: text, Rule: c.Rule}}
	}
	var out []Check
	for _, chain := range p.Settings.Chains[n.Network] {
		out = append(out, Check{Text: strings.ReplaceAll(text, "{chain}", chain), Rule: c.Rule})
	}
	if len(out) == 0 {
		out = append(out, Check{Text: strings.ReplaceAll(text, "{chain}", "every chain"), Rule: c.Rule})
	}
	return out
}

// Current returns the checklist of the stage where the item stands, nil if it
// has none.
func (it *Item) Current() *Checklist {
	for i := len(it.Checklists) - 1; i >= 0; i-- {
		if c := &it.Checklists[i]; c.Stage == it.Stage && !c.Over {
			return c
		}
	}
	return nil
}

// invite asks the owner of a feature that has passed its Alphanet to submit it
// for the Betanet (B7); features that come back with their upgrade need none.
func invite(t *Turn, it *Item) {
	if it.F == nil || it.F.Passed == nil {
		return
	}
	if train := t.Train(it); train != nil && train.Kind == Upgrade {
		return
	}
	t.Tell(it, "invite/"+string(it.F.Passed.Train), Say("comment.invite", "owner", it.F.Owner, "layers", it.F.Layers, "audit", it.F.Audit.State))
}

// requestAudit opens the audit request of a feature, once, or asks for the
// review of the fix (F7, F8, B6).
func requestAudit(t *Turn, it *Item) {
	if it.F == nil || !it.F.Audit.Open() {
		return
	}
	a := &it.F.Audit
	if a.Issue == "" {
		t.OpenAudit(it)
	}
	if a.State == "required" {
		a.State = "requested"
		return
	}
	if a.State == "fixes-needed" {
		if issue := t.line.Get(a.Issue); issue != nil {
			train := t.Train(it)
			times := 0
			if train != nil {
				times = train.T.Iteration
			}
			t.Tell(issue, "fix-review/"+strconv.Itoa(times), Say("comment.fix-review", "feature", it.Ref(), "iteration", times))
		}
	}
}

// OpenAudit opens the issue that asks for a feature's audit.
func (t *Turn) OpenAudit(it *Item) {
	id := ID("audit/" + string(it.ID) + "/" + strconv.Itoa(it.Journey))
	it.F.Audit.Issue = id
	if t.line.Get(id) != nil {
		return
	}
	issue := t.Add(&Item{ID: id, Kind: AuditIssue, Title: "Audit request: " + it.Title, Ours: true, About: it.ID, Since: t.Now()})
	t.Do(Action{
		Do: OpenIssue, Item: id, Marker: "item/" + string(id), Title: issue.Title,
		Words: Say("issue.audit-request", "feature", it.Ref(), "title", it.Title, "pulls", it.F.Pulls, "layers", it.F.Layers, "train", t.trainRef(it), "reason", it.F.Audit.Reason),
	})
}

func (t *Turn) trainRef(it *Item) any {
	if train := t.Train(it); train != nil {
		return train.Ref()
	}
	return nil
}

// leave takes a feature off its train and ends its journey; it may be submitted
// afresh (F7).
func leave(t *Turn, it *Item) {
	if it.F == nil {
		return
	}
	train := t.Train(it)
	if issue := t.line.Get(it.F.Audit.Issue); issue != nil && !issue.Shown.Closed {
		t.Edit(issue).Shown.Closed = true
		t.Do(Action{Do: CloseIssue, Item: issue.ID, Reason: "not_planned"})
	}
	it.F.Train, it.F.Submitted, it.F.Passed, it.F.Audit = "", nil, nil, Audit{}
	it.Waivers = nil
	if train != nil {
		t.forkless(train, it)
	}
}

// forkless takes the hardfork name back when the one who left was the last L2
// feature (F5); a name that a posted proposal bears stays.
func (t *Turn) forkless(train, left *Item) {
	if train.T.Hardfork == "" || !left.F.HasLayer("l2") || train.T.Number != "" && len(train.T.Proposals) > 0 {
		return
	}
	if !slices.ContainsFunc(t.line.Aboard(train.ID), func(f *Item) bool { return f.F.HasLayer("l2") }) {
		train = t.Edit(train)
		train.Note(t.Now(), t.By(), Say("note.hardfork-void", "name", train.T.Hardfork))
		train.T.Hardfork = ""
	}
}

// draftProposal writes the draft of the governance proposal, once (G1).
func draftProposal(t *Turn, it *Item) {
	if it.T == nil {
		return
	}
	t.Tell(it, "proposal-draft", Say("comment.proposal-draft",
		"title", t.P.TrainName(it), "number", it.T.Number, "hardfork", it.T.Hardfork, "aboard", refs(t.line.Aboard(it.ID)),
		"guide", t.P.Settings.Links["governance"]))
}

func refs(items []*Item) []Ref {
	out := make([]Ref, 0, len(items))
	for _, it := range items {
		out = append(out, it.Ref())
	}
	return out
}

// ship tells each who watches the issue that it is on mainnet (F13).
func ship(t *Turn, it *Item) {
	words := Say("comment.shipped", "kind", string(it.Kind), "train", t.trainRef(it))
	if it.T != nil {
		words = words.With("aboard", refs(t.line.Aboard(it.ID)))
	}
	t.Tell(it, "shipped", words)
}

// unload puts those who are still aboard of a train that is over back to their
// network's scoping: nothing counts against them (P3, A4).
func unload(t *Turn, it *Item) {
	if it.T == nil {
		return
	}
	for _, f := range t.line.Aboard(it.ID) {
		f = t.Edit(f)
		f.F.Train = ""
		if to := t.P.Scoping(it.Kind); f.Stage != to {
			t.arrive(f, t.P.Nodes[to])
		}
		t.missed(f, it, Say("reason.not-judged"))
	}
}

// unboard takes a feature off the train that was stopped under it: it has lost
// its train, not its proof, and may be submitted afresh (F12).
func unboard(_ *Turn, it *Item) {
	if it.F != nil {
		it.F.Train = ""
	}
}

// voidNumber spends the number of an upgrade that will not be (F12, B3).
func voidNumber(t *Turn, it *Item) {
	if it.T != nil && it.T.Number != "" && !it.T.Void {
		it.T.Void = true
		it.Note(t.Now(), t.By(), Say("note.number-void", "number", it.T.Number))
	}
}
