package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// act carries out one act through the API, as the person would on the site, and
// waits for what follows.
func (w *wholeWorld) act(a scenario.Act) (scenario.Reply, error) {
	who := w.as(a.Who)
	at := fmt.Sprintf("/repos/%s/issues/%d", scenario.Tracking, a.Issue)
	switch a.Deed {
	case scenario.Comments:
		return w.comments(who, a)
	case scenario.Edits, scenario.DeletesRemark:
		return w.again(who, a)
	case scenario.Opens:
		return w.opens(who, a)
	case scenario.Labels:
		return w.levers(a, func() error { return w.labels(who, at, a) })
	case scenario.Sets:
		return w.levers(a, func() error { return w.sets(who, at, a) })
	case scenario.Assigns:
		method := http.MethodPost
		if !a.On {
			method = http.MethodDelete
		}
		return w.levers(a, func() error { return w.assigns(who, method, at, a.Name) })
	case scenario.Ticks:
		reply, err := w.levers(a, func() error { return w.ticks(who, a) })
		reply.Outcomes = nil // a box has no outcome of its own: what stands is looked at
		return reply, err
	case scenario.Closes:
		return w.levers(a, func() error { return who.do(w.ctx, http.MethodPatch, at, map[string]string{"state": "closed"}, nil) })
	case scenario.Reopens:
		return w.levers(a, func() error { return who.do(w.ctx, http.MethodPatch, at, map[string]string{"state": "open"}, nil) })
	case scenario.Locks:
		return w.levers(a, func() error { return who.do(w.ctx, http.MethodPut, at+"/lock", nil, nil) })
	case scenario.Retitles:
		return w.levers(a, func() error { return who.do(w.ctx, http.MethodPatch, at, map[string]string{"title": a.Title}, nil) })
	case scenario.OpensPull, scenario.MergesPull, scenario.ClosesPull:
		return w.pull(who, a)
	case scenario.Sleeps:
		return scenario.Reply{}, w.sleeps(a.On)
	case scenario.Configures:
		return scenario.Reply{}, w.configures(who, a)
	case scenario.HasRoles:
		return scenario.Reply{}, w.hasRoles(a)
	case scenario.Again:
		return w.redeliver()
	}
	return w.trouble(a)
}

// comments types a comment and reads reaction and reply.
func (w *wholeWorld) comments(who *person, a scenario.Act) (scenario.Reply, error) {
	var made comment
	at := fmt.Sprintf("/repos/%s/issues/%d/comments", repoOf(a), w.issueOf(a))
	if err := who.do(w.ctx, http.MethodPost, at, map[string]string{"body": w.renumbered(a.Body)}, &made); err != nil {
		return scenario.Reply{}, err
	}
	if err := w.settled(); err != nil {
		return scenario.Reply{}, err
	}
	return w.answer(repoOf(a), w.issueOf(a), made.ID, a.Body, "created")
}

// repoOf and issueOf say where something is typed: on a pull request if the act
// names one.
func repoOf(a scenario.Act) string {
	if a.Pull.Number != 0 {
		return a.Pull.Repo
	}
	return scenario.Tracking
}

func (w *wholeWorld) issueOf(a scenario.Act) int {
	if a.Pull.Number == 0 {
		return a.Issue
	}
	if n, ok := w.pullNumbers[pullName(a.Pull.Repo, a.Pull.Number)]; ok {
		return n
	}
	return a.Pull.Number
}

// answer is what a comment came to: the reaction on it, and the reply.
func (w *wholeWorld) answer(repo string, number int, id int64, body, how string) (scenario.Reply, error) {
	var faces []struct{ Content string }
	if err := w.as("mara").do(w.ctx, http.MethodGet, fmt.Sprintf("/repos/%s/issues/comments/%d/reactions", repo, id), nil, &faces); err != nil {
		return scenario.Reply{}, err
	}
	all, err := w.remarks(repo, number)
	if err != nil {
		return scenario.Reply{}, err
	}
	reply := ""
	for _, c := range all {
		if m := marker.FindStringSubmatch(c.Body); m != nil && c.User.Type == "Bot" && strings.HasPrefix(m[1], fmt.Sprintf("reply/comment/%d/%s", id, how)) {
			reply = c.Body[len(m[0]):]
		}
	}
	if len(faces) == 0 && reply == "" {
		return scenario.Reply{Silent: true}, nil
	}
	state := "good"
	if slices.ContainsFunc(faces, func(f struct{ Content string }) bool { return f.Content == "confused" }) {
		state = "bad"
	}
	if reply != "" {
		return scenario.Reply{Outcomes: outcomes(reply, state)}, nil
	}
	var out []scenario.Outcome
	for line := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "/") {
			out = append(out, scenario.Outcome{State: state})
		}
	}
	return scenario.Reply{Outcomes: out}, nil
}

// again edits or deletes a remark: the person's last one, or the bot's of a marker.
func (w *wholeWorld) again(who *person, a scenario.Act) (scenario.Reply, error) {
	all, err := w.remarks(scenario.Tracking, a.Issue)
	if err != nil {
		return scenario.Reply{}, err
	}
	var last comment
	for _, c := range all {
		m := marker.FindStringSubmatch(c.Body)
		if a.Name == "" && c.User.Login == a.Who || a.Name != "" && m != nil && m[1] == a.Name {
			last = c
		}
	}
	if last.ID == 0 {
		return scenario.Reply{}, fmt.Errorf("%s has said nothing there", a.Who)
	}
	at := fmt.Sprintf("/repos/%s/issues/comments/%d", scenario.Tracking, last.ID)
	if a.Deed == scenario.DeletesRemark {
		return w.levers(a, func() error { return who.do(w.ctx, http.MethodDelete, at, nil, nil) })
	}
	if err := who.do(w.ctx, http.MethodPatch, at, map[string]string{"body": w.renumbered(a.Body)}, nil); err != nil {
		return scenario.Reply{}, err
	}
	if err := w.settled(); err != nil {
		return scenario.Reply{}, err
	}
	return w.answer(scenario.Tracking, a.Issue, last.ID, added(last.Body, a.Body), "edited")
}

// added are the lines that an edit put in.
func added(before, after string) string {
	old := strings.Split(before, "\n")
	return strings.Join(slices.DeleteFunc(strings.Split(after, "\n"), func(l string) bool { return slices.Contains(old, l) }), "\n")
}

// opens opens an issue; the reply tells its number.
func (w *wholeWorld) opens(who *person, a scenario.Act) (scenario.Reply, error) {
	var body strings.Builder
	for _, heading := range slices.Sorted(mapKeys(a.Form)) {
		fmt.Fprintf(&body, "### %s\n\n%s\n\n", heading, w.renumbered(a.Form[heading]))
	}
	var made issue
	in := map[string]any{"title": a.Title, "body": body.String(), "labels": append([]string{}, a.Labels...)}
	if err := who.do(w.ctx, http.MethodPost, "/repos/"+scenario.Tracking+"/issues", in, &made); err != nil {
		return scenario.Reply{}, err
	}
	a.Issue = made.Number
	if len(made.Labels) < len(a.Labels) {
		// An issue form puts its labels on for everybody; GitHub drops those of
		// people who may not write when they come by the API.
		if err := w.as("mara").do(w.ctx, http.MethodPost, fmt.Sprintf("/repos/%s/issues/%d/labels", scenario.Tracking, made.Number), map[string][]string{"labels": a.Labels}, nil); err != nil {
			return scenario.Reply{}, err
		}
	}
	if err := w.settled(); err != nil {
		return scenario.Reply{}, err
	}
	reply, err := w.levers(a, func() error { return nil })
	reply.Number = made.Number
	return reply, err
}

// levers does something by hand and reads the reply that it may have brought.
func (w *wholeWorld) levers(a scenario.Act, do func() error) (scenario.Reply, error) {
	before, err := w.remarks(scenario.Tracking, a.Issue)
	if err != nil {
		return scenario.Reply{}, err
	}
	if a.Deed == scenario.Opens {
		before = nil
	}
	writes := w.w.station.hub.Counts().Writes
	if err := do(); err != nil {
		return barred(err)
	}
	if err := w.settled(); err != nil {
		return scenario.Reply{}, err
	}
	after, err := w.remarks(scenario.Tracking, a.Issue)
	if err != nil {
		return scenario.Reply{}, err
	}
	for _, c := range after {
		m := marker.FindStringSubmatch(c.Body)
		known := slices.ContainsFunc(before, func(b comment) bool { return b.ID == c.ID })
		if m != nil && !known && strings.HasPrefix(m[1], "reply/") {
			return scenario.Reply{Outcomes: outcomes(c.Body[len(m[0]):], "bad")}, nil
		}
	}
	return scenario.Reply{Outcomes: []scenario.Outcome{{State: "good"}}, Silent: writes == w.w.station.hub.Counts().Writes}, nil
}

// barred takes GitHub's own refusal for an outcome: the bot never hears of it.
func barred(err error) (scenario.Reply, error) {
	if strings.Contains(err.Error(), "403") {
		return scenario.Reply{Barred: true, Silent: true}, nil
	}
	return scenario.Reply{}, err
}

// labels changes labels as the site does: the whole set at once, so that a swap
// comes as two webhooks in a breath.
func (w *wholeWorld) labels(who *person, at string, a scenario.Act) error {
	if len(a.Remove) == 0 {
		return who.do(w.ctx, http.MethodPost, at+"/labels", map[string][]string{"labels": a.Add}, nil)
	}
	if len(a.Add) == 0 && len(a.Remove) == 1 {
		return who.do(w.ctx, http.MethodDelete, at+"/labels/"+url.PathEscape(a.Remove[0]), nil, nil)
	}
	var now issue
	if err := who.do(w.ctx, http.MethodGet, at, nil, &now); err != nil {
		return err
	}
	set := slices.DeleteFunc(now.labels(), func(l string) bool { return slices.Contains(a.Remove, l) })
	return who.do(w.ctx, http.MethodPut, at+"/labels", map[string][]string{"labels": append(set, a.Add...)}, nil)
}

// assigns changes an assignee; whom GitHub silently drops it does not take.
func (w *wholeWorld) assigns(who *person, method, at, login string) error {
	var now issue
	if err := who.do(w.ctx, method, at+"/assignees", map[string][]string{"assignees": {login}}, &now); err != nil {
		return err
	}
	taken := slices.ContainsFunc(now.Assignees, func(a struct {
		Login string `json:"login"`
	}) bool {
		return a.Login == login
	})
	if method == http.MethodPost && !taken {
		return errors.New("403: GitHub does not assign " + login)
	}
	return nil
}

func (w *wholeWorld) sets(who *person, at string, a scenario.Act) error {
	if a.Name == "" {
		return who.do(w.ctx, http.MethodPatch, at, map[string]any{"milestone": nil}, nil)
	}
	var all []struct {
		Title  string
		Number int
	}
	if err := who.do(w.ctx, http.MethodGet, w.w.tracking("/milestones?state=all&per_page=100"), nil, &all); err != nil {
		return err
	}
	for _, m := range all {
		if m.Title == a.Name {
			return who.do(w.ctx, http.MethodPatch, at, map[string]any{"milestone": m.Number}, nil)
		}
	}
	var made struct{ Number int }
	if err := w.as("mara").do(w.ctx, http.MethodPost, w.w.tracking("/milestones"), map[string]string{"title": a.Name}, &made); err != nil {
		return err
	}
	return who.do(w.ctx, http.MethodPatch, at, map[string]any{"milestone": made.Number}, nil)
}

// ticks ticks or clears one box, or all, of the newest checklist.
func (w *wholeWorld) ticks(who *person, a scenario.Act) error {
	if redrawn, err := w.drafts(who, a); redrawn || err != nil {
		return err
	}
	all, err := w.remarks(scenario.Tracking, a.Issue)
	if err != nil {
		return err
	}
	slices.Reverse(all)
	for _, c := range all {
		if m := marker.FindStringSubmatch(c.Body); m == nil || c.User.Type != "Bot" || !strings.HasPrefix(m[1], "checklist/") {
			continue
		}
		lines := strings.Split(c.Body, "\n")
		found := false
		for i, l := range lines {
			box := strings.HasPrefix(l, "- [ ] ") || strings.HasPrefix(l, "- [x] ")
			if !box || !strings.Contains(l, a.Name) {
				continue
			}
			found = true
			mark := " "
			if a.On {
				mark = "x"
			}
			lines[i] = "- [" + mark + "] " + l[len("- [ ] "):]
			if a.Link != "" {
				lines[i] += " " + a.Link
			}
		}
		if !found {
			continue
		}
		return who.do(w.ctx, http.MethodPatch, fmt.Sprintf("/repos/%s/issues/comments/%d", scenario.Tracking, c.ID), map[string]string{"body": strings.Join(lines, "\n")}, nil)
	}
	return fmt.Errorf("there is no box %q", a.Name)
}

// pull opens, merges or closes a pull request. The emulator numbers them itself;
// the world keeps which number a story's has there.
func (w *wholeWorld) pull(who *person, a scenario.Act) (scenario.Reply, error) {
	p, writes := a.Pull, w.w.station.hub.Counts().Writes
	if !slices.Contains([]string{scenario.Tracking, scenario.Code, elsewhere}, p.Repo) {
		return scenario.Reply{}, fmt.Errorf("%w: the repository %s", scenario.ErrUnsupported, p.Repo)
	}
	author := who
	if p.Author != "" {
		author = w.as(p.Author)
	}
	number, known := w.pullNumbers[pullName(p.Repo, p.Number)]
	if !known {
		var err error
		if number, err = w.openPull(author, p); err != nil {
			return scenario.Reply{}, err
		}
	}
	one := fmt.Sprintf("/repos/%s/pulls/%d", p.Repo, number)
	var err error
	switch a.Deed {
	case scenario.MergesPull:
		err = who.do(w.ctx, http.MethodPut, one+"/merge", map[string]string{}, nil)
	case scenario.ClosesPull:
		err = who.do(w.ctx, http.MethodPatch, one, map[string]string{"state": "closed"}, nil)
	}
	if err != nil {
		return scenario.Reply{}, err
	}
	err = w.settled()
	return scenario.Reply{Outcomes: []scenario.Outcome{{State: "good"}}, Silent: writes == w.w.station.hub.Counts().Writes}, err
}

func pullName(repo string, number int) string { return fmt.Sprintf("%s#%d", repo, number) }

func (w *wholeWorld) openPull(author *person, p scenario.Pull) (int, error) {
	body := "What it does.\n"
	for _, n := range p.Names {
		body += fmt.Sprintf("\nFeature: %s#%d", scenario.Tracking, n)
	}
	for _, n := range p.Closing {
		body += fmt.Sprintf("\nCloses #%d", n)
	}
	var made struct{ Number int }
	in := map[string]string{"title": p.Title, "body": body, "head": fmt.Sprintf("topic-%d", p.Number), "base": "main"}
	if p.Title == "" {
		in["title"] = "A change"
	}
	if err := author.do(w.ctx, http.MethodPost, "/repos/"+p.Repo+"/pulls", in, &made); err != nil {
		return 0, err
	}
	w.pullNumbers[pullName(p.Repo, p.Number)] = made.Number
	if len(p.Labels) > 0 {
		at := fmt.Sprintf("/repos/%s/issues/%d/labels", p.Repo, made.Number)
		if err := w.as("mara").do(w.ctx, http.MethodPost, at, map[string][]string{"labels": p.Labels}, nil); err != nil {
			return 0, err
		}
	}
	return made.Number, nil
}

var pullIn = regexp.MustCompile(`(acme/[a-z]+)#([0-9]+)`)

// renumbered puts the emulator's numbers of pull requests in the place of the
// story's.
func (w *wholeWorld) renumbered(body string) string {
	return pullIn.ReplaceAllStringFunc(body, func(name string) string {
		if n, ok := w.pullNumbers[name]; ok {
			return fmt.Sprintf("%s#%d", strings.SplitN(name, "#", 2)[0], n)
		}
		return name
	})
}

// hasRoles puts somebody into the teams of the roles, and into no other.
func (w *wholeWorld) hasRoles(a scenario.Act) error {
	for _, role := range []string{"engineer", "maintainer", "release-manager", "security", "governance", "protocol"} {
		change := w.w.github.RemoveTeamMember
		if slices.Contains(a.Roles, role) {
			change = w.w.github.AddTeamMember
		}
		if err := change(teamOf(role), a.Who); err != nil {
			return err
		}
	}
	return w.settled()
}

// redeliver tells the last webhook that a person caused once more, with its old id.
func (w *wholeWorld) redeliver() (scenario.Reply, error) {
	all := w.w.github.Deliveries()
	for i := len(all) - 1; i >= 0; i-- {
		d := all[i]
		if !bytes.Contains(d.Payload, []byte(`"type":"User"`)) || bytes.Contains(d.Payload, []byte(`[bot]","id"`)) {
			continue
		}
		req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, d.URL, bytes.NewReader(d.Payload))
		if err != nil {
			return scenario.Reply{}, err
		}
		for k, v := range d.RequestHeaders {
			req.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return scenario.Reply{}, err
		}
		_ = resp.Body.Close()
		return scenario.Reply{Silent: true}, w.settled()
	}
	return scenario.Reply{}, fmt.Errorf("nothing was told yet")
}
