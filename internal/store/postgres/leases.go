package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// lockNotAvailable is the server's code for having waited too long for a lock.
const lockNotAvailable = "55P03"

// Acquire implements bot.Leases.
func (s *Store) Acquire(ctx context.Context, installation int64, holder string) (bot.Lease, error) {
	if ours, known := s.session.ours(installation); !ours && known {
		return bot.Lease{}, fmt.Errorf("installation %d: %w", installation, errShare)
	}
	var lease bot.Lease
	err := s.session.ask(ctx, func(ctx context.Context) (err error) {
		lease, err = s.session.acquire(ctx, installation, holder)
		return err
	})
	if err != nil {
		return bot.Lease{}, fmt.Errorf("take the lease of installation %d: %w", installation, err)
	}
	return lease, nil
}

// acquire takes the lock first, which says who may, and then the next epoch. It
// is all done in the session: if that breaks between the two, the epoch of
// somebody who has come after us is not touched.
func (s *session) acquire(ctx context.Context, installation int64, holder string) (bot.Lease, error) {
	if _, known := s.ours(installation); !known {
		_, err := s.conn.Exec(ctx, `INSERT INTO leases (installation) SELECT $1 WHERE NOT EXISTS (
			SELECT FROM leases WHERE installation = $1) ON CONFLICT DO NOTHING`, installation)
		if err != nil {
			return bot.Lease{}, err
		}
		if err := s.beat(); err != nil {
			return bot.Lease{}, err
		}
	}
	if ours, _ := s.ours(installation); !ours {
		return bot.Lease{}, errShare
	}
	h := s.held[installation]
	if h == nil {
		var free bool
		err := s.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(lock_key('leases', slot)) FROM leases WHERE installation = $1`, installation).Scan(&free)
		if err != nil {
			return bot.Lease{}, err
		}
		if !free {
			return bot.Lease{}, errTaken
		}
	}
	var epoch int64
	err := s.conn.QueryRow(ctx, `UPDATE leases SET epoch = epoch + 1, holder = $2 WHERE installation = $1 RETURNING epoch`,
		installation, clean(holder)).Scan(&epoch)
	if err != nil {
		if h == nil && !s.conn.IsClosed() { // whoever had it before is still writing
			err = errors.Join(err, s.unlock(ctx, installation))
		}
		var fault *pgconn.PgError
		if errors.As(err, &fault) && fault.Code == lockNotAvailable {
			err = errTaken
		}
		return bot.Lease{}, err
	}
	if h != nil {
		close(h.lost) // taken over from ourselves
	}
	h = &hold{epoch: epoch, recalled: make(chan struct{}), lost: make(chan struct{})}
	s.held[installation] = h
	return bot.Lease{Installation: installation, Epoch: epoch, Recalled: h.recalled, Lost: h.lost}, nil
}

// Release implements bot.Leases. The epoch goes on, so that a late write under
// the lease is refused.
func (s *Store) Release(ctx context.Context, lease bot.Lease) error {
	err := s.session.ask(ctx, func(ctx context.Context) error { return s.session.release(ctx, lease) })
	if err != nil {
		return fmt.Errorf("give back the lease of installation %d: %w", lease.Installation, err)
	}
	return nil
}

func (s *session) release(ctx context.Context, lease bot.Lease) error {
	h := s.held[lease.Installation]
	if h == nil || h.epoch != lease.Epoch {
		return nil // lost, or taken over from ourselves
	}
	delete(s.held, lease.Installation)
	close(h.lost)
	_, err := s.conn.Exec(ctx, `UPDATE leases SET epoch = epoch + 1, holder = '' WHERE installation = $1 AND epoch = $2`,
		lease.Installation, lease.Epoch)
	// Whatever came of it, nobody may wait for a lease that nobody has.
	return errors.Join(err, s.unlock(ctx, lease.Installation))
}

// unlock gives a lease's lock back and says so, or else ends the session, which
// gives all back.
func (s *session) unlock(ctx context.Context, installation int64) error {
	_, err := s.conn.Exec(ctx, `SELECT pg_advisory_unlock(lock_key('leases', slot)) FROM leases WHERE installation = $1`, installation)
	if err != nil {
		return errors.Join(err, s.conn.Close(ctx))
	}
	s.tell(ctx)
	return nil
}

// Join implements bot.Shared.
func (s *Store) Join(news func(installation int64)) (leave func()) {
	s.session.join(news)
	return func() { s.session.join(nil) }
}

// Ours implements bot.Shared.
func (s *Store) Ours(installation int64) bool {
	ours, known := s.session.ours(installation)
	return ours || !known
}

// join begins or ends membership: at once if there is a session, else with the
// next one.
func (s *session) join(news func(installation int64)) {
	s.mu.Lock()
	s.news, s.shares = news, nil
	if news != nil {
		s.shares = map[int64]int64{}
	}
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	_ = s.ask(ctx, func(context.Context) error { return s.beat() }) // else the next one does it
}
