package process

import (
	"slices"
)

// Names of nodes that commands lead to.
const (
	nodeRemoved    = "removed"
	nodeStopped    = "stopped"
	nodeDropped    = "dropped"
	nodeDeployment = "betanet-deployment"
)

// Held refuses what leads forward while somebody holds the item (D7).
func (t *Turn) Held(it *Item) *Outcome { return t.held(it, Move{}) }

// Require asks gates of an item outside a move of the process file: those of
// boarding and scheduling. The outcome is nil when all are open.
func (t *Turn) Require(it *Item, gates ...string) *Outcome {
	_, o := t.Gates(it, Move{Name: t.verb(), Needs: gates})
	if o != nil && it.ID != t.subject {
		ref := it.Ref()
		o.Where = &ref
		o.Head = o.Head.With("item", ref)
	}
	return o
}

// verb is the command being decided, for the line to repeat.
func (t *Turn) verb() string {
	if t.typed.Verb != "" {
		return t.typed.Verb
	}
	return t.Move
}

// Spend uses up the item's waivers of the gates.
func (t *Turn) Spend(it *Item, gates ...string) {
	it = t.Edit(it)
	it.Waivers = t.unused(it, Move{Needs: gates})
}

// Place puts an item at a stage without a move, and does what the stage does on
// arrival.
func (t *Turn) Place(it *Item, stage string) {
	if n := t.P.Nodes[stage]; n != nil {
		t.arrive(t.Edit(it), n)
	}
}

// Join takes a new passenger to where its train stands: before departure it
// waits in scoping, after it a redeployment is due (B4, B11).
func (t *Turn) Join(it, train *Item) {
	train = t.Get(train.ID)
	if train.T.Departed.IsZero() || train.Stage == t.P.Scoping(train.Kind) {
		return
	}
	if !slices.Contains(train.T.Past, it.ID) {
		train = t.Edit(train)
		train.T.Past = append(train.T.Past, it.ID)
	}
	t.Back(train, Say("reason.joined", "feature", it.Ref()))
	if f := t.Edit(it); f.Stage != nodeDeployment {
		t.arrive(f, t.P.Nodes[nodeDeployment])
	}
	if f := t.Get(it.ID); f.F.HasLayer("l2") {
		assignHardfork(t, t.Edit(train))
	}
}

// Back takes an upgrade that had been deployed, and all aboard, back to its
// deployment; audits that were cleared stay so (F8, B4).
func (t *Turn) Back(train *Item, reason Text) {
	train = t.Edit(train)
	if train.Stage == t.P.Scoping(train.Kind) || t.P.Ended(train) {
		return
	}
	if len(train.T.Deployed) > 0 {
		train.T.Redeploy = reason.Key
		train.T.Why = reason
	}
	for _, it := range append([]*Item{train}, t.line.Aboard(train.ID)...) {
		if it.Stage != nodeDeployment {
			t.arrive(t.Edit(it), t.P.Nodes[nodeDeployment])
		}
	}
	if train.T.Redeploy != "" {
		t.tellRedeployment(train)
	}
}

// tellRedeployment says on the train's issue that a redeployment is due, once
// for all that a turn changes.
func (t *Turn) tellRedeployment(train *Item) {
	train = t.Edit(train)
	marker := "redeploy/" + t.key
	t.actions = slices.DeleteFunc(t.actions, func(a Action) bool {
		return a.Item == train.ID && (a.Marker == marker || a.News == NewsRedeploy)
	})
	words := Say("comment.redeploy", "name", t.P.TrainName(train), "iteration", train.T.Iteration, "why", train.T.Why, "aboard", refs(t.line.Aboard(train.ID)))
	t.Do(Action{Do: SayOnce, Item: train.ID, Marker: marker, Words: words})
	t.announce(train, words)
}

// Due marks a train for redeployment for a person's reason.
func (t *Turn) Due(train *Item, reason string) {
	train = t.Edit(train)
	train.T.Redeploy, train.T.Why = "asked", Say("reason.asked", "reason", reason)
	t.tellRedeployment(train)
}

// Lighten looks after a train that a feature has left: it stops when nobody is
// left after departure, and is deployed anew without it otherwise.
func (t *Turn) Lighten(train, left *Item, reason Text) {
	train = t.Edit(train)
	t.forkless(train, left)
	if train.Kind != Upgrade || train.T.Departed.IsZero() || train.Stage == t.P.Scoping(Upgrade) || t.P.Ended(train) {
		return
	}
	if len(t.line.Aboard(train.ID)) == 0 {
		t.arrive(train, t.P.Nodes[nodeStopped])
		return
	}
	t.Back(train, reason)
}

// Remove takes a feature off its upgrade for good (F7, B4).
func (t *Turn) Remove(it *Item, reason string) {
	t.leaveFor(it, nodeRemoved, "remove", reason)
	t.Tell(it, "removed/"+t.key, Say("comment.removed", "reason", reason, "owner", it.F.Owner))
}

// Find carries out an audit's finding: a high risk removes the feature from its
// upgrade (F7), a low one takes the upgrade back to be deployed with the fix (F8).
func (t *Turn) Find(it *Item, risk, link string) {
	if train := t.Train(it); risk == "high" {
		t.leaveFor(it, nodeRemoved, "audit", link)
		t.Tell(it, "removed/"+t.key, Say("comment.removed", "reason", "high-risk finding: "+link, "owner", it.F.Owner))
	} else if train != nil && train.Kind == Upgrade {
		prior := &Prior{Move: "audit", Key: t.key, At: t.Now(), By: t.By()}
		t.Move, t.Facts = "audit", Facts{Finding: risk, Link: link}
		t.Back(train, Say("reason.finding", "feature", it.Ref(), "link", link))
		t.Tell(it, "finding/"+t.key, Say("comment.finding", "link", link, "owner", it.F.Owner))
		t.keep(it, prior)
	}
}

// TellAboard says something on the issue of everyone who was aboard, and once
// where chats hear of the train.
func (t *Turn) TellAboard(train *Item, marker string, words Text) {
	for _, id := range t.Get(train.ID).T.Past {
		if f := t.line.Get(id); f != nil && f.F != nil && (f.F.Train == train.ID || t.P.Ended(f)) && f.Stage == t.Get(train.ID).Stage {
			t.Tell(f, marker+"/"+string(train.ID), words)
		}
	}
	t.announce(train, words)
}

// SetLayers records which layers a feature changes; a departed upgrade's
// hardfork follows (F5).
func (t *Turn) SetLayers(it *Item, layers []string) {
	was := it
	it = t.Edit(it)
	it.F.Layers = layers
	it.Note(t.Now(), t.By(), Say("note.layers", "layers", layers))
	train := t.Train(it)
	if train == nil || train.Kind != Upgrade || train.T.Departed.IsZero() {
		return
	}
	if anyAboardL2(t, train) {
		assignHardfork(t, t.Edit(train))
	} else {
		t.forkless(train, was)
	}
}

// Repost sends an upgrade whose number has changed back to where its proposal is
// due: the posted one bears another number (B3).
func (t *Turn) Repost(it *Item) {
	it = t.Edit(it)
	for i := range it.T.Proposals {
		it.T.Proposals[i].Superseded = true
	}
	for track, s := range it.Tracks {
		if entry := t.P.Entry(track); s.At != entry {
			t.stand(it, track, entry)
		}
	}
}

// Drop ends a feature or a train that nobody wants any more; passengers of a
// dropped train go back to scoping, and its number is void.
func (t *Turn) Drop(it *Item, reason string) { t.leaveFor(it, nodeDropped, "drop", reason) }

func (t *Turn) leaveFor(it *Item, node, move, reason string) {
	prior := &Prior{Move: move, Key: t.key, At: t.Now(), By: t.By()}
	t.Move, t.Facts = move, Facts{Reason: reason}
	train := t.Train(it)
	it = t.Edit(it)
	t.arrive(it, t.P.Nodes[node])
	if train != nil {
		t.emptied(it)
		t.Lighten(train, it, Say("reason.left", "feature", it.Ref(), "move", move, "reason", reason))
	}
	t.keep(it, prior)
}

// Retire ends the Alphanets before this one: their network is gone, and who was
// not judged there goes back to scoping (A4).
func (t *Turn) Retire(train *Item) {
	for _, old := range t.line.Trains(Alphanet) {
		if n := t.P.Nodes[old.Stage]; old.ID != train.ID && n != nil && n.Empties != "" {
			t.walk(t.Edit(old), n.Empties)
		}
	}
}

// Undo takes back the last move of an item, if nothing stands on it; else it
// says what does.
func (t *Turn) Undo(it *Item) Outcome {
	prior := it.Prior
	for _, was := range prior.Before {
		now := t.line.Get(was.ID)
		if now == nil || now.Changed != prior.Key {
			note := Text{}
			if now != nil && len(now.History) > 0 {
				note = now.History[len(now.History)-1].What
			}
			o := Refuse("D2", Say("refusal.undo-stands", "move", Code("/"+prior.Move), "item", was.Ref(), "last", note))
			ref := was.Ref()
			o.Where = &ref
			return o
		}
	}
	for _, was := range prior.Before {
		now := t.line.Get(was.ID)
		back := was.Clone()
		back.Shown, back.Told, back.Title, back.History = now.Shown, now.Told, now.Title, now.History
		if back.T != nil && now.T != nil {
			back.T.Milestone, back.T.Titled, back.T.Shut, back.T.Dated = now.T.Milestone, now.T.Titled, now.T.Shut, now.T.Dated
		}
		back.Checklists = relisted(was, now)
		if back.Kind == AuditIssue && now.Shown.Closed && !was.Shown.Closed {
			back.Shown.Closed = false
			t.Do(Action{Do: ReopenIssue, Item: back.ID})
		}
		t.line.mine[back.ID] = back.Clone()
		t.Note(t.line.mine[back.ID], Say("note.undone", "move", Code("/"+prior.Move), "by", prior.By))
	}
	return Did("did.undo", "move", Code("/"+prior.Move), "stage", t.P.title(t.line.Get(it.ID).Stage))
}

// relisted are the checklists after an undo: those of before as they were, and
// those posted since marked as over, so that their comments are still known.
func relisted(was, now *Item) []Checklist {
	out := slices.Clone(was.Checklists)
	for _, c := range now.Checklists {
		if !slices.ContainsFunc(out, func(o Checklist) bool { return o.Key == c.Key }) {
			c.Over = true
			out = append(out, c)
		}
	}
	return out
}

// Correct puts an item where reality already is, with its passengers, and
// returns the gates that were jumped on the way there.
func (t *Turn) Correct(it *Item, stage, reason string) []string {
	prior := &Prior{Move: "correct", Key: t.key, At: t.Now(), By: t.By()}
	t.Move, t.Facts = "correct", Facts{Reason: reason}
	jumped := t.jumped(it, stage)
	it = t.Edit(it)
	passengers := t.line.Aboard(it.ID)
	n := t.P.Nodes[stage]
	if it.F != nil && n.Network != "alphanet" && it.F.Passed == nil {
		it.F.Passed = &Pass{Train: it.F.Train, By: t.By(), At: t.Now(), Code: it.F.CodeDigest()}
	}
	if it.Kind == Upgrade && n.Kind == KindStage && n.Name != t.P.Scoping(Upgrade) {
		if anyAboardL2(t, it) {
			assignHardfork(t, it)
		}
		assignNumber(t, it)
	}
	t.catchUp(it, n)
	t.walk(it, stage)
	if it.Kind.Train() {
		for _, f := range passengers {
			t.walk(t.Edit(f), stage)
		}
	}
	t.emptied(it)
	t.keep(it, prior)
	return jumped
}

// catchUp makes good what an item would have begun on its way to a stage: its
// tracks, and a number that was void before it came back to life.
func (t *Turn) catchUp(it *Item, to *Node) {
	if !it.Kind.Train() || to.Kind == KindEnd {
		return
	}
	it.T.Void = false
	for _, name := range t.P.Order[:t.P.Rank(to.Name)] {
		for _, track := range t.P.Nodes[name].Starts {
			_, begun := it.Tracks[track]
			if n := t.P.Nodes[it.Tracks[track].At]; !begun || n != nil && !n.Settled() {
				t.stand(it, track, t.P.Entry(track))
			}
		}
	}
}

// jumped names the gates between two stages that stood closed.
func (t *Turn) jumped(it *Item, stage string) []string {
	var out []string
	from, to := t.P.Rank(it.Stage), t.P.Rank(stage)
	for i := max(from, 0); i < to; i++ {
		n := t.P.Nodes[t.P.Order[i]]
		for _, name := range n.MoveOrder {
			m := n.Moves[name]
			if n.OfMove(m) != it.Kind || m.Back || m.Aside {
				continue
			}
			for _, g := range m.Needs {
				if !t.Gate(it, g).Verdict.Open() && !slices.Contains(out, g) {
					out = append(out, g)
				}
			}
		}
	}
	return out
}

// Renew begins the next journey of a feature whose last one has ended (F12).
func (t *Turn) Renew(it *Item, stage string) {
	it = t.Edit(it)
	it.Journey++
	it.Process = t.P.Hash
	it.F.Audit = Audit{}
	t.Move, t.Facts = "submit", Facts{}
	t.arrive(it, t.P.Nodes[stage])
}

// NextTrain returns the next train of a kind that is still in scoping, by date
// and number; nil if there is none.
func (t *Turn) NextTrain(kind Kind) *Item {
	scoping := t.P.Scoping(kind)
	waiting := t.line.among(trains, func(it *Item) bool { return it.Kind == kind && it.Stage == scoping })
	slices.SortStableFunc(waiting, func(a, b *Item) int { return a.T.Date.Compare(b.T.Date) })
	if len(waiting) == 0 {
		return nil
	}
	return waiting[0]
}
