package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// page is how many deliveries are read from the inbox at a time, and
	// most how many turns wait in memory before no more are read.
	page = 200
	most = 1000
	// rescan is how often the inbox is read without having been woken: with
	// several replicas, what another one received comes to light so.
	rescan = time.Minute
	// tidying is how often old deliveries are forgotten, forgotten how many at
	// a time, so that nobody waits long for it.
	tidying   = time.Hour
	forgotten = 500
)

// A worker decides and acts for one installation.
type worker struct {
	*Bot
	installation int64
	woken        chan struct{}                            // something new in the inbox
	requests     chan func(context.Context, *shift) error // to be run between two turns
	refused      map[string]int                           // how often what an event came to could not be recorded; for the one that runs
	careful      bool                                     // a record has failed, and none has passed since; the same

	// Guarded by Bot.mu.
	news   int64 // how often it has been woken
	looked int64 // the news at the last look into the inbox
	idle   bool
	away   bool // another process has the lease, as far as we know

	lagging map[string]Lag // by repository
}

func newWorker(b *Bot, installation int64) *worker {
	return &worker{
		Bot: b, installation: installation,
		woken: make(chan struct{}, 1), requests: make(chan func(context.Context, *shift) error), refused: map[string]int{},
	}
}

// A shift is one run of a worker under one lease. Its fields belong to the
// goroutine of run; others hand it what they found out as a call.
type shift struct {
	*worker
	lease Lease
	lanes map[string]*lane // by tracking repository
	order []*lane

	began    time.Time      // when the lease was taken
	now      time.Time      // when the step at hand began, the same for all of it
	look     bool           // the inbox may hold something new
	more     bool           // it held more than a page
	lookedAt int64          // the news when it was last read
	lastLook time.Time      // and when that was
	tidied   time.Time      // when old deliveries were last forgotten
	after    int64          // the last delivery read
	rewind   bool           // an earlier one is undecided again
	inHand   map[int64]bool // deliveries read and not settled
	dull     dull           // those that have come to nothing

	toAsk  []*turn // whose questions nobody has answered yet
	asking int     // how many are being answered
	yard   *yard   // the actions
	calls  chan func(ctx context.Context) error
	others sync.WaitGroup // goroutines that will call
}

// run works until the context ends or the lease is recalled, which are no
// errors, or the store fails.
func (w *worker) run(ctx context.Context) error {
	s := &shift{
		worker: w, lanes: map[string]*lane{}, inHand: map[int64]bool{}, yard: newYard(),
		calls: make(chan func(context.Context) error), look: true,
	}
	bare := context.WithoutCancel(ctx)
	hand, drop := context.WithCancel(bare) // outlives a stop for a while
	defer drop()
	var err error
	if s.lease, err = w.Store.Acquire(ctx, w.installation, w.Holder); err != nil {
		return err
	}
	s.began = time.Now()
	w.say(false, 0)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go s.heed(hand, stop, drop)
	defer func() {
		if err := w.Store.Release(bare, s.lease); err != nil {
			w.Log.Warn().Err(err).Int64("installation", w.installation).Msg("lease not given back")
		}
	}()
	w.Took(w.installation)
	err = s.loadWork(hand)
	if err == nil {
		err = s.loop(ctx, hand)
	}
	if err == nil {
		err = s.windUp(hand, drop)
	}
	drop()
	s.waitForOthers()
	select {
	case <-s.lease.Lost:
		err = errors.Join(err, ErrLeaseLost)
	default:
	}
	return err
}

// heed stops the shift when its lease is recalled, and drops what is in hand
// when it is lost.
func (s *shift) heed(hand context.Context, stop, drop func()) {
	select {
	case <-s.lease.Recalled:
		stop()
	case <-s.lease.Lost:
	case <-hand.Done():
		return
	}
	select {
	case <-s.lease.Lost:
		stop()
		drop()
	case <-hand.Done():
	}
}

// loop takes in, decides and starts actions, one step after another, and sleeps
// when there is nothing to do.
func (s *shift) loop(ctx, hand context.Context) error {
	for ctx.Err() == nil {
		s.now = time.Now()
		if err := s.takeIn(hand); err != nil {
			return err
		}
		if err := s.hear(hand); err != nil {
			return err
		}
		if err := s.inspect(hand); err != nil {
			return err
		}
		decided, err := s.decideNext()
		if err != nil {
			return err
		}
		s.ask(hand)
		s.launch(hand)
		s.settleUp(hand)
		s.settleDull(hand)
		s.notice(hand)
		if decided || s.wantsMore() {
			continue
		}
		if err := s.tidy(hand); err != nil {
			return err
		}
		if err := s.sleep(ctx, hand); err != nil {
			return err
		}
	}
	return nil
}

// hear runs the calls that are waiting.
func (s *shift) hear(hand context.Context) error {
	for {
		select {
		case call := <-s.calls:
			if err := call(hand); err != nil {
				return err
			}
		case call := <-s.requests:
			if err := call(hand, s); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// sleep waits for whatever comes next.
func (s *shift) sleep(ctx, hand context.Context) error {
	s.say(len(s.inHand) == 0 && s.yard.idle(), s.lookedAt)
	timer := time.NewTimer(time.Until(s.nextMoment()))
	defer timer.Stop()
	select {
	case <-s.woken:
		s.look = true
		return nil
	case call := <-s.calls:
		s.say(false, s.lookedAt)
		return call(hand)
	case call := <-s.requests:
		s.say(false, s.lookedAt)
		return call(hand, s)
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return nil
	}
}

// nextMoment is when something becomes due that was not due when this step
// began. It may be past by now: what became due meanwhile was not looked at.
func (s *shift) nextMoment() time.Time {
	until := s.now.Add(rescan)
	sooner := func(at time.Time) {
		if at.After(s.now) && at.Before(until) {
			until = at
		}
	}
	if len(s.dull.seqs) > 0 {
		sooner(s.dull.since.Add(s.Timing.Owed))
	}
	for _, l := range s.order {
		if l.signal == unasked {
			sooner(l.inspectAt)
		}
		for _, t := range l.queue {
			sooner(t.settled)
			sooner(t.eyes)
			sooner(t.askAt)
		}
	}
	if len(s.yard.owing) > 0 {
		sooner(s.yard.owedAt.Add(s.Timing.Owed))
	}
	return s.yard.nextMoment(s.now, until)
}

// windUp lets what is in hand come to an end, at most for Timing.Stop.
func (s *shift) windUp(hand context.Context, drop func()) error {
	ended := make(chan struct{})
	go func() { s.others.Wait(); close(ended) }()
	limit := time.AfterFunc(s.Timing.Stop, drop)
	defer limit.Stop()
	for {
		select {
		case call := <-s.calls:
			if err := call(context.WithoutCancel(hand)); err != nil {
				return err
			}
		case <-ended:
			return s.settleAll(context.WithoutCancel(hand))
		}
	}
}

// waitForOthers lets the goroutines of the shift end without hearing them.
func (s *shift) waitForOthers() {
	ended := make(chan struct{})
	go func() { s.others.Wait(); close(ended) }()
	for {
		select {
		case <-s.calls:
		case <-ended:
			return
		}
	}
}

// aside runs a job in a goroutine of its own, and then what it returns in the
// shift's. Nothing of the shift may be touched by the job itself.
func (s *shift) aside(job func() func(ctx context.Context) error) {
	s.others.Go(func() { s.calls <- job() })
}

// say publishes whether there is nothing to do, as of the news looked at.
func (w *worker) say(idle bool, looked int64) {
	w.mu.Lock()
	changed := idle != w.idle || looked != w.looked || w.away
	w.idle, w.looked, w.away = idle, looked, false
	w.mu.Unlock()
	if changed {
		w.tell()
	}
}

// leave publishes that another process has the lease.
func (w *worker) leave() {
	w.mu.Lock()
	changed := !w.away
	w.away = true
	w.mu.Unlock()
	if changed {
		w.tell()
	}
}

// heard returns the news so far.
func (w *worker) heard() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.news
}
