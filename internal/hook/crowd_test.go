package hook

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// slowBody is a payload that comes when it is released, and counts how many are being
// read.
type slowBody struct {
	release    chan struct{}
	most, here *atomic.Int32
}

func (s *slowBody) Read([]byte) (int, error) {
	s.most.Store(max(s.most.Load(), s.here.Add(1)))
	<-s.release
	s.here.Add(-1)
	return 0, io.EOF
}

// Large payloads are read a few at a time, whoever sends them, and hold up no others.
func TestLargePayloadsAreReadAFewAtATime(t *testing.T) {
	body := payload("reopened", ada, "issue", anIssue()).json()
	for name, length := range map[string]int64{"large": usualBody + 1, "of unknown length": -1} {
		synctest.Test(t, func(t *testing.T) {
			h, err := New(Options{Secrets: []string{"first"}, Inbox: nowhere{}, Logger: zerolog.Nop()})
			if err != nil {
				t.Fatal(err)
			}
			release := make(chan struct{})
			var most, here, refused atomic.Int32
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					r := request(body, "first")
					r.Body, r.ContentLength = io.NopCloser(&slowBody{release, &most, &here}), length
					if post(h, r).Code == http.StatusServiceUnavailable {
						refused.Add(1)
					}
				})
			}
			synctest.Wait()
			if w := post(h, request(body, "first")); w.Code != http.StatusOK {
				t.Errorf("%s: one of the usual size is answered with %d meanwhile", name, w.Code)
			}
			<-time.After(patience)
			close(release)
			all.Wait()
			if most.Load() != mostLarge || refused.Load() != 20-mostLarge {
				t.Errorf("%s: %d at once, want %d; %d refused", name, most.Load(), mostLarge, refused.Load())
			}
		})
	}
}

// patient is a server's writer, which has a deadline for what is read.
type patient struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (p *patient) SetReadDeadline(at time.Time) error { p.until = at; return nil }

func TestABodyHasAsLongToComeAsGitHubWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := New(Options{Secrets: []string{"first"}, Inbox: nowhere{}, Logger: zerolog.Nop()})
		if err != nil {
			t.Fatal(err)
		}
		w := &patient{ResponseRecorder: httptest.NewRecorder()}
		h.ServeHTTP(w, request(payload("reopened", ada, "issue", anIssue()).json(), "first"))
		if w.Code != http.StatusOK || !w.until.Equal(time.Now().Add(10*time.Second)) {
			t.Errorf("%d, and it may come until %s, at %s", w.Code, w.until, time.Now())
		}
	})
}
