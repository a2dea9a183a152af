package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Acquire implements bot.Leases. The file's lock keeps other processes out, so
// it always succeeds within this one. The lease is lost when it is taken anew, and
// soon after a backup was put in place of what it was taken of.
func (s *Store) Acquire(ctx context.Context, installation int64, holder string) (bot.Lease, error) {
	if s.lock == nil {
		return bot.Lease{}, fmt.Errorf("installation %d: beside whoever has the file nothing is decided: %w", installation, bot.ErrHeld)
	}
	lease := bot.Lease{Installation: installation}
	err := s.write.run(ctx, func(ctx context.Context, tx *batch) error {
		err := tx.one(ctx, `INSERT INTO leases (installation, epoch, holder) VALUES (?, 1, ?)
			ON CONFLICT (installation) DO UPDATE SET epoch = epoch + 1, holder = excluded.holder
			RETURNING epoch`, []any{installation, holder}, &lease.Epoch)
		if err == nil {
			lease.Lost = tx.w.watch.take(installation, lease.Epoch)
		}
		return err
	})
	if err != nil {
		return bot.Lease{}, fmt.Errorf("take the lease of installation %d: %w", installation, err)
	}
	return lease, nil
}

// Release implements bot.Leases. The epoch goes on, so that a late write under
// the lease is refused.
func (s *Store) Release(ctx context.Context, lease bot.Lease) error {
	err := s.write.run(ctx, func(ctx context.Context, tx *batch) error {
		tx.w.watch.drop(lease.Installation, lease.Epoch)
		return tx.exec(ctx, `UPDATE leases SET epoch = epoch + 1, holder = '' WHERE installation = ? AND epoch = ?`,
			lease.Installation, lease.Epoch)
	})
	if err != nil {
		return fmt.Errorf("give back the lease of installation %d: %w", lease.Installation, err)
	}
	return nil
}

// leased runs a change if the lease is still good, in the same transaction. It
// waits to the end even if the context ends meanwhile, for whoever decides on
// from here must know what was written.
func (s *Store) leased(ctx context.Context, lease bot.Lease, doing string, do change) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	err := s.write.run(context.WithoutCancel(ctx), func(ctx context.Context, tx *batch) error {
		var epoch int64
		err := tx.one(ctx, `SELECT epoch FROM leases WHERE installation = ?`, []any{lease.Installation}, &epoch)
		if errors.Is(err, sql.ErrNoRows) || err == nil && epoch != lease.Epoch {
			return bot.ErrLeaseLost
		}
		if err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err != nil {
		var fault *sqlite.Error
		if errors.As(err, &fault) && fault.Code()&0xff == sqlite3.SQLITE_TOOBIG {
			err = fmt.Errorf("%w: %w", bot.ErrUnfit, err)
		}
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
