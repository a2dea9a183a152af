package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// replicated is how many bots work on one database.
	replicated = 3
	// killed is how many of them are killed, one after another.
	killed = 5
)

// replicas measures several bots on one database, of which one has the lease of the
// installation: how fast a burst is carried out that comes to all of them, and how
// long it takes until another has decided something once the one with the lease is
// killed.
func (s *session) replicas(ctx context.Context) error {
	burst := fmt.Sprintf("burst of %d commands on %d replicas, carried out", s.Burst, replicated)
	takeover := "takeover from a replica that was killed"
	if !s.Shared {
		for _, name := range []string{burst, takeover} {
			s.add(Figure{Name: name, Note: "not measured on SQLite, which one bot has for itself: give a PostgreSQL with --database-url"})
		}
		return nil
	}
	t, err := s.found(ctx, townSize)
	if err != nil {
		return err
	}
	t.settle = usual
	y := &yard{town: t, issues: active(townSize)}
	for range replicated {
		if err := y.start(ctx); err != nil {
			return err
		}
	}
	if _, err := y.burst(ctx, len(y.issues), 1); err != nil { // the first comment on each issue is made here
		return err
	}
	rate, err := y.burst(ctx, s.Burst, 0)
	if err != nil {
		return err
	}
	f := one(burst, rate, "/s", "")
	f.Note = "one installation, which one of them works for"
	s.add(f)
	var took []time.Duration
	for range killed {
		one, err := y.takeover(ctx)
		if err != nil {
			return err
		}
		took = append(took, one)
		if err := y.start(ctx); err != nil {
			return err
		}
	}
	f = spread(takeover, took, "2000")
	f.Note = "until another has decided the next command"
	s.add(f)
	return nil
}

// A yard is a town with bots at work, and the issues on which commands are typed.
type yard struct {
	*town
	bots   []*bot
	issues []int
}

// start adds a bot.
func (y *yard) start(ctx context.Context) error {
	b, err := y.settled(ctx)
	if err == nil {
		y.bots = append(y.bots, b)
	}
	return err
}

// burst plays commands to all bots in turn, and returns how many were carried out a
// second.
func (y *yard) burst(ctx context.Context, n, round int) (rate float64, err error) {
	all, err := y.record(ctx, talk(n, 1, round, y.issues))
	if err != nil {
		return 0, err
	}
	if err := y.hooks(ctx, y.bots[0].hook); err != nil {
		return 0, err
	}
	var hooks []string
	for _, b := range y.bots {
		hooks = append(hooks, b.hook)
	}
	l := newLoad(hooks...)
	began := time.Now()
	l.atOnce(ctx, all)
	last, err := y.quiet(ctx)
	if err == nil && l.refused > 0 {
		err = errors.New("a delivery of the burst: " + l.why)
	}
	return float64(n) / last.Sub(began).Seconds(), err
}

// takeover kills the bot that has the lease, in the midst of a command, and returns
// how long it takes from then until another has decided the next one.
func (y *yard) takeover(ctx context.Context) (time.Duration, error) {
	victim, err := y.decides(ctx, y.issues[0])
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := y.bots[victim].kill(); err != nil {
		return 0, err
	}
	y.bots = slices.Delete(y.bots, victim, victim+1)
	_, err = y.decides(ctx, y.issues[len(y.issues)-1])
	return time.Since(began), err
}

// decides types a command and returns which bot has decided it.
func (y *yard) decides(ctx context.Context, issue int) (int, error) {
	for _, b := range y.bots {
		b.heard()
	}
	if err := y.hooks(ctx, y.bots[0].hook); err != nil {
		return 0, err
	}
	if _, err := y.say(ctx, engineer, issue, "/status"); err != nil {
		return 0, err
	}
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		for i, b := range y.bots {
			if b.heard(`"decided"`, fmt.Sprintf(`"issue":%d,`, issue)) {
				return i, nil
			}
		}
		if err := pause(ctx, 2*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return 0, errors.New("no replica decides a command")
}
