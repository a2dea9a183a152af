package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// maxBatch bounds how many writes share a transaction, and so how long the
// first of them waits for the last.
const maxBatch = 256

var errClosed = errors.New("the store is closed")

// A change is one write: all of it happens or nothing. It may be run in one
// transaction with others.
type change func(ctx context.Context, tx *batch) error

// A writer is the one goroutine that writes.
type writer struct {
	conn  *sql.Conn
	queue chan *request
	stop  chan struct{}
	ended chan struct{}
	once  sync.Once
	stmts map[string]*sql.Stmt
	watch watch
}

type request struct {
	do   change
	err  error
	done chan struct{}
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn: conn, queue: make(chan *request, maxBatch),
		stop: make(chan struct{}), ended: make(chan struct{}), stmts: map[string]*sql.Stmt{},
		watch: watch{held: map[int64]hold{}},
	}
	if w.watch.version, err = w.version(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.loop()
	return w, nil
}

// run hands a change to the writer and waits until it is durable. A context
// that ends stops the waiting while the change is queued or at work, and then
// the outcome is unknown; callers for whom that matters pass one without end.
func (w *writer) run(ctx context.Context, do change) error {
	r := &request{do: do, done: make(chan struct{})}
	select {
	case w.queue <- r:
	case <-w.stop:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-r.done:
		return r.err
	case <-w.ended:
		select {
		case <-r.done:
			return r.err
		default:
			return errClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// loop writes whatever has gathered while the last batch went to the disk.
// It waits for no more: a single write leaves at once.
func (w *writer) loop() {
	defer close(w.ended)
	looks := time.NewTicker(lookEvery)
	defer looks.Stop()
	for {
		var group []*request
		select {
		case r := <-w.queue:
			group = append(group, r)
		case <-looks.C:
			w.look()
			continue
		case <-w.stop:
			return
		}
		for more := true; more && len(group) < maxBatch; {
			select {
			case r := <-w.queue:
				group = append(group, r)
			default:
				more = false
			}
		}
		w.commit(group)
		for _, r := range group {
			close(r.done)
		}
	}
}

// commit runs the group in one transaction and leaves each one's error with it.
// A change that fails is undone alone.
func (w *writer) commit(group []*request) {
	ctx := context.Background()
	tx := &batch{w: w}
	err := tx.exec(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		for _, r := range group {
			switch {
			case tx.broken != nil:
			case len(group) == 1:
				r.err = guarded(ctx, tx, r.do)
				tx.broken = r.err // undone with the transaction
			default:
				r.err = tx.alone(ctx, r.do)
			}
		}
		if err = tx.end(ctx); err != nil {
			_ = tx.exec(ctx, "ROLLBACK") // the first error is the one to tell
		}
	}
	for _, r := range group {
		if r.err == nil && err != nil {
			r.err = fmt.Errorf("commit: %w", err)
		}
	}
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.ended
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

// A batch is the transaction at hand, with statements prepared once.
type batch struct {
	w *writer
	// broken is set when a failure took the whole transaction with it, as a
	// full disk does. What follows would be outside of any.
	broken error
}

func (b *batch) end(ctx context.Context) error {
	if b.broken != nil {
		return b.broken
	}
	return b.exec(ctx, "COMMIT")
}

// alone runs one change so that its failure undoes it and nothing else.
func (b *batch) alone(ctx context.Context, do change) error {
	if err := b.exec(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	err := guarded(ctx, b, do)
	if err != nil {
		if undo := b.exec(ctx, "ROLLBACK TO one"); undo != nil {
			b.broken = errors.Join(err, undo)
			return b.broken
		}
	}
	return errors.Join(err, b.exec(ctx, "RELEASE one"))
}

// guarded makes an error of a panic, which would end the process here: what was
// to be written is at fault.
func guarded(ctx context.Context, tx *batch, do change) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(bot.ErrUnfit, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	return do(ctx, tx)
}

func (b *batch) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := b.w.stmts[query]; ok {
		return s, nil
	}
	s, err := b.w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	b.w.stmts[query] = s
	return s, nil
}

func (b *batch) exec(ctx context.Context, query string, args ...any) error {
	_, err := b.count(ctx, query, args...)
	return err
}

// count executes and returns how many rows were touched.
func (b *batch) count(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := b.stmt(ctx, query) //nolint:sqlclosecheck // it is kept for the next batch, and closed with the writer
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// one reads one row; sql.ErrNoRows when there is none.
func (b *batch) one(ctx context.Context, query string, args []any, into ...any) error {
	s, err := b.stmt(ctx, query) //nolint:sqlclosecheck // it is kept for the next batch, and closed with the writer
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(into...)
}
