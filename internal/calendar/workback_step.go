package calendar

import "slices"

// lead is the assumption behind one of the configured lead times.
func (b *back) lead(name string, value Span) Assumption {
	name = "lead." + name
	return Assumption{Name: name, Value: value, Default: slices.Contains(b.Lead.Assumed, name)}
}

// add writes a step down.
func (b *back) add(s Step) {
	s.Rule = s.Name.Rule()
	b.plan.Steps = append(b.plan.Steps, s)
}

// exactly adds a step whose days nobody chose here, and sees whether it is past.
func (b *back) exactly(s Step) {
	b.add(s)
	b.past(s)
}

// happened reports whether a step is known and not in the future.
func (b *back) happened(name StepName) bool {
	known, ok := b.target.Known[name]
	return ok && !known.After(b.today)
}

// activation adds the activation itself.
func (b *back) activation(name StepName, on Date) Date {
	step := Step{Name: name, First: on, Last: on}
	b.add(step)
	if c := b.Closed(on); c.Why != "" {
		b.trouble(Trouble{Step: name, Kind: Blocked, Day: on, Closed: c})
	}
	b.past(step)
	return on
}

// by adds a step that has to be done by a day, or earlier where that is closed,
// and returns its last day. A step that is known stands where it is and is late
// if that is after.
func (b *back) by(name StepName, last Date, from StepName, assumes ...Assumption) Date {
	if known, ok := b.target.Known[name]; ok {
		b.add(Step{Name: name, First: known, Last: known, Known: true})
		b.notAfter(name, known, last)
		return known
	}
	step := Step{Name: name, Last: last, From: from, Assumes: assumes}
	if c := b.Closed(last); c.Why != "" {
		for range maxSpan {
			if last = last.AddDays(-1); b.Closed(last).Why == "" {
				break
			}
		}
		step.Moved, step.Closed, step.Last = step.Last, c, last
	}
	b.add(step)
	b.past(step)
	return last
}

// meeting adds the last planning meeting before a day, and returns its day; the
// day before where none are planned at all.
func (b *back) meeting(name StepName, before Date, from StepName) Date {
	last := before.AddDays(-1)
	if known, ok := b.target.Known[name]; ok {
		b.add(Step{Name: name, First: known, Last: known, Known: true})
		b.notAfter(name, known, last)
		return known
	}
	if b.Meetings.Rule.IsZero() {
		return last
	}
	meetings := b.meetings(before.AddDays(-366), last)
	if len(meetings) == 0 {
		b.trouble(Trouble{Step: name, Kind: Missing, Day: last})
		return last
	}
	m := meetings[len(meetings)-1]
	b.exactly(Step{Name: name, First: m.Day, Last: m.Day, From: from})
	return m.Day
}

// past tells that a step can no longer be done in time.
func (b *back) past(s Step) {
	if !s.Known && s.Last.Before(b.today) {
		b.trouble(Trouble{Step: s.Name, Kind: Past, Day: s.Last})
	}
}

// notAfter tells that a known day is later than another step needs it.
func (b *back) notAfter(name StepName, day, last Date) {
	if day.After(last) {
		b.trouble(Trouble{Step: name, Kind: Late, Day: day, Allowed: Window{Last: last}})
	}
}

func (b *back) trouble(t Trouble) {
	t.Rule = t.Step.Rule()
	b.plan.Troubles = append(b.plan.Troubles, t)
}
