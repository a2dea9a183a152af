package bench

import (
	"context"
	"fmt"
)

// memory is a figure of a program's memory, while it runs; not ok is said.
func (p *program) memory(name string, mb float64, ok bool, budget string) Figure {
	if !ok {
		return Figure{Name: name, Unit: "MB", Budget: budget, Note: "not measured: this system has no /proc"}
	}
	f := one(name, mb, "MB", budget)
	if kb, ok := field(p.status(), "RssFile:"); ok {
		f.Note = fmt.Sprintf("%.0f of it the program's own file, which all that run it share", float64(kb)/1024)
	}
	return f
}

// memory measures what the bot needs when nothing happens, and with many features.
func (s *session) memory(ctx context.Context) error {
	if err := s.resting(ctx, 1, "memory idle", "40"); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.resting(ctx, s.Features, fmt.Sprintf("memory with %d features", s.Features), "200")
}

// resting measures a bot after a hundred commands.
func (s *session) resting(ctx context.Context, features int, name, budget string) error {
	t, err := s.found(ctx, features)
	if err != nil {
		return err
	}
	t.traced, t.settle = "gctrace=1", usual
	b, err := t.settled(ctx)
	if err != nil {
		return err
	}
	idle, ok := b.resident()
	all, err := t.record(ctx, talk(100, 1, 1, active(features)))
	if err != nil {
		return err
	}
	if err := t.hooks(ctx, b.hook); err != nil {
		return err
	}
	most := b.watch()
	l, used := newLoad(b.hook), usage(b.program)
	l.atRate(ctx, all, 10)
	if _, err := t.quiet(ctx); err != nil {
		return err
	}
	mb, _ := most()
	s.add(b.memory(name, idle, ok, budget))
	s.add(b.memory(name+", at most in 100 commands", mb, ok, budget))
	heap := one(name+", in use by Go itself", b.heap(), "MB", "")
	heap.Note = "after the last collection"
	s.add(heap)
	if cpu, ok := used(); ok {
		s.add(one(fmt.Sprintf("processor per command, ten a second, with %d features", features), cpu.Seconds()*1000/100, "ms", ""))
	}
	return nil
}
