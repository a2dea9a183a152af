package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// pull is what is read of a pull request.
type pull struct {
	Number    int       `json:"number"`
	NodeID    string    `json:"node_id"`
	Body      string    `json:"body"`
	User      account   `json:"user"`
	State     string    `json:"state"`
	MergedAt  time.Time `json:"merged_at"`
	ClosedAt  time.Time `json:"closed_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Base      struct {
		Repo json.RawMessage `json:"repo"`
	} `json:"base"`
}

// readPulls finds pull requests that were opened, merged or closed, or that name
// other features after their merge, wherever they may live.
func (s *sweep) readPulls(ctx context.Context) error {
	repos := append([]string{s.Repo}, s.Code...)
	slices.SortFunc(repos, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	for _, repo := range slices.CompactFunc(repos, strings.EqualFold) {
		err := list(ctx, s, repo, bot.Query{Of: bot.Pulls}, func(p pull, raw json.RawMessage) bool {
			if p.UpdatedAt.Before(s.from) {
				return false
			}
			switch {
			case !p.MergedAt.IsZero():
				s.texts[p.NodeID] = func(h history) { s.merged(repo, p, raw, h) }
			case p.State == "closed":
				s.pullNotice(repo, "closed", p.ClosedAt, p, object(raw))
			default:
				s.pullNotice(repo, "opened", p.UpdatedAt, p, object(raw))
			}
			return true
		})
		var never bot.Never
		if err != nil && !errors.As(err, &never) { // a code repository may have gone
			return err
		}
	}
	return nil
}

// merged tells of a merge, with the text of its moment, and of each edit of the text
// since. Edits before it were for the merge to tell.
func (s *sweep) merged(repo string, p pull, raw json.RawMessage, h history) {
	shown := object(raw)
	for _, v := range h {
		if v.At.After(p.MergedAt) {
			break
		}
		if shown["body"] = v.Text; v.lost {
			shown["body"] = p.Body
		}
	}
	s.pullNotice(repo, "closed", p.MergedAt, p, shown)
	s.edits(h, func(before, after version) {
		if !after.At.Before(p.MergedAt) {
			s.pullEdited(repo, p, raw, before, after)
		}
	})
	// What it names now is certain even where its history is not: it counts, in
	// nobody's name.
	if (h == nil || len(h) > 0 && !h.whole()) && s.due(p.UpdatedAt) && s.unlinked(repo, p) {
		s.pullEdited(repo, p, raw, version{}, version{At: p.UpdatedAt, Text: p.Body})
	}
}

// numbers are whatever may be an issue's in a text.
var numbers = regexp.MustCompile(`\d+`)

// unlinked reports whether a merged pull request may name a feature with which it is
// not linked.
func (s *sweep) unlinked(repo string, p pull) bool {
	return slices.ContainsFunc(numbers.FindAllString(p.Body, -1), func(text string) bool {
		n, err := strconv.Atoi(text)
		if err != nil {
			return false
		}
		it := s.line.Number(n)
		return it != nil && it.F != nil && !slices.ContainsFunc(it.F.Pulls, func(l process.Pull) bool {
			return l.Merged && l.Number == p.Number && strings.EqualFold(l.Repo, repo)
		})
	})
}

// pullNotice tells of a pull request that was opened or closed. Lists leave out
// whether it was merged, but for the moment, and by whom, which does not matter.
func (s *sweep) pullNotice(repo, action string, at time.Time, p pull, shown map[string]any) {
	if s.due(at) {
		text, _ := json.Marshal(shown) // it has just been read
		s.pullIn(repo, at, action, p.User, fmt.Sprintf("pull/%d/%s/%s", p.Number, action, digest(string(text))), p, shown, nil)
	}
}

// pullEdited tells of a description that somebody has changed.
func (s *sweep) pullEdited(repo string, p pull, raw json.RawMessage, before, after version) {
	s.pullIn(repo, after.At, "edited", after.account(), fmt.Sprintf("pull/%d/edited/%d/%s", p.Number, after.At.Unix(), digest(before.Text, after.Text)),
		p, changed(raw, after.At, after.Text), map[string]any{"changes": from(before.Text)})
}

// pullIn adds a notice about a pull request; its own repository is in it.
func (s *sweep) pullIn(repo string, at time.Time, action string, by account, name string, p pull, shown, more map[string]any) {
	shown["merged"] = !p.MergedAt.IsZero()
	parts := map[string]any{"pull_request": shown}
	maps.Copy(parts, more)
	if len(p.Base.Repo) > 0 && string(p.Base.Repo) != "null" {
		parts["repository"] = p.Base.Repo
	}
	s.noticeIn(repo, at, "pull_request", action, by, name, parts)
}
