package bench

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestTheReportPutsEachFigureBesideItsBudget(t *testing.T) {
	var hundred []time.Duration
	for n := 100; n > 0; n-- {
		hundred = append(hundred, ms(n))
	}
	refused := one("not acknowledged", 0, "", "0")
	refused.Note = "all is well"
	r := Report{
		Machine: Machine{System: "linux/amd64", Cores: 2, MemoryGB: 7.9, Load: "0.10", Go: "go1.26", Commit: "abc"},
		Figures: []Figure{spread("acknowledgement", hundred, "2 / 8"), one("carried out", 437.21, "/s", "above 200"), one("processor", 2.25, "ms", "4"), refused, spread("nothing", nil, "")},
	}
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := `figure            value / p50  p99  max  unit  budget     
acknowledgement   50           99   100  ms    2 / 8      
carried out       437                    /s    above 200  
processor         2.2                    ms    4          
not acknowledged  0                            0          all is well
nothing                                  ms               nothing was measured

linux/amd64 · cores: 2 · memory: 8 GB · load before: 0.10 · go1.26 · commit abc
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTheSpreadOfAFewIsTheirOwn(t *testing.T) {
	f := spread("few", []time.Duration{ms(3), ms(1), ms(2)}, "")
	if *f.P50 != 2 || *f.P99 != 3 || *f.Max != 3 {
		t.Errorf("%v, %v and %v of 1, 2 and 3", *f.P50, *f.P99, *f.Max)
	}
}

// A server that is slow holds up the answers, never the load: the first delivery
// is answered only after the last has come.
func TestLoadAtARateWaitsForNobody(t *testing.T) {
	const n = 20
	var mu sync.Mutex
	came, all := 0, make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		if came++; came == n {
			close(all)
		}
		mu.Unlock()
		<-all
		if string(body) == "bad" {
			http.Error(w, "no", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	var deliveries []delivery
	for range n - 1 {
		deliveries = append(deliveries, delivery{http.Header{}, []byte("good")})
	}
	deliveries = append(deliveries, delivery{http.Header{}, []byte("bad")})
	l := newLoad(server.URL)
	l.atRate(t.Context(), deliveries, 1000)
	if len(l.took) != n-1 || l.refused != 1 || !strings.HasPrefix(l.why, "503") {
		t.Errorf("%d acknowledged, %d not because of %q", len(l.took), l.refused, l.why)
	}
	if f := l.refusals("here"); *f.Value != 1 || f.Budget != "0" || f.Note == "" {
		t.Errorf("it is told as %+v", f)
	}
}

func TestAWireTellsGitHubsTimeFromTheBots(t *testing.T) {
	began := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	at := func(from, to int, write bool) request {
		return request{from: began.Add(ms(from)), to: began.Add(ms(to)), write: write}
	}
	for _, c := range []struct {
		name  string
		asked []request
		want  passage
	}{
		{"nothing is asked", nil, passage{}},
		{"one after another", []request{at(10, 20, false), at(30, 40, true)}, passage{requests: 2, writes: 1, serial: 2, whole: ms(40), github: ms(20)}},
		{"side by side", []request{at(10, 30, true), at(15, 20, false), at(25, 40, true)}, passage{requests: 3, writes: 2, serial: 2, whole: ms(40), github: ms(30)}},
		{"what is read after the last write counts for nobody", []request{at(10, 20, true), at(15, 90, false), at(50, 60, false)}, passage{requests: 3, writes: 1, serial: 1, whole: ms(20), github: ms(10)}},
		{"what was under way before", []request{at(-5, 5, false), at(10, 20, true)}, passage{requests: 2, writes: 1, serial: 2, whole: ms(20), github: ms(15)}},
	} {
		if got := sumUp(c.asked, began); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEachCommandOfATalkChangesSomething(t *testing.T) {
	issues := active(100)
	layers := map[int]string{}
	for _, n := range issues {
		layers[n] = "/layers l1" // what a railway begins with
	}
	for round := 1; round <= 3; round++ {
		commands := 0
		for _, c := range talk(30*len(issues), talkative, round, issues) {
			if !strings.HasPrefix(c.body, "/") {
				continue
			}
			commands++
			if layers[c.issue] == c.body {
				t.Fatalf("round %d: %s on #%d changes nothing", round, c.body, c.issue)
			}
			layers[c.issue] = c.body
		}
		if commands != 3*len(issues) {
			t.Errorf("round %d has %d commands", round, commands)
		}
	}
}

func TestARailwayIsWhatItSays(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		t.Fatal(err)
	}
	r := Railway{Features: 200, Now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Owners: []string{"ada", "eve"}}
	l := r.Line(p, "acme/releases")
	count := map[string]int{}
	for _, it := range l.Sorted(func(it *process.Item) bool { return it.F != nil }) {
		count[it.Stage]++
		if len(it.F.Submitted) > 0 {
			count["submitted"]++
		}
		if it.F.Owner == "" {
			count["nobody's"]++
		}
		if p.Nodes[it.Stage] == nil {
			t.Errorf("%s stands at %s, which is no stage", it.ID, it.Stage)
		}
		train := l.Get(it.F.Train)
		if it.F.Train != "" && train == nil {
			t.Errorf("%s is aboard %s, which is not there", it.ID, it.F.Train)
		}
		if diff := cmp.Diff(p.Labels(it, train), it.Shown.Labels); diff != "" {
			t.Errorf("%s has other labels: %s", it.ID, diff)
		}
	}
	want := map[string]int{"shipped": 120, "dropped": 20, "alphanet-scoping": 56, "betanet-scoping": 4, "submitted": 2, "nobody's": 18}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
	one, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if other, _ := json.Marshal(r.Line(p, "acme/releases")); string(one) != string(other) {
		t.Error("the same railway is made up differently the second time")
	}
}

func TestTheWorldShowsWhatTheRailwayHasOnRecord(t *testing.T) {
	p, err := scenario.Bundled(process.Settings{Configured: true})
	if err != nil {
		t.Fatal(err)
	}
	past := Railway{Features: 100, Now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Owners: []string{engineer}}.Past(p, "acme/"+tracking)
	text, err := World(past, "version: 1")
	if err != nil {
		t.Fatal(err)
	}
	var world struct {
		Repos []struct {
			Issues []struct {
				Title, State      string
				Labels, Assignees []string
			}
		}
	}
	if err := json.Unmarshal(text, &world); err != nil {
		t.Fatal(err)
	}
	if n := len(world.Repos[0].Issues); n != 100 {
		t.Fatalf("it has %d issues, want 100", n)
	}
	for i, is := range world.Repos[0].Issues {
		it := past.Number(i + 1)
		got := process.Shown{Number: i + 1, Labels: is.Labels, Assignees: is.Assignees, Closed: is.State == "closed", Train: it.Shown.Train}
		if diff := cmp.Diff(it.Shown, got); diff != "" || is.Title != it.Title {
			t.Errorf("%s is %q: %s", it.ID, is.Title, diff)
		}
	}
}

func TestWhatCannotBeMeasuredIsNamed(t *testing.T) {
	_, err := Run(context.Background(), Options{What: []string{"joy"}, Rates: []int{50, 0}})
	if err == nil {
		t.Fatal("it measures joy")
	}
	for _, want := range []string{`"joy"`, "start, ack,", "--rates", "--for", "--burst"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %s: %v", want, err)
		}
	}
}

func TestACollectionIsToldFromAMessage(t *testing.T) {
	for line, want := range map[string]string{
		"gc 7 @1.204s 1%: 0.03+1.1+0.01 ms clock, 0.06+0.2/1.0/0+0.02 ms cpu, 12->13->6 MB, 14 MB goal, 0 MB stacks, 0 MB globals, 2 P": "6",
		`{"level":"info","message":"gc 7 @ 12->13->6 MB"}`: "",
	} {
		got := ""
		if m := collected.FindStringSubmatch(line); m != nil {
			got = m[1]
		}
		if got != want {
			t.Errorf("%q is %q", line, got)
		}
	}
}
