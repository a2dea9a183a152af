package agenda

import (
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// atWork tells how the Betanets under way stand: audits that are open, incidents,
// redeployments wanted (B4, F7).
func atWork(t *process.Turn, _ *process.Item) []process.Topic {
	var out []process.Topic
	for _, u := range running(t) {
		n := t.P.Node(u.Stage)
		if n == nil || n.Network != "betanet" || u.T.Departed.IsZero() {
			continue
		}
		var audits []process.Ref
		for _, f := range t.Line().Aboard(u.ID) {
			if f.F.Audit.Open() {
				audits = append(audits, f.Ref())
			}
		}
		tp := process.Topic{
			Key: key("at-work", string(u.ID)), About: u.Ref(),
			Question: process.Say("agenda.at-work", "train", u.Ref(), "name", t.P.TrainName(u), "stage", t.P.Title(u.Stage), "since", u.Since, "iteration", u.T.Iteration),
		}
		if len(audits) > 0 {
			tp.Facts = append(tp.Facts, process.Say("agenda.fact.audits", "open", audits))
		}
		if u.T.Redeploy != "" {
			tp.Facts = append(tp.Facts, process.Say("agenda.fact.redeploy", "why", u.T.Why))
		}
		tp.Facts = append(tp.Facts, closed(t, u)...)
		out = append(out, tp)
	}
	return out
}

// closed are the gates that stand in the way of a train's next step.
func closed(t *process.Turn, it *process.Item) []process.Text {
	var out []process.Text
	for _, p := range t.Outlook(it) {
		if p.Back {
			continue
		}
		for _, why := range p.Why.Closed() {
			out = append(out, process.Say("agenda.fact.gate", "move", process.Code("/"+p.Move), "gate", why.Evidence, "opens", why.Opens))
		}
	}
	return out
}

// governance tells which proposals are due and which are in review (G1, G2).
func governance(t *process.Turn, _ *process.Item) []process.Topic {
	var out []process.Topic
	for _, u := range running(t) {
		standing, begun := u.Tracks["governance"]
		n := t.P.Node(standing.At)
		if !begun || n == nil {
			continue
		}
		tp := process.Topic{
			Key: key("governance", string(u.ID)), About: u.Ref(),
			Question: process.Say("agenda.governance", "train", u.Ref(), "name", t.P.TrainName(u), "at", n.Title, "since", standing.Since),
		}
		for _, p := range u.T.Proposals {
			if !p.Superseded {
				tp.Facts = append(tp.Facts, process.Say("agenda.fact.proposal", "link", p.Link, "number", p.Number, "on", p.On))
			}
		}
		out = append(out, tp)
	}
	return out
}
