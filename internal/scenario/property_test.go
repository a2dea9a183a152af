package scenario_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// lines are what people may type, in the right place or in the wrong one.
var lines = []string{
	"/submit alphanet", "/submit betanet", "/withdraw", "/board #2 #3", "/board #2", "/board #3 because of reasons", "/depart",
	"/deployed https://net.example", "/deployed https://net.example on 2026-11-03", "/stable https://run.example", "/stable",
	"/unstable because of it", "/redeploy because of it", "/released v1.0.0", "/released v1.0.1 on 2026-11-04", "/activated", "/activated op",
	"/activated later base because of a vote", "/audit required", "/audit request", "/audit not-required because it is small",
	"/audit finding low https://audit.example", "/audit finding high https://audit.example", "/audit cleared https://audit.example",
	"/remove because of it", "/drop because of it", "/layers l1", "/layers l2", "/layers l1 l2", "/upgrade 17", "/upgrade 18a", "/hardfork Karst",
	"/hardfork none because", "/hardfork none because of it", "/schedule testnet 2026-12-01", "/schedule mainnet 2027-01-05",
	"/governance posted https://gov.example", "/governance posted https://gov.example 18a", "/governance passed", "/governance vetoed because of it",
	"/signoff", "/hold because of it", "/hold sec: because of it", "/unhold", "/waive checklist because of it", "/waive T6 because of it",
	"/waive P5 because of it", "/waive scope-open because of it", "/waive audit-answered until 2026-11-20 because of it", "/waive T5 because of it",
	"/waive B1 because of it", "/undo", "/undo", "/correct stage testnet-activation because of it", "/correct stage betanet-acceptance because of it",
	"/correct stage alphanet-scoping because of it", "/correct stage governance because of it", "/correct stage stopped because of it",
	"/owner @eve", "/owner @ada", "/link acme/protocol#1", "/feature", "/train upgrade", "/train alphanet 2026-11-24", "/why", "/help", "/status", "/stabel", "/nothing",
}

var labelPool = []string{
	"kind/feature", "kind/upgrade", "layer/l1", "layer/l2", "submitted/alphanet", "stage/alphanet-deployment", "stage/betanet-scoping",
	"stage/betanet-deployment", "stage/removed", "audit/required", "audit/cleared", "on-hold", "upgrade/17", "bug", "governance/vetoed", "needs/owner",
}

// drawAct draws something that somebody does on one of the first issues.
func drawAct(t *rapid.T, issues int) scenario.Act {
	who := rapid.SampledFrom([]string{"mara", "mara", "mara", "ada", "eve", "sasha", "rui", "otto"}).Draw(t, "who")
	a := scenario.Act{Who: who, Issue: rapid.IntRange(1, issues).Draw(t, "issue")}
	switch rapid.IntRange(0, 19).Draw(t, "deed") {
	case 0:
		a.Deed, a.Issue = scenario.Opens, 0
		a.Title = "Another"
		a.Labels = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"kind/feature", "kind/upgrade", "bug"}), 0, 1, rapid.ID).Draw(t, "labels")
	case 1:
		a.Deed = scenario.Labels
		a.Add = rapid.SliceOfNDistinct(rapid.SampledFrom(labelPool), 0, 2, rapid.ID).Draw(t, "add")
		a.Remove = rapid.SliceOfNDistinct(rapid.SampledFrom(labelPool), 0, 2, rapid.ID).Draw(t, "remove")
	case 2:
		a.Deed = scenario.Sets
		a.Name = rapid.SampledFrom([]string{"", "Upgrade (#6)", "Upgrade 17 · Karst", "Alphanet 2026-11", "Summer"}).Draw(t, "title")
	case 3:
		a.Deed, a.On = scenario.Assigns, rapid.Bool().Draw(t, "on")
		a.Name = rapid.SampledFrom([]string{"ada", "eve", "otto"}).Draw(t, "assignee")
	case 4, 5, 6:
		a.Deed, a.On, a.Link = scenario.Ticks, rapid.IntRange(0, 4).Draw(t, "on") > 0, "https://run.example"
	case 7:
		a.Deed = rapid.SampledFrom([]scenario.Deed{scenario.Closes, scenario.Reopens, scenario.Locks, scenario.Deletes, scenario.Retitles}).Draw(t, "change")
		a.Title = "New title"
	case 8:
		a.Deed, a.Issue = scenario.MergesPull, 0
		n := rapid.IntRange(1, 3).Draw(t, "pull")
		a.Pull = scenario.Pull{Repo: scenario.Code, Number: n, Title: "Change", Names: []int{rapid.IntRange(1, issues).Draw(t, "names")}}
	case 9:
		a.Deed, a.Issue = rapid.SampledFrom([]scenario.Deed{scenario.Again, scenario.LookUps, scenario.LookUps}).Draw(t, "odd"), 0
		a.On = rapid.Bool().Draw(t, "work")
	default:
		a.Deed = scenario.Comments
		for range rapid.IntRange(1, 2).Draw(t, "lines") {
			a.Body += rapid.SampledFrom(lines).Draw(t, "line") + "\n"
		}
	}
	return a
}

// beginnings are where a sequence starts; two features are there in each.
var beginnings = []string{
	"train u1 upgrade; train a1 alphanet 2026-11-12; ada merges acme/protocol#90 naming f1; eve merges acme/protocol#91 naming f2",
	"f1 passes an alphanet; f2 passes an alphanet; train u1 upgrade",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 to betanet-deployment",
	"f1 passes an alphanet; f2 passes an alphanet; eve on f2: /audit required; u1 carries f1 f2 to betanet-deployment",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to betanet-acceptance; train u2 upgrade",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to testnet-release; train u2 upgrade",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to testnet-activation",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to governance",
	"f1 passes an alphanet; f2 passes an alphanet; u1 carries f1 f2 to mainnet-activation",
}

// prepare tells how a sequence begins.
func prepare(w scenario.World, how string) error {
	const shared = "on 2026-11-02\ngiven hardforks Karst Lagoon\ngiven numbers taken 16\ngiven chains testnet op base\n" +
		"feature f1 \"One\" by ada layers l1\nfeature f2 \"Two\" by eve layers l2\n"
	script, err := scenario.Parse("beginning", shared+how+"\n")
	if err != nil {
		return err
	}
	return scenario.Tell(w, "beginning", script.Stories[0])
}

// TestWhatHoldsForEverySequence lets people do anything in any order. The world
// checks after every event: same input, same output; twice adds nothing; nothing
// read that was not asked; one stage label; every refusal helps; numbers once; the
// Line that was given is never changed; items survive JSON. Here stands the rest.
func TestWhatHoldsForEverySequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := scenario.NewPure()
		w.Checking(false)
		if err := prepare(w, rapid.SampledFrom(beginnings).Draw(t, "beginning")); err != nil {
			t.Fatal(err)
		}
		w.Checking(true)
		folded := w.Line
		w.Check = func(e process.Event, _ process.Answers, d process.Decision) error {
			before := folded
			folded = folded.With(d.Changed)
			return passedWithReason(w.Process, before, e, d)
		}
		issues := 7
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			if rapid.IntRange(0, 9).Draw(t, "wait") == 0 {
				if err := w.Advance(w.Now().AddDate(0, 0, rapid.IntRange(1, 12).Draw(t, "days"))); err != nil {
					t.Fatal(err)
				}
			}
			a := drawAct(t, issues)
			r, err := w.Do(a)
			if err != nil && !errors.Is(err, scenario.ErrNotThere) {
				t.Fatalf("%s %s on #%d %q: %v", a.Who, a.Deed, a.Issue, a.Body, err)
			}
			issues = max(issues, r.Number)
		}
		for it := range w.Line.All() {
			if have, want := asJSON(folded.Get(it.ID)), asJSON(it); !bytes.Equal(have, want) {
				t.Fatalf("folding gives %s, the Line has %s", have, want)
			}
		}
	})
}

func asJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// opensItself are gates that the move's own words may open.
var opensItself = []string{"evidence", "cut-in-window"}

// passedWithReason finds moves that were made although a gate was closed before
// and nothing has opened it.
func passedWithReason(p *process.Process, before *process.Line, e process.Event, d process.Decision) error {
	if len(d.Parts) != 1 || d.Parts[0].Outcome.State != process.Done || d.Parts[0].Line.DryRun || e.Issue == nil {
		return nil
	}
	it := before.Number(e.Issue.Number)
	if it == nil {
		return nil
	}
	if !slices.ContainsFunc(d.Changed, func(now *process.Item) bool {
		return now.ID == it.ID && (now.Stage != it.Stage || !maps.Equal(now.Tracks, it.Tracks))
	}) {
		return nil // it was written down, as one chain of several is, and moved nothing
	}
	for _, ahead := range process.Outlook(p, before, it, e.At) {
		if ahead.Move != d.Parts[0].Line.Verb || ahead.On.Number != e.Issue.Number {
			continue
		}
		for _, c := range ahead.Why.Closed() {
			if !slices.Contains(opensItself, c.Gate) && c.Gate != "not-held" {
				return fmt.Errorf("%s passed the closed gate %s", d.Parts[0].Line.Text, c.Gate)
			}
		}
	}
	return nil
}
