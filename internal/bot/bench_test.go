package bot_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// BenchmarkCommand is one command from its delivery to its last write: a
// reaction, a label and two living pages, on one of two hundred features.
// GitHub answers at once, so that what is left is our own.
func BenchmarkCommand(b *testing.B) {
	for _, atOnce := range []int{1, 50} {
		b.Run(fmt.Sprint(atOnce, " at once"), func(b *testing.B) {
			k := newKit(b, func(l *process.Line, e process.Event, _ process.Answers) process.Decision {
				if e.What == process.Receipt {
					return process.Decision{}
				}
				it := feature(e.Issue.Number)
				it.Title = e.Key
				it.Shown.Comments = map[string]int64{"status": 1}
				board := feature(1000)
				board.Kind, board.Title = process.Departures, e.Key
				return process.Decision{Changed: []*process.Item{it, board}, Actions: []process.Action{
					{Do: process.React, Issue: it.Shown.Number, Target: 1, Reaction: "rocket", Urgent: true},
					{Do: process.AddLabel, Item: it.ID, Label: "stage/x"},
					{Do: process.Refresh, Item: it.ID}, {Do: process.Refresh, Item: board.ID},
				}}
			})
			k.config.Rules.Ask = func(_ *process.Process, _ *process.Line, e process.Event) (q process.Questions) {
				q.Need("ann", process.AllRoles)
				return q
			}
			k.run()
			b.ResetTimer()
			ids := make(chan int)
			var senders sync.WaitGroup
			for range atOnce {
				senders.Go(func() {
					for i := range ids {
						payload := fmt.Sprintf(`[{"key":"k%d","what":"asked","repo":%q,"issue":{"number":%d}}]`, i, repo, 1+i%200)
						d := bot.Delivery{
							ID: fmt.Sprint("d", i), Event: "test", Installation: inst, Repo: repo,
							Payload: []byte(payload), ReceivedAt: time.Now(),
						}
						if _, err := k.bot.Receive(b.Context(), d); err != nil {
							b.Error(err)
						}
						if atOnce == 1 {
							k.idle()
						}
					}
				})
			}
			for i := range b.N {
				ids <- i
			}
			close(ids)
			senders.Wait()
			k.idle()
			b.ReportMetric(float64(len(k.hub.done))/float64(b.N), "writes/op")
		})
	}
}
