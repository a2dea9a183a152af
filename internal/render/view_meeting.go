package render

import (
	"cmp"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A MeetingView is the agenda that maintainers decide in.
type MeetingView struct {
	Date      calendar.Date
	Hour      string
	Cutoff    time.Time
	Closed    bool // submissions are
	Over      bool
	By        string
	Adjourned time.Time
	Now       time.Time
	Past      bool         // its day is over, and nobody has adjourned it
	Example   process.Code // a line to paste that decides an item; "" when there is none
	Sections  []SectionView
	// Decided are the maintainers' commands before the meeting and the items that
	// have gone with their answer; Failed the answers that could not be carried out.
	Decided []process.Minute
	Earlier int // decided before those, and not shown for want of room
	Failed  []process.Minute
}

// A SectionView is one section of the agenda with its topics.
type SectionView struct {
	Number int
	Title  process.Text
	None   process.Text // said when there are no topics
	Topics []Markdown
	More   int // topics that are left out
}

// A TopicView is one item of the agenda.
type TopicView struct {
	Number   Markdown
	Asks     bool // it has something to decide
	Question process.Text
	Facts    []process.Text
	Options  []OptionView
	Suggest  process.Code
	Why      process.Text
	Decided  *process.Minute
}

// An OptionView is one box: its hidden key says which, whatever people make of
// its words.
type OptionView struct {
	Say    process.Text
	Key    Markdown
	Ticked bool
	By     string
}

// brevity bounds an agenda: how many topics of a section are shown, how many
// facts of each, and how many decisions of before the meeting.
type brevity struct{ topics, facts, decided int }

// brevities are tried one after another, until the agenda fits its issue. What is
// not shown is on the agenda all the same, and /decide knows it.
var brevities = []brevity{{1000, 1000, 1000}, {1000, 1000, 20}, {30, 5, 20}, {15, 2, 20}, {6, 1, 10}, {3, 0, 5}}

// meeting shows the topics of an agenda, each as say renders it.
func meeting(p *process.Process, it *process.Item, topics []process.Topic, now time.Time, b brevity, say func(process.Topic) (Markdown, error)) (v MeetingView, err error) {
	m := it.M
	v = MeetingView{
		Date: m.Date, Hour: m.Hour, Cutoff: m.Cutoff, Closed: !now.Before(m.Cutoff), Over: !m.Adjourned.IsZero(), By: m.By, Adjourned: m.Adjourned,
		Now: now, Past: now.After(m.At),
	}
	if v.Over {
		v.Now = m.Adjourned // an agenda that is over does not change any more
	}
	if v.Over {
		return v, nil
	}
	for _, min := range m.Minutes {
		shown := slices.ContainsFunc(topics, func(tp process.Topic) bool { return min.Key != "" && tp.Key == min.Key })
		switch {
		case min.Failed:
			v.Failed = append(v.Failed, min)
		case !shown: // a command, or an item that has gone with its answer
			v.Decided = append(v.Decided, min)
		}
	}
	if n := len(v.Decided) - b.decided; n > 0 {
		v.Decided, v.Earlier = v.Decided[n:], n
	}
	v.Sections = make([]SectionView, len(p.Tables.Sections))
	for i, s := range p.Tables.Sections {
		v.Sections[i] = SectionView{Number: i + 1, Title: process.Say("agenda.section." + s.Name), None: process.Say("agenda.none." + s.Name)}
	}
	for _, tp := range topics {
		s := &v.Sections[tp.Section-1]
		s.More += tp.More
		if len(s.Topics) == b.topics {
			s.More++
			continue
		}
		tp.Facts = tp.Facts[:min(len(tp.Facts), b.facts)]
		said, err := say(tp)
		if err != nil {
			return v, err
		}
		s.Topics = append(s.Topics, said)
		if len(tp.Options) > 0 && tp.Decided == nil && v.Example == "" {
			v.Example = process.Code("/decide " + tp.Number + " " + cmp.Or(tp.Suggest, tp.Options[0].Key) + " because …")
		}
	}
	return v, nil
}

func topic(tp process.Topic) TopicView {
	v := TopicView{
		Number: Markdown(tp.Number), Asks: len(tp.Options) > 0, Question: tp.Question, Facts: tp.Facts,
		Suggest: process.Code(tp.Suggest), Why: tp.Why, Decided: tp.Decided,
	}
	listed := tp.Draft == nil
	for _, o := range tp.Options {
		v.Options = append(v.Options, option(tp, o))
		listed = listed || tp.Draft.Option == o.Key
	}
	if !listed {
		// A draft that is not among the options any more, as a day that has moved on.
		if o, ok := tp.Option(tp.Draft.Option); ok {
			v.Options = append(v.Options, option(tp, o))
		}
	}
	return v
}

func option(tp process.Topic, o process.Option) OptionView {
	v := OptionView{Say: o.Say, Key: Markdown("<!-- box " + tp.Key + "=" + o.Key + " -->")}
	if tp.Draft != nil && tp.Draft.Option == o.Key {
		v.Ticked, v.By = true, tp.Draft.By
	}
	return v
}
