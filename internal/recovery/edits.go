package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A version is a text as somebody left it.
type version struct {
	At     time.Time
	Text   string
	Editor account
	lost   bool // the text is not kept any more
}

func (v version) account() account { return v.Editor }

// A history is all that is known of a text's versions, the oldest first. It is empty
// where the text was never edited, and nil where GitHub does not tell.
type history []version

// mostVersions is how many versions GitHub tells of at once.
const mostVersions = 100

// whole reports whether the first version is among them, and every text is there.
func (h history) whole() bool {
	return len(h) > 0 && len(h) < mostVersions && !slices.ContainsFunc(h, func(v version) bool { return v.lost })
}

// foreign reports whether the last to change the text was not ourselves.
func (h history) foreign(s *sweep) bool {
	return len(h) > 0 && !s.ours(h[len(h)-1].Editor)
}

// edits calls f for each edit by somebody else since the last round, with the
// version before it.
func (s *sweep) edits(h history, f func(before, after version)) {
	for i := 1; i < len(h); i++ {
		if before, after := h[i-1], h[i]; s.due(after.At) && !s.ours(after.Editor) && !before.lost && !after.lost {
			f(before, after)
		}
	}
}

// readTexts fetches the histories that were asked for. Where GitHub does not give
// them, nobody is guessed at.
func (s *sweep) readTexts(ctx context.Context) error {
	if len(s.texts) == 0 {
		return nil
	}
	nodes := slices.Sorted(maps.Keys(s.texts))
	told := map[string]bool{}
	err := s.GitHub.Edits(ctx, s.Installation, s.Repo, nodes, func(raw json.RawMessage) {
		id, h, err := historyOf(raw)
		if err != nil {
			s.Log.Warn().Err(err).Str("repo", s.Repo).Msg("a history of edits cannot be read")
			return
		}
		if use := s.texts[id]; use != nil && !told[id] {
			told[id] = true
			use(h)
		}
	})
	var never bot.Never
	if err != nil && !errors.As(err, &never) {
		return err
	}
	for _, id := range nodes {
		if !told[id] {
			s.texts[id](nil)
		}
	}
	return nil
}

// historyOf reads a text's history, which GitHub gives the newest first.
func historyOf(raw json.RawMessage) (id string, h history, err error) {
	type editor struct {
		Login string `json:"login"`
		Type  string `json:"__typename"`
	}
	var node struct {
		ID    string `json:"id"`
		Edits *struct {
			Nodes []struct {
				EditedAt time.Time `json:"editedAt"`
				Diff     *string   `json:"diff"`
				Editor   *editor   `json:"editor"`
			} `json:"nodes"`
		} `json:"userContentEdits"`
	}
	if err := json.Unmarshal(raw, &node); err != nil {
		return "", nil, fmt.Errorf("read edits: %w", err)
	}
	if node.Edits == nil {
		return node.ID, nil, nil
	}
	h = history{}
	for _, e := range slices.Backward(node.Edits.Nodes) {
		v := version{At: e.EditedAt, lost: e.Diff == nil}
		if e.Diff != nil {
			v.Text = *e.Diff
		}
		if e.Editor != nil {
			v.Editor = account{Login: e.Editor.Login, Type: e.Editor.Type}
		}
		h = append(h, v)
	}
	return node.ID, h, nil
}

// ask asks a person to say it again: the comment has commands now, was edited, and
// nobody can tell who typed them.
func (s *sweep) ask(c comment, number int) {
	if len(command.Parse(c.Body)) == 0 || !s.due(c.UpdatedAt) {
		return
	}
	s.unsure = append(s.unsure, process.Event{
		Key: fmt.Sprintf("comment/%d/unsure", c.ID), What: process.Unsure, At: c.UpdatedAt, Repo: s.Repo,
		Actor: process.Actor{Login: c.User.Login}, Issue: &process.Issue{Number: number},
		Comment: &process.Comment{ID: c.ID, Author: c.User.Login, Edited: true},
	})
}
