package emulator

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
)

// shortSHA is the least of a commit's id that names it.
const shortSHA = 7

// commit is as much of a commit as the emulator keeps. There is no git behind
// it: the contents live in the branches, a commit knows what it changed.
type commit struct {
	sha     string
	serial  int64 // orders those of one second
	message string
	author  *account
	at      time.Time
	parents []string
	files   []fileChange
}

// fileChange is what a commit did to a file.
type fileChange struct {
	name   string
	status string // added, modified
	blob   string
	lines  int
}

// changeOf describes a file that a commit wrote.
func changeOf(name string, text []byte, had bool) fileChange {
	f := fileChange{name: name, status: "added", blob: blobSHA(text), lines: bytes.Count(text, []byte("\n"))}
	if had {
		f.status = "modified"
	}
	return f
}

// noteCommit remembers a commit that the actor made just now.
func (c *call) noteCommit(sha, message string, parents []string, files ...fileChange) {
	r := c.repo
	for _, p := range parents {
		r.commitOf(p)
	}
	r.commits[sha] = &commit{sha: sha, serial: c.gh.st.id(), message: message, author: c.who.account,
		at: c.now, parents: parents, files: files}
}

// commitOf is the commit with an id. One that nobody noted is what a branch
// began with.
func (r *repo) commitOf(sha string) *commit {
	if r.commits == nil {
		r.commits = map[string]*commit{}
	}
	if r.commits[sha] == nil {
		r.commits[sha] = &commit{sha: sha, message: "Initial commit", author: r.org.account, at: r.created}
	}
	return r.commits[sha]
}

// commitAt is the commit that a branch, heads/branch or an id stands for; nil
// if there is none.
func (r *repo) commitAt(ref string) *commit {
	ref = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/"), "heads/")
	if b := r.branchOf(ref); b != nil {
		return r.commitOf(b.sha)
	}
	if len(ref) < shortSHA {
		return nil
	}
	for sha, one := range r.commits {
		if strings.HasPrefix(sha, ref) {
			return one
		}
	}
	return nil
}

// history is what leads to a commit, newest first, itself included.
func (r *repo) history(sha string) []*commit {
	seen := map[string]bool{}
	var all []*commit
	for todo := []string{sha}; len(todo) > 0; todo = todo[1:] {
		if seen[todo[0]] {
			continue
		}
		seen[todo[0]] = true
		one := r.commitOf(todo[0])
		all, todo = append(all, one), append(todo, one.parents...)
	}
	slices.SortFunc(all, func(a, b *commit) int {
		return -cmp.Or(a.at.Compare(b.at), cmp.Compare(a.serial, b.serial))
	})
	return all
}

// beyond is the history of a commit that another does not share.
func (r *repo) beyond(base, head string) []*commit {
	known := r.history(base)
	return slices.DeleteFunc(r.history(head), func(one *commit) bool { return slices.Contains(known, one) })
}
