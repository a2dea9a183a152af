package trial

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A trial is one play of the script with trouble in it.
type trial struct {
	*play
	t       *testing.T
	bots    *bots
	records records
	gateway *gateway // nil: the bot reaches GitHub directly
}

// startTrial starts a town with bots in it that keep their records there, which
// reach GitHub through a gateway if one is asked for. Further settings come last.
func startTrial(t *testing.T, r records, s *script, bots int, gateway bool, settings ...string) *trial {
	t.Helper()
	w := startTown(t)
	tr := &trial{play: newPlay(w, s), t: t, records: r}
	api := w.cred.BaseURL
	if gateway {
		tr.gateway = newGateway(t, api)
		api = tr.gateway.url
	}
	tr.bots = newBots(t, w, append(w.settings(api, r.address()), settings...))
	for range bots {
		if err := tr.bots.starts(); err != nil {
			t.Fatalf("start the bot: %v", err)
		}
	}
	return tr
}

// inFile are records in a SQLite file of the test's own.
func inFile(t *testing.T) records {
	t.Helper()
	return records{file: filepath.Join(t.TempDir(), "bot.db")}
}

// plays performs the script while the troubles go on: each goes on until its
// context ends, which it does with the play. Then all that is left is done, and
// the bots stop. It returns how the world looks in the end.
func (tr *trial) plays(troubles ...func(context.Context) error) ending {
	tr.t.Helper()
	ctx, over := context.WithCancel(tr.t.Context())
	defer over()
	faults := make([]error, len(troubles))
	var around sync.WaitGroup
	for i, trouble := range troubles {
		around.Go(func() { faults[i] = trouble(ctx) })
	}
	began := time.Now()
	err := tr.until(ctx, "the calendar's trains stand", func() (bool, error) {
		first, err := tr.number(ctx, firstAlphanet)
		second, fault := tr.number(ctx, secondAlphanet)
		return first > 0 && second > 0, errors.Join(err, fault)
	})
	if err == nil {
		err = tr.runs(ctx)
	}
	tr.t.Logf("%d commands played in %.1f s", tr.typed.Load(), time.Since(began).Seconds())
	if err == nil {
		err = tr.quiet(ctx)
	}
	over()
	around.Wait()
	if err = errors.Join(append(faults, err)...); err != nil {
		tr.t.Fatal(err)
	}
	return tr.ends()
}

func (tr *trial) until(ctx context.Context, what string, ok func() (bool, error)) error {
	return until(ctx, tr.patience, what, ok)
}

// quiet waits until nothing is on its way, to be decided or to be done, and that
// stays so.
func (tr *trial) quiet(ctx context.Context) error {
	before := ""
	return tr.until(ctx, "nothing is left to be done", func() (bool, error) {
		// A webhook may be late for as long as a request is waited for.
		some, cancel := context.WithTimeout(ctx, patience/4)
		defer cancel()
		if err := tr.admin(some, http.MethodPost, "/settle", nil, nil); err != nil {
			if some.Err() != nil && ctx.Err() == nil {
				err = nil
			}
			return false, err
		}
		left, err := tr.records.left(ctx)
		if err != nil {
			return false, err
		}
		var asked struct{ Writes int }
		err = tr.admin(ctx, http.MethodGet, "/requests", nil, &asked)
		now := fmt.Sprint(left, asked.Writes)
		same := left == 0 && now == before
		before = now
		return same, err
	})
}

// ends stops the bots and reads the world and the ledger.
func (tr *trial) ends() ending {
	tr.t.Helper()
	ctx := tr.t.Context()
	if err := tr.bots.stop(); err != nil {
		tr.t.Error(err)
	}
	r, err := tr.reads(ctx)
	if err != nil {
		tr.t.Fatal(err)
	}
	all, line, err := tr.records.ledger(ctx, tr.repository())
	if err != nil {
		tr.t.Error(err)
	}
	r.ledger(all)
	if line != nil {
		r.shown(line)
	}
	for _, f := range r.out.faults {
		tr.t.Error(f)
	}
	return r.out
}

// calm is the world after the script was played with nothing going wrong: all
// trials of one script are compared with it.
var calm struct {
	once sync.Once
	end  ending
}

// features is how many the script has: with the trains that take them along these
// are 200 issues in the whole.
func features() int { return whole(160, 4) }

// theScript is the one that all trials play.
func theScript() *script { return newScript(features(), 1) }

// isAsInCalmWeather compares an ending with that of the same script in calm
// weather, which is played when it is first asked for.
func (tr *trial) isAsInCalmWeather(end ending) {
	tr.t.Helper()
	calm.once.Do(func() {
		calm.end = startTrial(tr.t, inFile(tr.t), theScript(), 1, false).plays()
	})
	if len(calm.end.lines) == 0 {
		tr.t.Fatal("the script could not be played in calm weather")
	}
	if told := differences(calm.end.lines, end.lines); told != "" {
		tr.t.Errorf("the world is another one: %s", told)
	}
}

func TestTwoPlaysInCalmWeatherEndAlike(t *testing.T) {
	begins(t)
	tr := startTrial(t, inFile(t), theScript(), 1, false)
	tr.isAsInCalmWeather(tr.plays())
}
