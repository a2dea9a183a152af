package emulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// found searches and names the issues by their titles.
func (w *world) found(c *github.Client, q string, opt *github.SearchOptions) string {
	w.t.Helper()
	res := must[*github.IssuesSearchResult](w.t)(c.Search.Issues(ctx, q, opt))
	var out []string
	for _, i := range res.Issues {
		out = append(out, i.GetTitle())
	}
	if opt == nil {
		slices.Sort(out)
	}
	return strings.Join(out, ", ")
}

// library is a world with something to find in it.
func library(t *testing.T) *world {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Frozen: true})
	must[*github.Milestone](t)(w.bot.Issues.CreateMilestone(ctx, "acme", "upgrades", &github.Milestone{Title: github.String("Autumn train")}))
	make := func(persona, repo, title, body string, labels ...string) {
		must[*github.Issue](t)(w.as(persona).Issues.Create(ctx, "acme", repo, &github.IssueRequest{
			Title: &title, Body: &body, Labels: &labels}))
		w.Advance(24 * time.Hour)
	}
	make("engineer", "upgrades", "Faster blocks", "half the time of a block", "kind/feature", "good first issue")
	make("reviewer", "upgrades", "Review blocks", "cc @ada", "kind/chore")
	make("maintainer", "protocol", "Rare crash", "after faster blocks")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{
		Milestone: github.Int(1), Assignees: &[]string{"rui"}}))
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 2, &github.IssueRequest{
		State: github.String("closed"), StateReason: github.String("not_planned")}))
	must[*github.IssueComment](t)(w.bot.Issues.CreateComment(ctx, "acme", "protocol", 1, &github.IssueComment{Body: github.String("bisected")}))
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "protocol", &github.NewPullRequest{
		Title: github.String("Fix"), Head: github.String("fix"), Base: github.String("main"), Draft: github.Bool(true)}))
	return w
}

func TestSearchKnowsTheCommonQualifiers(t *testing.T) {
	w := library(t)
	mara := w.as("maintainer")
	const faster, review, rare, fix = "Faster blocks", "Review blocks", "Rare crash", "Fix"
	for q, want := range map[string][]string{
		"blocks":                    {faster, review, rare},
		"blocks in:title":           {faster, review},
		"bisected":                  {rare},
		"bisected in:title,body":    {},
		`"faster blocks"`:           {faster, rare},
		"FASTER repo:acme/upgrades": {faster},
		"repo:acme/upgrades repo:acme/protocol is:pr":  {fix},
		"org:acme is:issue is:open":                    {faster, rare},
		"user:acme state:closed":                       {review},
		`reason:"not planned"`:                         {review},
		"type:pr draft:true":                           {fix},
		"is:pull-request is:unmerged base:main":        {fix},
		"label:KIND/feature":                           {faster},
		`label:"good first issue" label:kind/feature`:  {faster},
		"label:kind/feature,kind/chore":                {faster, review},
		"is:issue -label:kind/feature":                 {review, rare},
		"is:issue NOT label:kind/feature":              {review, rare},
		"author:ada":                                   {faster, fix},
		"assignee:rui":                                 {faster},
		"mentions:ada":                                 {review},
		"involves:ada":                                 {faster, review, fix},
		"commenter:app/stationmaster":                  {rare},
		"author:@me":                                   {rare},
		`milestone:"autumn train"`:                     {faster},
		"no:milestone is:issue":                        {review, rare},
		"no:label no:assignee is:issue":                {rare},
		"comments:>0":                                  {rare},
		"comments:0..0 is:issue":                       {faster, review},
		"created:2026-03-03":                           {review},
		"created:>=2026-03-03 is:issue":                {review, rare},
		"created:<2026-03-03":                          {faster},
		"created:2026-03-02..2026-03-03":               {faster, review},
		"created:*..2026-03-02T09:00:00Z":              {faster},
		"updated:>2026-03-04 is:issue":                 {faster, review, rare},
		"closed:2026-03-05":                            {review},
		"label:kind/feature OR label:kind/chore":       {faster, review},
		"(label:kind/feature OR is:pr) author:ada":     {faster, fix},
		"is:issue AND (is:closed OR repo:acme/nil)":    nil,
		"crash foo:bar":                                {},
		"is:private is:unlocked archived:false is:pr ": {fix},
	} {
		t.Run(q, func(t *testing.T) {
			if want == nil {
				_, _, err := mara.Search.Issues(ctx, q, nil)
				wantStatus(t, err, http.StatusUnprocessableEntity, "Validation Failed")
				return
			}
			slices.Sort(want)
			if got := w.found(mara, q, nil); got != strings.Join(want, ", ") {
				t.Errorf("found %s, want %v", got, want)
			}
		})
	}
}

func TestSearchSortsAsAsked(t *testing.T) {
	w := library(t)
	mara := w.as("maintainer")
	for name, tc := range map[string]struct {
		q    string
		opt  github.SearchOptions
		want string
	}{
		"the best first":   {"blocks", github.SearchOptions{}, "Review blocks, Faster blocks, Rare crash"},
		"the newest first": {"blocks", github.SearchOptions{Sort: "created"}, "Rare crash, Review blocks, Faster blocks"},
		"the oldest first": {"blocks", github.SearchOptions{Sort: "created", Order: "asc"}, "Faster blocks, Review blocks, Rare crash"},
		"by comments":      {"is:issue", github.SearchOptions{Sort: "comments"}, "Rare crash, Review blocks, Faster blocks"},
		"in the query":     {"blocks sort:created-asc", github.SearchOptions{}, "Faster blocks, Review blocks, Rare crash"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.found(mara, tc.q, &tc.opt); got != tc.want {
				t.Errorf("found %s", got)
			}
		})
	}
	page, res, err := mara.Search.Issues(ctx, "org:acme", &github.SearchOptions{ListOptions: github.ListOptions{PerPage: 3, Page: 2}})
	if err != nil || page.GetTotal() != 4 || len(page.Issues) != 1 || res.PrevPage != 1 || page.GetIncompleteResults() {
		t.Errorf("page 2: %v %v", page, err)
	}
}

func TestWhatSearchRefuses(t *testing.T) {
	w := library(t)
	mara := w.as("maintainer")
	for name, tc := range map[string]struct {
		client *github.Client
		q      string
		page   int
		text   string
	}{
		"nothing asked":                {mara, "", 0, "Validation Failed"},
		"a repository that is not":     {mara, "repo:acme/none", 0, "Validation Failed"},
		"a date that is none":          {mara, "created:yesterday", 0, "Validation Failed"},
		"a parenthesis left open":      {mara, "(is:open", 0, "Validation Failed"},
		"an operator at the end":       {mara, "is:open OR", 0, "Validation Failed"},
		"too many words":               {mara, strings.Repeat("long ", 60), 0, "Validation Failed"},
		"both kinds at once by Apps":   {w.bot, "is:open", 0, "Query must include 'is:issue' or 'is:pull-request'"},
		"the eleventh page of hundred": {mara, "is:issue", 11, "Only the first 1000 search results"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := tc.client.Search.Issues(ctx, tc.q, &github.SearchOptions{
				ListOptions: github.ListOptions{Page: tc.page, PerPage: 100}})
			wantStatus(t, err, http.StatusUnprocessableEntity, tc.text)
		})
	}
	if got := w.found(w.bot, "is:issue is:closed", nil); got != "Review blocks" {
		t.Errorf("the bot found %s", got)
	}
	if got := w.found(w.client(http.DefaultTransport), "is:issue", nil); got != "" {
		t.Errorf("nobody found %s in private repositories", got)
	}
}

func TestSearchLearnsOfThingsLate(t *testing.T) {
	w := newWorld(t, emulator.Options{Frozen: true, SearchDelay: 10 * time.Minute})
	titles := func(q string) string { return w.found(w.bot, "is:issue "+q, nil) }
	w.open("engineer", "one")
	step := func(after time.Duration, q, want string) {
		t.Helper()
		w.Advance(after)
		if got := titles(q); got != want {
			t.Errorf("%s finds %q, want %q", q, got, want)
		}
	}
	step(9*time.Minute, "", "")
	step(time.Minute, "is:open", "one")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{State: github.String("closed")}))
	step(5*time.Minute, "is:open", "one")
	must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Title: github.String("uno")}))
	step(5*time.Minute, "is:closed one", "uno")
	step(0, "is:open", "")
	step(5*time.Minute, "one", "")
	step(0, "is:closed uno", "uno")
}

func TestSearchShowsAThousandAtMost(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	mara := w.as("maintainer")
	for n := range 1003 {
		must[*github.Issue](t)(mara.Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String(fmt.Sprint(n))}))
	}
	res, http, err := mara.Search.Issues(ctx, "is:issue", &github.SearchOptions{ListOptions: github.ListOptions{PerPage: 100, Page: 10}})
	if err != nil || res.GetTotal() != 1003 || len(res.Issues) != 100 || http.NextPage != 0 {
		t.Errorf("%d of %d, next %d: %v", len(res.Issues), res.GetTotal(), http.NextPage, err)
	}
}
