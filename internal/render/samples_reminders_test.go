package render

import "github.com/stationmaster-bot/stationmaster/internal/process"

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
}
