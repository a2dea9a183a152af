package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// pollEvery is how often the inbox is looked at without a notification.
const pollEvery = 2 * time.Second

// beat says that we are alive, sees who else is, and finds out which leases are
// ours by now, or not any more.
func (s *session) beat() error {
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	s.mu.Lock()
	news := s.news
	s.mu.Unlock()
	if err := s.enrol(ctx, news != nil); err != nil {
		return err
	}
	var number int64
	var members, installations []int64
	err := s.conn.QueryRow(ctx, `SELECT pg_backend_pid()::bigint,
		ARRAY(SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = 'deliveries'::regclass::oid
			AND objsubid = 1 AND objid <> 0 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
		ARRAY(SELECT installation FROM leases)`).Scan(&number, &members, &installations)
	if err != nil {
		return err
	}
	if number != s.number {
		return ErrPooler
	}
	of := shares(members, installations)
	s.mu.Lock()
	if s.news == nil { // it has left, maybe meanwhile
		news = nil
	} else {
		s.shares = of
	}
	s.mu.Unlock()
	if news == nil {
		return nil
	}
	for id, h := range s.held {
		if of[id] != s.number && !h.handing {
			h.handing = true
			close(h.recalled)
		}
	}
	for id, member := range of {
		if member == s.number && s.held[id] == nil {
			news(id)
		}
	}
	return s.poll(ctx, news)
}

// enrol makes this process one of the members, or takes it off them.
func (s *session) enrol(ctx context.Context, joined bool) error {
	if joined == s.member {
		return nil
	}
	do := `SELECT pg_advisory_lock_shared(lock_key('deliveries', $1))`
	if !joined {
		do = `SELECT pg_advisory_unlock_shared(lock_key('deliveries', $1))`
	}
	if _, err := s.conn.Exec(ctx, do, s.number); err != nil {
		return err
	}
	s.member = joined
	s.tell(ctx)
	return nil
}

// poll looks now and then for deliveries whose notification was not heard.
func (s *session) poll(ctx context.Context, news func(installation int64)) error {
	if time.Since(s.polled) < pollEvery {
		return nil
	}
	s.polled = time.Now()
	rows, err := s.conn.Query(ctx, `SELECT installation, max(seq) FROM deliveries WHERE settled_at = 0 GROUP BY installation`)
	if err != nil {
		return err
	}
	newest := map[int64]int64{}
	var id, seq int64
	_, err = pgx.ForEachRow(rows, []any{&id, &seq}, func() error {
		newest[id] = seq
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(newest)) {
		if ours, _ := s.ours(id); ours && newest[id] > s.newest[id] {
			news(id)
		}
	}
	s.newest = newest
	return nil
}
