package render

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// sampleWaits are one of each kind.
var sampleWaits = []process.Wait{
	{On: blocksRef, Stage: alphaTest, Line: "/stable https://link-to-the-acceptance-run", What: say("gate.checklist.open", "open", 2, "all", 5, "items", []string{"a", "b"}), Rule: "A8", Since: at(1, 9), Person: "ada", Roles: maintainer},
	{On: karst, Stage: "Testnet release", Line: "/released <version>", What: say("queue.move"), Since: at(8, 9), Roles: []process.Role{process.ReleaseManager}},
	{On: exitsRef, Stage: "Betanet scoping", Line: "/unhold", What: say("queue.held", "reason", reason), Rule: "D7", Since: at(9, 9), Person: "sam", Roles: maintainer, Held: true},
}

// reminderSamples are what is said of who is waited for.
var reminderSamples = []process.Text{
	say("answer.queue", "user", "ada", "yours", true, "count", 3), say("answer.queue", "user", "ada", "yours", true, "count", 0),
	say("answer.queue", "user", "ada", "yours", false, "count", 1), say("answer.queue", "user", "ada", "yours", false, "count", 0),
	say("answer.queue-body", "waits", sampleWaits, "more", 4, "now", at(20, 9), "unchecked", false, "trouble", ""),
	say("answer.queue-body", "waits", sampleWaits[:1], "more", 0, "now", at(20, 9), "unchecked", true, "trouble", "GitHub answered 502 four times"),
	say("answer.queue-body", "waits", sampleWaits[:0], "more", 0, "now", at(20, 9), "unchecked", true, "trouble", ""),
	say("queue.move"), say("queue.submit", "network", "alphanet"), say("queue.held", "reason", reason),
	say("comment.reminder", "owner", "ada", "stage", alphaTest, "what", sampleWaits[0].What, "rule", "A8", "line", sampleWaits[0].Line, "since", at(1, 9), "now", at(9, 9), "roles", maintainer),
	say("comment.reminder", "owner", "ada", "stage", "Alphanet scoping", "what", say("queue.submit", "network", "alphanet"), "rule", "", "line", process.Code("/submit alphanet"), "since", at(1, 9), "now", at(9, 9), "roles", maintainer[:0]),
}

// noticeSamples are what chats are told.
var noticeSamples = []process.Text{
	say("notice.departed", "item", decemberT, "name", "Alphanet 2026-12", "aboard", both, "hardfork", ""), say("notice.departed", "item", karst, "name", "Upgrade 17 · Karst", "aboard", both[:0], "hardfork", "Karst"),
	say("notice.missed", "item", blocksRef, "name", "Alphanet 2026-12", "why", say("reason.not-boarded")),
	say("notice.held", "item", decemberT, "by", "sam", "reason", reason, "date", on(8)),
	say("notice.redeploy", "item", karst, "name", "Upgrade 17 · Karst", "iteration", 2, "why", say("reason.joined", "feature", exitsRef)),
	say("notice.stopped", "item", karst, "name", "Upgrade 17 · Karst", "reason", reason), say("notice.shipped", "item", karst), say("notice.proposal", "item", karst, "title", "Upgrade 17 · Karst"),
	say("notice.train-moved", "item", decemberT, "name", "Alphanet 2026-12", "was", on(8), "date", on(10)),
	say("notice.meeting", "item", meetingRef, "date", on(8), "hour", "16:00 CET", "topics", 7),
	say("notice.meeting-moved", "item", meetingRef, "was", on(8), "date", on(10), "hour", "16:00 CET"), say("notice.meeting-missed", "item", meetingRef, "was", on(8), "date", on(10), "hour", "16:00 CET"),
	say("notice.minutes", "item", meetingRef, "date", on(8), "minutes", []process.Minute{
		{On: blocksRef, Answer: say("agenda.option.board", "name", "Alphanet 2026-12")}, {Answer: say("agenda.option.no-betanet")}, {On: karst, Answer: say("agenda.option.lift"), Failed: true},
	}, "open", []process.Minute{{Number: "8.1"}}),
	say("notice.minutes", "item", meetingRef, "date", on(8), "minutes", []process.Minute{}, "open", []process.Minute{}),
	say("notice.reminder", "item", blocksRef, "what", sampleWaits[0].What, "rule", "A8", "line", sampleWaits[0].Line, "since", at(1, 9), "now", at(20, 9), "owner", "ada", "roles", maintainer),
	say("notice.reminder", "item", karst, "what", say("queue.move"), "rule", "", "line", process.Code("/released <version>"), "since", at(1, 9), "now", at(20, 9), "owner", "", "roles", []process.Role{process.ReleaseManager}),
	say("notice.trouble", "item", process.Ref{ID: "departures", Number: 1, Title: "Departures"}, "faults", []string{"3:7: @everyone is not a role", "5:1: unknown key"}),
	say("notice.digest", "item", process.Ref{ID: "departures", Number: 1, Title: "Departures"}, "now", at(20, 9), "date", on(22), "hour", "16:00 CET",
		"trains", []process.Leaving{{Train: decemberT, Name: "Alphanet 2026-12", What: "departs", On: on(24), Aboard: 2}, {Train: karst, Name: "Upgrade 17 · Karst", What: "testnet", On: on(30)}},
		"waits", sampleWaits, "changes", []process.Change{{On: karst, What: say("note.number", "number", "17"), At: at(3, 9)}}),
	say("notice.digest", "item", process.Ref{}, "now", at(20, 9), "date", calendar.Date{}, "hour", "", "trains", []process.Leaving{}, "waits", sampleWaits[:0], "changes", []process.Change{}),
}
