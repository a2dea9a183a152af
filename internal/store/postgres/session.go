package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// again is how long a session waits before it connects once more.
const again = 100 * time.Millisecond

// channel is where processes tell of deliveries, with the installation's number,
// and with moved of leases that have been given back and of members.
const (
	channel = `stationmaster_`
	moved   = "moved"
)

// A session is the process's own session at the server, which its locks belong
// to. One goroutine has the connection: it listens, says something now and then
// so that the server knows us to be alive, and does what it is asked to between.
// When the connection breaks all leases are lost, and it begins anew.
type session struct {
	config *pgx.ConnConfig
	ctx    context.Context //nolint:containedctx // the length of the goroutine's life
	stop   context.CancelFunc
	ended  chan struct{}

	mu     sync.Mutex
	asked  []*ask
	rouse  context.CancelFunc // ends the goroutine's waiting
	news   func(installation int64)
	shares map[int64]int64 // who should have which installation, as of the last beat; nil while not joined
	number int64           // of the server's process, which is our number as a member; written by the goroutine

	// These belong to the goroutine.
	conn   *pgx.Conn
	member bool
	held   map[int64]*hold
	polled time.Time
	newest map[int64]int64 // the last undecided delivery of each installation
}

// A hold is a lease that the session has the lock of.
type hold struct {
	epoch          int64
	recalled, lost chan struct{}
	handing        bool // recalled is closed
}

// An ask is something to be done with the connection.
type ask struct {
	do   func(ctx context.Context) error
	err  error
	done chan struct{}
}

func newSession(ctx context.Context, config *pgx.ConnConfig) (*session, error) {
	s := &session{config: config.Copy(), ended: make(chan struct{}), held: map[int64]*hold{}, newest: map[int64]int64{}}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.connect(ctx); err != nil {
		s.stop()
		return nil, err
	}
	go s.run()
	return s, nil
}

// ask has something done by the goroutine and waits for it.
func (s *session) ask(ctx context.Context, do func(ctx context.Context) error) error {
	a := &ask{do: do, done: make(chan struct{})}
	s.mu.Lock()
	s.asked = append(s.asked, a)
	if s.rouse != nil {
		s.rouse()
	}
	s.mu.Unlock()
	select {
	case <-a.done:
		return a.err
	case <-s.ended:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next takes what was asked first, or else returns a context to wait in, which
// ends with the next ask.
func (s *session) next(until time.Time) (*ask, context.Context, context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) > 0 {
		a := s.asked[0]
		s.asked = s.asked[1:]
		return a, nil, nil
	}
	ctx, cancel := context.WithDeadline(s.ctx, until)
	s.rouse = cancel
	return nil, ctx, cancel
}

func (s *session) run() {
	defer close(s.ended)
	var beat time.Time // when the next one is due
	for s.ctx.Err() == nil {
		if s.conn == nil {
			s.reconnect()
			beat = time.Time{}
			continue
		}
		if now := time.Now(); !now.Before(beat) {
			s.check(s.beat())
			beat = now.Add(every)
			continue
		}
		a, wait, cancel := s.next(beat)
		if a != nil {
			s.answer(a)
			continue
		}
		note, err := s.conn.WaitForNotification(wait)
		cancel()
		switch {
		case err == nil && note.Payload == moved:
			beat = time.Time{}
		case err == nil:
			if id, err := strconv.ParseInt(note.Payload, 10, 64); err == nil && !s.arrived(id) {
				beat = time.Time{} // a new one: whose is it
			}
		case s.conn.IsClosed():
			s.check(err)
		}
	}
	s.part()
}

// answer does what was asked, unless whoever asked has had to wait too long.
func (s *session) answer(a *ask) {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	a.err = a.do(ctx)
	cancel()
	close(a.done)
	s.check(a.err)
}

// check gives all leases up if the connection is gone.
func (s *session) check(err error) {
	if s.conn == nil || !s.conn.IsClosed() && !errors.Is(err, ErrPooler) {
		return
	}
	for _, h := range s.held {
		close(h.lost)
	}
	s.held, s.member = map[int64]*hold{}, false
	s.mu.Lock()
	if s.news != nil {
		s.shares = map[int64]int64{} // nothing is ours until we know better
	}
	s.mu.Unlock()
	go hangUp(s.ctx, s.conn) // which may take its time
	s.conn = nil
	s.fail(err)
}

func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_ = conn.Close(ctx) // the server finds out by itself
}

// reconnect tries once.
func (s *session) reconnect() {
	if err := s.connect(s.ctx); err != nil {
		s.fail(err)
	}
}

// fail answers what was asked meanwhile with what is wrong, and waits a little.
func (s *session) fail(err error) {
	s.mu.Lock()
	asked := s.asked
	s.asked = nil
	s.mu.Unlock()
	for _, a := range asked {
		a.err = fmt.Errorf("no session at the database: %w", err)
		close(a.done)
	}
	pause := time.NewTimer(again)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-s.ctx.Done():
	}
}

func (s *session) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return err
	}
	err = prepare(ctx, conn, idleTx, silence, patience/2)
	var number int64
	if err == nil {
		number, err = pid(ctx, conn)
	}
	if err == nil {
		_, err = conn.Exec(ctx, `DO $$ BEGIN EXECUTE 'LISTEN `+channel+`' || 'deliveries'::regclass::oid; END $$`)
	}
	if err != nil {
		go hangUp(s.ctx, conn)
		return err
	}
	s.conn = conn
	s.mu.Lock()
	s.number = number
	s.mu.Unlock()
	return nil
}

// part gives everything back, so that others can begin at once.
func (s *session) part() {
	if s.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, _ = s.conn.Exec(ctx, `SELECT pg_advisory_unlock_all()`) // else the end of the session does it
		s.tell(ctx)
		_ = s.conn.Close(ctx) // the server finds out by itself
	}
	for _, h := range s.held {
		close(h.lost)
	}
}

// tell says that something may be free now. Who does not hear it finds it at
// the next beat.
func (s *session) tell(ctx context.Context) {
	_, _ = s.conn.Exec(ctx, `SELECT pg_notify('`+channel+`' || 'deliveries'::regclass::oid, '`+moved+`')`)
}

func (s *session) close() {
	s.stop()
	<-s.ended
}

// arrived passes on that an installation has something new, if it is our share,
// and reports whether we know whose it is.
func (s *session) arrived(installation int64) bool {
	s.mu.Lock()
	news, member, number := s.news, s.shares[installation], s.number
	s.mu.Unlock()
	if news != nil && member == number {
		news(installation)
	}
	return news == nil || member != 0
}

// ours says whether the lease is this process's share.
func (s *session) ours(installation int64) (ours, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	member, known := s.shares[installation]
	return s.news == nil || member == s.number, known
}

// Errors that mean that somebody else has, or should have, the lease.
var (
	errTaken = fmt.Errorf("the lease is %w", bot.ErrHeld)
	errShare = fmt.Errorf("the lease is another's share: %w", bot.ErrHeld)
)
