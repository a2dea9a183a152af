package hook

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// issues handles what happens to an issue itself.
type issues struct{ *translation }

// issuesPayload is the webhook, with the changes that go-github leaves out and
// without what the envelope has said already.
type issuesPayload struct {
	Action    string            `json:"action"`
	Issue     *github.Issue     `json:"issue"`
	Label     *github.Label     `json:"label"`
	Milestone *github.Milestone `json:"milestone"`
	Assignee  *github.User      `json:"assignee"`
	Changes   struct {
		Title         *github.EditTitle `json:"title"`
		Body          *github.EditBody  `json:"body"`
		NewIssue      github.Issue      `json:"new_issue"`
		NewRepository github.Repository `json:"new_repository"`
	} `json:"changes"`
}

// issueActions fill in what is special about each action; each returns why the
// payload is to be skipped, if it is.
var issueActions = map[string]struct {
	what process.What
	fill func(*process.Event, *issuesPayload) (skip string)
}{
	"opened":       {process.Opened, opened},
	"edited":       {process.Edited, retitled},
	"closed":       {process.Closed, closed},
	"reopened":     {process.Reopened, timed("reopened")},
	"locked":       {process.Locked, locked},
	"unlocked":     {process.Locked, locked},
	"deleted":      {process.Gone, gone},
	"transferred":  {process.Gone, gone},
	"labeled":      {process.Labelled, labelled},
	"unlabeled":    {process.Labelled, labelled},
	"milestoned":   {process.Milestoned, milestoned},
	"demilestoned": {process.Milestoned, milestoned},
	"assigned":     {process.Assigned, assigned},
	"unassigned":   {process.Assigned, assigned},
}

// Handles names the webhook.
func (issues) Handles() []string { return []string{"issues"} }

func (issues) actions() []string { return sortedKeys(issueActions) }

// Handle turns the payload into an event.
func (h issues) Handle(_ context.Context, _, delivery string, payload []byte) error {
	var p issuesPayload
	if err := unpack(payload, &p); err != nil {
		return err
	}
	if p.Issue.GetNumber() <= 0 {
		return errNoIssue
	}
	action := issueActions[p.Action]
	e := h.event(action.what, delivery)
	e.Issue = h.world.issue(p.Issue)
	e.At = latest(p.Issue.GetCreatedAt(), p.Issue.GetUpdatedAt())
	if p.Action == "edited" && h.redrawn(e, &p) && p.Changes.Title == nil {
		return nil
	}
	if why := action.fill(&e, &p); why != "" {
		return h.skip(why)
	}
	return h.happened(e)
}

// redrawn takes a person's edit of an agenda: its boxes are drafts of answers.
// The marker of before is the one we wrote, whatever the edit made of it.
func (h issues) redrawn(e process.Event, p *issuesPayload) bool {
	if p.Changes.Body == nil || e.Actor.Self || !h.world.isSelf(accountOf(p.Issue.GetUser())) {
		return false
	}
	body, agenda := p.Issue.GetBody(), marker(p.Changes.Body.GetFrom())
	if agenda == "" {
		agenda = marker(body)
	}
	if !strings.HasPrefix(agenda, "item/meeting/") {
		return false
	}
	e.What = process.Ticked
	e.Boxes = &process.Boxes{Marker: agenda, Items: boxes(body)}
	e.Key = issueKey(&e, "ticks", edit(e, p.Changes.Body.GetFrom(), body), stamp(&e))
	return h.happened(e) == nil
}

func opened(e *process.Event, p *issuesPayload) string {
	e.At = latest(p.Issue.GetCreatedAt())
	e.Issue.Form = form(p.Issue.GetBody())
	e.Key = issueKey(e, "opened")
	return ""
}

func retitled(e *process.Event, p *issuesPayload) string {
	if p.Changes.Title == nil || p.Changes.Title.GetFrom() == p.Issue.GetTitle() {
		return "an edit that leaves the title"
	}
	e.Name = e.Issue.Title
	e.Key = issueKey(e, "edited", shortHash(e.Issue.Title), stamp(e))
	return ""
}

// closed cannot tell a close by a merge from one by hand: both are completed.
func closed(e *process.Event, p *issuesPayload) string {
	if at := latest(p.Issue.GetClosedAt()); !at.IsZero() {
		e.At = at
	}
	if e.Name = clean(p.Issue.GetStateReason()); e.Name == "" {
		e.Name = "completed"
	}
	e.Key = issueKey(e, "closed", stamp(e))
	return ""
}

// timed is for what has nothing special but the moment at which it happened.
func timed(name string) func(*process.Event, *issuesPayload) string {
	return func(e *process.Event, _ *issuesPayload) string {
		e.Key = issueKey(e, name, stamp(e))
		return ""
	}
}

func locked(e *process.Event, p *issuesPayload) string {
	e.Added = p.Action == "locked"
	e.Issue.Locked = e.Added
	e.Key = issueKey(e, p.Action, stamp(e))
	return ""
}

// gone is for an issue deleted, transferred, or turned into something else.
func gone(e *process.Event, p *issuesPayload) string {
	if n := p.Changes.NewIssue.GetNumber(); n > 0 && p.Changes.NewRepository.GetFullName() != "" {
		e.Issue.To = fmt.Sprintf("%s#%d", clean(p.Changes.NewRepository.GetFullName()), n)
	}
	e.Key = issueKey(e, "gone")
	return ""
}

func issueKey(e *process.Event, rest ...string) string {
	key := fmt.Sprintf("issue/%d", e.Issue.Number)
	for _, r := range rest {
		key += "/" + r
	}
	return key
}

// stamp tells apart what can happen to one issue again and again.
func stamp(e *process.Event) string { return fmt.Sprint(e.At.Unix()) }
