package emulator

import (
	"crypto/sha1" //nolint:gosec // git names its objects so
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// branch is a line of commits of which only the newest state is kept.
type branch struct {
	sha   string
	files map[string][]byte
	since map[string][]byte // the files where it left its base; nil for the default branch
}

// fork begins a branch at another, unless it exists.
func (r *repo) fork(g *GitHub, name string, base *branch) {
	if r.branches[name] != nil {
		return
	}
	b := &branch{sha: g.sha(), files: map[string][]byte{}, since: map[string][]byte{}}
	for k, v := range base.files {
		b.files[k], b.since[k] = v, v
	}
	r.branches[name] = b
}

// changed names the files that differ from where the branch began, in order.
func (b *branch) changed() []string {
	var names []string
	for name, text := range b.files {
		if was, had := b.since[name]; !had || string(was) != string(text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// take merges what changed on another branch.
func (b *branch) take(head *branch, sha string) {
	for _, name := range head.changed() {
		b.files[name] = head.files[name]
	}
	b.sha = sha
}

// blobSHA is git's name for a file's content.
func blobSHA(text []byte) string {
	//nolint:gosec // git names blobs so; nothing is kept secret by it
	sum := sha1.Sum(append(fmt.Appendf(nil, "blob %d\x00", len(text)), text...))
	return hex.EncodeToString(sum[:])
}

// contentView is a file, or an entry of a directory.
type contentView struct {
	Name        string            `json:"name"`
	Path        string            `json:"path"`
	SHA         string            `json:"sha"`
	Size        int               `json:"size"`
	URL         string            `json:"url"`
	HTMLURL     string            `json:"html_url"`
	GitURL      string            `json:"git_url"`
	DownloadURL *string           `json:"download_url"`
	Type        string            `json:"type"`
	Content     *string           `json:"content,omitempty"`
	Encoding    string            `json:"encoding,omitempty"`
	Links       map[string]string `json:"_links"`
}

func (c *call) contentEntry(ref, name, kind string, text []byte) contentView {
	api, html := c.gh.api()+"/repos/"+c.repo.fullName(), c.gh.root+"/"+c.repo.fullName()
	sha := blobSHA(text)
	esc := (&url.URL{Path: name}).EscapedPath()
	v := contentView{Name: path.Base(name), Path: name, SHA: sha, Size: len(text), Type: kind,
		URL: api + "/contents/" + esc + "?ref=" + url.QueryEscape(ref)}
	v.HTMLURL, v.GitURL = html+"/tree/"+ref+"/"+esc, api+"/git/trees/"+sha
	if kind == "file" {
		v.HTMLURL, v.GitURL = html+"/blob/"+ref+"/"+esc, api+"/git/blobs/"+sha
		raw := c.gh.root + "/raw/" + c.repo.fullName() + "/" + ref + "/" + esc + "?token=" + c.repo.rawToken
		v.DownloadURL = &raw
	}
	v.Links = map[string]string{"self": v.URL, "git": v.GitURL, "html": v.HTMLURL}
	return v
}

// branchOf is the branch that a reference names, by name or by commit; the
// empty one is the default branch.
func (r *repo) branchOf(ref string) *branch {
	ref = strings.TrimPrefix(ref, "refs/heads/")
	if ref == "" || ref == "HEAD" {
		ref = r.defaultBranch
	}
	if b := r.branches[ref]; b != nil {
		return b
	}
	for _, b := range r.branches {
		if b.sha == ref {
			return b
		}
	}
	return nil
}

// getContents shows a file, or lists a directory.
func getContents(c *call) *reply {
	ref := c.query.Get("ref")
	b := c.repo.branchOf(ref)
	if b == nil {
		return fail(http.StatusNotFound, "No commit found for the ref "+ref)
	}
	if ref == "" {
		ref = c.repo.defaultBranch
	}
	name := strings.Trim(c.arg("path"), "/")
	if text, has := b.files[name]; has {
		return c.showFile(ref, name, text)
	}
	return c.showDirectory(b, ref, name)
}

func (c *call) showFile(ref, name string, text []byte) *reply {
	accept := c.r.Header.Get("Accept")
	if strings.Contains(accept, ".raw") {
		return &reply{status: http.StatusOK, raw: text, media: "application/vnd.github.raw; charset=utf-8"}
	}
	v := c.contentEntry(ref, name, "file", text)
	b64 := base64.StdEncoding.EncodeToString(text)
	var lines strings.Builder
	for len(b64) > 60 { // GitHub breaks the lines, as MIME does
		lines.WriteString(b64[:60] + "\n")
		b64 = b64[60:]
	}
	if b64 != "" {
		lines.WriteString(b64 + "\n")
	}
	all := lines.String()
	v.Content, v.Encoding = &all, "base64"
	return ok(v)
}

func (c *call) showDirectory(b *branch, ref, dir string) *reply {
	prefix := ""
	if dir != "" {
		prefix = dir + "/"
	}
	found := map[string]contentView{}
	for name, text := range b.files {
		rest, inside := strings.CutPrefix(name, prefix)
		if !inside {
			continue
		}
		if sub, _, deeper := strings.Cut(rest, "/"); deeper {
			found[sub] = c.contentEntry(ref, prefix+sub, "dir", nil)
		} else {
			found[rest] = c.contentEntry(ref, name, "file", text)
		}
	}
	if len(found) == 0 && dir != "" {
		return notFound()
	}
	out := []contentView{}
	for _, v := range found {
		if v.Type == "dir" {
			v.Size = 0
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b contentView) int { return strings.Compare(a.Path, b.Path) })
	return ok(out)
}

// putContents makes or changes a file in one commit.
func putContents(c *call) *reply {
	var ask struct {
		Message *string `json:"message"`
		Content *string `json:"content"`
		SHA     string  `json:"sha"`
		Branch  string  `json:"branch"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Message == nil {
		return wasntSupplied("message")
	}
	if ask.Content == nil {
		return wasntSupplied("content")
	}
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(*ask.Content), ""))
	if err != nil {
		return fail(http.StatusUnprocessableEntity, "content is not valid Base64")
	}
	if ask.Branch == "" {
		ask.Branch = c.repo.defaultBranch
	}
	b, name := c.repo.branches[ask.Branch], strings.Trim(c.arg("path"), "/")
	if b == nil {
		return fail(http.StatusNotFound, "Branch "+ask.Branch+" not found")
	}
	old, had := b.files[name]
	switch {
	case name == "":
		return notFound()
	case had && ask.SHA == "":
		return wasntSupplied("sha")
	case had && ask.SHA != blobSHA(old):
		return fail(http.StatusConflict, name+" does not match "+ask.SHA)
	}
	before := b.sha
	b.files[name], b.sha = text, c.gh.sha()
	c.repo.pushed = c.now
	c.noteCommit(b.sha, *ask.Message, []string{before}, changeOf(name, text, had))
	c.tellPush(ask.Branch, before, b.sha, *ask.Message, name)
	c.headMoved(ask.Branch, before, b.sha)
	if ask.Branch == c.repo.defaultBranch {
		c.closeReferred(*ask.Message, b.sha)
	}
	status := http.StatusCreated
	if had {
		status = http.StatusOK
	}
	return &reply{status: status, body: map[string]any{
		"content": c.contentEntry(ask.Branch, name, "file", text),
		"commit":  c.commitView(b.sha, before, *ask.Message)}}
}

// commitView is the commit that a change of a file made.
func (c *call) commitView(sha, parent, message string) map[string]any {
	api, html := c.gh.api()+"/repos/"+c.repo.fullName(), c.gh.root+"/"+c.repo.fullName()
	tree := blobSHA([]byte("tree of " + sha))
	who := map[string]any{"name": c.who.account.login, "email": c.who.account.email(), "date": stamp(c.now)}
	return map[string]any{
		"sha": sha, "node_id": nodeID("C", c.gh.st.id()), "url": api + "/git/commits/" + sha,
		"html_url": html + "/commit/" + sha, "author": who, "committer": who, "message": message,
		"tree": map[string]any{"sha": tree, "url": api + "/git/trees/" + tree},
		"parents": []any{map[string]any{"sha": parent, "url": api + "/git/commits/" + parent,
			"html_url": html + "/commit/" + parent}},
		"verification": map[string]any{"verified": false, "reason": "unsigned",
			"signature": nil, "payload": nil, "verified_at": nil},
	}
}

// tellPush notes a push of one commit.
func (c *call) tellPush(ref, before, after, message string, files ...string) {
	html := c.gh.root + "/" + c.repo.fullName()
	who := map[string]any{"name": c.who.account.login, "email": c.who.account.email(),
		"username": c.who.account.login}
	if files == nil {
		files = []string{}
	}
	commit := map[string]any{
		"id": after, "tree_id": blobSHA([]byte("tree of " + after)), "distinct": true,
		"message": message, "timestamp": stamp(c.now), "url": html + "/commit/" + after,
		"author": who, "committer": who, "added": []string{}, "removed": []string{}, "modified": files,
	}
	c.tell("push", "", map[string]any{
		"ref": "refs/heads/" + ref, "before": before, "after": after, "base_ref": nil,
		"created": false, "deleted": false, "forced": false, "compare": html + "/compare/" + before[:12] + "..." + after[:12],
		"commits": []any{commit}, "head_commit": commit,
		"pusher": map[string]any{"name": c.who.account.login, "email": c.who.account.email()},
	})
}

// serveRaw serves the files that download_url points to.
func (g *GitHub) serveRaw(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/raw/"), "/", 4)
	g.mu.Lock()
	var text []byte
	found := false
	if len(parts) == 4 {
		if repo := g.st.repo(parts[0], parts[1]); repo != nil &&
			(!repo.private || r.URL.Query().Get("token") == repo.rawToken) {
			if b := repo.branchOf(parts[2]); b != nil {
				text, found = b.files[parts[3]]
			}
		}
	}
	g.mu.Unlock()
	if !found {
		http.Error(w, "404: Not Found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(text)
}
