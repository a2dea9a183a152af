package main

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	ical "github.com/emersion/go-ical"

	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

// TestAYearOfUpgradesDayByDay lives through twelve months after the histories of
// real upgrades: every day the clock moves on by one, people do what was done
// then, and what GitHub shows in the evening must be lawful.
func TestAYearOfUpgradesDayByDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a year takes half a minute")
	}
	text, err := os.ReadFile("testdata/year.txt")
	if err != nil {
		t.Fatal(err)
	}
	script, err := scenario.Parse("testdata/year.txt", string(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	y := &year{
		wholeWorld: wholeWorldFor(t, 9*time.Minute), left: map[string]string{}, numbers: map[string]int{},
		betanets: map[string]int{}, waived: map[int]bool{}, skipped: map[string]bool{"2024-09-03": true},
	}
	y.settle = 10 * time.Millisecond
	if err := scenario.Tell(y, "testdata/year.txt", script.Stories[0]); err != nil {
		t.Fatal(err)
	}
	if err := y.evening(); err != nil {
		t.Fatal(err)
	}
	y.refusals()
	y.feeds()
	y.summary()
}

// A year is a world that lives day by day. People's habits are its own: what they
// do at a meeting, and with an Alphanet.
type year struct {
	*wholeWorld
	left     map[string]string // day on which each Alphanet left, by its title
	numbers  map[string]int    // the issue that has a number
	betanets map[string]int    // the upgrade first deployed in a month
	waived   map[int]bool      // upgrades with a waiver of B1
	skipped  map[string]bool   // meetings that nobody holds
	meetings int
	awake    string // the first day after the bot was down
}

// Advance implements [scenario.World]: the evening of each day before is lived
// through, and then the next morning comes.
func (y *year) Advance(to time.Time) error {
	for now := y.w.github.Now(); now.Format(time.DateOnly) < to.Format(time.DateOnly); now = y.w.github.Now() {
		if err := y.evening(); err != nil {
			return err
		}
		morning := time.Date(now.Year(), now.Month(), now.Day()+1, 9, 0, 0, 0, time.UTC)
		if err := y.wholeWorld.Advance(morning); err != nil {
			return err
		}
	}
	if to.After(y.w.github.Now()) {
		return y.wholeWorld.Advance(to)
	}
	return nil
}

// Do implements [scenario.World].
func (y *year) Do(a scenario.Act) (scenario.Reply, error) {
	if strings.HasPrefix(a.Body, "/waive B1") {
		y.waived[a.Issue] = true
	}
	if a.Deed == scenario.Sleeps && !a.On {
		y.awake = y.today()
	}
	return y.wholeWorld.Do(a)
}

// Issues shows less than the other world does, and in one request.
func (y *year) Issues() ([]scenario.Issue, error) {
	all, err := y.all()
	if err != nil {
		return nil, err
	}
	var out []scenario.Issue
	for _, is := range all {
		shown := scenario.Issue{Number: is.Number, Title: is.Title, Open: is.State == "open", Labels: is.labels(), Asks: asked(is.Body)}
		for _, a := range is.Assignees {
			shown.Assignees = append(shown.Assignees, a.Login)
		}
		if is.has("kind/meeting") {
			if shown.Markers, err = y.markers(scenario.Tracking, is.Number); err != nil {
				return nil, err
			}
		}
		out = append(out, shown)
	}
	return out, nil
}

// all are the issues of the tracking repository, oldest first.
func (y *year) all() ([]issue, error) {
	var out []issue
	for page := 1; ; page++ {
		var some []issue
		path := fmt.Sprintf("/issues?state=all&per_page=100&direction=asc&page=%d", page)
		if err := y.as("mara").do(y.ctx, http.MethodGet, y.w.tracking(path), nil, &some); err != nil {
			return nil, err
		}
		if out = append(out, some...); len(some) < 100 {
			return out, nil
		}
	}
}

func (y *year) today() string { return y.w.github.Now().Format(time.DateOnly) }

// evening is what people do after the story's own acts of a day, and what is
// looked at then.
func (y *year) evening() error {
	if y.asleep {
		return nil
	}
	all, err := y.all()
	if err != nil {
		return err
	}
	for _, is := range all {
		switch {
		case is.has("kind/feature", "stage/alphanet-acceptance"):
			err = y.proves(is)
		case is.has("kind/alphanet", "stage/alphanet-deployment"):
			err = y.says("mara", is.Number, "/deployed https://devnet.example/"+y.today())
		case is.has("kind/meeting") && is.State == "open" && strings.HasSuffix(is.Title, y.today()) && !y.skipped[y.today()]:
			err = y.meets(is)
		}
		if err != nil {
			return fmt.Errorf("in the evening of %s: #%d %s: %w", y.today(), is.Number, is.Title, err)
		}
	}
	if all, err = y.all(); err != nil {
		return err
	}
	if faults := y.faults(all); len(faults) > 0 {
		return fmt.Errorf("in the evening of %s: %s", y.today(), strings.Join(faults, "\n"))
	}
	return nil
}

// proves has the owner of a feature find that it works.
func (y *year) proves(is issue) error {
	owner := is.Assignees[0].Login
	if _, err := y.Do(scenario.Act{Who: owner, Deed: scenario.Ticks, On: true, Issue: is.Number}); err != nil {
		return err
	}
	return y.says(owner, is.Number, "/stable https://run.example/"+y.today())
}

// meets holds the planning meeting: whom the rules suggest to board boards, and
// nothing else is decided that the story has not.
func (y *year) meets(is issue) error {
	now := y.w.github.Now()
	if err := y.wholeWorld.Advance(time.Date(now.Year(), now.Month(), now.Day(), 16, 0, 0, 0, time.UTC)); err != nil {
		return err
	}
	if err := y.as("mara").do(y.ctx, http.MethodGet, y.w.tracking(fmt.Sprintf("/issues/%d", is.Number)), nil, &is); err != nil {
		return err
	}
	found := questioned.FindAllStringSubmatchIndex(is.Body, -1)
	for i, at := range found {
		number, topic := is.Body[at[2]:at[3]], is.Body[at[1]:]
		if i+1 < len(found) {
			topic = is.Body[at[1]:found[i+1][0]]
		}
		if strings.HasPrefix(number, "1.") && strings.Contains(topic, "Suggested: `yes`") && !strings.Contains(topic, "- [x]") {
			if _, err := y.Do(scenario.Act{Who: "mara", Deed: scenario.Ticks, On: true, Issue: is.Number, Name: number + " yes"}); err != nil {
				return err
			}
		}
	}
	y.meetings++
	return y.says("mara", is.Number, "/adjourn")
}

func (y *year) says(who string, number int, line string) error {
	r, err := y.Do(scenario.Act{Who: who, Deed: scenario.Comments, Issue: number, Body: line})
	if err == nil && (len(r.Outcomes) != 1 || r.Outcomes[0].State != "good") {
		err = fmt.Errorf("%s: %v", line, r)
	}
	return err
}

// faults is what GitHub shows and should not.
func (y *year) faults(all []issue) []string {
	var out []string
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var agendas []issue
	titles := map[string]int{}
	for _, is := range all {
		switch {
		case is.has("kind/meeting"):
			if titles[is.Title]++; titles[is.Title] > 1 {
				fault("%s is there twice", is.Title)
			}
			if len(is.Body) >= 60_000 {
				fault("%s has %d bytes", is.Title, len(is.Body))
			}
			if is.State == "open" {
				agendas = append(agendas, is)
			}
		case is.has("kind/alphanet"):
			y.left1(is, fault)
		case is.has("kind/upgrade"):
			y.numbered(is, fault)
		}
	}
	if len(agendas) != 1 {
		fault("%d agendas are open", len(agendas))
		return out
	}
	for _, is := range all {
		if is.has("kind/feature") {
			y.nothingLost(is, agendas[0], fault)
		}
	}
	return out
}

// left1 holds an Alphanet to its day: it leaves on it, or on the first day that
// the bot is back, or it was cancelled.
func (y *year) left1(is issue, fault func(string, ...any)) {
	due := secondThursday(strings.TrimPrefix(is.Title, "Alphanet "))
	_, gone := y.left[is.Title]
	switch scoping := is.has("stage/alphanet-scoping"); {
	case is.has("stage/dropped"):
		y.left[is.Title] = "cancelled"
	case scoping && y.today() >= due:
		fault("%s has not left, and it was due on %s", is.Title, due)
	case !scoping && !gone:
		y.left[is.Title] = y.today()
		if y.today() != due && y.today() != y.awake {
			fault("%s left on %s, and it was due on %s", is.Title, y.today(), due)
		}
	}
}

// secondThursday of a month, 2024-05.
func secondThursday(month string) string {
	day, err := time.Parse("2006-01", month)
	if err != nil {
		return err.Error()
	}
	for n := 0; ; day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Thursday {
			if n++; n == 2 {
				return day.Format(time.DateOnly)
			}
		}
	}
}

// numbered holds upgrades to one number each, for ever, and to one Betanet a month.
func (y *year) numbered(is issue, fault func(string, ...any)) {
	for _, l := range is.labels() {
		if number, ok := strings.CutPrefix(l, "upgrade/"); ok {
			if holder := cmp.Or(y.numbers[number], is.Number); holder != is.Number {
				fault("#%d and #%d both have the number %s", holder, is.Number, number)
			}
			y.numbers[number] = is.Number
		}
	}
	if !is.has("stage/betanet-deployment") && !is.has("stage/betanet-acceptance") && !is.has("stage/testnet-release") && !is.has("stage/testnet-activation") {
		return
	}
	for _, other := range y.betanets {
		if other == is.Number {
			return
		}
	}
	month := y.today()[:7]
	if before := y.betanets[month]; before != 0 && !y.waived[is.Number] {
		fault("#%d is the second Betanet of the month, after #%d", is.Number, before)
	}
	if y.betanets[month] != 0 {
		month += "b"
	}
	y.betanets[month] = is.Number
}

// nothingLost holds a feature to one stage, and its submission to a place on the
// agenda.
func (y *year) nothingLost(is, agenda issue, fault func(string, ...any)) {
	stages := 0
	for _, l := range is.labels() {
		if strings.HasPrefix(l, "stage/") {
			stages++
		}
	}
	if stages != 1 {
		fault("#%d %s stands at %v", is.Number, is.Title, is.labels())
	}
	on := regexp.MustCompile(fmt.Sprintf(`#%d\b`, is.Number)).MatchString(agenda.Body)
	if (is.has("submitted/alphanet") || is.has("submitted/betanet")) && is.Milestone == nil && !on {
		fault("#%d %s is submitted, and the agenda does not know it", is.Number, is.Title)
	}
}

var help = regexp.MustCompile("(?m)^```\n/|`/[a-z]|#\\d+|maintainer|release manager|security|governance|owner|protocol")

// refusals demands of every reply that says no that it names a rule, and what to
// do instead or who can help.
func (y *year) refusals() {
	all, err := y.all()
	if err != nil {
		y.t.Fatal(err)
	}
	heard := 0
	for _, is := range all {
		said, err := y.remarks(scenario.Tracking, is.Number)
		if err != nil {
			y.t.Fatal(err)
		}
		for _, c := range said {
			m := marker.FindStringSubmatch(c.Body)
			if m == nil || !strings.HasPrefix(m[1], "reply/") {
				continue
			}
			heard++
			if !rulePattern.MatchString(c.Body) || !help.MatchString(c.Body) {
				y.t.Errorf("#%d %s: a reply without a rule, or without help:\n%s", is.Number, is.Title, c.Body)
			}
		}
	}
	if heard < 12 {
		y.t.Errorf("only %d replies in a year", heard)
	}
}

// feeds reads the calendar feed as a calendar would.
func (y *year) feeds() {
	resp, err := http.Get(y.w.home + "/calendar.ics")
	if err != nil {
		y.t.Fatal(err)
	}
	defer resp.Body.Close()
	feed, err := ical.NewDecoder(resp.Body).Decode()
	if err != nil {
		y.t.Fatal(err)
	}
	known := map[string]bool{}
	for _, e := range feed.Events() {
		uid, err := e.Props.Text("UID")
		if _, at := e.DateTimeStart(time.UTC); err != nil || at != nil || known[uid] {
			y.t.Errorf("the event %q: %v %v, there already: %v", uid, err, at, known[uid])
		}
		known[uid] = true
	}
	if len(known) < 20 {
		y.t.Errorf("the feed has %d events", len(known))
	}
}

// summary says what the year was, and that it was all there.
func (y *year) summary() {
	all, err := y.all()
	if err != nil {
		y.t.Fatal(err)
	}
	count := func(labels ...string) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(is issue) bool { return !is.has(labels...) }))
	}
	comments := 0
	var written []comment
	for page := 1; ; page++ {
		if err := y.as("mara").do(y.ctx, http.MethodGet, y.w.tracking(fmt.Sprintf("/issues/comments?per_page=100&page=%d", page)), nil, &written); err != nil {
			y.t.Fatal(err)
		}
		for _, c := range written {
			if c.User.Type == "Bot" {
				comments++
			}
		}
		if len(written) < 100 {
			break
		}
	}
	requests := y.w.github.Requests()
	y.t.Logf("%d meetings, %d Alphanets and %d upgrades, %d of %d features shipped, %d comments written by the bot, %d requests (%d writes)",
		y.meetings, len(y.left), count("kind/upgrade"), count("kind/feature", "stage/shipped"), count("kind/feature"), comments, requests.Total, requests.Writes)
	if y.meetings != 11 || len(y.left) != 12 || count("kind/upgrade", "stage/shipped") != 6 {
		y.t.Errorf("%d meetings, %d Alphanets %v, %d upgrades shipped", y.meetings, len(y.left), y.left, count("kind/upgrade", "stage/shipped"))
	}
}
