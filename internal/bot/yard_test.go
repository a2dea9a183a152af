package bot

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Whether a siding rests is remembered; it must come to what looking at each of its
// jobs comes to, whatever happens in between.
func TestASidingThatRestsHasNothingThatCouldLeave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, now := newYard(), time.Now()
		l := &lane{repo: "acme/upgrades", line: process.NewLine("acme/upgrades")}
		l.line.Put(&process.Item{ID: "issue/1", Kind: process.Feature, F: &process.FeatureFacts{}, Shown: process.Shown{Number: 1}},
			&process.Item{ID: "meeting/1", Kind: process.Meeting, M: &process.MeetingFacts{}})
		var out []*job
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"add", "add", "leave", "leave", "done", "later", "wait", "opened"}).Draw(t, "what") {
			case "add":
				w := Work{Repo: l.repo, Attempt: rapid.SampledFrom([]int{0, letsPass}).Draw(t, "attempt"), Action: process.Action{
					Key: fmt.Sprint(step), Item: rapid.SampledFrom([]process.ID{"issue/1", "meeting/1"}).Draw(t, "item"),
					Do:     rapid.SampledFrom([]process.Do{process.AddLabel, process.Refresh, process.SayOnce, process.EditComment, process.OpenIssue}).Draw(t, "do"),
					Marker: rapid.SampledFrom([]string{"", "m"}).Draw(t, "marker"), Urgent: rapid.Bool().Draw(t, "urgent"),
				}}
				if rapid.Bool().Draw(t, "due later") {
					w.DueAt = now.Add(time.Second)
				}
				y.add(l, w, nil)
			case "leave":
				for _, sd := range y.order {
					if j := y.next(sd, now); j != nil {
						j.out, sd.busy = true, true
						out = append(out, j)
						break
					}
				}
			case "done", "later":
				if len(out) == 0 {
					continue
				}
				j := out[0]
				out = out[1:]
				j.out, j.siding.busy = false, false
				j.siding.stir()
				if rapid.Bool().Draw(t, "done") {
					j.siding.pageAt = now.Add(time.Second)
					y.remove(j)
				} else {
					j.DueAt = now.Add(time.Second)
				}
			case "wait":
				now = now.Add(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Minute}).Draw(t, "for"))
			case "opened":
				line := *l.line
				m := line.Get("meeting/1").Clone()
				m.Shown.Number, m.Shown.Comments = 2, map[string]int64{"m": 7}
				l.line = line.With([]*process.Item{m})
			}
			moment := y.nextMoment(now, now.Add(rescan))
			for _, sd := range y.order {
				was, rests := y.next(sd, now), sd.rests
				sd.stir()
				if is := y.next(sd, now); was != is {
					t.Fatalf("%s rests until %s, and could let %v go", sd.key, rests, is.Action.Key)
				}
			}
			if is := y.nextMoment(now, now.Add(rescan)); !is.Equal(moment) {
				t.Fatalf("the next moment is %s, and not %s", is, moment)
			}
		}
	})
}
