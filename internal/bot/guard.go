package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// A Witness tells what GitHub shows of the snapshots that we have written. Package
// hub is one.
type Witness interface {
	// Signed returns the bodies of a repository that may carry our newest snapshots,
	// of our own authorship alone: that of the departures board if its issue is
	// known, else those that were written last. None is no error.
	Signed(ctx context.Context, installation int64, repo string, board int) ([]SignedBody, error)
}

// A SignedBody is a text of ours at GitHub, and where it stands.
type SignedBody struct {
	Place snapshot.Place
	Body  string
}

// A signal says whether a lane may be worked on.
type signal int

const (
	free    signal = iota // it may
	unasked               // GitHub has not told yet how far it is
	asking                // it is being asked
	shut                  // GitHub is ahead of us
)

// A Lag is a repository in which nothing is decided or written, as GitHub shows
// more than the database knows: it is empty, or an old one was brought back.
type Lag struct {
	Repo   string
	GitHub int64 // the last line of the ledger that GitHub has seen
	Ours   int64 // and the last one that we have
}

// Remedy is the line to type.
func (l Lag) Remedy() string { return "stationmaster rebuild " + l.Repo }

// Lags returns the repositories that wait to be rebuilt, sorted.
func (b *Bot) Lags() []Lag {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Lag
	for _, w := range b.workers {
		for _, lag := range w.lagging {
			out = append(out, lag)
		}
	}
	slices.SortFunc(out, func(a, b Lag) int { return strings.Compare(a.Repo, b.Repo) })
	return out
}

// errLags ends a shift that has nothing but repositories to be rebuilt: whoever
// does that needs the lease.
var errLags = errors.New("every repository waits to be rebuilt")

// lagging is how long a worker with nothing else to do leaves the lease alone.
const lagging = 10 * time.Second

// guards reports whether lanes are looked at before they are worked on.
func (s *shift) guards() bool { return len(s.Keys) > 0 && s.Witness != nil }

// inspect asks GitHub how far it is, for lanes that nobody has asked about, and
// says whether there is still anything to be worked on.
func (s *shift) inspect(ctx context.Context) error {
	lags := 0
	for _, l := range s.order {
		switch {
		case l.signal == unasked && !l.inspectAt.After(s.now):
			s.inspectOne(ctx, l)
		case l.signal == shut:
			lags++
		}
	}
	if lags > 0 && lags == len(s.order) && len(s.inHand) == 0 {
		return errLags
	}
	return nil
}

func (s *shift) inspectOne(ctx context.Context, l *lane) {
	l.signal = asking
	board := 0
	if it := l.line.Get(process.DeparturesID); it != nil && !it.Shown.Gone {
		board = it.Shown.Number
	}
	s.aside(func() func(context.Context) error {
		var seq int64
		var err error
		if trace := guard(func() { seq, err = s.farthest(ctx, l.repo, board) }); trace != "" {
			err = errors.New(trace)
		}
		return func(ctx context.Context) error {
			switch {
			case err != nil: // a GitHub that is away opens nothing
				l.signal = unasked
				l.inspections++
				l.inspectAt = time.Now().Add(s.Timing.backoff(l.inspections))
				s.Log.Warn().Err(err).Str("repo", l.repo).Msg("waits until GitHub tells how far it is")
			case seq > l.head:
				return s.shutLane(ctx, l, seq)
			default:
				l.signal, s.look = free, true
				s.lags(l.repo, nil)
			}
			return nil
		}
	})
}

// farthest is the last line of the ledger that GitHub has seen, 0 for none.
func (s *shift) farthest(ctx context.Context, repo string, board int) (int64, error) {
	bodies, err := s.Witness.Signed(ctx, s.installation, repo, board)
	if err != nil {
		return 0, fmt.Errorf("read the snapshots of %s: %w", repo, err)
	}
	var seq int64
	for _, b := range bodies {
		if snap, _, err := s.Keys.Open(b.Body, b.Place); err == nil {
			seq = max(seq, snap.Seq)
		}
	}
	return seq, nil
}

// shutLane gives back what has been read for the lane: it stays in the inbox, but
// for ticks, of which the next one says the same.
func (s *shift) shutLane(ctx context.Context, l *lane, seq int64) error {
	l.signal = shut
	var ticks []int64
	for _, t := range l.queue {
		if t.event.What == process.Tick {
			ticks = append(ticks, t.settles()...)
		}
		for _, p := range t.parcels {
			delete(s.inHand, p.seq)
		}
	}
	l.queue = nil
	s.toAsk = slices.DeleteFunc(s.toAsk, func(t *turn) bool { return t.lane == l })
	lag := Lag{Repo: l.repo, GitHub: seq, Ours: l.head}
	if s.lags(l.repo, &lag) {
		s.Log.Error().Str("repo", l.repo).Int64("github", seq).Int64("database", l.head).Str("type", lag.Remedy()).
			Msg("GitHub shows more than the database knows: nothing is decided or written here until it is rebuilt")
	}
	if len(ticks) == 0 {
		return nil
	}
	return s.Store.Settle(ctx, s.lease, ticks, "waits to be rebuilt")
}

// lags publishes whether a repository waits to be rebuilt, and reports whether that
// is news.
func (w *worker) lags(repo string, lag *Lag) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was, before := w.lagging[repo]
	if lag == nil {
		delete(w.lagging, repo)
		return before
	}
	if w.lagging == nil {
		w.lagging = map[string]Lag{}
	}
	w.lagging[repo] = *lag
	return was != *lag
}

// stays reports whether a delivery has to stay in the inbox, as a repository that it
// concerns waits to be rebuilt.
func (s *shift) stays(ctx context.Context, repos []string) (bool, error) {
	for _, repo := range repos {
		l, err := s.lane(ctx, repo)
		if err != nil || l.signal == shut {
			return true, err
		}
	}
	return false, nil
}
