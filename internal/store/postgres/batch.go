package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// A batch gathers the statements of a transaction, to be sent in one go.
type batch struct{ pgx.Batch }

func (b *batch) add(query string, args ...any) { b.Queue(query, cleaned(args)...) }

// count also tells how many rows the statement has touched.
func (b *batch) count(n *int64, query string, args ...any) {
	b.Queue(query, cleaned(args)...).Exec(func(tag pgconn.CommandTag) error {
		*n = tag.RowsAffected()
		return nil
	})
}

// leased runs statements in one transaction if the lease is still good. Nothing
// is read before; see leasedAfter.
func (s *Store) leased(ctx context.Context, lease bot.Lease, doing string, write func(tx *batch)) error {
	return s.leasedAfter(ctx, lease, doing, nil, func(tx *batch) error {
		write(tx)
		return nil
	})
}

// leasedAfter begins a transaction, checks the lease and reads, all in one
// round trip, and then writes and commits in another. The row of the lease stays
// locked until the end: who takes the lease over waits for a writer that has
// found it good, and so reads what it wrote. The caller is kept until the
// outcome is known even if its context ends meanwhile, for whoever decides on
// from here must know what was written.
func (s *Store) leasedAfter(ctx context.Context, lease bot.Lease, doing string, read func(tx *batch), write func(tx *batch) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	if err := s.transact(ctx, lease, read, write); err != nil {
		if unfit(err) {
			err = fmt.Errorf("%w: %w", bot.ErrUnfit, err)
		}
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func (s *Store) transact(ctx context.Context, lease bot.Lease, read func(tx *batch), write func(tx *batch) error) error {
	if lease.Epoch < 1 {
		return bot.ErrLeaseLost // nobody has ever been given it
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var first batch
	good := false
	first.add(`BEGIN`)
	first.Queue(`SELECT epoch FROM leases WHERE installation = $1 FOR SHARE`, lease.Installation).QueryRow(func(row pgx.Row) error {
		var epoch int64
		err := row.Scan(&epoch)
		good = err == nil && epoch == lease.Epoch
		return ignore(err, pgx.ErrNoRows)
	})
	if read != nil {
		read(&first)
	}
	err = conn.SendBatch(ctx, &first.Batch).Close()
	if err == nil && !good {
		err = bot.ErrLeaseLost
	}
	var second batch
	if err == nil {
		err = write(&second)
	}
	if err == nil {
		second.add(`COMMIT`)
		err = conn.SendBatch(ctx, &second.Batch).Close()
	}
	if err != nil && !conn.Conn().IsClosed() {
		_, _ = conn.Exec(ctx, `ROLLBACK`) // the first error is the one to tell; the pool drops a connection still in a transaction
	}
	return err
}

// unfit reports whether the server refuses what it was sent for what it is:
// data that is no such data (22), or more than there is room for (54).
func unfit(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (strings.HasPrefix(fault.Code, "22") || strings.HasPrefix(fault.Code, "54"))
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// list reads all rows of a query.
func list[T any](ctx context.Context, s *Store, doing string, scan pgx.RowToFunc[T], query string, args ...any) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	rows, err := s.pool.Query(ctx, query, cleaned(args)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	out, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return out, nil
}

// cleaned makes text fit for PostgreSQL, which takes neither zero bytes nor
// anything else that is no UTF-8.
func cleaned(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = clean(v)
		case []string:
			for k := range v {
				v[k] = clean(v[k])
			}
		}
	}
	return args
}

func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
