package rebuild_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

const (
	repo = "acme/releases"
	self = "stationmaster[bot]"
)

var (
	noon = time.Date(2026, 12, 8, 12, 0, 0, 0, time.UTC)
	day  = calendar.DateOf(noon)
	keys = snapshot.Keys{{ID: "k1", Secret: []byte("a secret of at least thirty-two bytes")}}
)

func loaded(t *testing.T) *process.Process {
	t.Helper()
	p, err := scenario.Bundled(process.Settings{Configured: true, Hardforks: []string{"Karst"}, Taken: []string{"16"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// railway is a line with two features, of which one was opened for a pull request
// elsewhere and is aboard an upgrade, and the board.
func railway(p *process.Process) *process.Line {
	l := process.NewLine(repo)
	l.Put(
		&process.Item{ID: process.DeparturesID, Kind: process.Departures, Title: "Departures", Ours: true, Since: noon, Shown: process.Shown{Number: 1}},
		&process.Item{
			ID: "issue/2", Kind: process.Feature, Title: "Faster proofs", Stage: "alphanet-scoping", Since: noon, Journey: 1, Process: p.Hash,
			F:     &process.FeatureFacts{Author: "ada", Owner: "ada", Layers: []string{"l1"}, Submitted: map[string]process.Submission{"alphanet": {By: "ada", At: noon}}},
			Shown: process.Shown{Number: 2, Assignees: []string{"ada"}},
		},
		&process.Item{
			ID: "pull/acme/secret/7", Kind: process.Feature, Title: "Opcodes", Ours: true, Stage: "betanet-acceptance", Since: noon, Journey: 1, Process: p.Hash,
			Told: []string{"checklist/betanet-acceptance/1"},
			F: &process.FeatureFacts{Author: "ben", Owner: "ben", Layers: []string{"l2"}, Train: "issue/4", Boarded: noon,
				Pulls: []process.Pull{{Repo: "acme/secret", Number: 7, Merged: true, At: noon}}},
			Checklists: []process.Checklist{{Key: "checklist/betanet-acceptance/1", Name: "betanet-acceptance", Stage: "betanet-acceptance", Items: ticked(p.Boxes("betanet-acceptance", process.Feature))}},
			Shown:      process.Shown{Number: 3, Train: "issue/4", Assignees: []string{"ben"}},
		},
		&process.Item{
			ID: "issue/4", Kind: process.Upgrade, Title: "Upgrade 17 · Karst", Stage: "betanet-acceptance", Since: noon, Journey: 1, Process: p.Hash,
			T:     &process.TrainFacts{Milestone: 5, Number: "17", Hardfork: "Karst", Departed: noon, Iteration: 2, Past: []process.ID{"pull/acme/secret/7"}, Deployed: []process.Deployed{{Iteration: 2, On: day, By: "rui", Links: []string{"https://network.example/2"}}}},
			Shown: process.Shown{Number: 4},
		},
	)
	return l
}

// ticked has the first box ticked by rui.
func ticked(boxes []process.Check) []process.Check {
	boxes[0].By, boxes[0].At, boxes[0].Evidence = "rui", noon, "https://evidence.example/1"
	return boxes
}

func veil(l *process.Line) snapshot.Veil {
	return snapshot.Veil{
		Repo: repo, Key: keys[0],
		Number: func(id process.ID) int { return l.Get(id).Shown.Number },
		Named:  func(n int) process.ID { return l.Number(n).ID },
	}
}

// sealed is the snapshot of an item, as of a line of the ledger.
func sealed(p *process.Process, l *process.Line, it *process.Item, seq int64) string {
	s := snapshot.Of(it, veil(l))
	s.Place = snapshot.Place{Repo: repo, Home: "R_1", Issue: it.Shown.Number, Node: fmt.Sprint("I_", it.Shown.Number)}
	s.Seq, s.At, s.Written = seq, noon, noon
	if it.Kind == process.Departures {
		s.Board = snapshot.TakeBoard(l, veil(l), p.Ended)
	}
	text, err := keys.Seal(s)
	if err != nil {
		panic(err)
	}
	return text
}

// shown is what GitHub shows of a line whose pages are all of line 40.
func shown(p *process.Process, l *process.Line) rebuild.World {
	w := rebuild.World{Repo: repo, Home: "R_1", Self: self, At: noon.Add(time.Hour), Edits: true}
	id := int64(100)
	for _, it := range l.Sorted(func(it *process.Item) bool { return it.Shown.Number > 0 && !it.Shown.Gone }) {
		n := it.Shown.Number
		in := rebuild.Issue{Issue: process.Issue{Number: n, Title: it.Title, Author: "ada", State: "open", Assignees: it.Shown.Assignees, Node: fmt.Sprint("I_", n)}, Ours: it.Ours, Created: noon}
		in.Labels = p.Labels(it, l.Get(trainOf(it)))
		if it.Ours {
			in.Author, in.Marker = self, "item/"+string(it.ID)
			in.Body = "<!-- stationmaster:" + in.Marker + " -->\nIt began with acme/secret#7."
		}
		say := func(key, body string) {
			id++
			in.Comments = append(in.Comments, rebuild.Comment{ID: id, Author: self, Ours: true, Body: "<!-- stationmaster:" + key + " -->\n" + body, At: noon})
		}
		for _, c := range it.Checklists {
			body := ""
			for _, b := range c.Items {
				mark := map[bool]string{true: "x", false: " "}[b.By != ""]
				body += fmt.Sprintf("- [%s] %s (%s) %s\n", mark, b.Text, b.Rule, b.Evidence)
			}
			say(c.Key, body)
		}
		if it.ID == "issue/4" {
			in.Comments = append(in.Comments, typed("rui", "/deployed https://network.example/2"))
		}
		if it.Kind == process.Departures {
			in.Body += "\n" + sealed(p, l, it, 40)
		} else {
			say("status", "page\n"+sealed(p, l, it, 40))
		}
		if it.T != nil {
			w.Milestones = append(w.Milestones, rebuild.Milestone{Number: it.T.Milestone, Title: p.TrainName(it), Due: it.T.Date})
		}
		if train := l.Get(trainOf(it)); train != nil {
			in.Milestone = train.T.Milestone
		}
		w.Issues = append(w.Issues, in)
	}
	return w
}

// typed is a comment with a command that was done when it was typed.
func typed(by, line string) rebuild.Comment {
	return rebuild.Comment{ID: 50, Author: by, Body: line, At: noon, Answered: true, Done: true}
}

func trainOf(it *process.Item) process.ID {
	if it.F == nil {
		return ""
	}
	return it.F.Train
}

// issue is one of the world's, to be changed.
func issue(w *rebuild.World, n int) *rebuild.Issue {
	return &w.Issues[slices.IndexFunc(w.Issues, func(in rebuild.Issue) bool { return in.Number == n })]
}

// page is an issue's status comment, to be changed.
func page(w *rebuild.World, n int) *rebuild.Comment {
	in := issue(w, n)
	return &in.Comments[slices.IndexFunc(in.Comments, func(c rebuild.Comment) bool { return strings.Contains(c.Body, "stationmaster:status ") })]
}

// item is one of the result's.
func item(t *testing.T, r rebuild.Result, id process.ID) *process.Item {
	t.Helper()
	for _, it := range r.Items {
		if it.ID == id {
			return it
		}
	}
	t.Fatalf("%s is missing", id)
	return nil
}

func empty() *process.Line { return process.NewLine(repo) }

// says expects a finding that holds the words, and the line to type.
func says(t *testing.T, r rebuild.Result, n int, words, line string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Issue == n && strings.Contains(f.What, words) && f.Type == line {
			return
		}
	}
	t.Errorf("nothing says %q (%q) of #%d: %v", words, line, n, r.Findings)
}
