package emulator

import (
	"slices"
	"strings"
)

// compareCommits shows what one commit has beyond another: base...head.
func compareCommits(c *call) *reply {
	baseRef, headRef, both := strings.Cut(c.arg("basehead"), "...")
	own := c.repo.org.login + ":"
	base, head := c.repo.commitAt(strings.TrimPrefix(baseRef, own)), c.repo.commitAt(strings.TrimPrefix(headRef, own))
	if !both || base == nil || head == nil {
		return notFound()
	}
	ahead, behind := c.repo.beyond(base.sha, head.sha), c.repo.beyond(head.sha, base.sha)
	slices.Reverse(ahead)
	state := "diverged"
	switch {
	case len(ahead)+len(behind) == 0:
		state = "identical"
	case len(behind) == 0:
		state = "ahead"
	case len(ahead) == 0:
		state = "behind"
	}
	return ok(c.comparison(base, head, state, ahead, len(behind)))
}

// comparison is what compareCommits shows.
func (c *call) comparison(base, head *commit, state string, ahead []*commit, behind int) map[string]any {
	view := func(m *commit) repoCommit { return c.gh.repoCommit(c.repo, m) }
	files := []diffEntry{}
	for _, m := range ahead {
		for _, f := range c.gh.fullCommit(c.repo, m).Files {
			files = slices.DeleteFunc(files, func(old diffEntry) bool { return old.Filename == f.Filename })
			files = append(files, f)
		}
	}
	api, html := c.gh.api()+"/repos/"+c.repo.fullName(), c.gh.root+"/"+c.repo.fullName()
	path := "/compare/" + c.arg("basehead")
	return map[string]any{"url": api + path, "html_url": html + path, "diff_url": html + path + ".diff",
		"permalink_url": html + "/compare/" + base.sha[:12] + "..." + head.sha[:12], "patch_url": html + path + ".patch",
		"base_commit": view(base), "merge_base_commit": view(c.repo.mergeBase(base, head)), "status": state,
		"ahead_by": len(ahead), "behind_by": behind, "total_commits": len(ahead),
		"commits": show(page(c, ahead), view), "files": files}
}

// mergeBase is the newest commit that two have in common.
func (r *repo) mergeBase(a, b *commit) *commit {
	known := r.history(a.sha)
	for _, m := range r.history(b.sha) {
		if slices.Contains(known, m) {
			return m
		}
	}
	return a
}
