package emulator_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

func TestListsArePagedWithLinks(t *testing.T) {
	w := newWorld(t, emulator.Options{WebhookURL: ""})
	w.SetWebhookURL("")
	for n := range 65 {
		must[*github.Issue](t)(w.bot.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String(strconv.Itoa(n))}))
	}
	opt := &github.IssueListByRepoOptions{Direction: "asc"}
	seen := 0
	for {
		page, res, err := w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", opt)
		if err != nil {
			t.Fatal(err)
		}
		if opt.Page == 0 && (len(page) != 30 || res.NextPage != 2 || res.LastPage != 3 || res.FirstPage != 0) {
			t.Errorf("first page: %d issues, next %d, last %d", len(page), res.NextPage, res.LastPage)
		}
		if opt.Page == 2 && (res.PrevPage != 1 || res.FirstPage != 1) {
			t.Errorf("second page: prev %d, first %d", res.PrevPage, res.FirstPage)
		}
		for _, i := range page {
			if i.GetTitle() != strconv.Itoa(seen) {
				t.Fatalf("got %s at %d", i.GetTitle(), seen)
			}
			seen++
		}
		if res.NextPage == 0 {
			break
		}
		opt.Page = res.NextPage
	}
	if seen != 65 {
		t.Errorf("saw %d issues", seen)
	}
	res, _ := w.ask("GET", "/repos/acme/upgrades/issues?per_page=500", "token "+w.Token("engineer"), "")
	if link := res.Header.Get("Link"); link != "" {
		t.Errorf("one page needs no links: %s", link)
	}
	res, body := w.ask("GET", "/repos/acme/upgrades/issues?page=9", "token "+w.Token("engineer"), "")
	if link := res.Header.Get("Link"); body != "[]" || strings.Contains(link, `rel="next"`) || !strings.Contains(link, `rel="first"`) {
		t.Errorf("beyond the end: %s, links %s", body, link)
	}
}

func TestAnUnchangedAnswerIs304AndFree(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	auth, path := "token "+w.Token("engineer"), "/repos/acme/upgrades/issues/1"
	used := func(res *http.Response) int {
		n, err := strconv.Atoi(res.Header.Get("X-RateLimit-Used"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first, _ := w.ask("GET", path, auth, "")
	tag := first.Header.Get("ETag")
	same, body := w.ask("GET", path, auth, "", "If-None-Match", tag)
	if same.StatusCode != http.StatusNotModified || body != "" || used(same) != used(first) {
		t.Errorf("got %d, used %d then %d", same.StatusCode, used(first), used(same))
	}
	other, _ := w.ask("GET", path, "token "+w.Token("reviewer"), "", "If-None-Match", tag)
	if other.StatusCode != http.StatusOK {
		t.Errorf("another token's tag was honoured: %d", other.StatusCode)
	}
	must[*github.Issue](t)(w.as("engineer").Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Title: github.String("u")}))
	changed, _ := w.ask("GET", path, auth, "", "If-None-Match", tag)
	if changed.StatusCode != http.StatusOK || used(changed) != used(first)+2 {
		t.Errorf("got %d, used %d", changed.StatusCode, used(changed))
	}
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1))
	got := w.Requests()
	if got.ByRoute["GET /repos/{owner}/{repo}/issues/{number}"] != 1 ||
		got.ByRoute["POST /app/installations/{installation_id}/access_tokens"] != 1 || got.Writes != 1 || got.Total != 3 {
		t.Errorf("counted %+v", got)
	}
}

func TestAskingForTheLimitIsFree(t *testing.T) {
	w := newWorld(t, emulator.Options{Limits: true})
	for range 3 {
		limits := must[*github.RateLimits](t)(w.bot.RateLimit.Get(ctx))
		if c := limits.GetCore(); c.Limit != 5000 || c.Remaining != 5000 {
			t.Errorf("core: %v", c)
		}
	}
}
