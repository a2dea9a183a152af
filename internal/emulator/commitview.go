package emulator

import (
	"strconv"
)

// gitUser is a person as git knows them.
type gitUser struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Date  string `json:"date,omitempty"`
}

func (m *commit) signature() gitUser { return gitUser{m.author.login, m.author.email(), stamp(m.at)} }

// shaURL names an object by its id.
type shaURL struct {
	SHA  string `json:"sha"`
	URL  string `json:"url"`
	HTML string `json:"html_url,omitempty"`
}

// repoCommit is a commit with what GitHub knows of it.
type repoCommit struct {
	URL         string       `json:"url"`
	SHA         string       `json:"sha"`
	NodeID      string       `json:"node_id"`
	HTMLURL     string       `json:"html_url"`
	CommentsURL string       `json:"comments_url"`
	Commit      gitCommit    `json:"commit"`
	Author      *userView    `json:"author"`
	Committer   *userView    `json:"committer"`
	Parents     []shaURL     `json:"parents"`
	Stats       *commitStats `json:"stats,omitempty"` // not in lists
	Files       []diffEntry  `json:"files,omitempty"` // not in lists
}

type gitCommit struct {
	URL          string       `json:"url"`
	Author       gitUser      `json:"author"`
	Committer    gitUser      `json:"committer"`
	Message      string       `json:"message"`
	CommentCount int          `json:"comment_count"`
	Tree         shaURL       `json:"tree"`
	Verification verification `json:"verification"`
}

type verification struct {
	Verified   bool    `json:"verified"`
	Reason     string  `json:"reason"`
	Payload    *string `json:"payload"`
	Signature  *string `json:"signature"`
	VerifiedAt *string `json:"verified_at"`
}

type commitStats struct {
	Total     int `json:"total"`
	Additions int `json:"additions"`
	Deletions int `json:"deletions"`
}

// diffEntry is a file that a commit or a pull request changes.
type diffEntry struct {
	SHA         string `json:"sha"`
	Filename    string `json:"filename"`
	Status      string `json:"status"`
	Additions   int    `json:"additions"`
	Deletions   int    `json:"deletions"`
	Changes     int    `json:"changes"`
	BlobURL     string `json:"blob_url"`
	RawURL      string `json:"raw_url"`
	ContentsURL string `json:"contents_url"`
}

func (g *GitHub) repoCommit(r *repo, m *commit) repoCommit {
	api, html := g.api()+"/repos/"+r.fullName(), g.root+"/"+r.fullName()
	url, who, tree := api+"/commits/"+m.sha, g.user(m.author), treeOf(m.sha)
	v := repoCommit{URL: url, SHA: m.sha, NodeID: m.nodeID(), HTMLURL: html + "/commit/" + m.sha,
		CommentsURL: url + "/comments", Author: who, Committer: who, Parents: []shaURL{},
		Commit: gitCommit{URL: api + "/git/commits/" + m.sha, Author: m.signature(), Committer: m.signature(),
			Message: m.message, Tree: shaURL{SHA: tree, URL: api + "/git/trees/" + tree},
			Verification: verification{Reason: "unsigned"}}}
	for _, p := range m.parents {
		v.Parents = append(v.Parents, shaURL{p, api + "/commits/" + p, html + "/commit/" + p})
	}
	return v
}

// fullCommit is a commit by itself: with the files that it changed.
func (g *GitHub) fullCommit(r *repo, m *commit) repoCommit {
	v := g.repoCommit(r, m)
	v.Stats = &commitStats{}
	api, html := g.api()+"/repos/"+r.fullName(), g.root+"/"+r.fullName()
	for _, f := range m.files {
		v.Stats.Additions += f.lines
		v.Files = append(v.Files, diffEntry{SHA: f.blob, Filename: f.name, Status: f.status, Additions: f.lines,
			Changes: f.lines, BlobURL: html + "/blob/" + m.sha + "/" + f.name,
			RawURL: html + "/raw/" + m.sha + "/" + f.name, ContentsURL: api + "/contents/" + f.name + "?ref=" + m.sha})
	}
	v.Stats.Total = v.Stats.Additions
	return v
}

// nodeID makes a commit's global id of its sha.
func (m *commit) nodeID() string {
	n, err := strconv.ParseInt(m.sha[:12], 16, 64)
	if err != nil {
		n = m.serial
	}
	return nodeID("C", n)
}

func treeOf(sha string) string { return blobSHA([]byte("tree of " + sha)) }
