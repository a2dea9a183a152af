package hub

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// spend lets n requests go, each done at once, and returns how many were
// admitted before the first that has to come again, and when that may.
func spend(b *budget, n int, content bool, points int, urgent bool) (admitted int, until time.Time) {
	for range n {
		if err := b.admit(context.Background(), content, points, urgent); err != nil {
			var later bot.Later
			_ = errors.As(err, &later)
			return admitted, later.Until
		}
		b.leave()
		admitted++
	}
	return admitted, time.Time{}
}

func TestContentStaysWithinTheMinuteAndTheHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(true)
		start := time.Now()
		var sent []time.Time
		for time.Since(start) < 3*time.Hour {
			n, until := spend(b, 1, true, writePoints, true)
			if n == 0 {
				<-time.After(time.Until(until))
				continue
			}
			sent = append(sent, time.Now())
		}
		for i := range sent {
			if j := i + contentPerMinute; j < len(sent) && sent[j].Sub(sent[i]) < time.Minute {
				t.Fatalf("%d within a minute", contentPerMinute+1)
			}
			if j := i + contentPerHour; j < len(sent) && sent[j].Sub(sent[i]) < time.Hour {
				t.Fatalf("%d within an hour", contentPerHour+1)
			}
		}
		if len(sent) < 2*contentPerHour {
			t.Errorf("only %d in three hours", len(sent))
		}
	})
}

func TestTheUrgentGoBeforeTheRoutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(true)
		if n, _ := spend(b, 200, true, writePoints, false); n != 60 {
			t.Errorf("routine work took %d of %d", n, contentPerMinute)
		}
		if n, until := spend(b, 200, true, writePoints, true); n != 20 || time.Until(until) > minute {
			t.Errorf("urgent work took %d of the rest, and then waits %v", n, time.Until(until))
		}
	})
}

func TestReadsAndWritesShareThePoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(true)
		if n, _ := spend(b, 1000, false, writePoints, true); n != pointsPerMinute/writePoints {
			t.Errorf("%d writes in a minute", n)
		}
		if n, until := spend(b, 1, false, 1, true); n != 0 || until.IsZero() {
			t.Error("one more read was let through")
		}
		<-time.After(minute)
		if n, _ := spend(b, 2000, false, 1, true); n != pointsPerMinute {
			t.Errorf("%d reads in the next minute", n)
		}
	})
}

func TestAShortWaitIsWaitedForHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(true)
		spend(b, contentPerMinute, true, writePoints, true)
		<-time.After(minute - 2*time.Second)
		start := time.Now()
		if n, _ := spend(b, 1, true, writePoints, true); n != 1 || time.Since(start) != 2*time.Second {
			t.Errorf("%d admitted after %v", n, time.Since(start))
		}
		spend(b, contentPerMinute-1, true, writePoints, true)
		<-time.After(minute - 2*time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := b.admit(ctx, true, writePoints, true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a wait that is called off: %v", err)
		}
	})
}

// What is done before a request leaves is done when it has its turn, once for all
// requests of a deed, and can keep it.
func TestWhatIsDoneBeforeLeavingWaitsForTheTurn(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	n := w.opened()
	b := w.hub.budgets.of(w.inst)
	b.met(bot.Later{Until: time.Now().Add(200 * time.Millisecond), Cause: "in a test"})
	began, calls := time.Now(), 0
	d := deed(process.AddLabel, n, func(d *bot.Deed) { d.Label = "a label that is made first" })
	if _, err := w.hub.Do(ctx, w.inst, w.repo, d, func() error {
		if calls++; time.Since(began) < 200*time.Millisecond {
			t.Errorf("called after %v", time.Since(began))
		}
		return nil
	}); err != nil || calls != 1 {
		t.Errorf("called %d times, error %v", calls, err)
	}
	full := errors.New("disk full")
	d.Label = "another"
	if _, err := w.hub.Do(ctx, w.inst, w.repo, d, func() error { return full }); !errors.Is(err, full) {
		t.Errorf("error %v, want what kept it", err)
	}
	if got := w.labelsOf(n); strings.Contains(got, "another") || len(b.places) != 0 {
		t.Errorf("labels %q, %d places taken", got, len(b.places))
	}
}

func TestNoMoreThanSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(false)
		in := 0
		for range mostAtOnce + 10 {
			go func() {
				if b.admit(context.Background(), false, 1, false) == nil {
					in++
				}
			}()
			synctest.Wait()
		}
		if in != mostAtOnce {
			t.Errorf("%d at once", in)
		}
		for range 10 {
			b.leave()
			synctest.Wait()
		}
		if in != mostAtOnce+10 {
			t.Errorf("%d admitted in the end", in)
		}
		for range mostAtOnce {
			b.leave()
		}
	})
}

func TestWithoutPacingNothingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if n, _ := spend(newBudget(false), 5000, true, writePoints, false); n != 5000 {
			t.Errorf("%d of 5000", n)
		}
	})
}

func TestLimitsMetAgainAndAgainAreWaitedForLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(false)
		var waits []time.Duration
		for range 7 {
			b.met(bot.Later{Until: time.Now().Add(time.Minute)})
			b.met(bot.Later{Until: time.Now().Add(time.Minute)}) // of a request that left before
			_, until := spend(b, 1, false, 1, true)
			waits = append(waits, time.Until(until))
			<-time.After(time.Until(until))
		}
		for i, want := range []time.Duration{1, 2, 4, 8, 15, 15, 15} {
			if waits[i] != want*time.Minute {
				t.Errorf("wait %d: %v, want %d minutes", i, waits[i], want)
			}
		}
		b.passed()
		b.met(bot.Later{Until: time.Now().Add(time.Minute)})
		if _, until := spend(b, 1, false, 1, true); time.Until(until) != time.Minute {
			t.Error("one success does not end the row")
		}
	})
}

func TestPacingKeepsGitHubFromRefusing(t *testing.T) {
	w := newWorld(t, emulator.Options{Limits: true}, func(o *Options) { o.Pacing = true })
	n := w.opened()
	said, later := 0, 0
	for range 100 {
		switch err := w.try(deed(process.SayOnce, n, func(d *bot.Deed) { d.Body, d.Urgent = "x", true })); {
		case err == nil:
			said++
		case isLater(err):
			later++
		default:
			t.Fatal(err)
		}
	}
	if said != contentPerMinute || later != 20 {
		t.Errorf("%d said and %d postponed", said, later)
	}
}

func TestWithoutPacingGitHubRefusesAndIsObeyed(t *testing.T) {
	for _, status := range []int{403, 429} {
		w := newWorld(t, emulator.Options{Limits: true, LimitStatus: status})
		n := w.opened()
		said, asked := 0, int64(0)
		for range 100 {
			if err := w.try(deed(process.SayOnce, n, func(d *bot.Deed) { d.Body = "x" })); err == nil {
				said++
			} else if !isLater(err) {
				t.Fatal(err)
			}
		}
		asked = w.hub.Counts().Writes
		if said != contentPerMinute || asked != int64(said)+1 {
			t.Errorf("%d: %d said with %d requests", status, said, asked)
		}
	}
}
