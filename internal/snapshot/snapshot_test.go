package snapshot_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

const repo = "acme/releases"

var (
	noon  = time.Date(2026, 12, 8, 12, 0, 0, 123, time.UTC)
	first = snapshot.Key{ID: "k1", Secret: []byte("the first secret of thirty-two bytes")}
	other = snapshot.Key{ID: "k2", Secret: []byte("another secret of thirty-two bytes..")}
	here  = snapshot.Place{Repo: repo, Home: "R_1", Issue: 12, Node: "I_12"}
	eq    = cmp.Options{cmpopts.EquateComparable(calendar.Date{})}
)

// veil hides the names of other repositories; issue 12 is of pull/acme/secret/7.
func veil(pulls ...process.Pull) snapshot.Veil {
	ids := map[process.ID]int{"pull/acme/secret/7": 12, "pull/acme/secret/8": 13}
	return snapshot.Veil{
		Repo: repo, Key: first, Pulls: pulls,
		Number: func(id process.ID) int { return ids[id] },
		Named: func(n int) process.ID {
			for id, number := range ids {
				if number == n {
					return id
				}
			}
			return ""
		},
	}
}

// feature has a bit of everything.
func feature() *process.Item {
	return &process.Item{
		ID: "pull/acme/secret/7", Kind: process.Feature, Title: "Faster proofs", Ours: true, Stage: "alphanet-acceptance", Since: noon,
		Journey: 2, Process: "abc123",
		Checklists: []process.Checklist{{Key: "checklist/alphanet-acceptance/1", Name: "alphanet-acceptance", Stage: "alphanet-acceptance", Items: []process.Check{
			{Text: "it runs", Rule: "A8", By: "rui", At: noon, Evidence: "https://secret.example/log"}, {Text: "it stops", Rule: "A8"},
		}}},
		Holds:   []process.Hold{{Name: "security", By: "sasha", Reason: "a disclosure", At: noon}},
		Waivers: []process.Waiver{{Gate: "checklist", By: "mara", Reason: "in a hurry", At: noon, Until: calendar.DateOf(noon)}},
		History: []process.Note{{At: noon, By: "otto", What: process.Say("note.moved", "to", "words")}},
		Told:    []string{"invite/alphanet/2026-12-08", "missed/pull/acme/secret/8"},
		F: &process.FeatureFacts{
			Author: "ada", Owner: "ada", Layers: []string{"l1", "l2"},
			Audit: process.Audit{State: "fixes-needed", By: "sasha", At: noon, Reason: "it leaks keys", Link: "https://secret.example/finding", Issue: "audit/pull/acme/secret/7/1"},
			Train: "alphanet/2026-12-08", Boarded: noon, Submitted: map[string]process.Submission{"alphanet": {By: "ada", At: noon}},
			Pulls: []process.Pull{
				{Repo: repo, Number: 5, Title: "Docs", Merged: true, At: noon},
				{Repo: "acme/secret", Number: 7, Title: "Faster proofs", Merged: true, Closes: true, At: noon},
			},
		},
		Shown: process.Shown{Number: 12, Labels: []string{"kind/feature"}},
	}
}

func TestWhatIsRestoredIsWhatWasTaken(t *testing.T) {
	it := feature()
	it.F.Passed = &process.Pass{Train: "alphanet/2026-12-08", By: "ada", At: noon, Evidence: "https://secret.example/run", Code: it.F.CodeDigest()}
	got, lost := snapshot.Restore(snapshot.Take(it, veil()), veil(process.Pull{Repo: "acme/other", Number: 7}, process.Pull{Repo: "Acme/Secret", Number: 7}))
	if lost != 0 {
		t.Errorf("%d pull requests lost", lost)
	}
	want := it.Clone()
	want.Title, want.History, want.Shown = "", nil, process.Shown{}
	for i := range want.Checklists[0].Items {
		want.Checklists[0].Items[i].Text, want.Checklists[0].Items[i].Evidence = "", ""
	}
	want.Holds[0].Reason, want.Waivers[0].Reason = "", ""
	want.F.Audit.Reason, want.F.Audit.Link, want.F.Passed.Evidence = "", "", ""
	want.F.Pulls[0].Title, want.F.Pulls[1].Title, want.F.Pulls[1].Repo = "", "", "Acme/Secret"
	if diff := cmp.Diff(want, got, eq); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
}

func TestAPullRequestThatNobodyCanNameIsCountedAndEndsNoPass(t *testing.T) {
	it := feature()
	it.F.Passed = &process.Pass{Code: it.F.CodeDigest()}
	got, lost := snapshot.Restore(snapshot.Take(it, veil()), veil())
	if lost != 1 || len(got.F.Pulls) != 1 || got.F.Passed.Code != got.F.CodeDigest() {
		t.Errorf("lost %d, pulls %v, pass %+v", lost, got.F.Pulls, got.F.Passed)
	}
	it.F.Passed.Code = "older"
	if got, _ = snapshot.Restore(snapshot.Take(it, veil()), veil()); got.F.Passed.Code == got.F.CodeDigest() {
		t.Error("a pass whose code has changed became good again")
	}
}

// marked fills every string of a value with words that must not be told, but for
// what the snapshot needs to know the kind of.
func marked(v reflect.Value, path string, words *[]string) {
	switch v.Kind() {
	case reflect.String:
		word := fmt.Sprintf("free text of %s %d", path, len(*words))
		*words = append(*words, word)
		v.SetString(word)
	case reflect.Pointer:
		if v.Type() == reflect.TypeFor[*process.Prior]() {
			return // it holds items, which lead round in a circle
		}
		v.Set(reflect.New(v.Type().Elem()))
		marked(v.Elem(), path, words)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type() == reflect.TypeFor[calendar.Date]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				marked(v.Field(i), path+"."+f.Name, words)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		marked(v.Index(0), path, words)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		marked(key, path, words)
		if value.Kind() != reflect.Interface {
			marked(value, path, words)
		}
		v.SetMapIndex(key, value)
	}
}

func TestNoFieldOfAnItemLetsFreeTextThrough(t *testing.T) {
	var it process.Item
	var words []string
	marked(reflect.ValueOf(&it).Elem(), "item", &words)
	if len(words) < 100 {
		t.Fatalf("only %d strings were filled", len(words))
	}
	it.T.Hardfork = "Karst" // a name that label and title tell as well
	it.F.Pulls[0].Repo = "acme/secret"
	it.F.Passed.Code = it.F.CodeDigest()
	left := fmt.Sprintf("%+v", flat(snapshot.Take(&it, veil())))
	for _, w := range words {
		if strings.Contains(left, w) {
			t.Errorf("the snapshot tells: %s", w)
		}
	}
	if strings.Contains(left, "acme/secret") {
		t.Error("it names another repository")
	}
}

// flat is an item without pointers, to be looked through as text.
func flat(it *process.Item) []any {
	return []any{*it, *it.F, *it.F.Passed, *it.T, *it.M, *it.Asked}
}

func TestWhatIsOfAnotherRepositoryIsNotInTheSnapshot(t *testing.T) {
	text, err := snapshot.Keys{first}.Seal(snapshot.Of(feature(), veil()))
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := snapshot.Keys{first}.Open(text, snapshot.Place{})
	if err != nil {
		t.Fatal(err)
	}
	left := fmt.Sprintf("%+v %+v", *s.Item, *s.Item.F)
	for _, never := range []string{"secret", "leaks", "Faster", "disclosure", "hurry", "otto"} {
		if strings.Contains(left, never) {
			t.Errorf("it holds %q: %s", never, left)
		}
	}
}

func sealed(t *testing.T, keys snapshot.Keys, at snapshot.Place, it *process.Item) string {
	t.Helper()
	s := snapshot.Of(it, veil())
	s.Place, s.Seq, s.At, s.Written = at, 41, noon, noon
	text, err := keys.Seal(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestASealedSnapshotOpensWithAnyOfTheKeys(t *testing.T) {
	text := sealed(t, snapshot.Keys{first, other}, here, feature())
	s, by, err := snapshot.Keys{other, first}.Open("# Page\n\n"+text+"\n", here)
	if err != nil {
		t.Fatal(err)
	}
	if by.ID != "k1" || s.Seq != 41 || !s.At.Equal(noon) || s.Place != here {
		t.Errorf("signed by %s: %+v", by.ID, s)
	}
	if diff := cmp.Diff(snapshot.Take(feature(), veil()), s.Item, eq); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoSnapshotOfOursIsRefusedByName(t *testing.T) {
	good := sealed(t, snapshot.Keys{first}, here, feature())
	there := here
	there.Node = "I_99"
	elsewhere := snapshot.Place{Repo: "acme/other", Home: "R_2", Issue: 12}
	middle := len(good) / 2
	swapped := good[:middle] + string("AB"[good[middle]&1]) + good[middle+1:]
	for _, c := range []struct {
		name, body string
		keys       snapshot.Keys
		at         snapshot.Place
		want       error
	}{
		{"no snapshot", "words", snapshot.Keys{first}, here, snapshot.ErrNone},
		{"of another form", strings.Replace(good, ":v1:", ":v2:", 1), snapshot.Keys{first}, here, snapshot.ErrVersion},
		{"by a key nobody has", good, snapshot.Keys{other}, here, snapshot.ErrKey},
		{"by a secret of another", good, snapshot.Keys{{ID: "k1", Secret: other.Secret}}, here, snapshot.ErrForged},
		{"under another key's name", strings.Replace(good, ":k1:", ":k2:", 1), snapshot.Keys{first, other}, here, snapshot.ErrForged},
		{"changed in the middle", swapped, snapshot.Keys{first}, here, snapshot.ErrForged},
		{"without a signature", good[:strings.LastIndex(good, ":")] + ": -->", snapshot.Keys{first}, here, snapshot.ErrForged},
		{"with nothing in it", sealed(t, snapshot.Keys{first}, here, feature())[:40] + "k1:: -->", nil, here, snapshot.ErrNone},
		{"pasted into another issue", good, snapshot.Keys{first}, there, snapshot.ErrPlace},
		{"pasted into another repository", good, snapshot.Keys{first}, elsewhere, snapshot.ErrPlace},
		{"without any key", good, nil, here, snapshot.ErrKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s, _, err := c.keys.Open(c.body, c.at); !errors.Is(err, c.want) || s.Item != nil {
				t.Errorf("got %+v, %v; want %v", s, err, c.want)
			}
		})
	}
}

func TestThePlaceIsTheNodeWhateverTheRepositoryIsCalled(t *testing.T) {
	renamed := here
	renamed.Repo = "acme/railway"
	text := sealed(t, snapshot.Keys{first}, here, feature())
	if _, _, err := (snapshot.Keys{first}).Open(text, renamed); err != nil {
		t.Errorf("a renamed repository is refused: %v", err)
	}
	early := snapshot.Place{Repo: "Acme/Releases", Issue: 12}
	if _, _, err := (snapshot.Keys{first}).Open(sealed(t, snapshot.Keys{first}, early, feature()), here); err != nil {
		t.Errorf("one that was written before the node was known is refused: %v", err)
	}
}

func TestTheLastOfSeveralCounts(t *testing.T) {
	old := sealed(t, snapshot.Keys{first}, here, &process.Item{ID: "issue/1"})
	body := old + "\nwords\n" + sealed(t, snapshot.Keys{first}, here, feature())
	if s, _, err := (snapshot.Keys{first}).Open(body, here); err != nil || s.Item.F == nil {
		t.Errorf("%+v, %v", s.Item, err)
	}
	if left := snapshot.Cut(body); strings.Contains(left, "snapshot") || !strings.Contains(left, "words") {
		t.Errorf("cut to %q", left)
	}
}

func TestWhenItWasWrittenIsNoNews(t *testing.T) {
	a, b := snapshot.Of(feature(), veil()), snapshot.Of(feature(), veil())
	b.Seq, b.At, b.Written = 9, noon, noon
	if a.Content() != b.Content() {
		t.Error("a later line of the ledger alone changes the content")
	}
	b.Item.Stage = "betanet-scoping"
	if a.Content() == b.Content() {
		t.Error("another stage does not")
	}
}

func TestASnapshotHasRoomAndSaysWhatItLeavesOut(t *testing.T) {
	it := feature()
	for i := range 3000 {
		it.Told = append(it.Told, fmt.Sprintf("missed/%x/%d", i*7919*7919, i))
	}
	line := process.NewLine(repo)
	for i := range 2000 {
		line.Put(&process.Item{ID: process.ID(fmt.Sprintf("issue/%d", i+100)), Kind: process.Feature, F: &process.FeatureFacts{}, Shown: process.Shown{Number: i + 100}})
	}
	s := snapshot.Of(it, veil())
	s.Place = here
	s.Board = snapshot.TakeBoard(line, veil(), func(*process.Item) bool { return false })
	if !s.Board.Cut {
		t.Error("a board that lists but the newest does not say so")
	}
	text, err := snapshot.Keys{first}.Seal(s)
	if err != nil || len(text) > snapshot.Most {
		t.Fatalf("%d characters: %v", len(text), err)
	}
	got, _, err := snapshot.Keys{first}.Open(text, here)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Left, []string{"half the board's list", "most of the board's list", "what was said once"}) || got.Item.Stage != it.Stage || got.Sum != snapshot.Sum(it, veil()) {
		t.Errorf("left out %q, stage %s", got.Left, got.Item.Stage)
	}
	if len(s.Item.Told) == 0 || len(s.Board.Rolls) == 0 {
		t.Error("what was given to be sealed was changed")
	}
}

func TestTheBoardListsWhatIsUnderWayAndWhatIsGone(t *testing.T) {
	line := process.NewLine(repo)
	line.Put(
		&process.Item{ID: "issue/1", Kind: process.Feature, F: &process.FeatureFacts{}, Shown: process.Shown{Number: 1}},
		&process.Item{ID: "issue/2", Kind: process.Feature, Stage: "shipped", F: &process.FeatureFacts{}, Shown: process.Shown{Number: 2}},
		&process.Item{ID: "issue/3", Kind: process.Upgrade, Stage: "shipped", T: &process.TrainFacts{Number: "17"}, Shown: process.Shown{Number: 3}},
		&process.Item{ID: "issue/4", Kind: process.Upgrade, Stage: "stopped", T: &process.TrainFacts{Number: "18"}, Shown: process.Shown{Number: 4, Gone: true}},
	)
	b := snapshot.TakeBoard(line, veil(), func(it *process.Item) bool { return it.Stage == "shipped" })
	if len(b.Rolls) != 2 || b.Rolls[0].Issue != 3 || b.Sum(1) != snapshot.Sum(line.Get("issue/1"), veil()) || b.Sum(2) != "" {
		t.Errorf("rolls %+v", b.Rolls)
	}
	if len(b.Gone) != 1 || b.Gone[0].Number != "18" {
		t.Errorf("gone %+v", b.Gone)
	}
}

func FuzzOpen(f *testing.F) {
	keys := snapshot.Keys{first}
	s := snapshot.Of(feature(), veil())
	s.Place = here
	good, err := keys.Seal(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("<!-- stationmaster-snapshot:v1:k1:AA:AA -->")
	f.Add(strings.Replace(good, "k1", "k2", 1))
	f.Fuzz(func(t *testing.T, body string) {
		got, _, err := keys.Open(body, here)
		if err == nil && (snapshot.Find(body) != good || got.Item == nil) {
			t.Errorf("believed %q", body)
		}
	})
}
