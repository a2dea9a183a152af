package render

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

var meetingRef = process.Ref{ID: "meeting/2", Number: 50, Title: "Upgrade planning meeting 2026-12-08"}

// agendaSamples are what the sections of an agenda say.
var agendaSamples = []process.Text{
	say("agenda.next-alphanet", "train", decemberT, "name", "Alphanet 2026-12", "date", on(10), "aboard", both[:1]),
	say("agenda.next-alphanet", "train", decemberT, "name", "Alphanet (#41)", "date", calendar.Date{}, "aboard", both[:0]),
	say("agenda.no-candidate", "feature", blocksRef, "late", false), say("agenda.no-candidate", "feature", blocksRef, "late", true),
	say("agenda.candidate", "feature", blocksRef, "late", false), say("agenda.candidate", "feature", blocksRef, "late", true),
	say("agenda.last-alphanet", "train", decemberT, "name", "Alphanet 2026-12", "departed", at(8, 10), "stage", alphaTest, "aboard", 2),
	say("agenda.result", "feature", blocksRef, "verdict", "stable", "stage", "Betanet scoping", "evidence", run), say("agenda.result", "feature", blocksRef, "verdict", "unstable", "stage", "Alphanet scoping", "evidence", ""),
	say("agenda.result", "feature", blocksRef, "verdict", "waiting", "stage", alphaTest, "evidence", ""), say("agenda.result", "feature", blocksRef, "verdict", "unjudged", "stage", "Alphanet scoping", "evidence", ""),
	say("agenda.betanet", "ready", 3, "enough", 3), say("agenda.betanet", "ready", 1, "enough", 0),
	say("agenda.at-work", "train", karst, "name", "Upgrade 17 · Karst", "stage", "Security audit", "since", at(3, 9), "iteration", 2),
	say("agenda.date", "network", "testnet", "train", karst, "name", "Upgrade 17 · Karst", "stage", "Testnet release"),
	say("agenda.governance", "train", karst, "name", "Upgrade 17 · Karst", "at", "Governance Review", "since", at(6, 9)),
	say("agenda.hold", "item", blocksRef, "by", "sam", "since", at(2, 9), "reason", reason, "name", "security"), say("agenda.hold", "item", blocksRef, "by", "sam", "since", at(2, 9), "reason", reason, "name", ""),
	say("agenda.waiver", "item", karst, "gate", "checklist", "until", on(20), "by", "max", "reason", reason),
	say("agenda.still", "feature", blocksRef, "stage", "Alphanet scoping", "since", at(1, 9), "now", at(30, 9), "owner", "ada"),
	say("agenda.waits", "item", blocksRef, "stage", alphaTest, "what", sampleWaits[0].What, "since", at(1, 9), "now", at(30, 9), "owner", "ada", "roles", maintainer, "line", sampleWaits[0].Line), say("agenda.waits", "item", karst, "stage", "Testnet release", "what", say("queue.move"), "since", at(1, 9), "now", at(30, 9), "owner", "", "roles", []process.Role{process.ReleaseManager}, "line", process.Code("/released <version>")),
	say("agenda.wish", "text", "shall we rename the devnets?", "by", "ada", "at", at(2, 9), "on", blocksRef), say("agenda.wish", "text", "@everyone #1 <b>", "by", "ada", "at", at(2, 9), "on", process.Ref{}),
	say("agenda.todo", "on", karst, "line", process.Code("/released <version>"), "by", []process.Role{"release-manager"}, "owner", ""),
	say("agenda.changed", "item", karst, "stage", "Testnet release"),
	say("agenda.fact.submitted", "by", "ada", "at", at(2, 9), "late", true, "owner", "ada", "layers", []string{"l1"}), say("agenda.fact.submitted", "by", "ada", "at", at(2, 9), "late", false, "owner", "", "layers", []string{}),
	say("agenda.fact.held", "by", "sam", "reason", reason, "since", at(2, 9)),
	say("agenda.fact.passed", "feature", exitsRef, "layers", []string{"l2"}, "since", at(2, 9), "submitted", true, "aboard", false, "audit", "required"), say("agenda.fact.passed", "feature", exitsRef, "layers", []string{}, "since", at(2, 9), "submitted", false, "aboard", false, "audit", ""),
	say("agenda.fact.audits", "open", both), say("agenda.fact.redeploy", "why", say("reason.joined", "feature", exitsRef)),
	say("agenda.fact.gate", "move", process.Code("/activated"), "gate", say("gate.testnet-dated.no"), "opens", maintainer),
	say("agenda.fact.proposal", "link", "https://gov.example.org/17", "number", "17", "on", on(5)),
	say("agenda.fact.window", "network", "testnet", "first", on(20), "last", on(27)), say("agenda.fact.window", "network", "testnet", "first", on(20), "last", calendar.Date{}), say("agenda.fact.window", "network", "mainnet", "first", on(20), "last", calendar.Date{}),
	say("agenda.fact.note", "at", at(3, 9), "by", "max", "what", say("note.number", "number", "17")),
	say("agenda.option.board", "name", "Alphanet 2026-12"), say("agenda.option.wait"), say("agenda.option.no-betanet"), say("agenda.option.date", "on", on(15)),
	say("agenda.option.betanet", "number", "18", "hardfork", "Lagoon", "aboard", both), say("agenda.option.scope", "candidates", both),
	say("agenda.option.later"), say("agenda.option.keep"), say("agenda.option.drop"), say("agenda.option.keep-hold"), say("agenda.option.lift"), say("agenda.option.settled"), say("agenda.option.no-action"),
	say("agenda.why.in-time"), say("agenda.why.late"), say("agenda.why.enough", "longest", blocksRef, "since", at(1, 9), "now", at(30, 9)),
	say("agenda.why.too-few", "ready", 1, "enough", 3), say("agenda.why.first-date", "network", "testnet"), say("agenda.why.first-date", "network", "mainnet"),
}

// meetingSamples are what is said around a meeting.
var meetingSamples = []process.Text{
	say("minute.command", "line", process.Code("/board #12")), say("minute.option", "option", "yes"), say("minute.parts", "done", 2, "all", 2), say("minute.parts", "done", 1, "all", 3), say("minute.gone"), say("minute.rebuilt"),
	say("note.decided", "meeting", meetingRef, "number", "1.2", "answer", say("agenda.option.board", "name", "Alphanet 2026-12"), "reason", reason), say("note.meeting-moved", "was", on(8), "date", on(10)),
	say("did.agenda", "meeting", meetingRef, "date", on(8)), say("did.decide", "number", "1.2", "answer", say("agenda.option.wait")),
	say("did.adjourn", "decided", 4, "open", 1, "failed", 1, "next", on(12).AddDays(31)), say("did.adjourn", "decided", 0, "open", 0, "failed", 0),
	say("refusal.no-meeting", "move", process.Code("/agenda")), say("refusal.at-meeting", "move", process.Code("/adjourn"), "meeting", meetingRef, "date", on(8)),
	say("refusal.adjourned", "move", process.Code("/decide"), "by", "max", "at", at(8, 16)), say("refusal.adjourned", "move", process.Code("/adjourn"), "by", "max", "at", at(8, 16), "next", meetingRef), say("refusal.wishes", "most", 40, "meeting", meetingRef),
	say("refusal.decided", "number", "1.2", "answer", say("agenda.option.wait"), "by", "max", "at", at(8, 16)),
	say("form.wish", "usage", process.Code("/agenda <text>")), say("form.wish-long", "most", 300, "usage", process.Code("/agenda <text>")),
	say("form.decide", "given", "1.2", "usage", process.Code("/decide <item> <answer> [reason]")), say("form.no-topic", "number", "9.9", "usage", process.Code("/decide <item> <answer> [reason]")),
	say("form.no-option", "number", "1.2", "given", "perhaps", "options", []string{"yes", "no"}, "other", false, "usage", process.Code("/decide <item> <answer> [reason]")), say("form.no-option", "number", "5.1", "given", "30.12.2026", "options", []string{"2026-12-29", "later"}, "other", true, "usage", process.Code("/decide <item> <answer> [reason]")), say("form.no-option", "number", "2.1", "given", "yes", "options", []string{}, "usage", process.Code("/decide <item> <answer> [reason]")),
	say("comment.meeting-announced", "date", on(8), "hour", "16:00 CET", "topics", 7), say("comment.meeting-announced", "date", on(8), "hour", "16:00 CET", "topics", 0),
	say("comment.meeting-moved", "was", on(8), "date", on(10), "hour", "16:00 CET"), say("comment.meeting-missed", "was", on(8), "date", on(10), "hour", "16:00 CET"),
	say("comment.train-moved", "name", "Alphanet 2026-12", "was", on(8), "date", on(10)), say("note.train-moved", "was", on(8), "date", on(10)),
	say("comment.meeting-closed", "by", "ada"), say("comment.agenda-by-hand", "user", "ada", "over", false), say("comment.agenda-by-hand", "user", "ada", "over", true),
	say("comment.tick-refused", "user", "ada", "over", false, "unchecked", false, "agenda", true), say("issue.meeting", "date", on(8), "hour", "16:00 CET"),
	say("comment.minutes", "date", on(8), "by", "max", "minutes", []process.Minute{
		{Key: "k", Number: "1.2", Question: say("agenda.candidate", "feature", blocksRef, "late", false), Answer: say("agenda.option.board", "name", "Alphanet 2026-12"), On: blocksRef, By: "max", At: at(8, 16), Reason: "the client team | asked"},
		{Answer: say("minute.command", "line", process.Code("/schedule testnet 2026-12-30")), On: karst, By: "mara", At: at(7, 9), Outcome: say("did.schedule", "network", "testnet", "on", on(30))},
		{Key: "f", Number: "3.1", Question: say("agenda.betanet", "ready", 2, "enough", 3), Answer: say("agenda.option.betanet", "number", "18", "hardfork", "", "aboard", both), By: "max", At: at(8, 16), Failed: true, Outcome: say("gate.layers-known.no", "missing", both)},
	}, "open", []process.Minute{{Number: "8.1", Question: say("agenda.hold", "item", blocksRef, "by", "sam", "since", at(2, 9), "reason", reason, "name", "")}}, "more", 3, "todos", []process.Todo{
		{On: decemberT, Line: "/deployed <link>…", By: []process.Role{"release-manager"}}, {On: blocksRef, Line: "/stable [link]", By: []process.Role{"owner"}, Owner: "ada"},
	}),
	say("comment.minutes", "date", on(8), "by", "max", "minutes", []process.Minute{}, "open", []process.Minute{}, "more", 0, "todos", []process.Todo{}),
}
