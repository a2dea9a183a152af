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
	mu      sync.Mutex
	news    func(installation int64)
	version int64 // of the file, which others alone change; the writer's goroutine has it
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

// look tells of undecided deliveries if the file has changed by another's hand.
// What cannot be read now is looked for again.
func (w *writer) look() {
	ctx := context.Background() // as long as the writer lives
	w.watch.mu.Lock()
	news := w.watch.news
	w.watch.mu.Unlock()
	version, err := w.version(ctx)
	if news == nil || err != nil || version == w.watch.version {
		return
	}
	waiting, err := waiting(ctx, w.conn)
	if err != nil {
		return
	}
	w.watch.version = version
	for _, id := range waiting {
		news(id)
	}
}

// waiting returns the installations with something undecided.
func waiting(ctx context.Context, conn *sql.Conn) (ids []int64, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT DISTINCT installation FROM deliveries WHERE settled_at = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
