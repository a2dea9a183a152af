package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// write puts a file and answers with the commit that it made.
func (w *world) write(path, text, branch string) string {
	w.t.Helper()
	made := must[*github.RepositoryContentResponse](w.t)(w.as("maintainer").Repositories.CreateFile(ctx, "acme", "upgrades", path,
		&github.RepositoryContentFileOptions{Message: github.String("write " + path), Content: []byte(text), Branch: &branch}))
	return made.GetSHA()
}

func TestCommitsAreListedNewestFirst(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := newWorld(t, emulator.Options{Start: start, Frozen: true})
	w.write("a.txt", "one\n", "main")
	w.Advance(time.Hour)
	last := w.write("docs/b.txt", "one\ntwo\n", "main")
	messages := func(opt *github.CommitsListOptions) string {
		var out []string
		for _, m := range must[[]*github.RepositoryCommit](t)(w.bot.Repositories.ListCommits(ctx, "acme", "upgrades", opt)) {
			out = append(out, m.GetCommit().GetMessage())
		}
		return strings.Join(out, ", ")
	}
	for name, tc := range map[string]struct {
		opt  github.CommitsListOptions
		want string
	}{
		"all":        {github.CommitsListOptions{}, "write docs/b.txt, write a.txt, Initial commit"},
		"a file":     {github.CommitsListOptions{Path: "a.txt"}, "write a.txt"},
		"a folder":   {github.CommitsListOptions{Path: "docs"}, "write docs/b.txt"},
		"an author":  {github.CommitsListOptions{Author: "MARA"}, "write docs/b.txt, write a.txt"},
		"since":      {github.CommitsListOptions{Since: start.Add(time.Minute)}, "write docs/b.txt"},
		"until":      {github.CommitsListOptions{Until: start}, "write a.txt, Initial commit"},
		"a branch":   {github.CommitsListOptions{SHA: "main", Path: "a.txt"}, "write a.txt"},
		"one person": {github.CommitsListOptions{Author: "ada"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := messages(&tc.opt); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	m := must[*github.RepositoryCommit](t)(w.bot.Repositories.GetCommit(ctx, "acme", "upgrades", last[:9], nil))
	if m.GetSHA() != last || len(m.Files) != 1 || m.Files[0].GetAdditions() != 2 || m.GetAuthor().GetLogin() != "mara" {
		t.Errorf("got %v", m)
	}
	sha := must[string](t)(w.bot.Repositories.GetCommitSHA1(ctx, "acme", "upgrades", "main", ""))
	if sha != last {
		t.Errorf("main is at %s, want %s", sha, last)
	}
	_, _, err := w.bot.Repositories.GetCommit(ctx, "acme", "upgrades", "nowhere", nil)
	wantStatus(t, err, http.StatusUnprocessableEntity, "No commit found for SHA: nowhere")
}

func TestABranchIsMadeByItsReference(t *testing.T) {
	w := newWorld(t, emulator.Options{Events: []string{"create", "push"}})
	main := must[*github.Reference](t)(w.bot.Git.GetRef(ctx, "acme", "upgrades", "heads/main"))
	mara := w.as("maintainer")
	made := must[*github.Reference](t)(mara.Git.CreateRef(ctx, "acme", "upgrades", &github.Reference{
		Ref: github.String("refs/heads/fix/one"), Object: main.Object}))
	if made.GetRef() != "refs/heads/fix/one" || w.heardKinds() != "create" {
		t.Errorf("made %v", made)
	}
	sha := w.write("x.txt", "x\n", "fix/one")
	b := must[*github.Branch](t)(w.bot.Repositories.GetBranch(ctx, "acme", "upgrades", "fix/one", 0))
	if b.GetCommit().GetSHA() != sha || b.GetProtected() {
		t.Errorf("the branch is at %s, want %s", b.GetCommit().GetSHA(), sha)
	}
	var names []string
	for _, b := range must[[]*github.Branch](t)(w.bot.Repositories.ListBranches(ctx, "acme", "upgrades", nil)) {
		names = append(names, b.GetName())
	}
	if strings.Join(names, " ") != "fix/one main" {
		t.Errorf("branches %v", names)
	}
	refs := must[[]*github.Reference](t)(w.bot.Git.ListMatchingRefs(ctx, "acme", "upgrades", &github.ReferenceListOptions{Ref: "heads/fix"}))
	if len(refs) != 1 || refs[0].GetRef() != "refs/heads/fix/one" {
		t.Errorf("references %v", refs)
	}
	_, _, err := mara.Git.CreateRef(ctx, "acme", "upgrades", made)
	wantStatus(t, err, http.StatusUnprocessableEntity, "Reference already exists")
	_, _, err = mara.Git.CreateRef(ctx, "acme", "upgrades", &github.Reference{Ref: github.String("refs/heads/y"),
		Object: &github.GitObject{SHA: github.String(strings.Repeat("0", 40))}})
	wantStatus(t, err, http.StatusUnprocessableEntity, "Object does not exist")
	_, _, err = w.bot.Git.GetRef(ctx, "acme", "upgrades", "heads/none")
	wantStatus(t, err, http.StatusNotFound, "Not Found")
	_, _, err = w.bot.Repositories.GetBranch(ctx, "acme", "upgrades", "none", 0)
	if err == nil {
		t.Error("an unknown branch is found")
	}
}

func TestAPullRequestBringsItsCommits(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	mara := w.as("maintainer")
	must[*github.PullRequest](t)(mara.PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("fix"), Head: github.String("fix"), Base: github.String("main")}))
	w.write("x.txt", "x\n", "fix")
	w.write("elsewhere.txt", "y\n", "main")
	commits := must[[]*github.RepositoryCommit](t)(w.bot.PullRequests.ListCommits(ctx, "acme", "upgrades", 1, nil))
	if len(commits) != 2 || commits[1].GetCommit().GetMessage() != "write x.txt" {
		t.Errorf("commits %v", commits)
	}
	must[*github.PullRequestMergeResult](t)(mara.PullRequests.Merge(ctx, "acme", "upgrades", 1, "", nil))
	merged := must[*github.RepositoryCommit](t)(w.bot.Repositories.GetCommit(ctx, "acme", "upgrades", "main", nil))
	if len(merged.Parents) != 2 {
		t.Errorf("the merge has %d parents", len(merged.Parents))
	}
	if p := must[*github.PullRequest](t)(w.bot.PullRequests.Get(ctx, "acme", "upgrades", 1)); p.GetCommits() != 2 {
		t.Errorf("the pull request says %d commits", p.GetCommits())
	}
}
