package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// maxBatch and maxBytes bound how much shares a transaction, and so how long
// the first waits for the last.
const (
	maxBatch = 256
	maxBytes = 8 << 20
)

var errClosed = errors.New("the store is closed")

// A writer is the one goroutine of the process that stores deliveries.
type writer struct {
	pool  *pgxpool.Pool
	queue chan *request
	stop  chan struct{}
	ended chan struct{}
	once  sync.Once
}

type request struct {
	d     bot.Delivery
	fresh bool
	err   error
	done  chan struct{}
}

func newWriter(pool *pgxpool.Pool) *writer {
	w := &writer{pool: pool, queue: make(chan *request, maxBatch), stop: make(chan struct{}), ended: make(chan struct{})}
	go w.loop()
	return w
}

// store hands a delivery to the writer and waits until it is durable, or until
// the context ends, and then the outcome is unknown.
func (w *writer) store(ctx context.Context, d bot.Delivery) (fresh bool, err error) {
	r := &request{d: d, done: make(chan struct{})}
	select {
	case w.queue <- r:
	case <-w.stop:
		return false, errClosed
	case <-ctx.Done():
		return false, ctx.Err()
	}
	select {
	case <-r.done:
		return r.fresh, r.err
	case <-w.ended:
		select {
		case <-r.done:
			return r.fresh, r.err
		default:
			return false, errClosed
		}
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// loop stores whatever has gathered while the last batch went to the disk. It
// waits for no more: a single delivery leaves at once.
func (w *writer) loop() {
	defer close(w.ended)
	for {
		var group []*request
		select {
		case r := <-w.queue:
			group = append(group, r)
		case <-w.stop:
			return
		}
		size := len(group[0].d.Payload)
		for more := true; more && len(group) < maxBatch && size < maxBytes; {
			select {
			case r := <-w.queue:
				group = append(group, r)
				size += len(r.d.Payload)
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

// commit stores a group in one transaction. If something in it is refused for
// what it is, each is stored alone, so that one does not fail the others.
func (w *writer) commit(group []*request) {
	err := w.insert(group)
	switch {
	case err == nil:
	case len(group) > 1 && unfit(err):
		for _, r := range group {
			r.err = w.insert([]*request{r})
		}
	default:
		for _, r := range group {
			r.err = err
		}
	}
}

func (w *writer) insert(group []*request) error {
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	n := len(group)
	ids, events, repos := make([]string, n), make([]string, n), make([]string, n)
	installations, received := make([]int64, n), make([]int64, n)
	payloads := make([][]byte, n)
	for i, r := range group {
		ids[i], events[i], repos[i] = clean(r.d.ID), clean(r.d.Event), clean(r.d.Repo)
		installations[i], received[i] = r.d.Installation, nanos(r.d.ReceivedAt)
		if payloads[i] = r.d.Payload; payloads[i] == nil {
			payloads[i] = []byte{}
		}
	}
	rows, err := w.pool.Query(ctx, `SELECT receive($1, $2, $3, $4, $5, $6)`, ids, events, installations, repos, payloads, received)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	first := map[string]bool{}
	for _, id := range fresh {
		first[id] = true
	}
	for i, r := range group {
		r.fresh = first[ids[i]]
		delete(first, ids[i]) // the same id further down is a repetition
	}
	return nil
}

func (w *writer) close() {
	w.once.Do(func() { close(w.stop) })
	<-w.ended
}
