package model

import "math/bits"

// next is the action of an issue that may leave, -1 if there is none.
func (e *steps) next(r, issue int) int {
	me := e.from.me(r)
	for rest := me.yard; rest != 0; rest &= rest - 1 {
		a := bits.TrailingZeros8(rest)
		it := e.sc.acts[a]
		if e.sc.broken.abreast {
			if me.carries[0].act == uint8(a+1) || me.carries[1].act == uint8(a+1) {
				continue
			}
		} else if int(it.issue) != issue {
			continue
		}
		if it.needs != 0 && !has(e.from.heard, int(it.needs-1)) {
			continue
		}
		return a
	}
	return -1
}

// carry is one action of an issue on its way.
func (e *steps) carry(r, i int) {
	me, sc := e.from.me(r), e.sc
	c := me.carries[i]
	e.settle(r, i)
	if c.act == 0 {
		if a := e.next(r, i); a >= 0 && !me.stop {
			e.launch(r, i, a)
		}
		return
	}
	a := int(c.act - 1)
	switch c.at {
	case ready:
		e.begin(r, i, a)
	case marked, searched:
		e.to("{r} sends {x}", r, a, func(s *state) {
			late := s.me(r).lease == old || sc.broken.pauseFromMark && c.at == searched
			s.me(r).carries[i] = carrier{act: c.act, at: sent, late: late}
		})
	case sent:
		e.underWay(r, i, a)
	case landed:
		e.finish(r, i, a)
	case refused:
		e.postpone(r, i, a)
	}
	if (c.at == sent || c.at == landed) && e.from.left.unanswered > 0 {
		e.unanswered(r, i, a)
	}
}

// launch puts an action on its way, if what may have been done already is given
// the time to show.
func (e *steps) launch(r, i, a int) {
	if has(e.from.me(r).unsure, a) && !e.paused(r, a) {
		return
	}
	e.to("{r} begins {x}", r, a, func(s *state) { s.me(r).carries[i] = carrier{act: uint8(a + 1), at: ready} })
}

// paused reports whether, after a pause longer than GitHub ever takes, all has
// come to rest that was under way when the pause began.
func (e *steps) paused(r, a int) bool {
	sc := e.sc
	if sc.broken.noPause || sc.broken.labelAtOnce && sc.acts[a].kind == label {
		return true
	}
	if e.from.orphans[a] > 0 {
		return false
	}
	for o := range sc.replicas {
		m := e.from.me(o)
		if o == r {
			continue
		}
		if m.is == up && m.lease != none && !m.lock && !sc.broken.noPatience {
			return false // it notices before
		}
		for _, c := range m.carries {
			if int(c.act) == a+1 && c.at == sent && !c.late {
				return false
			}
		}
	}
	return true
}

// begin is what comes before the request: the mark, or the look at GitHub.
func (e *steps) begin(r, i, a int) {
	sc, kind := e.sc, e.sc.acts[a].kind
	unsure := has(e.from.me(r).unsure, a)
	move := func(at uint8) func(s *state) { return func(s *state) { s.me(r).carries[i].at = at } }
	switch {
	case kind == label || sc.broken.noMark:
		e.to("{r} sends {x}", r, a, func(s *state) {
			s.me(r).carries[i].at = sent
			s.me(r).carries[i].late = s.me(r).lease == old
		})
	case !unsure, kind == chat && sc.broken.sayAgain:
		owed := e.owed(r, i)
		form := "{r} marks {x} as started"
		if owed != 0 {
			form = "{r} marks {x} as started, and what is owed as ended"
		}
		e.write(form, r, a, func(s *state) {
			s.started = with(s.started, a)
			e.ended(s, owed)
		}, func(s *state) {
			move(marked)(s)
			s.me(r).unsure = with(s.me(r).unsure, a)
			s.me(r).owed &^= owed
		})
	case kind == chat:
		e.end("{r} does not say {x} again, as it may have been said", r, i, a, dead)
	case sc.broken.noFind:
		e.to("{r} looks for nothing", r, a, move(searched))
	case e.from.made[a] > 0:
		e.to("{r} finds {x}", r, a, move(landed))
	default:
		e.to("{r} looks for {x} and does not find it", r, a, move(searched))
	}
}

// underWay is a request that is waited for.
func (e *steps) underWay(r, i, a int) {
	e.to("GitHub carries out {x} for {r}", r, a, func(s *state) {
		e.effect(s, a)
		s.me(r).carries[i].at = landed
	})
	if e.from.left.limit > 0 {
		e.to("GitHub refuses {x} of {r} for now", r, a, func(s *state) { s.left.limit--; s.me(r).carries[i].at = refused })
	}
}

// postpone writes down that a request was not carried out and may come again:
// then it is known not to have been done.
func (e *steps) postpone(r, i, a int) {
	e.write("{r} writes down that {x} was refused", r, a, func(s *state) { s.started = without(s.started, a) }, func(s *state) {
		m := s.me(r)
		m.carries[i] = carrier{}
		m.unsure = without(m.unsure, a)
	})
}

// unanswered is a request whose outcome nobody knows: it may have been carried
// out, may be yet, or never will.
func (e *steps) unanswered(r, i, a int) {
	c := e.from.me(r).carries[i]
	leave := func(s *state) {
		s.left.unanswered--
		if c.at == sent {
			e.orphan(s, c)
		}
		s.me(r).carries[i] = carrier{}
	}
	kind := e.sc.acts[a].kind
	if kind != chat || e.sc.broken.sayAgain {
		e.write("{r} hears nothing of {x} and writes down when to go on", r, a, func(s *state) {
			leave(s)
			if !e.sc.broken.noMark {
				s.started = with(s.started, a)
			}
		}, func(s *state) { s.me(r).unsure |= s.started & (1 << a) })
	}
	if kind == chat && !e.sc.broken.sayAgain || e.from.left.giveUp > 0 {
		e.write("{r} hears nothing of {x} and gives it up", r, a, func(s *state) {
			leave(s)
			if kind != chat {
				s.left.giveUp--
			}
			s.acts[a] = dead
		}, func(s *state) { s.me(r).yard = without(s.me(r).yard, a) })
	}
}

// owed is what the siding of an issue owes: ends that are not written down yet.
func (e *steps) owed(r, issue int) (set uint8) {
	for a, it := range e.sc.acts {
		if int(it.issue) == issue && has(e.from.me(r).owed, a) {
			set = with(set, a)
		}
	}
	return set
}

// settle writes down what a siding owes.
func (e *steps) settle(r, issue int) {
	owed := e.owed(r, issue)
	if owed == 0 {
		return
	}
	e.write("{r} writes down that {x} has ended, and what else is owed there", r, bits.TrailingZeros8(owed),
		func(s *state) { e.ended(s, owed) }, func(s *state) { s.me(r).owed &^= owed })
}

// ended has actions done.
func (e *steps) ended(s *state, set uint8) {
	for a := range e.sc.acts {
		if has(set, a) && s.acts[a] == pending {
			s.acts[a] = done
		}
	}
	s.heard |= set
}

// finish writes down that an action is done, and its receipt. An end of which
// nothing is decided is owed; one with a receipt waits for what is owed.
func (e *steps) finish(r, i, a int) {
	if it := e.sc.acts[a]; it.kind == label || it.plain {
		e.to("{r} is done with {x} and owes its end", r, a, func(s *state) {
			e.off(s, r, i, a)
			s.me(r).owed = with(s.me(r).owed, a)
		})
		return
	}
	if e.owed(r, i) != 0 {
		return
	}
	if e.sc.broken.receiptApart && has(e.from.me(r).yard, a) && e.from.acts[a] == done {
		e.write("{r} records the receipt of {x}", r, a, func(s *state) { s.heard = with(s.heard, a) }, func(s *state) { e.off(s, r, i, a) })
		return
	}
	if e.sc.broken.receiptApart {
		e.write("{r} ends {x}", r, a, func(s *state) { s.acts[a] = done }, func(*state) {})
		return
	}
	e.end("{r} ends {x} and records its receipt", r, i, a, done)
}

// end ends an action for good.
func (e *steps) end(form string, r, i, a int, as uint8) {
	e.write(form, r, a, func(s *state) {
		if s.acts[a] == pending {
			s.acts[a] = as
		}
		s.heard = with(s.heard, a)
	}, func(s *state) { e.off(s, r, i, a) })
}

// off takes an action out of the yard.
func (e *steps) off(s *state, r, i, a int) {
	m := s.me(r)
	m.carries[i] = carrier{}
	m.yard, m.unsure = without(m.yard, a), without(m.unsure, a)
}
