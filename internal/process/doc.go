// Package process is the release process as a value and the decision as a
// function of it.
//
// A [Process] is the graph read from templates/process/op-stack.yml together
// with the tables of gates and commands that its names refer to. A [Line] is
// what one tracking repository's railway is at a moment: its features and
// trains. An [Event] is something that happened at GitHub or on the calendar.
//
//	Ask(process, line, event)             → Questions   what must be known
//	Decide(process, line, event, answers) → Decision    changes, actions, reasons
//
// Both are pure: time is a value in the event, people's roles are answers, and
// nothing here reads a clock, a network, a log or a database. Refusing a person
// is a decision, not an error; its reasons travel with it as [Why].
//
// A tour, bottom-up: text.go (words as data), item.go and line.go (state),
// event.go, question.go and action.go (what goes in and out), definition.go and
// load.go (the process file), graph.go (the map), turn.go (one decision at
// work), move.go and enter.go (how things move), meeting.go and agenda.go (how
// meetings decide), forecast.go and waiting.go (what is to come), project.go
// (what GitHub should show), decide.go (the door).
package process
