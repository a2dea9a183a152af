package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// GitHub is read, and asked to send webhooks again. Package hub implements it.
type GitHub interface {
	// List calls each with every element of a list as GitHub wrote it, until it
	// returns false. An issue that is gone is a [bot.Never] with Gone.
	List(ctx context.Context, installation int64, repo string, q bot.Query, each func(json.RawMessage) bool) error
	// Edits calls each with the history of every text, by their node ids.
	Edits(ctx context.Context, installation int64, repo string, nodes []string, each func(json.RawMessage)) error
	// FailedDeliveries calls each with every webhook that was not acknowledged, the
	// newest first, until it returns false.
	FailedDeliveries(ctx context.Context, each func(json.RawMessage) bool) error
	// Redeliver has one sent again. [bot.Never]: it cannot be.
	Redeliver(ctx context.Context, id int64) error
}

// Bot is told what was found. *bot.Bot is one.
type Bot interface {
	Line(ctx context.Context, installation int64, repo string) (*process.Line, error)
	Missed(ctx context.Context, d bot.Delivery) (bool, error)
	Differ(ctx context.Context, installation int64, repo string, at time.Time, seen []bot.Sight) (drifts []process.Drift, restless []int, err error)
	Repair(ctx context.Context, installation int64, repo string, at time.Time, seen []bot.Sight) (int, error)
	RepairMilestones(ctx context.Context, installation int64, repo string, at time.Time, all []process.MilestoneSight) (int, error)
	SetMark(ctx context.Context, installation int64, repo string, at time.Time, name, value string) error
	Inject(ctx context.Context, installation int64, e process.Event) error
}

// Record is what has been heard and decided. Every [bot.Store] is one.
type Record interface {
	Known(ctx context.Context, ids []string) (map[string]bool, error)
	Claim(ctx context.Context, name string, now time.Time, every time.Duration) (bool, error)
	Mark(ctx context.Context, repo, name string) (string, error)
}

// A Target is a tracking repository that this process sees to.
type Target struct {
	Installation int64
	Repo         string   // owner/name
	Code         []string // where its pull requests may live, itself included
}

// Config is what a [Watch] is made of. All but Tell and the lengths is required.
type Config struct {
	GitHub GitHub
	Bot    Bot
	Record Record
	// Targets are asked for in each round.
	Targets func(ctx context.Context) ([]Target, error)
	// Handled reports whether an event and its action are any of ours.
	Handled func(event, action string) bool
	// Self is the login of the App's own account.
	Self  func() string
	World func() time.Time
	Every time.Duration // between two rounds; 0 is five minutes
	// Whole is how long after a comparison with all issues the next one comes; in
	// between only those that have changed are looked at. 0 is a day.
	Whole time.Duration
	// Grace is left to webhooks on their way, in the world's time. 0 is none.
	Grace time.Duration
	// Silence is how long nothing was compared before people are told what was
	// found; 0 is an hour.
	Silence time.Duration
	// Tell hears how much was found of a kind, for whoever counts. Nil is nobody.
	Tell func(kind Kind, n int)
	Log  zerolog.Logger
}

// A Kind is a way in which something was found.
type Kind string

// The kinds of findings.
const (
	Redelivered Kind = "redelivered" // a webhook was asked for again
	Missed      Kind = "missed"      // an act that no webhook told of
	Unsure      Kind = "unsure"      // a person was asked to say it again
	Issues      Kind = "issue"       // an issue was put right
	Milestones  Kind = "milestone"   // a train's milestone was
)

// A Watch makes rounds.
type Watch struct {
	Config
	resent map[string]resent // by delivery id
	first  map[string]reach  // of repositories that have no mark yet
	again  map[string][]int  // issues that could not be compared in the last round
	unread map[string][]int  // issues whose comments are still to be read
	busy   bool              // somebody was too busy in the last round
	heard  int               // webhooks sent again since a round with everybody
}

// New returns a watch that does not run yet.
func New(c Config) *Watch {
	if c.Every == 0 {
		c.Every = 5 * time.Minute
	}
	if c.Whole == 0 {
		c.Whole = 24 * time.Hour
	}
	if c.Silence == 0 {
		c.Silence = time.Hour
	}
	if c.Tell == nil {
		c.Tell = func(Kind, int) {}
	}
	return &Watch{Config: c, resent: map[string]resent{}, first: map[string]reach{}, again: map[string][]int{}, unread: map[string][]int{}}
}

const (
	// soon is when a round is made again that found somebody too busy to be compared,
	// as all are at the start.
	soon = 2 * time.Second
	// mostSoon is how often in a row.
	mostSoon = 15
)

// Run makes a round at once and then every Config.Every, until the context ends.
// What fails is logged and comes again with the next round.
func (w *Watch) Run(ctx context.Context) {
	for hurried := 0; ; {
		if err := w.Round(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn().Err(err).Msg("not everything was compared with GitHub")
		}
		wait := w.Every
		if w.busy && hurried < mostSoon {
			wait = min(wait, soon)
			hurried++
		} else {
			hurried = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// Round holds GitHub's log against the inbox, and each target against the record.
// The error names what could not be compared; the rest was.
func (w *Watch) Round(ctx context.Context) error {
	began := time.Now()
	var faults []error
	heard, err := w.resend(ctx)
	if err != nil {
		faults = append(faults, err)
	}
	targets, err := w.Targets(ctx)
	if err != nil {
		return errors.Join(append(faults, fmt.Errorf("list tracking repositories: %w", err))...)
	}
	w.busy, w.heard = false, w.heard+heard
	for _, t := range targets {
		switch err := w.sweep(ctx, t, w.heard); {
		case errors.Is(err, bot.ErrBusy), errors.Is(err, bot.ErrNotFound): // nobody is at work there yet
			w.busy = true
		case err != nil && !errors.Is(err, bot.ErrHeld):
			faults = append(faults, fmt.Errorf("compare %s: %w", t.Repo, err))
		}
	}
	if !w.busy {
		w.heard = 0
	}
	w.Log.Debug().Int("repos", len(targets)).Bool("busy", w.busy).Dur("took", time.Since(began)).Msg("a round of comparison with GitHub is over")
	return errors.Join(faults...)
}
