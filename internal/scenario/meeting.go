package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Meetings is the plan of the planning meetings; no Rule means that no agenda is
// kept. Cutoff is a length of time before the meeting, "" for none.
type Meetings struct {
	Rule, Zone, Start, Cutoff string
}

var meetingsForm = regexp.MustCompile(`^(\S+) from (\S+(?: \d\d:\d\d)?) in (\S+)(?: cutoff (.+))?$`)

// meetings reads "FREQ=MONTHLY/BYDAY=2TU/BYHOUR=16 from 2026-11-01 in
// Europe/Berlin cutoff 4 days", with / for ; because that parts phrases.
func meetings(s *Setup, w string) error {
	m := meetingsForm.FindStringSubmatch(w)
	if m == nil {
		return fmt.Errorf("%q: write RULE from DATE in ZONE cutoff SPAN, with / in place of ; in the rule", w)
	}
	s.Meetings = Meetings{Rule: strings.ReplaceAll(m[1], "/", ";"), Start: m[2], Zone: m[3], Cutoff: m[4]}
	_, err := s.schedule()
	return err
}

// recalendars changes the calendar under way, by a commit.
func recalendars(p []string, _ []*expectation) (func(*telling) error, error) {
	change := map[string]func(*Setup, string) error{"alphanets": alphanets, "meetings": meetings}[p[1]]
	if err := change(&Setup{}, p[2]); err != nil {
		return nil, err
	}
	return func(t *telling) error {
		if err := change(&t.setup, p[2]); err != nil {
			return err
		}
		if err := t.act(Act{Who: p[0], Deed: Configures, Setup: t.setup}, nil); err != nil {
			return err
		}
		return t.advance(t.now.Add(time.Hour)) // the next tick
	}, nil
}

// schedule is what the setup says about time.
func (s *Setup) schedule() (calendar.Schedule, error) {
	out := calendar.Schedule{}
	var err error
	if a := s.Alphanets; a.Rule != "" {
		if out.Alphanets.Rule, err = calendar.ParseRecurrence(a.Rule, a.Zone, a.Start); err != nil {
			return out, err
		}
	}
	m := s.Meetings
	if m.Rule == "" {
		return out, nil
	}
	if out.Meetings.Rule, err = calendar.ParseRecurrence(m.Rule, m.Zone, m.Start); err != nil {
		return out, err
	}
	out.Cutoff.Before = calendar.ToMeeting
	if m.Cutoff != "" {
		out.Cutoff.By, err = calendar.ParseSpan(m.Cutoff)
	}
	return out, err
}

// asks are the numbers of the items that an agenda has to decide.
func (w *Pure) asks(it *process.Item) []string {
	var out []string
	for _, tp := range process.Agenda(w.Process, w.Line, it, w.now) {
		if tp.Decided == nil && len(tp.Options) > 0 {
			out = append(out, tp.Number)
		}
	}
	return out
}

// drafts ticks or unticks one answer on an agenda, named "1.2 yes", as GitHub
// tells of it: with all the boxes of the issue.
func (w *Pure) drafts(i *issue, m *process.Item, a Act) error {
	number, option, _ := strings.Cut(a.Name, " ")
	var boxes []process.Box
	found := false
	for _, tp := range process.Agenda(w.Process, w.Line, m, w.now) {
		if tp.Decided != nil {
			continue
		}
		for _, o := range tp.Options {
			box := process.Box{Key: tp.Key + "=" + o.Key, Done: tp.Draft != nil && tp.Draft.Option == o.Key}
			if tp.Number == number && o.Key == option {
				box.Done, found = a.On, true
			}
			boxes = append(boxes, box)
		}
	}
	if !found && a.Name != "" {
		return fmt.Errorf("#%d has no box %q", i.number, a.Name)
	}
	w.happen(process.Event{
		Key: fmt.Sprintf("issue/%d/ticks/%s", i.number, w.now.Format(time.RFC3339)), What: process.Ticked, Actor: person(a.Who), Issue: i.view(),
		Boxes: &process.Boxes{Marker: i.marker, Items: boxes},
	})
	return nil
}

// asking compares the items to decide: "asks 1.2 3.1", "asks nothing".
func asking(_ *telling, it Issue, rest []string) error {
	if slices.Equal(rest, []string{"nothing"}) {
		rest = nil
	}
	return want(slices.Equal(it.Asks, rest), "it asks %q", it.Asks)
}
