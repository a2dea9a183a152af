package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

// townOf is a world with so many features, each with labels and a milestone.
func townOf(features int) *genesis.World {
	w := &genesis.World{
		Org: genesis.Org{Login: "acme"}, App: genesis.App{Slug: "stationmaster", Name: "Stationmaster"},
		People: []genesis.Person{{Login: "ada", Role: "write", Teams: []string{"engineers"}}},
	}
	r := genesis.Repo{Name: "upgrades", Milestones: []genesis.Milestone{{Title: "Upgrade 1"}}}
	for n := range 40 {
		r.Labels = append(r.Labels, genesis.Label{Name: fmt.Sprintf("stage/%d", n)})
	}
	for n := range features {
		r.Issues = append(r.Issues, genesis.Issue{Title: fmt.Sprintf("Feature %d", n), By: "ada", Milestone: "Upgrade 1",
			Body: strings.Repeat("What it is for, as #1 says. ", 40), Assignees: []string{"ada"},
			Labels: []string{"stage/1", fmt.Sprintf("stage/%d", 10+n%20), "stage/39"}})
	}
	w.Repos = []genesis.Repo{r}
	return w
}

// statusPage is a comment as the bot keeps it up to date, different each time.
func statusPage(n int) string {
	line := "| the next cut | `2026-10-01` | #12, #13 and @ada ask for [a review](https://emulator.test/acme/upgrades/issues/7) |\n"
	return fmt.Sprintf("<!-- stationmaster: status %d -->\n| what | when | who |\n|---|---|---|\n", n) + strings.Repeat(line, 25) +
		"\n```\n/submit betanet\n```\n" + strings.Repeat("<details><summary>More</summary>It waits for #14.</details>\n", 10)
}

// client asks an emulator without a network between.
type client struct {
	b     testing.TB
	gh    *emulator.GitHub
	token string
}

func (c client) ask(method, path, body string) string {
	req := httptest.NewRequest(method, "/api/v3"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "token "+c.token)
	req.Header.Set("User-Agent", "bench")
	answer := httptest.NewRecorder()
	c.gh.ServeHTTP(answer, req)
	if answer.Code >= 300 {
		c.b.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// BenchmarkCommand plays what a command of the bot comes to: who asks is looked
// up, the command is acknowledged, labels change and a page is brought up to
// date, with the webhooks of that and of the command itself.
func BenchmarkCommand(b *testing.B) {
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer hook.Close()
	gh, err := emulator.New(emulator.Options{Seed: 1, World: townOf(1000), WebhookURL: hook.URL, BaseURL: "http://emulator.test"})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = gh.Close() }()
	c := client{b, gh, gh.Token("ada")}
	id := regexp.MustCompile(`"id":(\d+)`)
	const issue = "/repos/acme/upgrades/issues/500"
	page := id.FindStringSubmatch(c.ask("POST", issue+"/comments", `{"body":"a page"}`))[1]
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		said := id.FindStringSubmatch(c.ask("POST", issue+"/comments", fmt.Sprintf(`{"body":"/layers l%d"}`, n)))[1]
		c.ask("GET", "/orgs/acme/teams/engineers/memberships/ada", "")
		c.ask("POST", "/repos/acme/upgrades/issues/comments/"+said+"/reactions", `{"content":"rocket"}`)
		c.ask("POST", issue+"/labels", `{"labels":["stage/2"]}`)
		c.ask("DELETE", issue+"/labels/stage%2F2", "")
		c.ask("PATCH", "/repos/acme/upgrades/issues/comments/"+page, fmt.Sprintf(`{"body":%q}`, statusPage(n)))
		if err := gh.Settle(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
