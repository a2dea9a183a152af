package trial

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// An ending is how a world looks after a play, as lines that can be compared
// with those of another play of the same script: without numbers, ids, addresses
// and times of day.
type ending struct {
	lines  []string
	faults []string // what must not be in any world
}

// A reader looks at a world after a play.
type reader struct {
	*play
	all   []issue
	names map[int]string    // of the issues
	pulls map[int]string    // and of the pull requests in the code repository
	acts  map[string]string // comment id → the act that it belongs to
	out   ending
}

// reads looks at all that stands in the tracking repository.
func (p *play) reads(ctx context.Context) (*reader, error) {
	r := &reader{play: p, names: map[int]string{}, pulls: map[int]string{}, acts: map[string]string{}}
	for name, id := range p.said {
		was, known := r.acts[fmt.Sprint(id)]
		if !known || name < was { // what was said first names a comment that was rewritten
			r.acts[fmt.Sprint(id)] = name
		}
	}
	all, err := every[issue](ctx, p.town, "issues?state=all")
	if err != nil {
		return nil, err
	}
	r.all = all
	comments, err := every[comment](ctx, p.town, "issues/comments")
	if err != nil {
		return nil, err
	}
	pulls, err := every[issue](ctx, p.town, "/repos/"+p.code()+"/issues?state=all")
	if err != nil {
		return nil, err
	}
	for _, is := range pulls {
		r.pulls[is.Number] = is.Title
	}
	for _, is := range all {
		r.names[is.Number] = is.Title
	}
	for _, is := range all { // some titles have numbers of others in them
		r.names[is.Number] = r.plain(is.Title)
	}
	of := map[string][]comment{}
	for _, c := range comments {
		n := c.URL[strings.LastIndexByte(c.URL, '/')+1:]
		of[n] = append(of[n], c)
	}
	for _, is := range all {
		r.issue(is, of[strconv.Itoa(is.Number)])
	}
	r.numbers(all)
	slices.Sort(r.out.lines)
	return r, nil
}

func (r *reader) line(issue int, what, text string) {
	r.out.lines = append(r.out.lines, r.names[issue]+" | "+what+" | "+text)
}

func (r *reader) fault(format string, args ...any) {
	r.out.faults = append(r.out.faults, fmt.Sprintf(format, args...))
}

// issue writes down one issue with what was said on it.
func (r *reader) issue(is issue, comments []comment) {
	n := is.Number
	labels := is.labels()
	slices.Sort(labels)
	r.line(n, "labels", strings.Join(labels, " "))
	r.line(n, "state", is.State)
	if is.Milestone != nil {
		r.line(n, "milestone", r.plain(is.Milestone.Title))
	}
	for _, a := range is.Assignees {
		r.line(n, "assignee", a.Login)
	}
	if is.User.Type == "Bot" {
		r.living(n, "page", is.Body)
	}
	stages := 0
	for _, l := range labels {
		if strings.HasPrefix(l, "stage/") {
			stages++
		}
	}
	if stages > 1 || stages == 0 && slices.Contains(labels, "kind/feature") {
		r.fault("%s has %d stages: %v", r.names[n], stages, labels)
	}
	r.said(n, comments)
}

// said writes down the comments of an issue: each living page, each saying, and
// what each person was answered.
func (r *reader) said(n int, comments []comment) {
	seen := map[string]int{}
	for _, c := range comments {
		m := c.marker()
		if m == "" {
			r.typed(n, c)
			continue
		}
		if seen[m]++; seen[m] > 1 {
			r.fault("%s: %s is said %d times", r.names[n], m, seen[m])
		}
		switch kind, rest, _ := strings.Cut(m, "/"); kind {
		case "status":
			r.living(n, "status", c.Body)
		case "reply":
			r.line(n, "reply to "+r.key(n, rest), r.plain(c.Body))
		case "say":
			r.line(n, "saying", r.plain(c.Body))
		default:
			r.line(n, r.plain(m), r.plain(c.Body))
		}
	}
}

// typed writes down what became of a person's comment.
func (r *reader) typed(n int, c comment) {
	name := r.acts[fmt.Sprint(c.ID)]
	faces := c.Reactions
	if name == "" { // of somebody who is in no script
		if faces.Total > 0 {
			r.fault("%s: an answer to %q", r.names[n], c.Body)
		}
		return
	}
	face := fmt.Sprintf("rocket %d, confused %d", faces.Rocket, faces.Confused)
	r.line(n, "reaction to "+name, face)
	if faces.Rocket+faces.Confused > 1 {
		r.fault("%s has several answers: %s", name, face)
	}
}

// living writes down a page that is edited in place, line by line and each
// line's words in order of the alphabet: in what order things came to be listed
// hangs on the moment. The history is the ledger's, which is compared by itself.
func (r *reader) living(n int, what, body string) {
	if strings.Contains(body, "stationmaster:item/meeting") {
		return // items are numbered as they come
	}
	body = historyForm.ReplaceAllString(body, "")
	for line := range strings.SplitSeq(r.plain(body), "\n") {
		words := strings.Fields(line)
		slices.Sort(words)
		r.line(n, what, strings.Join(words, " "))
	}
}

// key calls the key of an event by the act that it comes from.
func (r *reader) key(n int, key string) string {
	parts := strings.Split(key, "/")
	switch parts[0] {
	case "comment":
		if name := r.acts[parts[1]]; name != "" {
			return name
		}
		return "a comment of ours"
	case "pull":
		return "pull " + parts[len(parts)-1]
	}
	return "a change of " + r.names[n]
}

var (
	historyForm = regexp.MustCompile(`(?s)<details><summary>History</summary>.*?</details>`)
	numberForm  = regexp.MustCompile(`([\w-]+/[\w-]+)?#(\d+)`)
	listForm    = regexp.MustCompile(`#\{[^}]+\}(?:(?:, | and | · | )#\{[^}]+\})+`)
	itemForm    = regexp.MustCompile(`#\{[^}]+\}`)
	addressForm = regexp.MustCompile(`https?://127\.0\.0\.1:\d+\S*?/(issues|pull)/(\d+)`)
	originForm  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	idForm      = regexp.MustCompile(`issuecomment-\d+|comment/\d+|say/[0-9a-f]+|pull/[\w-]+/[\w-]+/\d+|\bissue/\d+|(reply/\w+)/[\w/.-]+`)
	momentForm  = regexp.MustCompile(`\b\d\d:\d\d\b`)
)

// plain takes out of a text what hangs on the moment.
func (r *reader) plain(text string) string {
	text = numberForm.ReplaceAllStringFunc(text, func(ref string) string {
		m := numberForm.FindStringSubmatch(ref)
		names, n := r.names, must(strconv.Atoi(m[2]))
		if m[1] == r.code() {
			names = r.pulls
		}
		return "#{" + names[n] + "}"
	})
	// Several are listed in the order of their numbers.
	text = listForm.ReplaceAllStringFunc(text, func(list string) string {
		items := itemForm.FindAllString(list, -1)
		slices.Sort(items)
		return strings.Join(items, " ")
	})
	text = addressForm.ReplaceAllStringFunc(text, func(at string) string {
		m := addressForm.FindStringSubmatch(at)
		n, _ := strconv.Atoi(m[2])
		return m[1] + " {" + r.names[n] + "}"
	})
	text = originForm.ReplaceAllString(text, "github")
	text = idForm.ReplaceAllString(text, "$1")
	return momentForm.ReplaceAllString(text, "hh:mm")
}

// numbers writes down which train has which number, and that no two have one.
func (r *reader) numbers(all []issue) {
	of := map[string]string{}
	for _, is := range all {
		if !slices.Contains(is.labels(), "kind/upgrade") {
			continue
		}
		for _, l := range is.labels() {
			number, ok := strings.CutPrefix(l, "upgrade/")
			if !ok {
				continue
			}
			if other := of[number]; other != "" {
				r.fault("%s and %s both have the number %s", other, r.names[is.Number], number)
			}
			of[number] = r.names[is.Number]
		}
	}
}

// families begin the labels that are the bot's own; the others are people's.
var families = []string{"kind/", "stage/", "layer/", "audit/", "governance/", "upgrade/", "hardfork/", "submitted/", "needs/", "on-hold"}

// shown makes sure that each issue has the labels that the record says it has.
func (r *reader) shown(line *process.Line) {
	for _, is := range r.all {
		it := line.Number(is.Number)
		if it == nil {
			continue
		}
		ours := slices.DeleteFunc(is.labels(), func(l string) bool {
			return !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(l, f) })
		})
		recorded := slices.Clone(it.Shown.Labels)
		slices.Sort(ours)
		slices.Sort(recorded)
		if !slices.Equal(ours, recorded) {
			r.fault("%s has the labels %v, and the record says %v", r.names[is.Number], ours, recorded)
		}
	}
}

// ledger writes down the ledger: what people did, with its outcomes, by issue.
func (r *reader) ledger(all []bot.LedgerEntry) {
	for _, e := range all {
		switch e.Event.What {
		case process.Receipt, process.Tick:
			continue
		}
		n := 0
		if e.Event.Issue != nil {
			n = e.Event.Issue.Number
		}
		var outcomes []string
		for _, p := range e.Decision.Parts {
			outcomes = append(outcomes, p.Line.Verb+" "+string(p.Outcome.State))
		}
		what := string(e.Event.What)
		switch {
		case e.Event.What == process.Opened && len(outcomes) > 0:
			what, outcomes = string(process.Labelled), []string{"feature done"} // the label was heard of either way
		case len(outcomes) == 0:
			continue // it was noted, and asked for nothing, or for nothing new
		}
		r.line(n, "ledger "+what, r.key(n, e.Event.Key)+" by "+e.Event.Actor.Login+": "+strings.Join(outcomes, ", "))
	}
	slices.Sort(r.out.lines)
}
