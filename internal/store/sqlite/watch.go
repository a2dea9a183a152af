package sqlite

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// lookEvery is how often the writer looks whether another process has written.
const lookEvery = time.Second

var _ bot.Watched = (*Store)(nil)

// A watch notices what other processes write.
type watch struct {
	mu   sync.Mutex
	news func(installation int64)

	// These belong to the writer's goroutine.
	version int64          // of the file, which others alone change
	held    map[int64]hold // the leases that were given, by installation
}

// A hold is a lease that this process was given.
type hold struct {
	epoch int64
	lost  chan struct{}
}

// take notes a lease, which ends what this process had before of the same
// installation. Should the writing of it fail, nobody has it, and the next look
// clears it away.
func (w *watch) take(installation, epoch int64) (lost <-chan struct{}) {
	if h, had := w.held[installation]; had {
		close(h.lost)
	}
	h := hold{epoch, make(chan struct{})}
	w.held[installation] = h
	return h.lost
}

// drop forgets a lease that is over, if it is still the one that is held.
func (w *watch) drop(installation, epoch int64) {
	if h, had := w.held[installation]; had && h.epoch == epoch {
		close(h.lost)
		delete(w.held, installation)
	}
}

// Watch implements bot.Watched.
func (s *Store) Watch(news func(installation int64)) (unwatch func()) {
	w := &s.write.watch
	set := func(f func(int64)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.news = f
	}
	set(news)
	return func() { set(nil) }
}

// version is a number that changes when another connection than the writer's
// has changed the file.
func (w *writer) version(ctx context.Context) (n int64, err error) {
	err = w.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&n)
	return n, err
}

// look notices what another's hand has done to the file: leases that were
// overtaken, as by a backup that was put in its place, are lost, and whoever has
// something to do is told of it. What cannot be read now is looked for again.
func (w *writer) look() {
	ctx := context.Background() // as long as the writer lives
	w.watch.mu.Lock()
	news := w.watch.news
	w.watch.mu.Unlock()
	version, err := w.version(ctx)
	if err != nil || version == w.watch.version {
		return
	}
	if err := w.lookAtLeases(ctx); err != nil || news == nil {
		return
	}
	waiting, err := w.waiting(ctx)
	if err != nil {
		return
	}
	w.watch.version = version
	for _, id := range waiting {
		news(id)
	}
}

// lookAtLeases ends those whose epoch is no longer what was given.
func (w *writer) lookAtLeases(ctx context.Context) error {
	epochs := map[int64]int64{}
	err := w.each(ctx, func(rows *sql.Rows) error {
		var id, epoch int64
		err := rows.Scan(&id, &epoch)
		epochs[id] = epoch
		return err
	}, `SELECT installation, epoch FROM leases`)
	if err != nil {
		return err
	}
	for id, h := range w.watch.held {
		if epochs[id] != h.epoch {
			w.watch.drop(id, h.epoch)
		}
	}
	return nil
}

// waiting returns the installations with something undecided, and those with a
// line that nobody works for: a backup that was put in the file's place may know
// some that this process has never heard of.
func (w *writer) waiting(ctx context.Context) (ids []int64, err error) {
	err = w.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var undecided bool
		err := rows.Scan(&id, &undecided)
		if _, held := w.watch.held[id]; undecided || !held {
			ids = append(ids, id)
		}
		return err
	}, `SELECT installation, max(undecided) FROM (
		SELECT DISTINCT installation, 1 AS undecided FROM deliveries WHERE settled_at = 0
		UNION ALL SELECT DISTINCT installation, 0 FROM lines) GROUP BY installation`)
	return ids, err
}

// each calls scan with every row of a query on the writer's connection.
func (w *writer) each(ctx context.Context, scan func(*sql.Rows) error, query string) error {
	rows, err := w.conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
