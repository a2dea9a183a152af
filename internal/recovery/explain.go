package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// happened is what GitHub keeps of something that happened to an issue.
type happened struct {
	ID    int64   `json:"id"`
	Event string  `json:"event"`
	Actor account `json:"actor"`
	// Assigner is who assigned, while Actor may be who was assigned.
	Assigner  *account  `json:"assigner"`
	CreatedAt time.Time `json:"created_at"`
	Label     struct {
		Name string `json:"name"`
	} `json:"label"`
	Milestone struct {
		Title string `json:"title"`
	} `json:"milestone"`
	Assignee account `json:"assignee"`
	Rename   struct {
		From string `json:"from"`
	} `json:"rename"`
}

func (h happened) by() account {
	if h.Assigner != nil {
		return *h.Assigner
	}
	return h.Actor
}

// A pullOf is one lever that stands otherwise than the record says, with the events
// that may explain it and the webhook that would have told of it.
type pullOf struct {
	event  string // in GitHub's history
	action string // of the webhook
	is     func(happened) bool
	parts  func(happened) map[string]any
}

// explain finds whose acts a drift comes from, and tells of them. It reports
// whether there were any, or may be: then nothing is to be put right yet.
func (s *sweep) explain(ctx context.Context, d process.Drift) (bool, error) {
	if s.line.Number(d.Number) == nil && s.raw[d.Number] == nil {
		return true, nil // not one of ours, and nothing has happened to it
	}
	raw, err := s.issueRaw(ctx, d.Number)
	if err != nil || raw == nil {
		return true, err
	}
	var all []happened
	err = list(ctx, s, s.Repo, bot.Query{Of: bot.EventsOf, Number: d.Number}, func(h happened, _ json.RawMessage) bool {
		all = append(all, h)
		return true
	})
	if err != nil {
		return true, err
	}
	// A lever that stands otherwise than the record says has not been told of,
	// however long ago it was pulled: had it been, the record would say so.
	tracked, explained := s.line.Number(d.Number) != nil, false
	for _, p := range pulls(d, raw) {
		for _, h := range slices.Backward(all) {
			if h.Event != p.event || !p.is(h) {
				continue
			}
			if by := h.by(); s.young(h.CreatedAt) {
				explained, s.later = true, append(s.later, d.Number)
			} else if !tracked && h.CreatedAt.Before(s.from) {
				explained = true // it was so before we came
			} else if by.Login != "" && !s.ours(by) {
				explained = true
				parts := p.parts(h)
				parts["issue"] = moved(raw, h.CreatedAt)
				before := len(s.notices)
				s.notice(h.CreatedAt, "issues", p.action, by, fmt.Sprintf("happened/%d", h.ID), parts)
				for i := before; i < len(s.notices); i++ {
					s.notices[i].explains = d.Number
				}
			}
			break // the last one counts
		}
	}
	return explained, nil
}

// pulls lists the levers of a drift.
func pulls(d process.Drift, raw json.RawMessage) []pullOf {
	var out []pullOf
	nothing := func(happened) map[string]any { return map[string]any{} }
	always := func(happened) bool { return true }
	label := func(event, name string) {
		out = append(out, pullOf{event, event,
			func(h happened) bool { return strings.EqualFold(h.Label.Name, name) },
			func(h happened) map[string]any { return map[string]any{"label": map[string]any{"name": h.Label.Name}} }})
	}
	for _, name := range d.On {
		label("labeled", name)
	}
	for _, name := range d.Off {
		label("unlabeled", name)
	}
	assignee := func(event, login string) {
		out = append(out, pullOf{event, event,
			func(h happened) bool { return strings.EqualFold(h.Assignee.Login, login) },
			func(h happened) map[string]any { return map[string]any{"assignee": h.Assignee} }})
	}
	for _, login := range d.Came {
		assignee("assigned", login)
	}
	for _, login := range d.Went {
		assignee("unassigned", login)
	}
	now := struct {
		State     string          `json:"state"`
		Locked    bool            `json:"locked"`
		Milestone json.RawMessage `json:"milestone"`
	}{}
	_ = json.Unmarshal(raw, &now) // it has been read before
	if d.Milestone {
		event := "milestoned"
		if len(now.Milestone) == 0 || string(now.Milestone) == "null" {
			event = "demilestoned"
		}
		out = append(out, pullOf{event, event, always,
			func(h happened) map[string]any {
				return map[string]any{"milestone": map[string]any{"title": h.Milestone.Title}}
			}})
	}
	if d.State {
		event := "reopened"
		if now.State == "closed" {
			event = "closed"
		}
		out = append(out, pullOf{event, event, always, nothing})
	}
	if d.Locked {
		event := "unlocked"
		if now.Locked {
			event = "locked"
		}
		out = append(out, pullOf{event, event, always, nothing})
	}
	if d.Title {
		out = append(out, pullOf{"renamed", "edited", always,
			func(h happened) map[string]any {
				return map[string]any{"changes": map[string]any{"title": map[string]any{"from": h.Rename.From}}}
			}})
	}
	return out
}
