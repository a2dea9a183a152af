package hook

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// issueComment handles what people type below issues and pull requests.
type issueComment struct{ *translation }

// commentPayload is the webhook, without what the envelope has said already: that is
// most of it.
type commentPayload struct {
	Action  string               `json:"action"`
	Issue   *github.Issue        `json:"issue"`
	Comment *github.IssueComment `json:"comment"`
	Changes *github.EditChange   `json:"changes"`
}

var commentActions = map[string]func(issueComment, process.Event, *commentPayload) error{
	"created": issueComment.created,
	"edited":  issueComment.edited,
	"deleted": issueComment.deleted,
}

// Handles names the webhook.
func (issueComment) Handles() []string { return []string{"issue_comment"} }

func (issueComment) actions() []string { return sortedKeys(commentActions) }

// Handle turns the payload into an event: commands asked, boxes ticked, or a
// comment deleted.
func (h issueComment) Handle(_ context.Context, _, delivery string, payload []byte) error {
	var p commentPayload
	if err := unpack(payload, &p); err != nil {
		return err
	}
	switch {
	case p.Issue.GetNumber() <= 0:
		return errNoIssue
	case p.Comment.GetID() <= 0:
		return errors.New("it has no comment")
	}
	e := h.event(process.Asked, delivery)
	e.Issue = h.world.issue(p.Issue)
	e.At = latest(p.Comment.GetCreatedAt(), p.Comment.GetUpdatedAt())
	e.Comment = &process.Comment{
		ID: p.Comment.GetID(), Author: clean(p.Comment.GetUser().GetLogin()), URL: clean(p.Comment.GetHTMLURL()),
	}
	if h.world.isSelf(accountOf(p.Comment.GetUser())) {
		e.Comment.Marker = marker(p.Comment.GetBody())
	}
	return commentActions[p.Action](h, e, &p)
}

// created runs the commands of a person's new comment.
func (h issueComment) created(e process.Event, p *commentPayload) error {
	e.Comment.Unread = command.Unread(p.Comment.GetBody())
	return h.asked(e, command.Parse(p.Comment.GetBody()), "created")
}

// edited runs the commands that the author's own edit added. Of what other
// people write, an edit of a checklist of ours counts.
func (h issueComment) edited(e process.Event, p *commentPayload) error {
	if p.Changes.GetBody() == nil || p.Changes.Body.From == nil {
		return h.skip("an edit that leaves the text")
	}
	before, after := p.Changes.Body.GetFrom(), p.Comment.GetBody()
	e.Comment.Edited = true
	switch {
	case h.world.isSelf(accountOf(p.Comment.GetUser())):
		return h.ticked(e, before, after)
	case e.Comment.Author == "" || !strings.EqualFold(e.Comment.Author, e.Actor.Login):
		return h.skip("an edit of another's comment")
	}
	return h.asked(e, command.Added(before, after), "edited/"+shortHash(after))
}

func (h issueComment) asked(e process.Event, lines []command.Line, how string) error {
	switch {
	case e.Actor.Bot:
		return h.skip("a bot's comment")
	case e.Actor.Login == "":
		return h.skip("a comment whose author's account was deleted")
	case len(lines) == 0 && !e.Comment.Unread:
		return h.skip("no commands in it")
	}
	for _, l := range lines {
		e.Lines = append(e.Lines, process.Typed(l))
	}
	e.Key = commentKey(e, how)
	return h.happened(e)
}

// ticked reads a checklist of ours after somebody's edit. The marker of before
// is the one we wrote, whatever the edit made of it. An edit that changes no
// box is sent as well: the decision puts the text back.
func (h issueComment) ticked(e process.Event, before, after string) error {
	list := marker(before)
	if list == "" {
		list = marker(after)
	}
	if !strings.HasPrefix(list, "checklist/") {
		return h.skip("an edit of a comment of ours that is no checklist")
	}
	e.What = process.Ticked
	e.Comment.Marker = list
	e.Boxes = &process.Boxes{Marker: list, Items: boxes(after)}
	e.Key = fmt.Sprintf("ticks/%d/%s/%s", e.Comment.ID, edit(e, before, after), stamp(&e))
	return h.happened(e)
}

// edit names one person's edit of a text: somebody else may make the same one in
// the second in which the first was put back.
func edit(e process.Event, before, after string) string {
	return shortHash(strings.ToLower(e.Actor.Login), before, after)
}

// deleted notes that a comment with commands, or one of ours, is gone.
func (h issueComment) deleted(e process.Event, p *commentPayload) error {
	if e.Comment.Marker == "" && len(command.Parse(p.Comment.GetBody())) == 0 {
		return h.skip("no commands in it")
	}
	e.What = process.CommentDeleted
	e.At = latest(p.Comment.GetUpdatedAt(), p.Issue.GetUpdatedAt())
	e.Key = commentKey(e, "deleted")
	return h.happened(e)
}

func commentKey(e process.Event, how string) string {
	return fmt.Sprintf("comment/%d/%s", e.Comment.ID, how)
}
