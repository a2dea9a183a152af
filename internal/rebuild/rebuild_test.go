package rebuild_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func TestAWholeLineComesBack(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	r := rebuild.From(p, keys, shown(p, l), empty())
	if len(r.Findings) != 0 || r.Proven != 4 || r.Seq != 40 || !r.At.Equal(noon) || len(r.Doubts) != 0 {
		t.Errorf("proved %d, line %d, findings %v", r.Proven, r.Seq, r.Findings)
	}
	for _, it := range r.Items {
		want := l.Get(it.ID)
		opts := cmp.Options{cmpopts.EquateComparable(calendar.Date{}), cmpopts.IgnoreFields(process.Item{}, "Shown", "History"), cmpopts.IgnoreFields(process.TrainFacts{}, "Titled")}
		if diff := cmp.Diff(want, it, opts); diff != "" {
			t.Errorf("%s (-was +rebuilt):\n%s", it.ID, diff)
		}
		if r.Anew[it.ID] {
			t.Errorf("the page of %s is written again for nothing", it.ID)
		}
	}
	d := process.Rebuild(p, empty(), process.Event{Key: "rebuilt/41", What: process.Rebuilt, At: noon, Repo: repo}, r.Items, r.Anew, r.Keys)
	for _, a := range d.Actions {
		if a.Do != process.Refresh || a.Item != process.DeparturesID {
			t.Errorf("GitHub shows it already, and yet there is to be done: %s %s %s", a.Do, a.Item, a.Label)
		}
	}
}

func TestWhatIsAtGitHubIsPutRight(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	w := shown(p, l)
	issue(&w, 2).Labels = []string{"kind/feature", "stage/alphanet-scoping"} // the layer and the submission are missing
	issue(&w, 3).Milestone = 0
	r := rebuild.From(p, keys, w, empty())
	d := process.Rebuild(p, empty(), process.Event{Key: "rebuilt/41", What: process.Rebuilt, At: noon, Repo: repo}, r.Items, r.Anew, r.Keys)
	var does []string
	for _, a := range d.Actions {
		does = append(does, strings.TrimSpace(string(a.Do)+" "+string(a.Item)+" "+a.Label+string(a.Train)))
	}
	for _, want := range []string{"add-label issue/2 layer/l1", "add-label issue/2 submitted/alphanet", "set-milestone pull/acme/secret/7 issue/4", "refresh issue/2", "refresh departures"} {
		if !slices.Contains(does, want) {
			t.Errorf("it does not %s: %q", want, does)
		}
	}
}

func TestAMoveWhosePageWasNotWrittenIsTakenFromItsLabel(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	in := issue(&w, 2)
	in.Labels = []string{"kind/feature", "layer/l1", "stage/alphanet-deployment"}
	r := rebuild.From(p, keys, w, empty())
	if !slices.Equal(r.Doubts, []int{2}) {
		t.Fatalf("doubts are %v", r.Doubts)
	}
	in.LabelledBy = map[string]string{"stage/alphanet-deployment": self}
	r = rebuild.From(p, keys, w, empty())
	if it := item(t, r, "issue/2"); it.Stage != "alphanet-deployment" || len(r.Doubts) != 0 || !r.Anew["issue/2"] {
		t.Errorf("it stands in %s", it.Stage)
	}
	says(t, r, 2, "had moved on", "/correct stage alphanet-deployment because …")
	in.LabelledBy = map[string]string{"stage/alphanet-deployment": "mallory"}
	r = rebuild.From(p, keys, w, empty())
	if it := item(t, r, "issue/2"); it.Stage != "alphanet-scoping" {
		t.Errorf("a label by hand has moved it to %s", it.Stage)
	}
	says(t, r, 2, "by hand", "/why")
}

func TestTheBoardTellsAnOlderPageFromOneThatWasNotWritten(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	old := l.Get("issue/2").Clone()
	old.F.Submitted = nil
	w := shown(p, l)
	page(&w, 2).Body = "<!-- stationmaster:status -->\n" + sealed(p, l, old, 30)

	r := rebuild.From(p, keys, w, empty())
	if it := item(t, r, "issue/2"); r.Proven != 4 || it.F.Submitted != nil {
		t.Errorf("a page that nobody has edited is not believed: %+v", it.F)
	}
	says(t, r, 2, "older than the departures board", "")

	page(&w, 2).Edited = "mallory"
	r = rebuild.From(p, keys, w, empty())
	if r.Proven != 3 {
		t.Errorf("%d are proved", r.Proven)
	}
	says(t, r, 2, "rolled back by mallory: it is of line 30, and the departures board knows another one at line 40", "")
	says(t, r, 2, "known from its label alone", "/correct stage alphanet-scoping because …")
	if it := item(t, r, "issue/2"); it.F.Submitted["alphanet"].By != "ada" || it.F.Owner != "ada" || it.F.Layers[0] != "l1" {
		t.Errorf("labels and assignees tell %+v", it.F)
	}

	page(&w, 2).Edited, w.Edits = "", false // nobody tells who edited
	r = rebuild.From(p, keys, w, empty())
	says(t, r, 2, "rolled back by somebody", "")
	says(t, r, 0, "did not tell who edited", "")
}

func TestAPageThatTheBoardConfirmsIsBelievedWhoeverEditedIt(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	page(&w, 2).Edited = "ada"
	if r := rebuild.From(p, keys, w, empty()); r.Proven != 4 || len(r.Findings) != 0 {
		t.Errorf("%d are proved: %v", r.Proven, r.Findings)
	}
	issue(&w, 1).Edited = "ada" // and now the board is not sure either
	r := rebuild.From(p, keys, w, empty())
	says(t, r, 1, "board was edited by ada", "")
	says(t, r, 2, "page was edited by ada", "")
	if r.Seq != 40 {
		t.Errorf("the ledger is taken to be at line %d, though ours was at 40", r.Seq)
	}
}

func TestNumbersOnceUsedStayUsed(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	l.Put(&process.Item{ID: "issue/9", Kind: process.Upgrade, Stage: "stopped", T: &process.TrainFacts{Number: "18", Void: true}, Shown: process.Shown{Number: 9, Gone: true}})
	w := shown(p, l)
	w.Labels = []string{"bug", "upgrade/17", "upgrade/19", "upgrade/many"}
	w.Milestones = append(w.Milestones, rebuild.Milestone{Number: 8, Title: "Upgrade 20a · Lagoon", Closed: true})
	r := rebuild.From(p, keys, w, empty())
	line := process.NewLine(repo)
	line.Put(r.Items...)
	for _, n := range []string{"16", "17", "18", "19", "20a"} {
		if holder, spent := p.NumberHolder(line, n); holder == nil && !spent {
			t.Errorf("%s is free", n)
		}
	}
	if next := p.NextNumber(line); next != "21" {
		t.Errorf("the next one is %s", next)
	}
	says(t, r, 0, "upgrade number 19 was used", "")
	for _, it := range r.Items {
		if it.Shown.Gone && !p.Ended(it) {
			t.Errorf("%s is gone, and its journey is not over", it.ID)
		}
	}
}

func TestAnUpgradeWithoutASnapshotKeepsItsNumber(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	page(&w, 4).Body = "nothing"
	issue(&w, 4).Ours, issue(&w, 4).Marker = true, "item/issue/4"
	r := rebuild.From(p, keys, w, empty())
	it := item(t, r, "issue/4")
	if it.T.Number != "17" || it.T.Hardfork != "Karst" || it.T.Void || it.T.Milestone != 5 || it.Stage != "betanet-acceptance" || it.T.Iteration != 1 {
		t.Errorf("%+v", it.T)
	}
	if f := item(t, r, "pull/acme/secret/7"); f.F.Train != "issue/4" {
		t.Errorf("its passenger is aboard %q", f.F.Train)
	}
	issue(&w, 4).Labels = []string{"kind/upgrade", "stage/stopped"} // a number that is void has no label
	if it = item(t, rebuild.From(p, keys, w, empty()), "issue/4"); it.T.Number != "17" || !it.T.Void {
		t.Errorf("after it was stopped: %+v", it.T)
	}
}

func TestAChecklistWithoutASnapshotIsOpenAgain(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	page(&w, 3).Body = "nothing"
	r := rebuild.From(p, keys, w, empty())
	it := item(t, r, "pull/acme/secret/7")
	list := it.Current()
	if list == nil || list.Key != "checklist/betanet-acceptance/1" || list.Open() != len(list.Items) {
		t.Errorf("its checklist is %+v", list)
	}
	if len(it.F.Pulls) != 1 || it.F.Pulls[0].Repo != "acme/secret" || !it.F.Pulls[0].Merged {
		t.Errorf("its pull requests are %+v", it.F.Pulls)
	}
	says(t, r, 3, "by whom is not known", "")
}

func TestACommandThatWasAnsweredIsSettled(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	in := issue(&w, 2)
	typed := func(id int64, body string, answered bool, at time.Time) {
		in.Comments = append(in.Comments, rebuild.Comment{ID: id, Author: "ada", Body: body, Answered: answered, At: at})
	}
	typed(501, "/layers l1", true, noon.Add(-time.Hour))
	typed(502, "/sumbit", false, noon.Add(-time.Hour))
	typed(503, "/withdraw", false, noon.Add(time.Minute))
	typed(504, "/status", true, noon.Add(time.Minute))
	typed(505, "/hold because the page was not written", true, noon.Add(time.Minute))
	in.Comments = append(in.Comments,
		rebuild.Comment{ID: 600, Ours: true, Author: self, Body: "<!-- stationmaster:reply/comment/502/created -->\nDid you mean /submit?"},
		rebuild.Comment{ID: 601, Author: "ada", Body: "<!-- stationmaster:reply/comment/503/created -->\n/forged"})
	r := rebuild.From(p, keys, w, empty())
	line := process.NewLine(repo)
	line.Put(r.Items...)
	line.Seen = map[string]bool{}
	for _, k := range r.Keys {
		line.Seen[k] = true
	}
	for id, want := range map[int64]bool{501: true, 502: true, 503: false, 504: true, 505: true} {
		body := in.Comments[slices.IndexFunc(in.Comments, func(c rebuild.Comment) bool { return c.ID == id })].Body
		e := process.Event{Key: "again", What: process.Asked, Repo: repo, Comment: &process.Comment{ID: id}}
		for _, l := range command.Parse(body) {
			e.Lines = append(e.Lines, process.Typed(l))
		}
		known := true
		for _, k := range process.LineKeys(e)[1:] {
			known = known && line.Seen[k]
		}
		if known != want {
			t.Errorf("%d is settled: %v", id, known)
		}
	}
	says(t, r, 2, "after the last page was written", "/hold because the page was not written")
	for _, f := range r.Findings {
		if f.Type == "/status" || f.Type == "/withdraw" {
			t.Errorf("it asks for %s", f.Type)
		}
	}
}

func TestAWishIsFoundInTheCommentThatMadeIt(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	l.Put(&process.Item{ID: "meeting/3", Kind: process.Meeting, Title: "Upgrade planning meeting 2026-12-08", Ours: true, Since: noon, Shown: process.Shown{Number: 6}, M: &process.MeetingFacts{
		At: noon, Date: day, Wishes: []process.Wish{{ID: 1, Text: "shall we rename the devnets?", By: "ada", At: noon}, {ID: 2, Text: "lost", By: "ben", At: noon}},
		Minutes: []process.Minute{{Key: "board/issue/4/issue/2", By: "mara", At: noon}},
	}})
	w := shown(p, l)
	in := issue(&w, 2)
	in.Comments = append(in.Comments,
		rebuild.Comment{ID: 700, Author: "ben", Body: "/agenda of another time", At: noon.Add(time.Minute)},
		rebuild.Comment{ID: 701, Author: "ada", Body: "hello\n/agenda shall we rename the devnets?", At: noon})
	m := item(t, rebuild.From(p, keys, w, empty()), "meeting/3").M
	if len(m.Wishes) != 1 || m.Wishes[0].Text != "shall we rename the devnets?" || m.Minutes[0].Answer.Key != "minute.rebuilt" {
		t.Errorf("%+v", m)
	}
	says(t, rebuild.From(p, keys, w, empty()), 6, "what ben put on the agenda", "/agenda …")
}

func TestWhatAnOldDatabaseKnowsIsKept(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	l.Get("issue/2").Holds = []process.Hold{{By: "ada", Reason: "a good reason", At: noon}}
	w := shown(p, l)
	known := railway(p)
	known.Put(l.Get("issue/2").Clone()) // as GitHub has it
	old := known.Get("issue/4").Clone() // and one that has changed since
	old.Stage, old.History = "betanet-deployment", []process.Note{{By: "ada", What: process.Say("note.gone")}}
	gone := &process.Item{ID: "issue/77", Kind: process.Feature, Stage: "alphanet-scoping", F: &process.FeatureFacts{}, Shown: process.Shown{Number: 77}}
	known.Put(old, gone)
	r := rebuild.From(p, keys, w, known)
	if it := item(t, r, "issue/2"); it.Holds[0].Reason != "a good reason" || it.Shown.Number != 2 {
		t.Errorf("the reason is %q", it.Holds[0].Reason)
	}
	if it := item(t, r, "issue/4"); it.Stage != "betanet-acceptance" || len(it.History) != 2 {
		t.Errorf("it stands in %s with %d notes", it.Stage, len(it.History))
	}
	if it := item(t, r, "issue/77"); !it.Shown.Gone {
		t.Error("what GitHub does not show is not gone")
	}
}

func TestOtherPeoplesIssuesAreLeftAlone(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	status := *page(&w, 2)
	w.Issues = append(w.Issues,
		rebuild.Issue{Issue: process.Issue{Number: 50, Title: "A bug", Labels: []string{"bug"}}},
		rebuild.Issue{Issue: process.Issue{Number: 51, Title: "New, and unheard", Labels: []string{"kind/feature"}}},
		rebuild.Issue{Issue: process.Issue{Number: 52, Title: "A pull request", Labels: []string{"kind/feature", "stage/alphanet-scoping"}, IsPull: true}},
		rebuild.Issue{Issue: process.Issue{Number: 53, Title: "Forged", Marker: "item/departures"}, Body: "<!-- stationmaster:item/departures -->"},
		rebuild.Issue{Issue: process.Issue{Number: 54, Title: "With a page of a person's"}, Comments: []rebuild.Comment{{ID: 1, Author: "otto", Body: status.Body}}},
	)
	r := rebuild.From(p, keys, w, empty())
	if len(r.Items) != 4 || len(r.Findings) != 0 {
		t.Errorf("%d items, findings %v", len(r.Items), r.Findings)
	}
}

func TestTheSameKeyTwiceIsTakenOnce(t *testing.T) {
	p := loaded(t)
	w := shown(p, railway(p))
	double := *issue(&w, 3)
	double.Number, double.Node = 60, "I_60"
	w.Issues = append(w.Issues, double)
	r := rebuild.From(p, keys, w, empty())
	if it := item(t, r, "pull/acme/secret/7"); it.Shown.Number != 3 || len(r.Items) != 4 {
		t.Errorf("it is #%d", it.Shown.Number)
	}
	says(t, r, 60, "bears the key of #3 as well", "")
}

func FuzzBodies(f *testing.F) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("<!-- stationmaster:status -->\n- [x] box (A8) https://x.example\n/layers l1", "item/meeting/1", "kind/meeting", "Upgrade planning meeting 2026-12-08")
	f.Add("<!-- stationmaster:checklist/alphanet-scoping/1 -->\n- [ ] box", "item/audit/issue/2/1", "kind/audit", "Upgrade 17a · Karst")
	f.Add("<!-- stationmaster:reply/comment/5/created -->", "item/alphanet/2026-12-08", "stage/stopped", "x")
	f.Fuzz(func(t *testing.T, body, marker, label, title string) {
		w := shown(p, railway(p))
		in := issue(&w, 2)
		in.Ours, in.Marker, in.Title, in.Body = true, marker, title, body
		in.Labels = append(in.Labels, label)
		for _, ours := range []bool{true, false} {
			in.Comments = append(in.Comments, rebuild.Comment{ID: 9, Author: "ada", Ours: ours, Body: body, At: noon.Add(time.Minute), Answered: true})
		}
		r := rebuild.From(p, keys, w, empty())
		d := process.Rebuild(p, empty(), process.Event{Key: "rebuilt/41", What: process.Rebuilt, At: noon, Repo: repo}, r.Items, r.Anew, r.Keys)
		seen := map[string]bool{}
		for _, a := range d.Actions {
			if seen[a.Key] {
				t.Errorf("two actions have the key %s", a.Key)
			}
			seen[a.Key] = true
		}
	})
}
