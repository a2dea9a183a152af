package hook

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// slow is an inbox that takes its time, and counts how many wait in it.
type slow struct {
	takes      time.Duration
	most, here atomic.Int32
}

func (s *slow) Receive(context.Context, bot.Delivery) (bool, error) {
	s.most.Store(max(s.most.Load(), s.here.Add(1)))
	<-time.After(s.takes)
	s.here.Add(-1)
	return true, nil
}

// A crowd before the door is let in a few at a time. Who would wait for longer than
// GitHub does is told to come again, and who has no secret takes nobody's place.
func TestACrowdIsLetInAFewAtATime(t *testing.T) {
	body := payload("reopened", ada, "issue", anIssue()).json()
	for _, tt := range []struct {
		takes  time.Duration
		stored int
	}{{time.Second, 200}, {5 * time.Second, 2 * mostAtOnce}} {
		synctest.Test(t, func(t *testing.T) {
			inbox := &slow{takes: tt.takes}
			var told atomic.Int32
			h, err := New(Options{Secrets: []string{"first"}, Inbox: inbox, Logger: zerolog.Nop(), Told: func(o Outcome, _ time.Duration) {
				if o == NotStored {
					told.Add(1)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			var stored, refused atomic.Int32
			for i := range 200 {
				all.Go(func() {
					r := request(body, "first")
					r.Header.Set("X-GitHub-Delivery", fmt.Sprint("d", i))
					switch began, w := time.Now(), post(h, r); {
					case w.Code == http.StatusOK:
						stored.Add(1)
					case w.Code == http.StatusServiceUnavailable && time.Since(began) < 10*time.Second:
						refused.Add(1)
					default:
						t.Errorf("%d after %v", w.Code, time.Since(began))
					}
				})
			}
			synctest.Wait()
			began := time.Now()
			if w := post(h, request(body, "third")); w.Code != http.StatusUnauthorized || time.Since(began) > 0 {
				t.Errorf("an unsigned one: %d after %v", w.Code, time.Since(began))
			}
			all.Wait()
			if int(stored.Load()) != tt.stored || stored.Load()+refused.Load() != 200 || told.Load() != refused.Load() {
				t.Errorf("each takes %v: %d stored, want %d; %d refused, %d told", tt.takes, stored.Load(), tt.stored, refused.Load(), told.Load())
			}
			if inbox.most.Load() != mostAtOnce {
				t.Errorf("%d at once, want %d", inbox.most.Load(), mostAtOnce)
			}
		})
	}
}
