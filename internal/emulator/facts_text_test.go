package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// happenings are an issue's timeline, as "kind actor".
func (w *world) happenings(repo string, n int) string {
	w.t.Helper()
	var out []string
	for _, e := range must[[]*github.Timeline](w.t)(w.bot.Issues.ListIssueTimeline(ctx, "acme", repo, n, nil)) {
		out = append(out, e.GetEvent()+" "+e.GetActor().GetLogin())
	}
	return strings.Join(out, ", ")
}

// A7: #1, owner/repo#1, GH-1 and whole addresses leave a cross-reference on
// the target, from other repositories too; code and hidden text leave none.
func TestAReferenceIsLeftOnItsTarget(t *testing.T) {
	root := func(w *world) string { return strings.TrimSuffix(w.cred.BaseURL, "/api/v3") }
	for name, tc := range map[string]struct {
		text func(*world) string
		left bool
	}{
		"short":               {func(*world) string { return "see #1" }, true},
		"whole":               {func(*world) string { return "see acme/upgrades#1." }, true},
		"old":                 {func(*world) string { return "GH-1" }, true},
		"address":             {func(w *world) string { return root(w) + "/acme/upgrades/issues/1" }, true},
		"address of a remark": {func(w *world) string { return root(w) + "/acme/upgrades/issues/1#issuecomment-7" }, true},
		"redirecting address": {func(*world) string { return "https://redirect.github.com/acme/upgrades/issues/1" }, false},
		"code span":           {func(*world) string { return "`#1`" }, false},
		"fence":               {func(*world) string { return "```\n#1\n```" }, false},
		"hidden":              {func(*world) string { return "<!-- #1 -->" }, false},
		"nothing":             {func(*world) string { return "number 1" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			w.open("engineer", "target")
			w.open("engineer", "source")
			must[*github.IssueComment](t)(w.as("reviewer").Issues.CreateComment(ctx, "acme", "upgrades", 2, &github.IssueComment{Body: github.String(tc.text(w))}))
			want := ""
			if tc.left {
				want = "cross-referenced rui"
			}
			if got := w.happenings("upgrades", 1); got != want {
				t.Errorf("left %q, want %q", got, want)
			}
		})
	}
}

// A7: an edit that brings a new reference leaves it too, and none twice; the
// target's updated_at does not move.
func TestAReferenceIsLeftOnce(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	before := w.open("engineer", "target").GetUpdatedAt()
	w.open("engineer", "source")
	for _, text := range []string{"nothing", "see #1", "see #1, and again #1"} {
		must[*github.Issue](t)(w.as("engineer").Issues.Edit(ctx, "acme", "upgrades", 2, &github.IssueRequest{Body: &text}))
	}
	if got := w.happenings("upgrades", 1); got != "cross-referenced ada" {
		t.Errorf("left %q", got)
	}
	if is := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", 1)); is.GetUpdatedAt() != before {
		t.Error("a reference counts as an update")
	}
}

// A7: @user notifies and subscribes, also when an edit adds it, but only who
// may read; code spans do not.
func TestAMentionReachesThoseWhoMayRead(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.open("engineer", "t")
	for _, tc := range []struct{ text, want string }{
		{"`@rui` and foo@rui.example and @nobody", ""},
		{"@rui", "mentioned rui, subscribed rui"},
		{"@rui and @sasha", "mentioned rui, subscribed rui, mentioned sasha, subscribed sasha"},
		{"@acme/engineers", "mentioned rui, subscribed rui, mentioned sasha, subscribed sasha"},
	} {
		must[*github.Issue](t)(w.bot.Issues.Edit(ctx, "acme", "upgrades", 1, &github.IssueRequest{Body: &tc.text}))
		if got := w.happenings("upgrades", 1); got != tc.want {
			t.Errorf("%q left %q, want %q", tc.text, got, tc.want)
		}
	}
	list := must[[]*github.Issue](t)(w.bot.Issues.ListByRepo(ctx, "acme", "upgrades", &github.IssueListByRepoOptions{Mentioned: "sasha"}))
	if len(list) != 1 {
		t.Errorf("mentioning sasha: %v", list)
	}
}

// docs, "Linking a pull request to an issue": nine keywords, with or without
// a colon, in a merge into the default branch and in a commit on it.
func TestAClosingKeywordCloses(t *testing.T) {
	keywords := []string{"close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "Resolves:", "RESOLVED"}
	w := newWorld(t, emulator.Options{})
	for range keywords {
		w.open("engineer", "t")
	}
	w.open("engineer", "of another branch")
	w.open("engineer", "only named")
	var text strings.Builder
	for n, word := range keywords {
		fmt.Fprintf(&text, "%s #%d\n", word, n+1)
	}
	put := func(path, branch, message string) {
		t.Helper()
		opt := &github.RepositoryContentFileOptions{Message: &message, Content: []byte("x")}
		if branch != "" {
			opt.Branch = &branch
		}
		must[*github.RepositoryContentResponse](t)(w.as("engineer").Repositories.CreateFile(ctx, "acme", "upgrades", path, opt))
	}
	p := must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("p"), Head: github.String("topic"), Base: github.String("main")}))
	put("a", "topic", "Closes #10")
	put("b", "", text.String()+"See #11")
	for n := 1; n <= 11; n++ {
		i := must[*github.Issue](t)(w.bot.Issues.Get(ctx, "acme", "upgrades", n))
		if closed := i.GetState() == "closed"; closed != (n <= 9) {
			t.Errorf("#%d is %s", n, i.GetState())
		}
	}
	if e := w.happenings("upgrades", 1); e != "closed ada" {
		t.Errorf("#1: %s", e)
	}
	if p.GetNumber() != 12 {
		t.Errorf("the pull request is #%d", p.GetNumber())
	}
}
