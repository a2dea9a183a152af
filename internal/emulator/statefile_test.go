package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/snapshot"
)

func TestTheWholeWorldIsData(t *testing.T) {
	if err := snapshot.Check(savedWorld{}); err != nil {
		t.Errorf("a state file could not hold it: %v", err)
	}
}

// paths collects what a story asked for.
type paths struct {
	mu   sync.Mutex
	seen map[string]map[string]bool // argument of a route → values
}

func (p *paths) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rt := range table {
		args := rt.match(strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/api/v3"), "/"))
		for name, value := range args {
			if p.seen[name] == nil {
				p.seen[name] = map[string]bool{}
			}
			p.seen[name][value] = true
		}
	}
}

// reads are the addresses of every GET route with everything that was seen in
// its place; at most a few of each.
func (p *paths) reads() []string {
	const most = 2
	var out []string
	for _, rt := range table {
		if rt.method != get {
			continue
		}
		all := []string{""}
		for _, part := range rt.parts[1:] {
			values := []string{part}
			if name, isArg := strings.CutPrefix(part, "{"); isArg {
				name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
				values = slices.Sorted(maps.Keys(p.seen[name]))
				values = values[:min(len(values), most)]
				if len(values) == 0 {
					values = []string{"1"}
				}
			}
			var next []string
			for _, before := range all {
				for _, v := range values {
					next = append(next, before+"/"+escaped(v))
				}
			}
			all = next
		}
		out = append(out, all...)
	}
	return out
}

// escaped leaves the slashes of a path that is the rest of an address.
func escaped(part string) string {
	return strings.ReplaceAll(strings.ReplaceAll(part, "%", "%25"), " ", "%20")
}

// look asks a world for an address as somebody, without a server between.
func look(g *GitHub, auth, path string) string {
	r := httptest.NewRequest("GET", "/api/v3"+path, http.NoBody)
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Authorization", auth)
	rec := httptest.NewRecorder()
	g.ServeHTTP(rec, r)
	head := rec.Header()
	return fmt.Sprintf("%d %s %s %s\n%s", rec.Code, head.Get("Link"), head.Get("ETag"), head.Get("X-RateLimit-Used"), rec.Body)
}

func TestAWorldThatWasSavedAnswersAsBefore(t *testing.T) {
	asked := 0
	for _, a := range areas {
		for _, e := range a.exercises {
			t.Run(a.name+"/"+e.name, func(t *testing.T) { asked += comeBack(t, e) })
		}
	}
	t.Logf("%d answers compared", asked)
}

// comeBack tells a story, saves its world, goes on in a second emulator, and
// asks both for everything. It returns for how much.
func comeBack(t *testing.T, e exercise) int {
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer hook.Close()
	var first *GitHub
	seen := &paths{seen: map[string]map[string]bool{}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.note(r)
		first.ServeHTTP(w, r)
	}))
	defer front.Close()
	o := Options{Seed: 1, BaseURL: front.URL, WebhookURL: hook.URL, WebhookSecret: hookSecret, Permissions: everyPermission(),
		StateFile: filepath.Join(t.TempDir(), "world.json")}
	first = begin(t, o)
	d := &driver{T: t, gh: first, at: front.URL, hook: hook.URL, log: &tally{routes: map[string]int{}, faults: map[string]int{}}}
	bot, app := d.authorization("bot"), d.authorization("app")
	e.tell(d)
	d.settle()
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	second := begin(t, o)
	stopClock(first.wire(), first, second) // a limit unused until now begins with the question
	reads := seen.reads()
	for _, auth := range []string{bot, app, "token " + first.Token("maintainer"), "token " + first.Token("outsider")} {
		for _, path := range reads {
			if was, is := look(first, auth, path), look(second, auth, path); was != is {
				t.Fatalf("GET %s\nwas %s\nis  %s", path, was, is)
			}
		}
	}
	if !bytes.Equal(frozen(t, first), frozen(t, second)) {
		t.Error("what they would save differs")
	}
	return 4 * len(reads)
}

// stopClock lets it be one moment for all of them, on the wire's clock.
func stopClock(at time.Time, all ...*GitHub) {
	for _, g := range all {
		g.mu.Lock()
		g.wire = func() time.Time { return at }
		g.mu.Unlock()
	}
}

func begin(t *testing.T, o Options) *GitHub {
	t.Helper()
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// frozen is what a state file would hold, but for the time.
func frozen(t *testing.T, g *GitHub) []byte {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	text, err := snapshot.Marshal(&savedWorld{state: g.st})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestASavedWorldGoesOn(t *testing.T) {
	o := Options{Seed: 7, BaseURL: "http://github.test", Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true,
		StateFile: filepath.Join(t.TempDir(), "world.json")}
	unbroken, first := begin(t, Options{Seed: o.Seed, BaseURL: o.BaseURL, Start: o.Start, Frozen: true}), begin(t, o)
	for _, g := range []*GitHub{unbroken, first} {
		write(t, g, "/repos/acme/upgrades/issues", `{"title":"one"}`)
		g.Advance(time.Hour)
	}
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	o.Seed, o.Start, o.Colleagues = 99, o.Start.Add(-time.Hour), []string{"zoe"} // of a new world, so not heeded
	second := begin(t, o)
	if second.Token("engineer") != first.Token("engineer") || second.Token("zoe") != "" || !bytes.Equal(second.PrivateKey(), first.PrivateKey()) {
		t.Error("the credentials are others")
	}
	if !second.Now().Equal(first.Now()) {
		t.Errorf("it is %s, and was %s", second.Now(), first.Now())
	}
	for _, g := range []*GitHub{unbroken, second} {
		write(t, g, "/repos/acme/upgrades/issues", `{"title":"two"}`)
	}
	if a, b := look(unbroken, "token "+unbroken.Token("engineer"), "/repos/acme/upgrades/issues/2"),
		look(second, "token "+second.Token("engineer"), "/repos/acme/upgrades/issues/2"); a != b {
		t.Errorf("unbroken %s\nsaved    %s", a, b)
	}
}

// write posts something as the engineer.
func write(t *testing.T, g *GitHub, path, body string) {
	t.Helper()
	r := httptest.NewRequest("POST", "/api/v3"+path, strings.NewReader(body))
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Authorization", "token "+g.Token("engineer"))
	rec := httptest.NewRecorder()
	if g.ServeHTTP(rec, r); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

func TestTimePassesInASavedWorldAsOutside(t *testing.T) {
	o := Options{Start: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), StateFile: filepath.Join(t.TempDir(), "world.json")}
	if err := begin(t, o).Save(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(o.StateFile)
	var file stateFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var w savedWorld
	if err := snapshot.Unmarshal(file.World, &w); err != nil {
		t.Fatal(err)
	}
	w.saved = w.saved.Add(-8 * time.Hour) // a night
	file.World, _ = snapshot.Marshal(&w)
	text, _ = json.Marshal(file)
	if err := os.WriteFile(o.StateFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if now := begin(t, o).Now(); now.Before(o.Start.Add(8*time.Hour)) || now.After(o.Start.Add(9*time.Hour)) {
		t.Errorf("in the morning it is %s", now)
	}
}

func TestWhatWasOnItsWayIsDeliveredAfterwards(t *testing.T) {
	came := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came <- r.Header.Get("X-GitHub-Event") }))
	defer hook.Close()
	o := Options{WebhookURL: hook.URL, StateFile: filepath.Join(t.TempDir(), "world.json")}
	first := begin(t, o)
	first.mu.Lock() // nothing leaves while it is saved
	first.enter(first.st.app, &Delivery{AppID: first.st.app.id, GUID: first.guid(), Event: "issues", Payload: []byte("{}")})
	first.mu.Unlock()
	if err := first.Save(); err != nil {
		t.Fatal(err)
	}
	second := begin(t, o)
	if err := second.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(came) != 1 || <-came != "issues" {
		t.Error("it did not come")
	}
	if log := second.Deliveries(); len(log) != 1 || log[0].Status != "OK" {
		t.Errorf("the log has %+v", log)
	}
}

func TestAStateFileThatCannotBeReadIsRefusedAndLeftAlone(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.json")
	if err := begin(t, Options{StateFile: good}).Save(); err != nil {
		t.Fatal(err)
	}
	sound, _ := os.ReadFile(good)
	for name, tc := range map[string]struct{ text, says string }{
		"an empty file":         {"", "damaged"},
		"half of one":           {string(sound[:len(sound)/2]), "damaged"},
		"another file":          {`{"name":"stationmaster"}`, "something else"},
		"a newer one":           {strings.Replace(string(sound), `"version":1`, `"version":2`, 1), "newer emulator (version 2, this one reads 1)"},
		"one with more in it":   {strings.Replace(string(sound), `"lastID":`, `"telepathy":1,"lastID":`, 1), "newer emulator: snapshot: object 1, a emulator.state: unknown field telepathy"},
		"one with a hole":       {strings.Replace(string(sound), `"app":`, `"app":9999999,"apps":null,"x":`, 1), "no object 9999999"},
		"one without its world": {`{"format":"stationmaster emulator world","version":1,"world":{"objects":[{}]}}`, "parts of the world are missing"},
		"one without dice":      {strings.Replace(string(sound), `"rng":{"base64":"cGNn`, `"rng":{"base64":"Z2Nw`, 1), "damaged"},
	} {
		path := filepath.Join(t.TempDir(), "world.json")
		if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{StateFile: path})
		if err == nil || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), "left as it is") {
			t.Errorf("%s: %v", name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != tc.text {
			t.Errorf("%s was changed", name)
		}
	}
}

func TestAWorldIsSavedOnlyWhenItChangedAndNobodyElseWroteTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.json")
	g := begin(t, Options{StateFile: path})
	if err := g.Save(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("it holds tokens, and is %v, %v", info.Mode(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := g.Save(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was saved without a change")
	}
	write(t, g, "/repos/acme/upgrades/issues", `{"title":"one"}`)
	if err := g.Save(); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("the file is gone, and saving says %v", err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := g.Save(); err == nil || !strings.Contains(err.Error(), "somebody else") {
		t.Errorf("the file is another's, and saving says %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("it was overwritten")
	}
	if err := begin(t, Options{}).Save(); err != nil {
		t.Errorf("without a file: %v", err)
	}
}

func TestASavedWorldHasTheNewestDeliveriesAndThoseOnTheirWay(t *testing.T) {
	g := begin(t, Options{StateFile: filepath.Join(t.TempDir(), "world.json")})
	g.mu.Lock()
	for n := range savedDeliveries + 10 {
		g.enter(g.st.app, &Delivery{AppID: g.st.app.id, Done: n > 0, Payload: []byte("{}")})
	}
	all := len(g.st.log)
	g.mu.Unlock()
	if err := g.Save(); err != nil {
		t.Fatal(err)
	}
	if len(g.Deliveries()) != all {
		t.Error("saving shortened the log")
	}
	if got := begin(t, g.opts).Deliveries(); len(got) != savedDeliveries+1 {
		t.Errorf("%d deliveries were saved", len(got))
	}
}
