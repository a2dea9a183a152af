package agenda_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// now is a Tuesday on which submissions for the meeting of the 8th are closed.
var now = time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)

func day(d int) time.Time { return time.Date(2026, 12, d, 9, 0, 0, 0, time.UTC) }

func on(d int) calendar.Date { return calendar.Date{Year: 2026, Month: 12, Day: d} }

// loaded is the bundled process; two features are enough for a Betanet.
func loaded(t *testing.T) *process.Process {
	t.Helper()
	p, err := scenario.Bundled(process.Settings{Configured: true, Enough: 2, Hardforks: []string{"Karst"}, Next: "17", Reminders: process.Reminders{Agenda: calendar.Span{Days: 42}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func meeting() *process.Item {
	return &process.Item{ID: "meeting/2", Kind: process.Meeting, Shown: process.Shown{Number: 50}, M: &process.MeetingFacts{
		Date: on(8), At: day(8), Cutoff: day(4), Since: day(1),
	}}
}

// feature n stands in a stage since the second; its one pull request is merged.
func feature(n int, stage string, change func(*process.Item)) *process.Item {
	it := &process.Item{ID: process.ID(fmt.Sprintf("issue/%d", n)), Kind: process.Feature, Title: fmt.Sprintf("F%d", n), Stage: stage, Since: day(2), Shown: process.Shown{Number: n}, F: &process.FeatureFacts{
		Owner: "ada", Layers: []string{"l1"}, Pulls: []process.Pull{{Repo: "acme/protocol", Number: 100 + n, Merged: true}},
	}}
	if change != nil {
		change(it)
	}
	return it
}

func submitted(network string, d int) func(*process.Item) {
	return func(it *process.Item) {
		it.F.Submitted = map[string]process.Submission{network: {By: "ada", At: day(d)}}
	}
}

func train(n int, kind process.Kind, stage string, change func(*process.Item)) *process.Item {
	it := &process.Item{ID: process.ID(fmt.Sprintf("issue/%d", n)), Kind: kind, Stage: stage, Since: day(2), Shown: process.Shown{Number: n}, T: &process.TrainFacts{}}
	if change != nil {
		change(it)
	}
	return it
}

var december = train(40, process.Alphanet, "alphanet-scoping", func(it *process.Item) { it.T.Date, it.T.Name = on(10), "Alphanet 2026-12" })

// TestTheAgendaReadsTheRecord says of each section which topics a record comes to:
// "number key: options → suggestion", and after " | " the facts' words. What only
// tells has no number and no options.
func TestTheAgendaReadsTheRecord(t *testing.T) {
	for _, c := range []struct {
		name    string
		section int
		items   []*process.Item
		want    []string
	}{
		{"nobody has submitted", 1, []*process.Item{feature(1, "alphanet-scoping", nil)}, nil},
		{"a candidate in time is suggested (A2, A7)", 1, []*process.Item{december, feature(1, "alphanet-scoping", submitted("alphanet", 3))}, []string{
			"next/issue/40", "1.1 board/issue/40/issue/1: yes no → yes | submitted gate.code-complete.yes",
		}},
		{"a late one is left to the maintainers (A7)", 1, []*process.Item{december, feature(1, "alphanet-scoping", submitted("alphanet", 5))}, []string{
			"next/issue/40", "1.1 board/issue/40/issue/1: yes no | submitted gate.code-complete.yes",
		}},
		{"who was first submitted comes first", 1, []*process.Item{december, feature(1, "alphanet-scoping", submitted("alphanet", 3)), feature(2, "alphanet-scoping", submitted("alphanet", 2))}, []string{
			"next/issue/40", "1.1 board/issue/40/issue/2: yes no → yes | submitted gate.code-complete.yes", "1.2 board/issue/40/issue/1: yes no → yes | submitted gate.code-complete.yes",
		}},
		{"what is not code-complete is told of (A3)", 1, []*process.Item{december, feature(1, "alphanet-scoping", func(it *process.Item) { submitted("alphanet", 3)(it); it.F.Pulls[0].Merged = false })}, []string{
			"next/issue/40", "board/none/issue/1 | submitted gate.code-complete.open",
		}},
		{"what is held is told of (D7)", 1, []*process.Item{december, feature(1, "alphanet-scoping", func(it *process.Item) {
			submitted("alphanet", 3)(it)
			it.Holds = []process.Hold{{By: "sam", At: day(3)}}
		})}, []string{"next/issue/40", "board/none/issue/1 | submitted gate.code-complete.yes held"}},
		{"without a train there is nothing to board", 1, []*process.Item{feature(1, "alphanet-scoping", submitted("alphanet", 3))}, []string{
			"board/none/issue/1 | submitted gate.code-complete.yes",
		}},
		{"results, feature by feature (A8)", 2, []*process.Item{
			train(40, process.Alphanet, "alphanet-acceptance", func(it *process.Item) {
				it.T.Departed, it.T.Past, it.T.Judged = day(3), []process.ID{"issue/1", "issue/2", "issue/3"}, map[process.ID]string{"issue/1": "stable"}
			}),
			train(39, process.Alphanet, "completed", func(it *process.Item) { it.T.Departed, it.T.Past = day(1), []process.ID{"issue/9"} }),
			feature(1, "betanet-scoping", nil), feature(2, "alphanet-acceptance", func(it *process.Item) { it.F.Train = "issue/40" }), feature(3, "alphanet-scoping", nil),
		}, []string{"last/issue/40", "result/issue/40/issue/1 stable", "result/issue/40/issue/2 waiting", "result/issue/40/issue/3 unjudged"}},
		{"too few for a Betanet (B1)", 3, []*process.Item{feature(1, "betanet-scoping", nil)}, []string{"3.1 betanet/meeting/2: yes scope no → no | passed"}},
		{"enough for a Betanet (B1)", 3, []*process.Item{feature(1, "betanet-scoping", nil), feature(2, "betanet-scoping", submitted("betanet", 3))}, []string{"3.1 betanet/meeting/2: yes scope no → yes | passed passed"}},
		{"who is aboard already counts", 3, []*process.Item{
			train(30, process.Upgrade, "betanet-scoping", nil), feature(1, "betanet-scoping", func(it *process.Item) { it.F.Train = "issue/30" }), feature(2, "betanet-scoping", func(it *process.Item) { it.F.Train = "issue/30" }),
		}, []string{"3.1 betanet/meeting/2: yes no → yes | passed passed"}},
		{"who is held waits for none", 3, []*process.Item{feature(1, "betanet-scoping", func(it *process.Item) { it.Holds = []process.Hold{{By: "sam"}} })}, nil},
		{"a Betanet at work", 4, []*process.Item{train(30, process.Upgrade, "betanet-deployment", func(it *process.Item) { it.T.Departed, it.T.Redeploy = day(2), "b4" })}, []string{
			"at-work/issue/30 | redeploy gate",
		}},
		{"a testnet's day, with two to three weeks for the cut (T1)", 5, []*process.Item{train(30, process.Upgrade, "testnet-release", nil)}, []string{
			"5.1 testnet/issue/30: 2026-12-29 2027-01-05 2027-01-12 later → 2026-12-29 | window",
		}},
		{"a testnet's day after its cut (T1)", 5, []*process.Item{train(30, process.Upgrade, "testnet-activation", func(it *process.Item) {
			it.T.Released = map[string]process.Release{"testnet": {On: on(3)}}
		})}, []string{"5.1 testnet/issue/30: 2026-12-17 2026-12-24 later → 2026-12-17 | window gate gate"}},
		{"a day that is decided is not asked for", 5, []*process.Item{train(30, process.Upgrade, "testnet-release", func(it *process.Item) {
			it.T.Planned = map[string]process.Plan{"testnet": {On: on(22)}}
		})}, nil},
		{"a proposal in review (G1)", 6, []*process.Item{train(30, process.Upgrade, "testnet-activation", func(it *process.Item) {
			it.Tracks = map[string]process.Standing{"governance": {At: "review", Since: day(3)}}
			it.T.Proposals = []process.Proposal{{Link: "https://gov.example/1", Superseded: true}, {Link: "https://gov.example/2"}}
		})}, []string{"governance/issue/30 | proposal"}},
		{"a mainnet's day (M2)", 7, []*process.Item{train(30, process.Upgrade, "mainnet-release", nil)}, []string{
			"7.1 mainnet/issue/30: 2026-12-29 2027-01-05 2027-01-12 later → 2026-12-29 | window",
		}},
		{"a hold, and a waiver about to end (D7)", 8, []*process.Item{
			train(30, process.Upgrade, "testnet-release", func(it *process.Item) {
				it.Holds = []process.Hold{{Name: "Sec", By: "sam", At: day(3)}}
				it.Waivers = []process.Waiver{{Gate: "checklist", At: day(3), Until: on(20)}, {Gate: "evidence", At: day(3)}}
			}),
		}, []string{fmt.Sprintf("8.1 hold/issue/30/%d/sec: keep lift", day(3).Unix()), fmt.Sprintf("waiver/issue/30/%d/checklist", day(3).Unix())}},
		{"what has stood for six weeks is asked about", 8, []*process.Item{
			feature(1, "alphanet-scoping", func(it *process.Item) { it.Since = now.AddDate(0, 0, -42) }), feature(2, "alphanet-scoping", func(it *process.Item) { it.Since = now.AddDate(0, 0, -41) }),
			feature(3, "dropped", func(it *process.Item) { it.Since = now.AddDate(0, 0, -99) }), feature(4, "alphanet-scoping", func(it *process.Item) { it.Since, it.Shown.Gone = now.AddDate(0, 0, -99), true }),
		}, []string{"8.1 still/issue/1: keep drop"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, l, m := loaded(t), process.NewLine(scenario.Tracking), meeting()
			l.Put(append(slices.Clone(c.items), m)...)
			var got []string
			d := process.Decide(p, l, process.Event{Key: "tick/1", What: process.Tick, At: now, Repo: l.Repo}, process.Answers{})
			topics := process.Agenda(p, l, m, now)
			for _, tp := range topics {
				if len(tp.Options) > 0 && !slices.ContainsFunc(d.Changed, func(it *process.Item) bool { return it.M != nil && it.M.Numbers[tp.Key] == tp.Number }) {
					t.Errorf("%s asks, and got no number that is kept: is it among the news?", tp.Key)
				}
				if tp.Section == c.section && !strings.HasPrefix(tp.Key, "waits/") {
					got = append(got, inShort(tp))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the agenda has\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			// A second later nothing of it is another thing to say.
			for i, tp := range process.Agenda(p, l, m, now.Add(time.Second)) {
				if !reflect.DeepEqual(tp.Question, topics[i].Question) || !reflect.DeepEqual(tp.Facts, topics[i].Facts) || !reflect.DeepEqual(tp.Why, topics[i].Why) {
					t.Errorf("%s is said in other words a second later: %v, and before %v", tp.Key, tp, topics[i])
				}
			}
		})
	}
}

// inShort is a topic in one line.
func inShort(tp process.Topic) string {
	s := strings.TrimSpace(tp.Number + " " + tp.Key)
	if v, ok := tp.Question.Args["verdict"].(string); ok {
		s += " " + v
	}
	var options []string
	for _, o := range tp.Options {
		options = append(options, o.Key)
	}
	if len(options) > 0 {
		s += ": " + strings.Join(options, " ")
	}
	if tp.Suggest != "" {
		s += " → " + tp.Suggest
	}
	for i, f := range tp.Facts {
		if i == 0 {
			s += " |"
		}
		s += " " + strings.TrimPrefix(f.Key, "agenda.fact.")
	}
	return s
}

// What moves with its upgrade is told once, of the upgrade.
func TestNewsOfASetAreToldOnce(t *testing.T) {
	moved := func(d int) process.Note {
		return process.Note{At: day(d), By: "mara", What: process.Say("note.moved", "move", "stable", "from", "a", "to", "b")}
	}
	u := train(30, process.Upgrade, "testnet-release", func(it *process.Item) { it.History = []process.Note{moved(3)} })
	f := feature(1, "testnet-release", func(it *process.Item) { it.F.Train, it.History = "issue/30", []process.Note{moved(3)} })
	own := feature(2, "testnet-release", func(it *process.Item) { it.F.Train, it.History = "issue/30", []process.Note{moved(3), moved(2)} })
	old := feature(3, "alphanet-scoping", func(it *process.Item) { it.History = []process.Note{moved(1)} })
	p, l, m := loaded(t), process.NewLine(scenario.Tracking), meeting()
	l.Put(u, f, own, old, m)
	var got []string
	for _, tp := range process.Agenda(p, l, m, now) {
		if strings.HasPrefix(tp.Key, "changed/") {
			got = append(got, fmt.Sprintf("%s %d", tp.Key, len(tp.Facts)))
		}
	}
	slices.Sort(got)
	if want := []string{"changed/issue/2 1", "changed/issue/30 1"}; !slices.Equal(got, want) {
		t.Errorf("it tells of %q, and not of %q", got, want)
	}
}

// An agenda fits its issue however much there is, and says what it leaves out.
func TestAnAgendaThatIsTooLongSaysHowMuchMoreThereIs(t *testing.T) {
	r, err := render.New(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	p, l, m := loaded(t), process.NewLine(scenario.Tracking), meeting()
	l.Put(december)
	for n := 100; n < 400; n++ {
		l.Put(feature(n, "alphanet-scoping", func(it *process.Item) {
			submitted("alphanet", 3)(it)
			it.Title, it.Since = strings.Repeat("Words & <b> ", 20), now.AddDate(0, 0, -50)
		}))
	}
	for n := range 200 {
		m.M.Minutes = append(m.M.Minutes, process.Minute{Answer: process.Say("minute.command", "line", process.Code("/board #1")), By: "mara", At: day(2), Outcome: process.Say("form.wish", "usage", process.Code(strings.Repeat("word ", n)))})
	}
	l.Put(m)
	topics := process.Agenda(p, l, m, now)
	sections := map[int]int{}
	for _, tp := range topics {
		sections[tp.Section] += 1 + tp.More
	}
	if sections[1] != 301 || sections[8] < 300 {
		t.Errorf("with those left out the sections have %v topics", sections)
	}
	_, body, err := r.Page(p, l, m, now)
	if err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(body)); n >= 60_000 {
		t.Errorf("the agenda has %d characters", n)
	}
	for _, want := range []string{"more, which come up", "more before these", "As of "} {
		if !strings.Contains(body, want) {
			t.Errorf("the agenda does not say %q", want)
		}
	}
}

// Of thousands that stand for long, those that are asked about are asked in full:
// what had a number before others, then those that come first.
func TestOfManyThatStandForLongTheFirstAreAskedAbout(t *testing.T) {
	p, l, m := loaded(t), process.NewLine(scenario.Tracking), meeting()
	for n := 100; n < 400; n++ {
		l.Put(feature(n, "alphanet-scoping", func(it *process.Item) { it.Since = now.AddDate(0, 0, -50) }))
	}
	m.M.Numbers = map[string]string{"still/issue/399": "8.7", "still/issue/300": "8.9"}
	l.Put(m)
	var asked []string
	for _, tp := range process.Agenda(p, l, m, now) {
		if tp.Section != 8 {
			continue
		}
		asked = append(asked, tp.Key)
		if tp.Question.Empty() || len(tp.Options) == 0 || tp.Number == "" {
			t.Errorf("%s is not asked in full: %+v", tp.Key, tp)
		}
		if tp.More != 0 && tp.More != 240 {
			t.Errorf("%d more follow", tp.More)
		}
	}
	if len(asked) != process.MaxTopics || !slices.Contains(asked, "still/issue/399") || !slices.Contains(asked, "still/issue/300") || !slices.Contains(asked, "still/issue/157") || slices.Contains(asked, "still/issue/158") {
		t.Errorf("asked are %d: %v", len(asked), asked)
	}
}
