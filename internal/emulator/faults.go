package emulator

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// maxDrawnSeed keeps a drawn seed short enough to be typed, and to pass
// through JavaScript unharmed.
const maxDrawnSeed = 1_000_000

// arm makes the plan of what goes wrong.
func (g *GitHub) arm() error {
	seed := uint64(cmp.Or(g.opts.FaultSeed, g.opts.Seed, 1+rand.Int64N(maxDrawnSeed)))
	plan, err := fault.New(seed, g.opts.Faults...)
	if err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	g.faults, g.delays, g.latency = plan, fault.NewStream(seed, "latency"), g.opts.Latency
	return nil
}

// SetFaults puts rules in force in place of those that are, and begins anew:
// with the same seed and the same requests the same faults strike. If one of
// the rules cannot be nothing changes.
func (g *GitHub) SetFaults(seed int64, rules ...fault.Rule) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.faults.Reset(uint64(seed), rules...); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	clear(g.bars)
	return nil
}

// AddFault puts one more rule in force and returns its id.
func (g *GitHub) AddFault(r fault.Rule) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id, err := g.faults.Add(r)
	if err != nil {
		return 0, fmt.Errorf("emulator: %w", err)
	}
	return id, nil
}

// RemoveFault takes one rule out of force and reports whether it was.
func (g *GitHub) RemoveFault(id int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.faults.Remove(id)
}

// ClearFaults ends all faults, limits that were reached by one included. What
// is on its way with a delay still comes late.
func (g *GitHub) ClearFaults() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults.Clear()
	clear(g.bars)
}

// Faults tells which rules are in force and how often each kind has struck.
func (g *GitHub) Faults() fault.Report {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.faults.Report()
}

// Strikes are the last thousand faults that struck, oldest first.
func (g *GitHub) Strikes() []fault.Strike {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.faults.Struck()
}

// SetLatency makes every answer of the REST API take so long at least, as
// Options.Latency does; the zero span ends that.
func (g *GitHub) SetLatency(by fault.Span) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.latency = by
}
