package model

// A broken protocol leaves a rule out. The zero value keeps them all.
type broken struct {
	// The door.
	ackFirst   bool // a delivery is acknowledged before it is stored
	noRecovery bool // GitHub's log of deliveries is not looked at
	// Leases.
	noEpoch      bool // a write does not look whether the epoch is the latest
	noLock       bool // a lease is given out that another still has
	noPatience   bool // a replica goes on though it cannot reach the database
	releaseEarly bool // a lease is handed over with work under way
	lockStays    bool // a lease outlives who had it
	// Decisions.
	noKeys      bool // what was decided is not remembered by its event
	settleFirst bool // the delivery is settled before its decision is recorded
	actsApart   bool // the actions are written down after the decision
	setAside    bool // a decision that could not be recorded is set aside as dead
	noOrder     bool // whatever delivery comes to hand is decided
	// Actions.
	noMark        bool // nothing is marked as started
	noFind        bool // what was marked is done again without a look
	noPause       bool // the look comes at once
	pauseFromMark bool // the pause is counted from the mark, and not from when one knows of it
	labelAtOnce   bool // a label whose answer did not come is tried again at once
	abreast       bool // the actions of an issue leave without waiting for each other
	receiptApart  bool // an action ends before its receipt is recorded
	sayAgain      bool // a chat is told again if nobody knows
	reviveForgets bool // what is revived is taken for never tried
	// Backups that are brought back.
	inboxBack     bool // the inbox is what the backup has of it
	epochsBack    bool // so are the epochs, and nobody learns of it
	againForgets  bool // what was decided once more is taken for never done
	waitedForgets bool // what waited in the backup is taken for never decided
	openForgets   bool // what was pending in the backup is taken for never done since
	// Not broken, but better than what can be built: a replica that wakes knows
	// at once that it has lost its lease.
	oracle bool
}

// steps calls emit with each step that can come next, and where it leads.
type steps struct {
	sc   *scene
	from state
	emit func(step, state)
}

func (e *steps) all() {
	e.webhooks()
	e.strays()
	e.backups()
	for r := range e.sc.replicas {
		e.life(r)
		me := e.from.me(r)
		if me.is != up {
			continue
		}
		e.receive(r)
		e.leases(r)
		if me.lease == none {
			continue
		}
		e.decide(r)
		for i := range maxIssues {
			e.carry(r, i)
		}
		e.repair(r)
	}
}

// to emits a step to what change makes of the state.
func (e *steps) to(form string, r, x int, change func(s *state)) {
	s := e.from
	change(&s)
	e.emit(step{form, r, x}, s)
}

// webhooks is GitHub's side of the door.
func (e *steps) webhooks() {
	for h := range e.sc.hooks {
		switch e.from.hooks[h] {
		case due:
			if e.from.left.lose > 0 {
				e.to("delivery {x} is lost on its way", 0, h, func(s *state) { s.hooks[h] = failed; s.left.lose-- })
			}
		case failed:
			if e.sc.broken.noRecovery {
				continue
			}
			e.to("GitHub is asked for delivery {x} again", 0, h, func(s *state) { s.hooks[h] = due })
		case acked:
			if e.from.left.repeat > 0 {
				e.to("GitHub sends delivery {x} twice", 0, h, func(s *state) { s.hooks[h] = due; s.left.repeat-- })
			}
		}
	}
}

// receive is a replica's side of it.
func (e *steps) receive(r int) {
	me, sc := e.from.me(r), e.sc
	if me.hook == 0 {
		for h := range sc.hooks {
			if e.from.hooks[h] == due {
				e.to("{r} gets delivery {x}", r, h, func(s *state) {
					s.hooks[h] = underWay
					s.me(r).hook = uint8(h + 1)
				})
			}
		}
		return
	}
	h := int(me.hook - 1)
	leave := func(s *state) {
		m := s.me(r)
		m.hook, m.stored, m.answered, m.gone = 0, false, false, false
	}
	store := func(s *state) {
		if s.place[h] == 0 {
			s.arrived++
			s.place[h] = s.arrived
		}
	}
	ack := func(s *state) {
		if !s.me(r).gone {
			s.hooks[h] = acked
		}
	}
	switch {
	case !me.stored && sc.broken.ackFirst && !me.answered:
		e.to("{r} acknowledges delivery {x}", r, h, func(s *state) { ack(s); s.me(r).answered = true })
	case !me.stored:
		e.to("{r} stores delivery {x}", r, h, func(s *state) {
			store(s)
			s.me(r).stored = true
			if me.answered {
				leave(s)
			}
		})
		if e.from.left.cut > 0 {
			refuse := func(s *state) {
				s.left.cut--
				if !s.me(r).gone && !s.me(r).answered {
					s.hooks[h] = failed
				}
				leave(s)
			}
			e.to("{r} cannot store delivery {x} and answers 503", r, h, refuse)
			e.to("{r} stores delivery {x}, does not hear of it and answers 503", r, h, func(s *state) { store(s); refuse(s) })
		}
	default:
		e.to("{r} acknowledges delivery {x}", r, h, func(s *state) { ack(s); leave(s) })
	}
}

// strays are the requests that nobody waits for any more.
func (e *steps) strays() {
	for a := range e.sc.acts {
		for _, of := range []func(*state) *uint8{
			func(s *state) *uint8 { return &s.orphans[a] },
			func(s *state) *uint8 { return &s.overdue[a] },
		} {
			if *of(&e.from) > 0 {
				e.to("a request nobody waits for: GitHub carries out {x}", 0, a, func(s *state) { *of(s)--; e.effect(s, a) })
				e.to("a request nobody waits for, {x}, never arrives", 0, a, func(s *state) { *of(s)-- })
			}
		}
	}
}

// effect is what GitHub, or a chat, makes of a request.
func (e *steps) effect(s *state, a int) {
	switch it := e.sc.acts[a]; {
	case it.kind == label:
		s.made[a] = 1
		s.labels[it.issue] = it.value
	case it.kind == milestone && s.made[a] > 0: // "already exists", which is as good
	case s.made[a] < 3:
		s.made[a]++
	}
}

// life is what befalls a replica.
func (e *steps) life(r int) {
	me, left := e.from.me(r), &e.from.left
	if me.is == down {
		e.to("{r} starts", r, 0, func(s *state) { s.me(r).is = up })
		return
	}
	if left.crash > 0 {
		e.to("{r} dies", r, 0, func(s *state) {
			s.left.crash--
			m := s.me(r)
			if m.hook != 0 && !m.gone && !m.answered {
				s.hooks[m.hook-1] = failed
			}
			e.drop(s, r)
			*s.me(r) = replica{is: down, lock: me.lock && e.sc.broken.lockStays}
		})
	}
	if me.is == up {
		if left.freeze > 0 {
			e.to("{r} stands still", r, 0, func(s *state) { s.left.freeze--; s.me(r).is = frozen })
		}
		return
	}
	e.to("{r} goes on", r, 0, func(s *state) {
		s.me(r).is = up
		if m := s.me(r); e.sc.broken.oracle && m.lease != none && !m.lock {
			e.drop(s, r)
		}
	})
	if me.lock {
		e.to("the server ends the session of {r}", r, 0, func(s *state) { s.me(r).lock = false })
	}
	if me.hook != 0 && !me.gone && !me.answered {
		e.to("GitHub waits no more for the answer of {r}", r, 0, func(s *state) {
			s.hooks[me.hook-1] = failed
			s.me(r).gone = true
		})
	}
}

// drop ends a shift: nothing is begun, and who waits for an answer waits no
// more. What has left has left.
func (e *steps) drop(s *state, r int) {
	m := s.me(r)
	for i := range m.carries {
		if c := m.carries[i]; c.at == sent && c.act != 0 {
			e.orphan(s, c)
		}
		m.carries[i] = carrier{}
	}
	m.lease, m.stop, m.turn, m.known, m.half, m.yard, m.unsure, m.owed = none, false, 0, false, false, 0, 0, 0
}

func (e *steps) orphan(s *state, c carrier) {
	if n := &s.orphans[c.act-1]; !c.late && *n < 3 {
		*n++
	}
	if n := &s.overdue[c.act-1]; c.late && *n < 3 {
		*n++
	}
}

// leases is how they come and go.
func (e *steps) leases(r int) {
	me, sc, left := e.from.me(r), e.sc, &e.from.left
	if me.lease == none {
		for o := range sc.replicas {
			if e.from.me(o).lock && (!sc.broken.noLock || o == r) {
				return
			}
		}
		e.to("{r} takes the lease", r, 0, func(s *state) { e.take(s, r) })
		return
	}
	if !me.lock {
		if !sc.broken.noPatience {
			e.to("{r} sees that its session is gone", r, 0, func(s *state) { e.drop(s, r) })
		}
	} else if left.cut > 0 {
		if sc.broken.noPatience {
			e.to("the server ends the session of {r}, which goes on", r, 0, func(s *state) { s.left.cut--; s.me(r).lock = false })
		} else {
			e.to("{r} is cut off from the database and drops all", r, 0, func(s *state) {
				s.left.cut--
				e.drop(s, r)
				s.me(r).lock = false
			})
		}
	}
	if !me.stop && left.move > 0 {
		e.to("{r} is to hand over", r, 0, func(s *state) { s.left.move--; s.me(r).stop = true })
	}
	if me.stop {
		busy := me.turn != 0 || me.owed != 0
		for _, c := range me.carries {
			busy = busy || c.act != 0
		}
		release := func(s *state) {
			e.drop(s, r)
			s.me(r).lock = false
		}
		switch {
		case !busy:
			e.to("{r} gives the lease back", r, 0, release)
		case sc.broken.releaseEarly:
			e.to("{r} gives the lease back with work under way", r, 0, func(s *state) { s.me(r).lock = false; s.me(r).lease = old })
		case left.hurry > 0:
			e.to("{r} has no more time, drops what is under way and gives the lease back", r, 0, func(s *state) { s.left.hurry--; release(s) })
		}
	}
}

// take is the lock, the next epoch, and what is to be done as it is stored.
func (e *steps) take(s *state, r int) {
	for o := range e.sc.replicas {
		if l := s.me(o).lease; l == good || l == past {
			s.me(o).lease = old
		}
	}
	m := s.me(r)
	m.lock, m.lease = true, good
	for a := range e.sc.acts {
		if s.acts[a] == pending {
			m.yard = with(m.yard, a)
		}
	}
	m.unsure = s.started & m.yard
}

// write emits a transaction under the lease of r, and what can go wrong with it.
// After is what the replica knows once it has heard that it is done.
func (e *steps) write(form string, r, x int, change, after func(s *state)) {
	me := e.from.me(r)
	if me.lease != good && !e.sc.broken.noEpoch {
		e.to(form+": its lease is lost", r, x, func(s *state) { e.drop(s, r); s.me(r).lock = false })
		return
	}
	apply := func(s *state) {
		if s.me(r).lease != good && s.fault == noFault {
			s.fault = oldEpoch
		}
		change(s)
	}
	e.to(form, r, x, func(s *state) { apply(s); after(s) })
	if e.from.left.cut > 0 {
		again := func(s *state) {
			s.left.cut--
			e.drop(s, r)
			s.me(r).lock = false
		}
		e.to(form+": it fails", r, x, again)
		e.to(form+": it is done, but nobody hears", r, x, func(s *state) { apply(s); again(s) })
	}
}

// decide takes a delivery from the inbox, decides it and records that.
func (e *steps) decide(r int) {
	me, sc := e.from.me(r), e.sc
	if me.turn == 0 {
		if me.stop {
			return
		}
		for h := range sc.hooks {
			if e.from.place[h] == 0 || has(e.from.settled, h) || !sc.broken.noOrder && h != e.from.oldest() {
				continue
			}
			e.to("{r} decides delivery {x}", r, h, func(s *state) {
				s.me(r).turn = uint8(h + 1)
				s.me(r).known = has(s.keys, int(sc.hooks[h]))
			})
		}
		return
	}
	h := int(me.turn - 1)
	event := int(sc.hooks[h])
	end := func(s *state) { m := s.me(r); m.turn, m.known, m.half = 0, false, false }
	settle := func(s *state) { s.settled, s.again = with(s.settled, h), without(s.again, h) }
	mayBeDone := has(e.from.again, h) && !sc.broken.againForgets
	acts := func(s *state) { e.ask(s, event, mayBeDone) }
	load := func(s *state) {
		end(s)
		for a, it := range sc.acts {
			if int(it.event) == event && (!mayBeDone || s.acts[a] == pending) {
				s.me(r).yard = with(s.me(r).yard, a)
			}
			if int(it.event) == event && mayBeDone {
				s.me(r).unsure |= s.started & (1 << a)
			}
		}
	}
	record := func(s *state) { e.record(s, h) }
	half := func(s *state) { s.me(r).half = true }
	switch {
	case me.known:
		e.write("{r} settles delivery {x}, which is decided already", r, h, settle, end)
	case sc.broken.settleFirst && !me.half:
		e.write("{r} settles delivery {x}", r, h, settle, half)
	case sc.broken.actsApart && !me.half:
		e.write("{r} records delivery {x} without its actions", r, h, func(s *state) { record(s); settle(s) }, half)
	case sc.broken.actsApart:
		e.write("{r} writes down the actions of delivery {x}", r, h, acts, load)
	default:
		e.write("{r} records delivery {x}", r, h, func(s *state) { record(s); acts(s); settle(s) }, load)
		if sc.broken.setAside && e.from.left.cut > 0 {
			e.to("{r} cannot record delivery {x} and sets it aside", r, h, func(s *state) { s.left.cut--; settle(s); end(s) })
		}
	}
}

// oldest is the undecided delivery that came first, -1 if there is none.
func (s *state) oldest() int {
	first := -1
	for h, at := range s.place {
		if at > 0 && !has(s.settled, h) && (first < 0 || at < s.place[first]) {
			first = h
		}
	}
	return first
}

func (e *steps) record(s *state, h int) {
	event := e.sc.hooks[h]
	if s.ledger[event] < 3 {
		s.ledger[event]++
	}
	if !e.sc.broken.noKeys {
		s.keys = with(s.keys, int(event))
	}
	if before := s.oldest(); before >= 0 && before != h && s.place[before] < s.place[h] && s.fault == noFault {
		s.fault = outOfOrder
	}
	for a, it := range e.sc.acts {
		if it.event == event && it.kind == label {
			s.decided[it.issue] = uint8(a + 1)
		}
	}
}

// ask puts down a decision's actions. One whose key is known is the same one.
// What may be done is searched for, or is not done if that cannot be.
func (e *steps) ask(s *state, event int, mayBeDone bool) {
	for a, it := range e.sc.acts {
		if int(it.event) != event || s.acts[a] != absent && !e.sc.broken.noKeys {
			continue
		}
		s.acts[a] = pending
		if mayBeDone && it.kind != label {
			s.started = with(s.started, a)
		}
		if mayBeDone && it.kind == chat {
			s.acts[a] = dead
		}
	}
}

// repair puts a label right that is not as decided, on an issue without pending
// actions; and a person has a dead action run again.
func (e *steps) repair(r int) {
	me, sc := e.from.me(r), e.sc
	if me.stop {
		return
	}
	for a, it := range sc.acts {
		if e.from.acts[a] == dead && e.from.left.revive > 0 {
			e.write("{r} revives {x}", r, a, func(s *state) {
				s.acts[a] = pending
				s.left.revive--
				s.revived = with(s.revived, a)
				if it.kind == label {
					s.started = without(s.started, a) // due at once
				}
			}, func(s *state) {
				m := s.me(r)
				m.yard, m.unsure = with(m.yard, a), without(m.unsure, a)
				if has(s.started, a) && it.kind != chat && !sc.broken.reviveForgets {
					m.unsure = with(m.unsure, a)
				}
			})
		}
		if sc.sweep && int(e.from.decided[it.issue]) == a+1 && e.from.acts[a] == done && e.from.labels[it.issue] != it.value && me.yard == 0 && me.turn == 0 {
			e.write("{r} finds that {x} has drifted", r, a, func(s *state) { s.acts[a] = pending }, func(s *state) { s.me(r).yard = with(s.me(r).yard, a) })
		}
	}
}
