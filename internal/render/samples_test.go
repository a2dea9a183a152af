package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// The people and things that the samples are about.
var (
	blocksRef  = process.Ref{ID: "issue/12", Number: 12, Title: "Bigger blocks"}
	exitsRef   = process.Ref{ID: "issue/24", Number: 24, Title: "Faster exits"}
	decemberT  = process.Ref{ID: "alphanet/2026-12", Number: 41, Title: "Alphanet 2026-12"}
	karst      = process.Ref{ID: "issue/30", Number: 30, Title: "Upgrade 17 · Karst"}
	both       = []process.Ref{blocksRef, exitsRef}
	reason     = "the client team found a bug"
	run        = "https://runs.example.org/9"
	alphaTest  = "Alphanet acceptance testing"
	maintainer = []process.Role{process.Maintainer}
	security   = []process.Role{process.Security}
	say        = process.Say
)

// samples are the texts that the core says, each with the arguments that it
// gives; where a text reads differently by its arguments there are several.
var samples = slices.Concat(gateSamples, noteSamples, didSamples, refusalSamples, formSamples, answerSamples, commentSamples, issueSamples, agendaSamples, meetingSamples, planSamples(), reminderSamples, noticeSamples)

var gateSamples = []process.Text{
	say("gate.code-complete.yes", "merged", 2), say("gate.code-complete.yes", "merged", 1), say("gate.code-complete.yes", "merged", 0),
	say("gate.code-complete.none"), say("gate.code-complete.open", "open", []string{"acme/protocol#7", "acme/client#70"}, "all", 3),
	say("gate.alphanet-passed.yes", "by", "ada", "at", at(9, 9), "evidence", run), say("gate.alphanet-passed.no"),
	say("gate.alphanet-passed.stale", "by", "ada", "at", at(9, 9)),
	say("gate.layers-known.yes"), say("gate.layers-known.no", "missing", both),
	say("gate.checklist.none"), say("gate.checklist.yes", "all", 5), say("gate.checklist.open", "open", 2, "all", 5, "items", []string{"a", "b"}),
	say("gate.checklists.yes"), say("gate.checklists.open", "open", 3, "all", 12, "where", both),
	say("gate.evidence.yes", "link", run), say("gate.evidence.no"),
	say("gate.scope-open.yes"), say("gate.scope-open.no", "stage", "Testnet release", "train", karst),
	say("gate.someone-aboard.yes", "aboard", 1), say("gate.someone-aboard.no"),
	say("gate.one-betanet-a-month.yes"), say("gate.one-betanet-a-month.again"),
	say("gate.one-betanet-a-month.no", "other", karst, "name", "Upgrade 17 · Karst", "at", at(1, 9)),
	say("gate.audit-answered.yes"), say("gate.audit-answered.no", "missing", both),
	say("gate.audits-complete.yes"), say("gate.audits-complete.no", "open", both[:1]),
	say("gate.all-aboard-here.yes"), say("gate.all-aboard-here.no", "away", both), say("gate.all-aboard-here.no", "away", both[:1]),
	say("gate.no-redeployment-due.yes"), say("gate.no-redeployment-due.no", "why", say("reason.joined", "feature", exitsRef)),
	say("gate.cut-in-window.none"), say("gate.cut-in-window.undated"),
	say("gate.cut-in-window.yes", "first", on(9), "last", on(16), "activation", on(30)),
	say("gate.cut-in-window.outside", "first", on(9), "last", on(16), "on", on(20), "activation", on(30)),
	say("gate.cut-in-window.passed", "first", on(9), "last", on(16), "activation", on(30)),
	say("gate.testnet-dated.no"), say("gate.mainnet-dated.no"), say("gate.dated.yes", "on", on(30), "by", "max"),
	say("gate.signed-off.yes", "by", "pat", "at", at(7, 9), "version", "op-node/v1.14.0"), say("gate.signed-off.no", "network", "testnet"),
	say("gate.proposal-number.yes", "number", "17a"), say("gate.proposal-number.no"),
	say("gate.subject.unknown", "trouble", "GitHub answered 502"), say("gate.subject.closed", "item", karst),
	say("gate.waived", "by", "max", "reason", reason, "at", at(5, 9), "was", say("gate.evidence.no")),
	say("reason.joined", "feature", exitsRef), say("reason.asked", "reason", reason),
	say("reason.left", "feature", blocksRef, "move", "remove", "reason", reason), say("reason.moved", "feature", blocksRef, "reason", reason),
	say("reason.finding", "feature", blocksRef, "link", "https://audits.example.org/12"),
}

var noteSamples = []process.Text{
	say("note.moved", "move", "unstable", "from", alphaTest, "to", "Alphanet scoping", "reason", reason), say("note.moved", "move", "", "from", "", "to", "Alphanet scoping", "reason", ""),
	say("note.track", "track", "governance", "to", "Governance Review", "reason", ""), say("note.passed", "track", "governance"),
	say("note.boarded", "train", decemberT, "reason", ""), say("note.withdrawn", "train", decemberT), say("note.left-behind", "train", decemberT, "why", say("reason.held", "by", "sam", "reason", reason)), say("reason.held", "by", "sam", "reason", reason), say("reason.not-boarded"), say("reason.not-judged"),
	say("note.submitted", "network", "alphanet"), say("note.unsubmitted"),
	say("note.number", "number", "17"), say("note.renumbered", "number", "17a", "was", "17"), say("note.number-void", "number", "17"),
	say("note.hardfork", "name", "Karst"), say("note.hardfork-void", "name", "Karst"), say("note.no-hardfork", "reason", reason),
	say("note.audit", "state", "cleared", "reason", "", "link", "https://audits.example.org/12"), say("note.audit", "state", "not-required", "reason", reason, "link", ""),
	say("note.owner", "login", "ada"), say("note.layers", "layers", []string{"l1", "l2"}),
	say("note.pull", "pull", "acme/protocol#7", "merged", true), say("note.pull-closed", "pull", "acme/protocol#7"),
	say("note.held", "name", "security", "reason", reason), say("note.unheld", "name", ""),
	say("note.waived", "gate", "checklist", "rule", "A8", "reason", reason, "until", on(20)), say("note.waiver-over", "gate", "checklist", "until", on(20)),
	say("note.unscheduled", "network", "testnet", "was", on(29), "reason", reason), say("did.unschedule", "network", "mainnet"), say("already.undated", "network", "testnet"),
	say("note.scheduled", "network", "testnet", "on", on(30), "moved", true, "was", on(29), "reason", reason),
	say("note.released-again", "version", "op-node/v1.14.1", "network", "testnet"), say("note.signed", "role", "protocol", "network", "testnet", "version", "op-node/v1.14.0"),
	say("note.activated", "network", "testnet", "chains", []string{"op", "base"}, "on", on(30)), say("note.activated", "network", "testnet", "chains", []string{}, "on", on(30)),
	say("note.later", "chain", "zora", "reason", reason), say("note.reposted", "link", "https://gov.example.org/17b"),
	say("note.ticked", "item", "The acceptance tests passed"), say("note.unticked", "item", "The acceptance tests passed"),
	say("note.undone", "move", process.Code("/stable"), "by", "ada"), say("note.comment-deleted"), say("note.rebuilt"), say("note.gone", "to", "acme/other#5"),
	say("note.abandoned", "title", "Bigger blocks"), say("note.failed", "what", "add-label", "why", "it is locked"),
}

var didSamples = []process.Text{
	say("did.feature"), say("did.train", "kind", "alphanet"), say("did.submit", "network", "alphanet", "train", decemberT, "name", "Alphanet 2026-12"), say("did.submit", "network", "betanet"), say("did.submit", "network", "alphanet", "meeting", on(8), "cutoff", at(4, 16), "late", false), say("did.submit", "network", "alphanet", "meeting", on(8), "cutoff", at(4, 16), "late", true),
	say("did.withdraw", "train", decemberT), say("did.unsubmit"), say("did.board", "feature", blocksRef, "train", decemberT),
	say("did.board-several", "parts", []process.Outcome{{}, {}}), say("did.depart", "name", "Alphanet 2026-12", "aboard", 0), say("did.depart", "name", "Alphanet 2026-12", "aboard", 3),
	say("did.deployed", "name", "Upgrade 17 · Karst", "iteration", 2), say("did.stable", "stage", "Betanet scoping"), say("did.unstable", "stage", "Alphanet scoping"), say("did.redeploy", "stage", "Betanet deployment"),
	say("did.audit-required"), say("did.audit-not-required"), say("did.audit-request"), say("did.audit-cleared"),
	say("did.finding", "risk", "low", "stage", "Betanet deployment"), say("did.finding-late", "risk", "high"), say("did.remove", "train", karst),
	say("did.released", "version", "op-node/v1.14.0", "stage", "Testnet activation"), say("did.released-again", "version", "op-node/v1.14.1"),
	say("did.signoff", "network", "testnet", "version", "op-node/v1.14.0"), say("did.schedule", "network", "testnet", "on", on(30), "first", on(9), "last", on(16)), say("did.schedule", "network", "mainnet", "on", on(30)),
	say("did.activated", "network", "testnet", "stage", "Governance"), say("did.activated-some", "chains", []string{"op"}, "left", []string{"base", "zora"}), say("did.activated-late", "chains", []string{"zora"}), say("did.later", "chain", "zora"),
	say("did.posted", "number", "17"), say("did.reposted", "number", "17"), say("did.passed", "stage", "Mainnet release"), say("did.vetoed"), say("did.drop"),
	say("did.owner", "login", "ada"), say("did.layers", "layers", []string{"l1", "l2"}), say("did.link", "pulls", []string{"acme/protocol#7", "acme/client#70"}),
	say("did.upgrade", "number", "17a"), say("did.hardfork", "name", "Karst"), say("did.no-hardfork"), say("did.hold"), say("did.unhold", "left", 0), say("did.unhold", "left", 1),
	say("did.waive", "gate", "cut-in-window"), say("did.undo", "move", process.Code("/stable"), "stage", alphaTest),
	say("did.correct", "stage", "Testnet activation", "jumped", []string{"checklists", "audits-complete"}),
	say("already.aboard", "feature", blocksRef, "train", decemberT), say("already.audit", "state", "requested"), say("already.stage", "stage", alphaTest),
	say("already.hardfork", "name", "Karst"), say("already.unheld", "name", ""), say("already.unheld", "name", "security"), say("already.layers", "layers", []string{"l1"}),
	say("already.signed", "by", "pat", "at", at(7, 9)), say("already.submitted", "network", "alphanet"), say("already.number", "number", "17"),
}

var refusalSamples = []process.Text{
	say("refusal.role", "roles", []process.Role{"security", "maintainer"}, "holders", []string{"team acme/security"}, "trouble", "", "user", "eve"),
	say("refusal.unchecked", "roles", maintainer, "holders", []string{}, "trouble", "GitHub answered 502 four times.", "user", "eve"),
	say("refusal.gates", "move", process.Code("/stable"), "closed", 2, "of", 3), say("refusal.gates", "move", process.Code("/board #12"), "closed", 1, "of", 1, "item", blocksRef),
	say("refusal.stage", "move", process.Code("/stable"), "stage", "Betanet scoping", "from", []string{alphaTest, "Betanet acceptance testing"}),
	say("refusal.place", "move", process.Code("/deployed"), "kind", "alphanet", "here", "feature"), say("refusal.pull", "move", process.Code("/stable")),
	say("refusal.untracked", "move", process.Code("/stable")), say("refusal.tracked", "kind", "feature", "item", blocksRef),
	say("refusal.unread"), say("refusal.too-many", "most", 50),
	say("refusal.held", "by", "sam", "since", at(2, 9), "reason", reason, "item", blocksRef), say("refusal.near", "typed", "/stabel", "meant", process.Code("/stable"), "usage", process.Code("/stable [link]")),
	say("refusal.label", "label", process.Code("upgrade/17")), say("refusal.lever", "label", process.Code("stage/shipped"), "stage", alphaTest),
	say("refusal.over", "train", decemberT, "stage", "Completed"), say("refusal.ended", "stage", "Dropped"), say("refusal.no-feature", "ref", "#99"),
	say("refusal.aboard-other", "feature", blocksRef, "train", karst, "moves", true), say("refusal.aboard-other", "feature", blocksRef, "train", decemberT, "moves", false),
	say("refusal.board-stage", "feature", blocksRef, "stage", "Betanet scoping"), say("refusal.departed", "train", decemberT, "feature", exitsRef),
	say("refusal.not-aboard", "feature", exitsRef, "kind", "upgrade"), say("refusal.no-redeployment", "stage", "Mainnet release"),
	say("refusal.submit-aboard", "train", decemberT, "name", "Alphanet 2026-12"), say("refusal.submit-stage", "network", "betanet", "stage", alphaTest),
	say("refusal.withdraw-departed", "train", decemberT, "name", "Alphanet 2026-12"), say("refusal.nothing-to-withdraw"),
	say("refusal.schedule-over", "network", "testnet", "stage", "Mainnet release"), say("refusal.nothing-released", "stage", "Testnet release"), say("refusal.not-posted"),
	say("refusal.number-mismatch", "given", "18", "number", "17"), say("refusal.number-taken", "number", "17", "holder", karst, "void", true),
	say("refusal.number-spent", "number", "9"), say("refusal.number-borne", "number", "17"), say("refusal.name-taken", "name", "Karst", "holder", karst),
	say("refusal.no-audit", "state", "cleared"), say("refusal.audit-fixes"), say("refusal.owner", "login", "eve", "unchecked", false, "holders", "team acme/engineers"),
	say("refusal.owner", "login", "eve", "unchecked", true, "holders", ""), say("refusal.pull-unknown", "pull", "acme/protocol#999", "trouble", "GitHub answered 404."),
	say("refusal.never-waived", "gate", "someone-aboard"), say("refusal.own-feature", "roles", security),
	say("refusal.undo-stands", "move", process.Code("/depart"), "item", blocksRef, "last", say("note.ticked", "item", "The tests passed")), say("refusal.nothing-to-undo"),
}

var usage = process.Code("/schedule testnet|mainnet <date>")

var formSamples = []process.Text{
	say("form.error", "what", "a person is missing: write their name as @ada", "usage", process.Code("/owner @user")), say("form.error", "what", "`soon` is not a date: write year-month-day, as in 2026-12-08 (a reason goes after because)", "usage", process.Code("/waive <gate> [until <date>] <reason>")), say("form.reason", "what", "the reason is missing: end the line with because and the reason", "usage", process.Code("/hold [name:] <reason>")),
	say("form.extra", "extra", "and more", "usage", usage), say("form.link", "extra", "", "usage", usage), say("form.link", "extra", "http://x", "usage", usage), say("form.features", "usage", usage),
	say("form.network", "given", "gammanet", "usage", usage), say("form.layers", "given", "l3", "usage", usage), say("form.pull", "given", "", "usage", usage), say("form.audit", "given", "perhaps", "usage", usage),
	say("form.risk", "given", "medium", "usage", usage), say("form.governance", "given", "", "usage", usage), say("form.number", "given", "seventeen", "usage", usage), say("form.name", "given", "K@rst", "usage", usage),
	say("form.version", "given", "", "usage", usage), say("form.schedule", "given", "soon", "usage", usage), say("form.train", "given", "betanet", "usage", usage),
	say("form.past", "date", on(1), "today", on(13), "usage", usage), say("form.future", "date", on(30), "today", on(13), "usage", usage),
	say("form.chain", "given", "mars", "known", []string{"op", "base"}, "usage", usage), say("form.chain", "given", "", "known", []string{}, "usage", usage),
	say("form.stage", "given", "betanet", "known", []string{"betanet-scoping", "betanet-deployment"}, "usage", usage),
	say("form.gate", "given", "tests", "known", []string{"checklist", "evidence"}, "usage", usage), say("form.move", "given", "fly", "usage", usage),
}

type help struct {
	Usage   process.Code
	Summary string
}

var prospects = []process.Prospect{
	{Move: "stable", By: []process.Role{"owner", "maintainer"}, On: blocksRef, Usage: "/stable [link]", Why: process.Why{Verdict: process.No, Of: []process.Why{
		{Gate: "checklist", Rule: "A8", Verdict: process.No, Evidence: say("gate.checklist.open", "open", 2, "all", 5), Opens: []process.Role{"owner", "maintainer"}},
		{Gate: "evidence", Rule: "A8", Verdict: process.Yes, Evidence: say("gate.evidence.yes", "link", run)},
	}}},
	{Move: "unstable", By: []process.Role{"owner", "maintainer"}, On: blocksRef, Usage: "/unstable <reason>", Back: true, Why: process.Why{Verdict: process.Yes}},
}

var answerSamples = []process.Text{
	say("answer.help", "stage", alphaTest, "tracked", true), say("answer.help", "stage", "", "tracked", false),
	say("answer.help-body", "yours", []any{help{"/stable [link]", "it passed: go on"}}, "others", []any{help{"/hold [name:] <reason>", "stop the way forward"}}),
	say("answer.help-body", "yours", []any{}, "others", []any{}),
	say("answer.status", "stage", alphaTest, "since", at(10, 9), "now", at(13, 9)),
	say("answer.status-body", "kind", "feature", "ahead", prospects, "holds", []process.Hold{{By: "sam", Reason: reason, At: at(2, 9)}}, "train", decemberT, "name", "Alphanet 2026-12"),
	say("answer.status-body", "kind", "feature", "ahead", prospects[:0], "holds", []process.Hold{}, "next", decemberT, "nextName", "Alphanet 2026-12", "nextDate", on(8)),
	say("answer.why", "stage", alphaTest, "since", at(10, 9)), say("answer.why-not-here", "move", process.Code("/stable"), "stage", "Betanet scoping"),
	say("answer.why-body", "ahead", prospects), say("answer.why-body", "ahead", prospects[:0]),
}

var commentSamples = []process.Text{
	say("comment.checklist", "def", process.ChecklistDef{Title: "Alphanet acceptance", Intro: "Show that it works."}, "stage", alphaTest, "times", 1, "kind", "feature",
		"items", []process.Check{{Text: "The tests passed", Rule: "A8", By: "ada", Evidence: run}, {Text: "The process was followed: https://docs.example.org/process", Rule: "A10"}}),
	say("comment.checklist", "def", process.ChecklistDef{Title: "Betanet acceptance", Intro: "The whole set."}, "stage", "Betanet acceptance testing", "times", 2, "kind", "upgrade",
		"items", []process.Check{{Text: "The Betanet ran without incident", Rule: "T6"}}),
	say("comment.invite", "owner", "ada", "layers", []string{}, "audit", ""), say("comment.invite", "owner", "", "layers", []string{"l1"}, "audit", "not-required"),
	say("comment.unsure", "author", "ada"), say("comment.unsure", "author", ""),
	say("note.caught-up", "since", at(1, 9), "heard", 12, "missed", 1, "repaired", 0, "unsure", 1), say("note.caught-up", "since", at(1, 9), "heard", 0, "missed", 0, "repaired", 1, "unsure", 0),
	say("comment.missed", "train", decemberT, "name", "Alphanet 2026-12", "kind", "alphanet", "owner", "ada", "why", say("reason.not-boarded")),
	say("comment.removed", "reason", reason, "owner", "ada"), say("comment.shipped", "kind", "feature", "train", karst), say("comment.shipped", "kind", "upgrade", "train", nil, "aboard", both),
	say("comment.departed", "name", "Alphanet 2026-12", "aboard", []process.Ref{}, "kind", "alphanet", "number", "", "hardfork", ""),
	say("comment.departed", "name", "Upgrade 17 · Karst", "aboard", both, "kind", "upgrade", "number", "17", "hardfork", "Karst"),
	say("comment.held", "by", "sam", "reason", reason, "date", on(8)), say("comment.closed", "kind", "feature", "by", "eve", "stage", alphaTest), say("comment.closed", "kind", "alphanet", "by", "eve", "stage", alphaTest),
	say("comment.tick-refused", "user", "eve", "over", false, "unchecked", false), say("comment.tick-refused", "user", "eve", "over", true, "unchecked", false), say("comment.tick-refused", "user", "eve", "over", false, "unchecked", true),
	say("comment.no-feature", "number", 99, "repo", "acme/protocol", "author", "bo"), say("comment.fix-review", "feature", blocksRef, "iteration", 2),
	say("comment.redeploy", "name", "Upgrade 17 · Karst", "iteration", 2, "why", say("reason.joined", "feature", exitsRef), "aboard", both),
	say("comment.proposal-draft", "title", "Upgrade 17 · Karst", "number", "17", "hardfork", "Karst", "aboard", both, "guide", "https://docs.example.org/governance"),
	say("comment.stopped", "reason", reason, "name", "Upgrade 17 · Karst"), say("comment.finding", "link", "https://audits.example.org/12", "owner", "ada"),
	say("comment.late-finding", "feature", blocksRef, "risk", "high", "link", "https://audits.example.org/12"), say("comment.audit-cleared", "link", "https://audits.example.org/12", "by", "sam"),
}

var issueSamples = []process.Text{
	say("issue.feature", "pull", "acme/protocol#7", "url", "https://github.com/acme/protocol/pull/7", "author", "ada", "title", "Bigger blocks"),
	say("issue.alphanet", "name", "Alphanet 2026-12", "date", on(8)), say("issue.upgrade", "name", "Upgrade", "date", on(8)), say("issue.departures"),
	say("issue.audit-request", "feature", blocksRef, "title", "Bigger blocks", "pulls", []process.Pull{{Repo: "acme/protocol", Number: 7, Merged: true}, {Repo: "acme/client", Number: 70}}, "layers", []string{"l1", "l2"}, "train", karst, "reason", reason),
	say("issue.audit-request", "feature", blocksRef, "title", "Bigger blocks", "pulls", []process.Pull{}, "layers", []string{}, "train", nil, "reason", ""),
}

// fixed are the texts without arguments, which the functions of templates say.
func fixed(r *Renderer) []process.Text {
	var out []process.Text
	for _, key := range slices.Sorted(maps.Keys(r.where)) {
		switch area, name, _ := strings.Cut(key, "."); {
		case slices.Contains([]string{"rule", "role", "who", "kind", "network", "end", "audit", "want", "wait", "step"}, area),
			area == "agenda" && (strings.HasPrefix(name, "section.") || strings.HasPrefix(name, "none.")),
			area == "gate" && !strings.Contains(name, ".") && name != "waived":
			out = append(out, say(key))
		}
	}
	return out
}

func TestWordsReadAsTheirGoldens(t *testing.T) {
	r := bundled(t)
	pages := map[string]*strings.Builder{}
	for _, text := range append(slices.Clone(samples), fixed(r)...) {
		got, err := r.Render(text)
		if err != nil {
			t.Error(err)
			continue
		}
		area, _, _ := strings.Cut(text.Key, ".")
		if pages[area] == nil {
			pages[area] = &strings.Builder{}
		}
		fmt.Fprintf(pages[area], "<!-- %s -->\n%s\n\n", text.Key, got)
	}
	for _, area := range slices.Sorted(maps.Keys(pages)) {
		golden(t, "words/"+area, strings.TrimSpace(pages[area].String()))
	}
}

// What is recorded in the ledger is said again later, for example as history.
func TestWordsReadTheSameAfterTheLedger(t *testing.T) {
	r := bundled(t)
	for _, text := range samples {
		now, err := r.Render(text)
		if err != nil {
			continue // told by the goldens
		}
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var back process.Text
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text.Key, "answer.") || text.Key == "comment.checklist" || text.Key == "comment.minutes" || text.Key == "notice.minutes" || text.Key == "did.board-several" || text.Key == "issue.audit-request" {
			continue // said once, from values of Go's own types
		}
		later, err := r.Render(back)
		if err != nil {
			t.Errorf("%s after the ledger: %v", text.Key, err)
		} else if later != now {
			t.Errorf("%s reads differently after the ledger:\n now  %s\n then %s", text.Key, now, later)
		}
	}
}
