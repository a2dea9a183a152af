package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

const repo = "acme/upgrades"

// github answers from what a test lays out.
type github struct {
	lists  map[bot.Listing][]string
	fails  error // of every list
	edits  map[string]string
	noEdit error
	failed []string
	resent []int64
	refuse map[int64]error
	asked  []bot.Listing
}

func (g *github) List(_ context.Context, _ int64, _ string, q bot.Query, each func(json.RawMessage) bool) error {
	g.asked = append(g.asked, q.Of)
	if g.fails != nil {
		return g.fails
	}
	for _, one := range g.lists[q.Of] {
		if !each(json.RawMessage(one)) {
			return nil
		}
	}
	return nil
}

func (g *github) Edits(_ context.Context, _ int64, _ string, nodes []string, each func(json.RawMessage)) error {
	for _, n := range nodes {
		if text := g.edits[n]; text != "" {
			each(json.RawMessage(text))
		}
	}
	return g.noEdit
}

func (g *github) FailedDeliveries(_ context.Context, each func(json.RawMessage) bool) error {
	for _, one := range g.failed {
		each(json.RawMessage(one))
	}
	return nil
}

func (g *github) Redeliver(_ context.Context, id int64) error {
	if err := g.refuse[id]; err != nil {
		return err
	}
	g.resent = append(g.resent, id)
	return nil
}

// station is the bot and the record in one.
type station struct {
	told     []string // ids of deliveries, and keys of events
	payloads []string
	held     error
	drifts   []process.Drift
	restless []int
	repaired []bot.Sight
	marks    map[string]string
	known    map[string]bool
	line     *process.Line
}

func newStation() *station {
	return &station{marks: map[string]string{}, known: map[string]bool{}, line: process.NewLine(repo)}
}

func (s *station) Missed(_ context.Context, d bot.Delivery) (bool, error) {
	s.told, s.payloads = append(s.told, d.ID), append(s.payloads, string(d.Payload))
	return !s.known[d.ID], nil
}

func (s *station) Differ(_ context.Context, _ int64, _ string, _ time.Time, seen []bot.Sight) ([]process.Drift, []int, error) {
	return s.drifts, s.restless, s.held
}

func (s *station) Repair(_ context.Context, _ int64, _ string, _ time.Time, seen []bot.Sight) (int, error) {
	s.repaired = append(s.repaired, seen...)
	return len(seen), nil
}

func (s *station) RepairMilestones(context.Context, int64, string, time.Time, []process.MilestoneSight) (int, error) {
	return 0, nil
}

func (s *station) SetMark(_ context.Context, _ int64, repo string, _ time.Time, name, value string) error {
	s.marks[repo+" "+name] = value
	return nil
}

func (s *station) Inject(_ context.Context, _ int64, e process.Event) error {
	s.told = append(s.told, e.Key)
	return nil
}

func (s *station) Known(_ context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range ids {
		if s.known[id] {
			out[id] = true
		}
	}
	return out, nil
}

func (s *station) Claim(context.Context, string, time.Time, time.Duration) (bool, error) {
	return true, nil
}

func (s *station) Mark(_ context.Context, repo, name string) (string, error) {
	return s.marks[repo+" "+name], nil
}

func (s *station) Line(context.Context, int64, string) (*process.Line, error) { return s.line, s.held }

func newWatch(g *github, s *station, change ...func(*Config)) *Watch {
	c := Config{
		GitHub: g, Bot: s, Record: s,
		Targets: func(context.Context) ([]Target, error) { return []Target{{Installation: 1, Repo: repo}}, nil },
		Handled: func(event, action string) bool { return event == "issues" && action != "pinned" },
		Self:    func() string { return "stationmaster[bot]" }, World: func() time.Time { return noon }, Every: time.Minute,
	}
	for _, f := range change {
		f(&c)
	}
	return New(c)
}

func round(t *testing.T, w *Watch) {
	t.Helper()
	if err := w.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func delivery(id int64, guid, event, action string) string {
	return fmt.Sprintf(`{"id":%d,"guid":%q,"delivered_at":"2026-12-01T11:00:00Z","event":%q,"action":%q,"installation_id":1}`, id, guid, event, action)
}

func TestOnlyWhatIsMissingIsAskedForAgainTheOldestFirst(t *testing.T) {
	g := &github{failed: []string{ // as GitHub lists them: the newest first, each attempt by itself
		delivery(9, "again", "issues", "opened"),
		delivery(8, "stored", "issues", "opened"),
		delivery(7, "foreign", "star", "created"),
		delivery(6, "dull", "issues", "pinned"),
		delivery(5, "again", "issues", "opened"),
		`{"id":4,"guid":"nowhere","event":"issues","action":"opened","installation_id":null}`,
		`{"id":"odd"}`,
		delivery(3, "first", "issues", "closed"),
	}}
	s := newStation()
	s.known["stored"] = true
	w := newWatch(g, s)
	missing, err := w.missing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, d := range missing {
		ids = append(ids, d.ID)
	}
	if !slices.Equal(ids, []int64{3, 9}) {
		t.Errorf("missing are %v, want 3 and the last attempt of the other, 9", ids)
	}
}

func TestTheSameWebhookIsAskedForAtLongerAndLongerIntervals(t *testing.T) {
	w := newWatch(&github{}, newStation())
	for _, tt := range []struct {
		times int
		ago   time.Duration
		want  bool
	}{
		{0, 0, true},
		{1, 59 * time.Second, false}, {1, 61 * time.Second, true},
		{3, 3 * time.Minute, false}, {3, 5 * time.Minute, true},
		{60, 5 * time.Hour, false}, {60, 7 * time.Hour, true},
	} {
		w.resent["x"] = resent{1, tt.times, time.Now().Add(-tt.ago)}
		if got := w.mayResend(failed{GUID: "x", ID: 2}); got != tt.want {
			t.Errorf("asked for %d times, the last %s ago: may be again %t", tt.times, tt.ago, got)
		}
	}
}

func TestAWebhookThatWasAskedForIsNotAskedForAgainUnlessItFailsAgain(t *testing.T) {
	g := &github{failed: []string{delivery(1, "a", "issues", "labeled")}}
	w := newWatch(g, newStation())
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody waits for the webhook
	ask := func() {
		for guid, r := range w.resent {
			r.last = r.last.Add(-24 * time.Hour)
			w.resent[guid] = r
		}
		if _, err := w.resend(ctx); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	ask() // it was acknowledged and not kept: GitHub has no newer failure of it
	if !slices.Equal(g.resent, []int64{1}) {
		t.Errorf("asked for %v, want once", g.resent)
	}
	g.failed = append([]string{delivery(2, "a", "issues", "labeled")}, g.failed...)
	ask()
	if !slices.Equal(g.resent, []int64{1, 2}) {
		t.Errorf("asked for %v, want the one that has failed again too", g.resent)
	}
}

func TestAWebhookThatCannotBeHadAgainHoldsUpNothing(t *testing.T) {
	g := &github{failed: []string{delivery(2, "b", "issues", "opened"), delivery(1, "a", "issues", "opened")},
		refuse: map[int64]error{1: bot.Never{Cause: "older than three days"}}}
	s := newStation()
	s.known["b"] = false
	w := newWatch(g, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody waits for the webhook
	if n, err := w.resend(ctx); err != nil || n != 1 || !slices.Equal(g.resent, []int64{2}) {
		t.Errorf("%d were asked for again: %v, %v", n, g.resent, err)
	}
	if missing, _ := w.missing(t.Context()); len(missing) != 0 {
		t.Errorf("asked for again at once: %v", missing)
	}
}

func TestARepositoryIsComparedFromWhenItWasFirstSeen(t *testing.T) {
	old := `{"id":1,"node_id":"C1","body":"/layers l1","user":{"login":"ada","type":"User"},"issue_url":"x/issues/12","created_at":"2026-11-01T12:00:00Z","updated_at":"2026-11-01T12:00:00Z"}`
	g := &github{lists: map[bot.Listing][]string{bot.Comments: {old}, bot.OneIssue: {`{"number":12}`}}}
	s := newStation()
	round(t, newWatch(g, s))
	if len(s.told) != 0 {
		t.Errorf("told of the past: %v", s.told)
	}
	var r reach
	if err := json.Unmarshal([]byte(s.marks[repo+" swept"]), &r); err != nil || !r.World.Equal(noon) {
		t.Errorf("the mark is %q", s.marks[repo+" swept"])
	}
}

func TestWhatFailsLeavesTheMarkWhereItWas(t *testing.T) {
	s := newStation()
	before := Reach(noon.Add(-time.Hour), time.Now())
	s.marks[repo+" swept"] = before
	w := newWatch(&github{fails: errors.New("502")}, s)
	if err := w.Round(t.Context()); err == nil || !strings.Contains(err.Error(), "compare acme/upgrades: 502") {
		t.Errorf("it says %v", err)
	}
	if s.marks[repo+" swept"] != before {
		t.Error("what was not compared counts as compared")
	}
}

func TestNothingIsReadWhereNothingCanBeCompared(t *testing.T) {
	for held, soon := range map[error]bool{bot.ErrHeld: false, bot.ErrBusy: true, bot.ErrNotFound: true} {
		s := newStation()
		s.held = held
		g := &github{}
		w := newWatch(g, s)
		round(t, w)
		if len(g.asked) != 0 || len(s.marks) != 0 || w.busy != soon {
			t.Errorf("%v: asked for %v, marked %v, comes again soon: %t", held, g.asked, s.marks, w.busy)
		}
	}
}

// people says what a comment of a person's looks like.
func people(id int64, body, created, updated string) string {
	return fmt.Sprintf(`{"id":%d,"node_id":"C%d","body":%q,"user":{"login":"ada","type":"User"},"issue_url":"x/issues/12","created_at":%q,"updated_at":%q}`, id, id, body, created, updated)
}

func TestActsAreToldInTheOrderInWhichTheyHappened(t *testing.T) {
	g := &github{lists: map[bot.Listing][]string{
		bot.Issues: {
			`{"number":12,"title":"x","user":{"login":"ada","type":"User"},"state":"open","created_at":"2026-12-01T11:30:00Z","updated_at":"2026-12-01T11:59:00Z"}`,
			`{"number":13,"title":"y","user":{"login":"ada","type":"User"},"state":"open","created_at":"2026-12-01T11:10:00Z","updated_at":"2026-12-01T11:10:00Z"}`,
		},
		bot.Comments: {
			people(2, "/submit alphanet", "2026-12-01T11:40:00Z", "2026-12-01T11:40:00Z"),
			people(1, "/layers l1", "2026-12-01T11:35:00Z", "2026-12-01T11:35:00Z"),
			people(3, "too young", "2026-12-01T11:59:50Z", "2026-12-01T11:59:50Z"),
		},
		bot.Pulls: {`{"number":7,"node_id":"PR7","user":{"login":"ada","type":"User"},"state":"closed","merged_at":"2026-12-01T11:20:00Z","updated_at":"2026-12-01T11:20:00Z","base":{"repo":{"full_name":"acme/upgrades"}}}`,
			`{"number":6,"state":"open","updated_at":"2026-11-01T11:20:00Z","base":{"repo":{"full_name":"acme/upgrades"}}}`},
	}}
	s := newStation()
	s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
	round(t, newWatch(g, s, func(c *Config) { c.Grace = 30 * time.Second }))
	want := []string{"issue/13/opened", "pull/7/closed", "issue/12/opened", "comment/1/created", "comment/2/created"}
	if len(s.told) != len(want) {
		t.Fatalf("told of %v, want %v", s.told, want)
	}
	for i, name := range want {
		if !strings.HasPrefix(s.told[i], process.SweptPrefix+repo+"/"+name) {
			t.Errorf("told of %s in place %d, want %s", s.told[i], i, name)
		}
	}
}

func TestWhoTypedWhatIsReadFromTheHistoryOrAskedFor(t *testing.T) {
	edited := people(1, "Done.\n/layers l1", "2026-12-01T11:35:00Z", "2026-12-01T11:45:00Z")
	lists := map[bot.Listing][]string{bot.Comments: {edited}, bot.OneIssue: {`{"number":12}`}}
	told := `{"id":"C1","userContentEdits":{"nodes":[
		{"editedAt":"2026-12-01T11:45:00Z","diff":"Done.\n/layers l1","editor":{"login":"mara","__typename":"User"}},
		{"editedAt":"2026-12-01T11:35:00Z","diff":"Done.","editor":{"login":"ada","__typename":"User"}}]}}`
	cut := `{"id":"C1","userContentEdits":{"nodes":[
		{"editedAt":"2026-12-01T11:45:00Z","diff":null,"editor":{"login":"mara","__typename":"User"}},
		{"editedAt":"2026-12-01T11:35:00Z","diff":"Done.","editor":null}]}}`
	for _, tt := range []struct {
		name   string
		edits  map[string]string
		err    error
		unsure bool
	}{
		{"a whole history", map[string]string{"C1": told}, nil, false},
		{"a version that is not kept", map[string]string{"C1": cut}, nil, true},
		{"no history", nil, nil, true},
		{"a history that may not be read", nil, bot.Never{Cause: "not accessible"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStation()
			s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
			round(t, newWatch(&github{lists: lists, edits: tt.edits, noEdit: tt.err}, s))
			if asked := slices.Contains(s.told, "comment/1/unsure"); asked != tt.unsure || tt.unsure && len(s.told) != 1 {
				t.Fatalf("told of %v", s.told)
			}
			if !tt.unsure && (len(s.payloads) != 2 || !strings.Contains(s.payloads[1], `"login":"mara"`) || !strings.Contains(s.payloads[1], `"from":"Done."`)) {
				t.Errorf("told of %v: %v", s.told, s.payloads)
			}
		})
	}
}

func TestABoxTickedInTheSecondInWhichItsListWasWrittenIsFound(t *testing.T) {
	const at = "2026-12-01T11:35:00Z"
	list := fmt.Sprintf(`{"id":5,"node_id":"C5","body":"- [x] it works","user":{"login":"stationmaster[bot]","type":"Bot"},"issue_url":"x/issues/12","created_at":%q,"updated_at":%q}`, at, at)
	g := &github{lists: map[bot.Listing][]string{bot.Comments: {list}, bot.OneIssue: {`{"number":12}`}}, edits: map[string]string{
		"C5": fmt.Sprintf(`{"id":"C5","userContentEdits":{"nodes":[
			{"editedAt":%q,"diff":"- [x] it works","editor":{"login":"ada","__typename":"User"}},
			{"editedAt":%q,"diff":"- [ ] it works","editor":{"login":"stationmaster","__typename":"Bot"}}]}}`, at, at)}}
	s := newStation()
	s.line = s.line.With([]*process.Item{{ID: "issue/12", Kind: process.Feature, F: &process.FeatureFacts{},
		Shown: process.Shown{Number: 12, Comments: map[string]int64{"checklist/alphanet-acceptance/1": 5}}}})
	s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
	round(t, newWatch(g, s))
	if len(s.told) == 0 || !strings.Contains(s.told[0], "comment/5/edited") || !strings.Contains(s.payloads[0], `"login":"ada"`) {
		t.Errorf("told of %v: %v", s.told, s.payloads)
	}
}

func TestADriftIsExplainedByTheLastWhoPulledTheLeverOrPutRight(t *testing.T) {
	label := func(id int, who, kind, name, at string) string {
		return fmt.Sprintf(`{"id":%d,"event":"labeled","actor":{"login":%q,"type":%q},"label":{"name":%q},"created_at":%q}`, id, who, kind, name, at)
	}
	for _, tt := range []struct {
		name     string
		tracked  bool
		events   []string
		told     string
		repaired bool
	}{
		{"a person did it", true, []string{label(1, "ada", "User", "layer/l1", "2026-12-01T11:40:00Z"), label(2, "bo", "User", "Layer/L1", "2026-12-01T11:41:00Z")}, "happened/2", false},
		{"long ago", true, []string{label(1, "ada", "User", "layer/l1", "2026-06-01T11:40:00Z")}, "happened/1", false},
		{"we did it ourselves", true, []string{label(1, "ada", "User", "layer/l1", "2026-12-01T11:40:00Z"), label(2, "stationmaster[bot]", "Bot", "layer/l1", "2026-12-01T11:41:00Z")}, "", true},
		{"nobody knows", true, []string{label(1, "ada", "User", "bug", "2026-12-01T11:40:00Z")}, "", true},
		{"a webhook may be on its way", true, []string{label(1, "ada", "User", "layer/l1", "2026-12-01T11:59:59Z")}, "", false},
		{"an issue that was so before we came", false, []string{label(1, "ada", "User", "layer/l1", "2026-06-01T11:40:00Z")}, "", false},
		{"an issue that is not tracked yet", false, []string{label(1, "ada", "User", "layer/l1", "2026-12-01T11:40:00Z")}, "happened/1", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := &github{lists: map[bot.Listing][]string{
				bot.Issues:   {`{"number":12,"title":"x","user":{"login":"ada","type":"User"},"state":"open","created_at":"2026-01-01T11:30:00Z","updated_at":"2026-12-01T11:59:00Z"}`},
				bot.EventsOf: tt.events,
			}}
			s := newStation()
			s.drifts = []process.Drift{{Number: 12, On: []string{"layer/l1"}}}
			if tt.tracked {
				s.line.Put(&process.Item{ID: "issue/12", Kind: process.Feature, Shown: process.Shown{Number: 12}})
			}
			s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
			round(t, newWatch(g, s, func(c *Config) { c.Grace = 30 * time.Second }))
			if got := strings.Join(s.told, " "); tt.told == "" && got != "" || !strings.HasSuffix(got, tt.told) {
				t.Errorf("told of %q, want %q", got, tt.told)
			}
			if repaired := len(s.repaired) > 0; repaired != tt.repaired {
				t.Errorf("put right: %t", repaired)
			}
		})
	}
}

func TestADriftThatWasToldOfBeforeIsPutRight(t *testing.T) {
	g := &github{lists: map[bot.Listing][]string{
		bot.Issues:   {`{"number":12,"title":"x","user":{"login":"ada","type":"User"},"state":"open","created_at":"2026-01-01T11:30:00Z","updated_at":"2026-12-01T11:59:00Z"}`},
		bot.EventsOf: {`{"id":7,"event":"labeled","actor":{"login":"ada","type":"User"},"label":{"name":"layer/l1"},"created_at":"2026-12-01T11:40:00Z"}`},
	}}
	for _, before := range []bool{false, true} {
		s := newStation()
		s.drifts = []process.Drift{{Number: 12, On: []string{"layer/l1"}}}
		s.line.Put(&process.Item{ID: "issue/12", Kind: process.Feature, Shown: process.Shown{Number: 12}})
		s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
		s.known[process.SweptPrefix+repo+"/happened/7"] = before
		round(t, newWatch(g, s))
		if put := len(s.repaired) > 0; put != before {
			t.Errorf("told of before: %t, put right: %t", before, put)
		}
	}
}

func TestWhatIsRestlessIsLookedAtInTheNextRoundToo(t *testing.T) {
	g := &github{lists: map[bot.Listing][]string{
		bot.Issues:   {`{"number":12,"title":"x","user":{"login":"ada","type":"User"},"state":"open","created_at":"2026-01-01T11:30:00Z","updated_at":"2026-12-01T11:59:00Z"}`},
		bot.OneIssue: {`{"number":12,"title":"x","state":"open"}`},
	}}
	s := newStation()
	s.line.Put(&process.Item{ID: "issue/12", Kind: process.Feature, Shown: process.Shown{Number: 12}})
	s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
	s.restless = []int{12}
	w := newWatch(g, s)
	round(t, w)
	g.lists[bot.Issues], g.asked = nil, nil
	round(t, w)
	if !slices.Contains(g.asked, bot.OneIssue) {
		t.Errorf("asked for %v", g.asked)
	}
}

func TestTheCommentsOfManyIssuesAreReadInSeveralRounds(t *testing.T) {
	g := &github{lists: map[bot.Listing][]string{bot.OneIssue: {`{"number":1}`}}}
	s := newStation()
	for n := 1; n <= 250; n++ {
		g.lists[bot.Issues] = append(g.lists[bot.Issues], fmt.Sprintf(`{"number":%d,"title":"x","state":"open","created_at":"2026-01-01T11:30:00Z","updated_at":"2026-12-01T11:59:00Z"}`, n))
		s.line.Put(&process.Item{ID: process.ID(fmt.Sprintf("issue/%d", n)), Kind: process.Feature, Shown: process.Shown{Number: n, Comments: map[string]int64{"status": int64(n)}}})
	}
	s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
	w := newWatch(g, s)
	for _, want := range []int{100, 100, 50, 0} {
		g.asked = nil
		round(t, w)
		got := 0
		for _, of := range g.asked {
			if of == bot.CommentsOf {
				got++
			}
		}
		if got != want {
			t.Errorf("the comments of %d issues were read, want %d", got, want)
		}
		g.lists[bot.Issues] = nil
	}
	if len(s.told) != 250 {
		t.Errorf("%d deleted pages were told of", len(s.told))
	}
}
