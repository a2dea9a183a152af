package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// account is who did something; the zero account is one that was deleted.
type account struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// issue is what is read of an issue or a pull request in the list of issues.
type issue struct {
	Number    int       `json:"number"`
	NodeID    string    `json:"node_id"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	User      account   `json:"user"`
	Assignees []account `json:"assignees"`
	Labels    []struct {
		Name string `json:"name"`
	} `json:"labels"`
	Milestone struct {
		Number int `json:"number"`
	} `json:"milestone"`
	State     string          `json:"state"`
	Locked    bool            `json:"locked"`
	Pull      json.RawMessage `json:"pull_request"`
	HTMLURL   string          `json:"html_url"`
	RepoURL   string          `json:"repository_url"`
	CreatedAt time.Time       `json:"created_at"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// sight shows the issue as an event would.
func (i issue) sight() bot.Sight {
	out := bot.Sight{Issue: process.Issue{
		Number: i.Number, Title: i.Title, Author: i.User.Login, Milestone: i.Milestone.Number, State: i.State, Locked: i.Locked,
	}}
	for _, l := range i.Labels {
		out.Labels = append(out.Labels, l.Name)
	}
	for _, a := range i.Assignees {
		out.Assignees = append(out.Assignees, a.Login)
	}
	return out
}

// comment is what is read of a comment.
type comment struct {
	ID        int64     `json:"id"`
	NodeID    string    `json:"node_id"`
	Body      string    `json:"body"`
	User      account   `json:"user"`
	IssueURL  string    `json:"issue_url"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (c comment) edited() bool { return c.UpdatedAt.After(c.CreatedAt) }

func (c comment) issue() int {
	n, err := strconv.Atoi(path.Base(c.IssueURL))
	if err != nil {
		return 0
	}
	return n
}

// list reads all elements of a list as something.
func list[T any](ctx context.Context, s *sweep, repo string, q bot.Query, each func(T, json.RawMessage) bool) error {
	var bad error
	err := s.GitHub.List(ctx, s.Installation, repo, q, func(raw json.RawMessage) bool {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			bad = fmt.Errorf("read %s: %w", q.Of, err)
			return false
		}
		return each(v, raw)
	})
	if err != nil {
		return err
	}
	return bad
}

// ours reports whether the account is this App's own.
func (s *sweep) ours(a account) bool {
	self := s.Self()
	// GraphQL leaves out what REST puts behind the name of an App.
	return self != "" && a.Type == "Bot" && strings.EqualFold(strings.TrimSuffix(a.Login, "[bot]"), strings.TrimSuffix(self, "[bot]"))
}

// readIssues looks at the issues that have changed, or at all of them, and finds
// those that nobody told us were opened.
func (s *sweep) readIssues(ctx context.Context) error {
	q := bot.Query{Of: bot.Issues, Since: s.from}
	if s.whole {
		q.Since = time.Time{}
	}
	return list(ctx, s, s.Repo, q, func(i issue, raw json.RawMessage) bool {
		s.seen[i.Number] = true
		if !i.UpdatedAt.Before(s.from) {
			s.raw[i.Number] = raw
		}
		if len(i.Pull) > 0 && string(i.Pull) != "null" {
			return true
		}
		s.sights = append(s.sights, i.sight())
		if s.due(i.CreatedAt) && s.line.Number(i.Number) == nil && !s.ours(i.User) {
			s.notice(i.CreatedAt, "issues", "opened", i.User, fmt.Sprintf("issue/%d/opened", i.Number), map[string]any{"issue": raw})
		}
		s.readBody(i, raw)
		return true
	})
}

// readAgain looks at the issues that could not be compared in the last round, as
// something was still to be done about them.
func (s *sweep) readAgain(ctx context.Context) error {
	for _, number := range s.again[s.Repo] {
		if slices.ContainsFunc(s.sights, func(is bot.Sight) bool { return is.Number == number }) {
			continue
		}
		raw, err := s.issueRaw(ctx, number)
		if err != nil {
			return err
		}
		var i issue
		if raw != nil && json.Unmarshal(raw, &i) == nil && (len(i.Pull) == 0 || string(i.Pull) == "null") {
			s.sights = append(s.sights, i.sight())
		}
	}
	return nil
}

// readBody asks who changed the body of an issue that we wrote: the agenda, on which
// people tick, and the board.
func (s *sweep) readBody(i issue, raw json.RawMessage) {
	it := s.line.Number(i.Number)
	if it == nil || i.UpdatedAt.Before(s.from) || it.Kind != process.Meeting && it.Kind != process.Departures {
		return
	}
	s.texts[i.NodeID] = func(h history) {
		if it.Kind == process.Meeting {
			s.edits(h, func(before, after version) {
				s.notice(after.At, "issues", "edited", after.account(), fmt.Sprintf("issue/%d/body/%d/%s", i.Number, after.At.Unix(), digest(before.Text, after.Text)),
					map[string]any{"issue": changed(raw, after.At, after.Text), "changes": from(before.Text)})
			})
		} else if h.foreign(s) {
			s.anew[i.Number] = append(s.anew[i.Number], "status")
		}
	}
}

// readComments looks at the comments that were made or edited: commands of people,
// ticks on our checklists, and pages of ours that somebody else has changed.
func (s *sweep) readComments(ctx context.Context) error {
	var failed error
	err := list(ctx, s, s.Repo, bot.Query{Of: bot.Comments, Since: s.from}, func(c comment, raw json.RawMessage) bool {
		if failed = s.readComment(ctx, c, raw); failed != nil {
			return false
		}
		return true
	})
	return errors.Join(err, failed)
}

func (s *sweep) readComment(ctx context.Context, c comment, raw json.RawMessage) error {
	number := c.issue()
	switch {
	case s.ours(c.User):
		// GitHub's times are whole seconds: a box ticked in the second in which the
		// list was written leaves no other trace.
		if c.edited() || strings.Contains(c.Body, "- [x] ") {
			s.readOurs(c, number, raw)
		}
		return nil
	case c.User.Type == "Bot" || number == 0:
		return nil
	}
	on, err := s.issueRaw(ctx, number)
	if err != nil || on == nil {
		return err
	}
	said := func(at time.Time, text string) {
		if s.due(at) {
			s.notice(at, "issue_comment", "created", c.User, fmt.Sprintf("comment/%d/created", c.ID),
				map[string]any{"issue": on, "comment": changed(raw, at, text)})
		}
	}
	if !c.edited() {
		said(c.CreatedAt, c.Body)
		return nil
	}
	if s.young(c.UpdatedAt) {
		return nil // its history is read when it is to be told of
	}
	s.texts[c.NodeID] = func(h history) {
		if !h.whole() {
			s.ask(c, number)
			return
		}
		said(c.CreatedAt, h[0].Text)
		s.edits(h, func(before, after version) { s.commentEdited(c.ID, on, raw, before, after) })
	}
	return nil
}

// readOurs follows who changed a comment of ours: ticks of a checklist are told as
// their webhooks would have, and another's edit of a page is written over.
func (s *sweep) readOurs(c comment, number int, raw json.RawMessage) {
	it := s.line.Number(number)
	if it == nil || s.young(c.UpdatedAt) {
		return
	}
	for marker, id := range it.Shown.Comments {
		if id != c.ID {
			continue
		}
		s.texts[c.NodeID] = func(h history) {
			switch {
			case strings.HasPrefix(marker, "checklist/"):
				on := s.raw[number]
				if on == nil {
					on = json.RawMessage(fmt.Sprintf(`{"number":%d}`, number))
				}
				s.edits(h, func(before, after version) { s.commentEdited(c.ID, on, raw, before, after) })
			case h.foreign(s):
				s.anew[number] = append(s.anew[number], marker)
			}
		}
	}
}

func (s *sweep) commentEdited(id int64, on any, raw json.RawMessage, before, after version) {
	s.notice(after.At, "issue_comment", "edited", after.account(), fmt.Sprintf("comment/%d/edited/%d/%s", id, after.At.Unix(), digest(before.Text, after.Text)),
		map[string]any{"issue": on, "comment": changed(raw, after.At, after.Text), "changes": from(before.Text)})
}

// issueRaw returns an issue as GitHub wrote it, nil if it is gone.
func (s *sweep) issueRaw(ctx context.Context, number int) (json.RawMessage, error) {
	if raw := s.raw[number]; raw != nil {
		return raw, nil
	}
	err := s.GitHub.List(ctx, s.Installation, s.Repo, bot.Query{Of: bot.OneIssue, Number: number}, func(raw json.RawMessage) bool {
		s.raw[number] = raw
		return true
	})
	var never bot.Never
	if errors.As(err, &never) {
		return nil, nil
	}
	return s.raw[number], err
}

// readMilestones looks at all milestones: GitHub does not tell what they were.
func (s *sweep) readMilestones(ctx context.Context) error {
	type milestone struct {
		Number int       `json:"number"`
		Title  string    `json:"title"`
		State  string    `json:"state"`
		DueOn  time.Time `json:"due_on"`
	}
	return list(ctx, s, s.Repo, bot.Query{Of: bot.Milestones}, func(m milestone, _ json.RawMessage) bool {
		sight := process.MilestoneSight{Number: m.Number, Title: m.Title, Closed: m.State == "closed"}
		if !m.DueOn.IsZero() {
			sight.Due = calendar.DateOf(m.DueOn)
		}
		s.milestones = append(s.milestones, sight)
		return true
	})
}
