package model

// backups is what becomes of the store as a whole: it is copied, and the copy is
// brought back, with what the store has received since.
func (e *steps) backups() {
	left, may := &e.from.left, &e.sc.may
	if left.backup > 0 && left.restore > 0 {
		e.to("a backup is made", 0, 0, func(s *state) { s.left.backup--; s.backup = s.store })
	}
	if left.backup < may.backup && left.restore > 0 {
		e.to("the backup is brought back", 0, 0, e.restore)
	}
}

// restore puts the backup in place of the store. Who works from what was there is
// in the past, and learns of it by its next write or before.
func (e *steps) restore(s *state) {
	s.left.restore--
	was := s.store
	s.store = s.backup
	if s.left.restore == 0 {
		s.backup = store{} // it does not matter any more
	}
	if !e.sc.broken.inboxBack {
		e.carryOver(s, &was)
	}
	for a, it := range e.sc.acts {
		if s.acts[a] == pending && it.kind != label && !e.sc.broken.openForgets {
			s.started = with(s.started, a)
		}
	}
	if e.sc.broken.epochsBack {
		return
	}
	for r := range e.sc.replicas {
		if m := s.me(r); m.lease == good {
			m.lease, m.lock = past, false
		}
	}
}

// carryOver adds what was in the inbox and is not in the backup's, in its order. What
// was settled is undecided. Whatever may have been decided comes again.
func (e *steps) carryOver(s *state, was *store) {
	for h, at := range s.place {
		untouched := was.place[h] > 0 && !has(was.settled, h) && !has(was.again, h)
		if at > 0 && !has(s.settled, h) && !untouched && !e.sc.broken.waitedForgets {
			s.again = with(s.again, h)
		}
	}
	for at := uint8(1); at <= was.arrived; at++ {
		for h := range e.sc.hooks {
			if was.place[h] != at || s.place[h] > 0 {
				continue
			}
			s.arrived++
			s.place[h] = s.arrived
			s.again = without(s.again, h)
			if has(was.settled, h) || has(was.again, h) {
				s.again = with(s.again, h)
			}
		}
	}
}
