package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/snapshot"
)

const (
	stateFormat  = "stationmaster emulator world"
	stateVersion = 1
)

// savedDeliveries is how many of the newest deliveries a state file holds,
// besides those that are still on their way.
const savedDeliveries = 1000

// stateFile is the file's outer part. The version tells readers of another
// time that they are; the world's own form is package snapshot's.
type stateFile struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	World   json.RawMessage `json:"world"`
}

// savedWorld is all that goes on when an emulator is started again. Counters
// of requests, faults and what is on its way with a delay are this run's.
type savedWorld struct {
	state     *state
	now       time.Time // the world's
	saved     time.Time // the machine's
	rng, dice []byte
	limits    bool
	meters    map[string]*meter
}

// fileSeen is how a state file looked when this process last had to do with it.
type fileSeen struct {
	exists bool
	size   int64
	at     time.Time
}

func lookAt(path string) (fileSeen, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fileSeen{}, nil
	}
	if err != nil {
		return fileSeen{}, err
	}
	return fileSeen{true, info.Size(), info.ModTime()}, nil
}

// touch notes that the world is not as it was saved. The caller holds the mutex.
func (g *GitHub) touch() { g.changed = true }

// touched is touch for who does not hold the mutex.
func (g *GitHub) touched() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.touch()
}

// Save writes the world to Options.StateFile, in one step, if it has changed
// since it was last saved or loaded. It refuses if somebody else wrote the file
// in between: two emulators cannot share one. Without a StateFile it does
// nothing.
func (g *GitHub) Save() error {
	path := g.opts.StateFile
	if path == "" {
		return nil
	}
	g.saving.Lock()
	defer g.saving.Unlock()
	g.mu.Lock()
	changed := g.changed
	g.changed = false
	var text []byte
	var err error
	if changed {
		text, err = g.freeze()
	}
	g.mu.Unlock()
	if !changed {
		return nil
	}
	if err == nil {
		err = g.replace(path, text)
	}
	if err != nil {
		g.touched() // the next time may go better
		return fmt.Errorf("emulator: save the world: %w", err)
	}
	return nil
}

// replace writes the state file if nobody else has.
func (g *GitHub) replace(path string, text []byte) error {
	now, err := lookAt(path)
	if err != nil {
		return err
	}
	if now != g.seen {
		return fmt.Errorf("somebody else wrote %s meanwhile; it was left as it is", path)
	}
	if err := writeWhole(path, text); err != nil {
		return err
	}
	g.seen, err = lookAt(path)
	return err
}

// freeze is the world as a state file has it.
func (g *GitHub) freeze() ([]byte, error) {
	st := *g.st
	st.log = nil
	for n, d := range g.st.log {
		if !d.Done || n >= len(g.st.log)-savedDeliveries {
			st.log = append(st.log, d)
		}
	}
	w := savedWorld{state: &st, now: g.clock.now(), saved: time.Now(), limits: g.opts.Limits, meters: g.meters}
	var err error
	if w.rng, err = g.sources[0].MarshalBinary(); err == nil {
		w.dice, err = g.sources[1].MarshalBinary()
	}
	if err != nil {
		return nil, err
	}
	world, err := snapshot.Marshal(&w)
	if err != nil {
		return nil, err
	}
	return json.Marshal(stateFile{stateFormat, stateVersion, world})
}

// thaw reads the world from the state file, if there is one. It touches
// neither the file nor, if it fails, the world.
func (g *GitHub) thaw(o Options) (found bool, err error) {
	if o.StateFile == "" {
		return false, nil
	}
	if g.seen, err = lookAt(o.StateFile); err != nil || !g.seen.exists {
		return false, err
	}
	text, err := os.ReadFile(o.StateFile)
	if err != nil {
		return false, err
	}
	w, err := readState(text)
	if err != nil {
		return false, fmt.Errorf("state file %s %w; it was left as it is", o.StateFile, err)
	}
	return true, g.resume(w, o)
}

// readState tells a damaged file from one of another time.
func readState(text []byte) (*savedWorld, error) {
	var file stateFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	switch {
	case file.Format != stateFormat:
		return nil, errors.New("holds something else than an emulator's world")
	case file.Version > stateVersion:
		return nil, fmt.Errorf("was written by a newer emulator (version %d, this one reads %d)", file.Version, stateVersion)
	}
	w := &savedWorld{}
	err := snapshot.Unmarshal(file.World, w)
	switch {
	case errors.Is(err, snapshot.ErrUnknownField):
		return nil, fmt.Errorf("was written by a newer emulator: %w", err)
	case err != nil:
		return nil, fmt.Errorf("is damaged: %w", err)
	case w.state == nil || w.state.app == nil || w.state.app.key == nil || w.state.home.org == nil:
		return nil, errors.New("is damaged: parts of the world are missing")
	}
	return w, nil
}

// resume goes on in a saved world. Time has passed there as it has outside,
// unless the clock is frozen; the address of the webhook is the one given now,
// if one is.
func (g *GitHub) resume(w *savedWorld, o Options) error {
	if err := errors.Join(g.sources[0].UnmarshalBinary(w.rng), g.sources[1].UnmarshalBinary(w.dice)); err != nil {
		return fmt.Errorf("state file %s is damaged: %w; it was left as it is", o.StateFile, err)
	}
	now := w.now
	if !o.Frozen {
		now = now.Add(max(0, time.Since(w.saved)))
	}
	g.st, g.key, g.clock = w.state, w.state.app.key, newWorldClock(now, o.Frozen)
	if w.limits == o.Limits && w.meters != nil {
		g.meters = w.meters
	}
	if o.WebhookURL != "" {
		g.st.app.hook.url = o.WebhookURL
	}
	if o.WebhookSecret != "" {
		g.st.app.hook.secret = o.WebhookSecret
	}
	for _, d := range g.st.log {
		if !d.Done {
			g.carryOut(d)
		}
	}
	return nil
}

// sourcesOf are the two streams of a world's random numbers.
func sourcesOf(seed uint64) [2]*rand.PCG {
	return [2]*rand.PCG{rand.NewPCG(seed, 1), rand.NewPCG(seed, 2)}
}
