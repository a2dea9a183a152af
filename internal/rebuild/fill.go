package rebuild

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// fill adds what GitHub shows of an item, and the words that snapshots leave out.
func (r *rebuilding) fill(it *process.Item, in *Issue) {
	it.Title = in.Title
	it.Shown = process.Shown{
		Number: in.Number, Labels: r.ours(in), Milestone: in.Milestone, Assignees: slices.Clone(in.Assignees),
		Closed: in.State == "closed", Locked: in.Locked, Title: in.Title, Node: in.Node, Home: r.w.Home,
		Comments: living(in),
	}
	for key := range it.Shown.Comments {
		if key != status && !strings.HasPrefix(key, "reply/") && !strings.HasPrefix(key, "say/") && !slices.Contains(it.Told, key) {
			it.Told = append(it.Told, key)
		}
	}
	slices.Sort(it.Told)
	for i := range it.Checklists {
		r.checklist(it, &it.Checklists[i], in)
	}
	if s := r.proven[it.ID]; s == nil {
		r.recover(it, in)
	}
	if it.M != nil {
		r.meetingWords(it)
	}
	r.remember(it)
	r.links(it, in)
	if s := r.proven[it.ID]; s != nil && s.Sum != snapshot.Sum(it, r.veil(in, snapshot.Key{})) {
		r.out.Anew[it.ID] = true
	}
}

// living are our comments on an issue by their hidden keys; of two with the same
// key the newer one.
func living(in *Issue) map[string]int64 {
	var out map[string]int64
	for _, c := range in.Comments {
		if m := marker(c.Body); c.Ours && m != "" && !strings.HasPrefix(m, "reply/") && !strings.HasPrefix(m, "say/") {
			if out == nil {
				out = map[string]int64{}
			}
			out[m] = max(out[m], c.ID)
		}
	}
	return out
}

var (
	boxForm  = regexp.MustCompile(`(?m)^[ \t]*[-*+] \[([ xX])\] (.*?)\r?$`)
	linkForm = regexp.MustCompile(`https://[^\s<>()]+`)
)

// boxesOf are the boxes of a comment of ours, as they stand there.
func boxesOf(in *Issue, key string) []process.Box {
	for n := len(in.Comments) - 1; n >= 0; n-- {
		c := in.Comments[n]
		if !c.Ours || marker(c.Body) != key {
			continue
		}
		var out []process.Box
		for _, m := range boxForm.FindAllStringSubmatch(c.Body, 500) {
			box := process.Box{Text: strings.TrimSpace(m[2]), Done: m[1] != " "}
			if links := linkForm.FindAllString(m[2], -1); len(links) > 0 {
				box.Link = links[len(links)-1]
			}
			out = append(out, box)
		}
		return out
	}
	return nil
}

// checklist finds the words of a list's boxes: those of the process, unless the
// comment shows others.
func (r *rebuilding) checklist(it *process.Item, list *process.Checklist, in *Issue) {
	defined, shown := r.p.Boxes(list.Stage, it.Kind), boxesOf(in, list.Key)
	for i := range list.Items {
		c := &list.Items[i]
		if i < len(defined) && len(defined) == len(list.Items) {
			c.Text, c.Rule = defined[i].Text, defined[i].Rule
		}
		if i >= len(shown) || len(shown) != len(list.Items) {
			continue
		}
		if c.Text == "" || !shown[i].Shows(c.Text) {
			c.Text = shown[i].Text
		}
		if c.By != "" && !strings.Contains(c.Text, shown[i].Link) {
			c.Evidence = shown[i].Link
		}
	}
	if !list.Over && slices.ContainsFunc(list.Items, func(c process.Check) bool { return c.Text == "" }) {
		r.finding(in.Number, "/redeploy because …", "the words of its checklist are not known: neither the process nor a comment has them")
	}
}

// recover takes the checklist of the stage from its comment, where no snapshot has
// it: the boxes, but not who ticked them.
func (r *rebuilding) recover(it *process.Item, in *Issue) {
	latest, key := 0, ""
	for _, c := range in.Comments {
		m := marker(c.Body)
		if n, ok := strings.CutPrefix(m, "checklist/"+it.Stage+"/"); c.Ours && ok && len(n) > 0 {
			latest, key = latest+1, m
		}
	}
	defined := r.p.Boxes(it.Stage, it.Kind)
	if key == "" || len(defined) == 0 {
		return
	}
	list := process.Checklist{Key: key, Name: it.Stage, Stage: it.Stage, Items: defined}
	it.Checklists = append(it.Checklists, list)
	for _, b := range boxesOf(in, key) {
		if b.Done {
			r.finding(in.Number, "", "boxes of its checklist were ticked, and by whom is not known: tick them once more")
			return
		}
	}
}

// meetingWords gives an agenda the words that people asked for; those that nobody
// finds are left out.
func (r *rebuilding) meetingWords(it *process.Item) {
	var wishes []process.Wish
	for _, w := range it.M.Wishes {
		if w.Text = r.wish(w); w.Text == "" {
			r.finding(it.Shown.Number, "/agenda …", "what %s put on the agenda on %s cannot be found any more", w.By, w.At.Format("2006-01-02"))
			continue
		}
		wishes = append(wishes, w)
	}
	it.M.Wishes = wishes
	for i := range it.M.Minutes {
		it.M.Minutes[i].Answer = process.Say("minute.rebuilt")
	}
}

// wish finds the comment in which something was put on the agenda.
func (r *rebuilding) wish(w process.Wish) string {
	for i := range r.w.Issues {
		for _, c := range r.w.Issues[i].Comments {
			if c.Ours || !strings.EqualFold(c.Author, w.By) || !c.At.Equal(w.At) {
				continue
			}
			for _, line := range command.Parse(c.Body) {
				if line.Verb == "agenda" && !line.DryRun && strings.TrimSpace(line.Rest) != "" {
					return strings.TrimSpace(line.Rest)
				}
			}
		}
	}
	return ""
}

// remember keeps what the database had of an item and no snapshot holds: all of it
// where nothing has changed since, else its history.
func (r *rebuilding) remember(it *process.Item) {
	note := process.Note{At: r.w.At.UTC(), What: process.Say("note.rebuilt")}
	had := r.known.Get(it.ID)
	if had == nil {
		if it.F != nil || it.T != nil {
			it.History = []process.Note{note}
		}
		return
	}
	shown, told := it.Shown, it.Told
	if s := r.proven[it.ID]; s != nil && snapshot.Sum(had, r.veil(r.issues[it.ID], snapshot.Key{})) == s.Sum {
		*it = *had.Clone()
		it.Shown, it.Title = shown, shown.Title
		return
	}
	it.History = append(slices.Clone(had.History), note)
	for _, key := range had.Told {
		if !slices.Contains(told, key) {
			it.Told = append(it.Told, key)
		}
	}
	slices.Sort(it.Told)
}

// milestone finds a train's milestone, by its number or by the train's name.
func (r *rebuilding) milestone(it *process.Item) {
	named := r.p.TrainName(it)
	at := slices.IndexFunc(r.w.Milestones, func(m Milestone) bool { return m.Number == it.T.Milestone && m.Number > 0 })
	if at < 0 {
		at = slices.IndexFunc(r.w.Milestones, func(m Milestone) bool { return strings.EqualFold(m.Title, named) })
	}
	if at < 0 {
		it.T.Milestone = 0
		return
	}
	m := r.w.Milestones[at]
	it.T.Milestone, it.T.Titled, it.T.Shut, it.T.Dated = m.Number, m.Title, m.Closed, m.Due
}

// compare says where labels and snapshot differ: who put the label decides.
func (r *rebuilding) compare(it *process.Item, in *Issue) {
	s, shows := r.proven[it.ID], r.stage(in)
	if s == nil || it.Stage == "" || shows == it.Stage || it.F == nil && it.T == nil {
		return
	}
	if shows == "" {
		return // whoever took it off has asked for nothing
	}
	by, known := in.LabelledBy[r.p.Settings.Prefix+"stage/"+shows]
	switch {
	case in.LabelledBy == nil:
		r.out.Doubts = append(r.out.Doubts, in.Number)
	case known && strings.EqualFold(by, r.w.Self):
		was := it.Stage
		it.Stage, it.Since = shows, r.w.At.UTC()
		r.out.Anew[it.ID] = true
		r.finding(in.Number, "/correct stage "+shows+" because …",
			"it had moved on from %s to %s, and its page was not written any more: what came with the move is not known", r.p.Title(was), r.p.Title(shows))
	default:
		r.finding(in.Number, "/why", "somebody put the label of %s by hand while nobody listened; it stands in %s until a command is typed", r.p.Title(shows), r.p.Title(it.Stage))
	}
}
