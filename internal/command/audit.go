package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

var (
	security    = []process.Role{process.Security}
	askForAudit = []process.Role{process.Owner, process.Maintainer, process.Security}
)

func audit() process.Command {
	return process.Command{
		Name: "audit", Usage: "/audit required|request|not-required <reason>|finding low|high <link>|cleared <link>",
		Summary:  "answer the audit question, and its outcome",
		Examples: []string{"/audit required", "/audit not-required because only tests change", "/audit finding low https://link-to-the-finding", "/audit cleared https://link-to-the-report"},
		By:       askForAudit, On: []process.Kind{process.Feature, process.AuditIssue},
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Feature()
			if it == nil {
				return process.Refuse("D3", process.Say("refusal.untracked", "move", process.Code("/audit")), "/feature")
			}
			verb, rest, _ := strings.Cut(line.Rest, " ")
			if t.P.Ended(it) && !it.F.Audit.Open() {
				return process.Refuse("D2", process.Say("refusal.ended", "stage", t.P.Title(it.Stage)))
			}
			switch rest = strings.TrimSpace(rest); strings.ToLower(verb) {
			case "required":
				return required(t, it)
			case "not-required":
				return notRequired(t, it, rest)
			case "request":
				return request(t, it)
			case "finding", "findings":
				return finding(t, it, rest)
			case "cleared":
				return cleared(t, it, rest)
			}
			return t.Form("audit", process.Say("form.audit", "given", verb))
		},
	}
}

// set puts the audit where it stands now, in the name of who says so.
func set(t *process.Turn, it *process.Item, state, reason, link string) *process.Item {
	it = t.Edit(it)
	a := &it.F.Audit
	a.State, a.By, a.At, a.Reason, a.Link = state, t.By(), t.Now(), reason, link
	t.Note(it, process.Say("note.audit", "state", state, "reason", reason, "link", link))
	return it
}

func required(t *process.Turn, it *process.Item) process.Outcome {
	if it.F.Audit.Open() {
		return process.Outcome{State: process.Already, Head: process.Say("already.audit", "state", it.F.Audit.State)}
	}
	set(t, it, "required", "", "")
	return process.Did("did.audit-required")
}

func notRequired(t *process.Turn, it *process.Item, rest string) process.Outcome {
	if v := t.Holds(it, security); v != process.Yes {
		return t.Denied(v, security)
	}
	if t.Is(it.F.Owner) {
		return process.Refuse("D1", process.Say("refusal.own-feature", "roles", security))
	}
	reason, o := reasonOf(t, "audit", rest)
	if o != nil {
		return *o
	}
	if it.F.Audit.State == "fixes-needed" {
		return process.Refuse("F8", process.Say("refusal.audit-fixes"), "/audit cleared https://link-to-the-report")
	}
	it = set(t, it, "not-required", reason, "")
	pastReview(t, it)
	return process.Did("did.audit-not-required")
}

// request opens the audit request before the Betanet is up.
func request(t *process.Turn, it *process.Item) process.Outcome {
	if it.F.Audit.State == "requested" || it.F.Audit.State == "fixes-needed" {
		return process.Outcome{State: process.Already, Head: process.Say("already.audit", "state", it.F.Audit.State)}
	}
	it = set(t, it, "requested", "", "")
	t.OpenAudit(it)
	return process.Did("did.audit-request")
}

// answers checks who may say how an audit ended, and that there is one (F7).
func answers(t *process.Turn, it *process.Item) *process.Outcome {
	if v := t.Holds(it, security); v != process.Yes {
		o := t.Denied(v, security)
		return &o
	}
	if !it.F.Audit.Open() {
		o := process.Refuse("D2", process.Say("refusal.no-audit", "state", it.F.Audit.State), "/audit required")
		return &o
	}
	return nil
}

func finding(t *process.Turn, it *process.Item, rest string) process.Outcome {
	if o := answers(t, it); o != nil {
		return *o
	}
	risk, rest, _ := strings.Cut(rest, " ")
	risk = strings.ToLower(risk)
	if risk != "low" && risk != "high" {
		return t.Form("audit", process.Say("form.risk", "given", risk))
	}
	link, _, found, err := Link(strings.TrimSpace(rest))
	if err != nil {
		return bad(t, "audit", err)
	}
	if !found {
		return t.Form("audit", process.Say("form.link", "extra", ""))
	}
	it = set(t, it, "fixes-needed", "", link)
	train := t.Train(it)
	if past := train != nil && past(t, train, "testnet-activation"); past {
		t.Tell(train, "late-finding/"+t.E.Key, process.Say("comment.late-finding", "feature", it.Ref(), "risk", risk, "link", link))
		return process.Did("did.finding-late", "risk", risk)
	}
	t.Find(it, risk, link)
	return process.Did("did.finding", "risk", risk, "stage", t.P.Title(t.Get(it.ID).Stage))
}

func cleared(t *process.Turn, it *process.Item, rest string) process.Outcome {
	if o := answers(t, it); o != nil {
		return *o
	}
	link, _, found, err := Link(rest)
	if err != nil {
		return bad(t, "audit", err)
	}
	if !found {
		return t.Form("audit", process.Say("form.link", "extra", ""))
	}
	it = set(t, it, "cleared", "", link)
	t.Tell(it, "audit-cleared/"+t.E.Key, process.Say("comment.audit-cleared", "link", link, "by", t.By()))
	pastReview(t, it)
	return process.Did("did.audit-cleared")
}

// pastReview lets a feature under review go on once its audit is answered (F9).
func pastReview(t *process.Turn, it *process.Item) {
	if issue := t.Get(it.F.Audit.Issue); issue != nil && !issue.Shown.Closed {
		t.Edit(issue).Shown.Closed = true
		t.Do(process.Action{Do: process.CloseIssue, Item: issue.ID, Reason: "completed"})
	}
	if n := t.P.Node(it.Stage); n != nil && n.Moves["audit"].Name != "" {
		t.Go(it, n.Moves["audit"], process.Facts{Link: it.F.Audit.Link})
	}
}
