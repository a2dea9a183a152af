package hook

import (
	"fmt"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Labels, milestones and assignees are levers: put on by a person's hand they
// stand for a command. One can be pulled twice within a second, so the delivery
// tells one time from the next.

// labelled is one change; the bot lets a burst settle and joins it. When a label
// is deleted from the repository GitHub takes it off each issue without saying
// which it was: then the change has no name, and what is left tells.
func labelled(e *process.Event, p *issuesPayload) string {
	name := clean(p.Label.GetName())
	if name == "" && p.Action != "unlabeled" {
		return "a label without a name"
	}
	e.Labels = []process.LabelChange{{Name: name, Added: p.Action == "labeled", By: e.Actor, At: e.At}}
	e.Key = leverKey("label", e)
	return ""
}

// milestoned has no name when the milestone was deleted from the repository.
func milestoned(e *process.Event, p *issuesPayload) string {
	e.Added = p.Action == "milestoned"
	e.Name = clean(p.Milestone.GetTitle())
	if e.Added && e.Name == "" {
		return "a milestone without a title"
	}
	e.Key = leverKey("milestone", e)
	return ""
}

func assigned(e *process.Event, p *issuesPayload) string {
	e.Added = p.Action == "assigned"
	e.Name = clean(p.Assignee.GetLogin())
	if e.Name == "" {
		return "an assignee whose account was deleted"
	}
	e.Key = leverKey("assignee", e)
	return ""
}

func leverKey(lever string, e *process.Event) string {
	return fmt.Sprintf("%s/%d/%s", lever, e.Issue.Number, e.Delivery)
}
