package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// address is where a list is kept, below its repository; "" for none.
func address(q bot.Query) string {
	since := ""
	if !q.Since.IsZero() {
		since = "&since=" + stamp(q.Since)
	}
	switch q.Of {
	case bot.Issues:
		return "issues?state=all&sort=updated&direction=asc&per_page=100" + since
	case bot.Comments:
		return "issues/comments?sort=updated&direction=asc&per_page=100" + since
	case bot.Pulls:
		return "pulls?state=all&sort=updated&direction=desc&per_page=100"
	case bot.Milestones:
		return "milestones?state=all&per_page=100"
	case bot.CommentsOf:
		return fmt.Sprintf("issues/%d/comments?per_page=100", q.Number)
	case bot.EventsOf:
		return fmt.Sprintf("issues/%d/events?per_page=100", q.Number)
	}
	return ""
}

// List calls each with every element of a list, as GitHub wrote it, until it
// returns false. An issue that is gone is a [bot.Never] with Gone. Nothing here is
// urgent.
func (h *Hub) List(ctx context.Context, installation int64, repo string, q bot.Query, each func(json.RawMessage) bool) error {
	ctx, t, err := h.begin(ctx, installation, repo, false)
	if err != nil {
		return err
	}
	if q.Of == bot.OneIssue {
		var one json.RawMessage
		err := patiently(ctx, func() error {
			_, err := t.call(ctx, get, fmt.Sprintf("issues/%d", q.Number), nil, &one)
			return err
		})
		if err != nil {
			return fmt.Errorf("hub: look at issue %d: %w", q.Number, err)
		}
		each(one)
		return nil
	}
	path := address(q)
	if path == "" {
		return fmt.Errorf("hub: %q is no list", q.Of)
	}
	for page := 1; page != 0; {
		var list []json.RawMessage
		var resp *github.Response
		err := patiently(ctx, func() (err error) {
			resp, err = t.call(ctx, get, path+"&page="+strconv.Itoa(page), nil, &list)
			return err
		})
		if err != nil {
			return fmt.Errorf("hub: list %s: %w", q.Of, err)
		}
		for _, one := range list {
			if !each(one) {
				return nil
			}
		}
		page = resp.NextPage
	}
	return nil
}

// mostTries is how often a page is asked for that GitHub makes wait or fails to
// give.
const mostTries = 6

// patiently asks until GitHub's limits let it: a list of many pages is routine, and
// everybody else goes first. The error it returns has its [verdict].
func patiently(ctx context.Context, ask func() error) error {
	for try := 1; ; try++ {
		err := verdict(ask())
		var never bot.Never
		if err == nil || try == mostTries || errors.As(err, &never) || ctx.Err() != nil {
			return err
		}
		wait := time.Second << (try - 1)
		var later bot.Later
		if errors.As(err, &later) {
			wait = max(time.Until(later.Until), 0)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// edits asks for the newest versions of texts, and who wrote them.
const edits = `query($ids: [ID!]!) { nodes(ids: $ids) {
  ... on IssueComment { id editor { login __typename } lastEditedAt userContentEdits(first: 100) { nodes { editedAt diff editor { login __typename } } } }
  ... on Issue { id editor { login __typename } lastEditedAt userContentEdits(first: 100) { nodes { editedAt diff editor { login __typename } } } }
  ... on PullRequest { id editor { login __typename } lastEditedAt userContentEdits(first: 100) { nodes { editedAt diff editor { login __typename } } } }
} }`

// mostEdits is how many texts are asked about at once.
const mostEdits = 20

// Edits calls each with the history of every text, an issue, a pull request or a
// comment by its node id, as GraphQL gives it. One that is gone, or that we may not
// read, is left out.
func (h *Hub) Edits(ctx context.Context, installation int64, repo string, nodes []string, each func(json.RawMessage)) error {
	ctx, t, err := h.begin(ctx, installation, repo, false)
	if err != nil {
		return err
	}
	for len(nodes) > 0 {
		n := min(len(nodes), mostEdits)
		var got struct {
			Data struct {
				Nodes []json.RawMessage `json:"nodes"`
			} `json:"data"`
			Errors []struct {
				Type    string `json:"type"`
				Message string `json:"message"`
			} `json:"errors"`
		}
		ask := map[string]any{"query": edits, "variables": map[string]any{"ids": nodes[:n]}}
		err := patiently(ctx, func() error {
			_, err := t.callRoot(ctx, post, h.graphql(), ask, &got)
			return err
		})
		if err != nil {
			return fmt.Errorf("hub: read edits: %w", err)
		}
		for _, e := range got.Errors {
			if e.Type != "NOT_FOUND" && e.Type != "FORBIDDEN" {
				return fmt.Errorf("hub: read edits: %s", clip(valid(e.Message), 300))
			}
		}
		for _, one := range got.Data.Nodes {
			if string(one) != "null" {
				each(one)
			}
		}
		nodes = nodes[n:]
	}
	return nil
}

// graphql is the address of the GraphQL API: beside the REST API's /api/v3 where
// that is how it is called, below it at github.com.
func (h *Hub) graphql() string {
	if root, ok := strings.CutSuffix(h.base.String(), "/v3/"); ok {
		return root + "/graphql"
	}
	return h.base.String() + "graphql"
}

// FailedDeliveries calls each with every webhook of the App that was not
// acknowledged, the newest first, until it returns false. GitHub keeps them for
// three days.
func (h *Hub) FailedDeliveries(ctx context.Context, each func(json.RawMessage) bool) error {
	client, err := h.appClient()
	if err != nil {
		return err
	}
	for cursor := ""; ; {
		path := "app/hook/deliveries?status=failure&per_page=100"
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		req, err := client.NewRequest(get, path, nil)
		if err != nil {
			return fmt.Errorf("hub: list deliveries: %w", err)
		}
		var list []json.RawMessage
		resp, err := client.Do(ctx, req, &list)
		if err != nil {
			return fmt.Errorf("hub: list deliveries: %w", verdict(err))
		}
		for _, one := range list {
			if !each(one) {
				return nil
			}
		}
		if cursor = resp.Cursor; cursor == "" || len(list) == 0 {
			return nil
		}
	}
}

// Redeliver has GitHub send a delivery once more, under its own id. [bot.Never]
// says that it cannot.
func (h *Hub) Redeliver(ctx context.Context, id int64) error {
	client, err := h.appClient()
	if err != nil {
		return err
	}
	req, err := client.NewRequest(post, fmt.Sprintf("app/hook/deliveries/%d/attempts", id), nil)
	if err != nil {
		return fmt.Errorf("hub: redeliver: %w", err)
	}
	_, err = client.Do(ctx, req, nil)
	var refused *github.ErrorResponse
	if errors.As(err, &refused) && refused.Response.StatusCode == http.StatusUnprocessableEntity {
		return bot.Never{Cause: words(refused)}
	}
	if err = verdict(err); err != nil {
		return fmt.Errorf("hub: redeliver %d: %w", id, err)
	}
	return nil
}
