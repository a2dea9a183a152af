package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// mostPages bounds the issues of which all comments are read in one round; the
// others follow in the next.
const mostPages = 100

// readPages finds living comments of ours that somebody has deleted from issues
// that have changed: the list of changed comments cannot tell.
func (s *sweep) readPages(ctx context.Context) error {
	wait := s.unread[s.Repo]
	for _, is := range s.sights {
		if s.raw[is.Number] != nil && !slices.Contains(wait, is.Number) {
			wait = append(wait, is.Number)
		}
	}
	wait = slices.DeleteFunc(wait, func(n int) bool { it := s.line.Number(n); return it == nil || len(it.Shown.Comments) == 0 })
	now := wait[:min(len(wait), mostPages)]
	for _, number := range now {
		if err := s.readPagesOf(ctx, s.line.Number(number)); err != nil {
			return err
		}
	}
	s.left = wait[len(now):]
	return nil
}

func (s *sweep) readPagesOf(ctx context.Context, it *process.Item) error {
	number := it.Shown.Number
	on, err := s.issueRaw(ctx, number)
	if err != nil || on == nil {
		return err // nil: the issue has gone in between
	}
	there := map[int64]bool{}
	err = list(ctx, s, s.Repo, bot.Query{Of: bot.CommentsOf, Number: number}, func(c comment, _ json.RawMessage) bool {
		there[c.ID] = true
		return true
	})
	var never bot.Never
	if errors.As(err, &never) {
		return nil
	}
	if err != nil {
		return err
	}
	for marker, id := range it.Shown.Comments {
		if !there[id] {
			s.notice(s.now, "issue_comment", "deleted", account{}, fmt.Sprintf("comment/%d/deleted", id), map[string]any{
				"issue":   on,
				"comment": map[string]any{"id": id, "body": "<!-- stationmaster:" + marker + " -->\n", "user": account{Login: s.Self(), Type: "Bot"}},
			})
		}
	}
	return nil
}

// readGone finds, in a whole comparison, tracked issues that were deleted or
// transferred away.
func (s *sweep) readGone(ctx context.Context) error {
	if !s.whole {
		return nil
	}
	for _, it := range s.line.Sorted(func(it *process.Item) bool {
		return it.Shown.Number > 0 && !it.Shown.Gone && !s.seen[it.Shown.Number]
	}) {
		number := it.Shown.Number
		var now issue
		err := list(ctx, s, s.Repo, bot.Query{Of: bot.OneIssue, Number: number}, func(i issue, _ json.RawMessage) bool {
			now = i
			return true
		})
		var never bot.Never
		switch {
		case errors.As(err, &never) && never.Gone:
			s.gone(number, "deleted", nil)
		case err != nil:
			return err
		case !strings.HasSuffix(strings.ToLower(now.RepoURL), "/repos/"+strings.ToLower(s.Repo)):
			_, to, _ := strings.Cut(now.RepoURL, "/repos/")
			s.gone(number, "transferred", map[string]any{
				"new_issue": map[string]any{"number": now.Number}, "new_repository": map[string]any{"full_name": to},
			})
		}
	}
	return nil
}

func (s *sweep) gone(number int, action string, changes map[string]any) {
	s.notice(s.now, "issues", action, account{}, fmt.Sprintf("issue/%d/gone", number),
		map[string]any{"issue": map[string]any{"number": number, "updated_at": s.now}, "changes": changes})
}
