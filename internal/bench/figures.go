package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// measures is the table of all that can be measured, in the order in which it is.
var measures = []struct {
	name, about string
	measure     func(*session, context.Context) error
}{
	{"start", "from the start of the process to its first acknowledgement", (*session).start},
	{"ack", "acknowledgement of webhooks, at each rate and in a burst", (*session).acknowledge},
	{"command", "from a command's webhook to the bot's last write", (*session).command},
	{"requests", "requests of GitHub that a command costs, by kind", (*session).requests},
	{"burst", "commands carried out after a burst of them", (*session).burst},
	{"memory", "idle, and with many features", (*session).memory},
	{"sweep", "comparison of many features with GitHub: none changed, all changed", (*session).sweep},
	{"rebuild", "the record of many features anew from their signed snapshots", (*session).rebuild},
	{"replicas", "three on one PostgreSQL: a burst, and who takes over from one killed", (*session).replicas},
}

// What lists what can be measured, each with what it is.
func What() (names, about []string) {
	for _, m := range measures {
		names, about = append(names, m.name), append(about, m.about)
	}
	return names, about
}

// Options say what to measure and how much of it. All lengths and counts must be
// positive.
type Options struct {
	What []string // of [What]; empty is everything

	For      time.Duration // how long each rate is kept up
	Rates    []int         // deliveries a second
	Burst    int           // deliveries at once
	Commands int           // commands one at a time
	Features int           // of the repository with many
	Latency  time.Duration // of each answer of GitHub

	Program  string   // the path of our own program, which is run as emulator and as bot
	Settings []string // variables of the environment by which a bot is set: it inherits none
	Config   string   // the tracking repository's .github/stationmaster.yml
	// Process is in force in the tracking repository.
	Process *process.Process
	// Database makes an empty database and returns the value of
	// STATIONMASTER_DATABASE_URL for it; what is in dir is removed at the end.
	Database func(ctx context.Context, dir string) (url string, drop func() error, err error)
	// Shared says that several bots may work on one database.
	Shared bool
	// Seed fills an empty database with the past of a railway, as if all of it had
	// been compared with GitHub up to then, but long ago.
	Seed func(ctx context.Context, url string, installation int64, repo string, r Railway) error
	Log  zerolog.Logger // says what is going on
}

// check names what cannot be measured.
func (o Options) check() error {
	var faults []error
	names, _ := What()
	for _, w := range o.What {
		if !slices.Contains(names, w) {
			faults = append(faults, fmt.Errorf("%q is nothing that is measured: there are %s", w, strings.Join(names, ", ")))
		}
	}
	for _, c := range []struct {
		flag string
		n    int
	}{{"--for", int(o.For)}, {"--rates", slices.Min(append(slices.Clone(o.Rates), 1))}, {"--burst", o.Burst}, {"--commands", o.Commands}, {"--features", o.Features}, {"--latency", int(o.Latency)}} {
		if c.n <= 0 {
			faults = append(faults, fmt.Errorf("%s must be more than nothing", c.flag))
		}
	}
	return errors.Join(faults...)
}

// A session is one run of the bench.
type session struct {
	Options
	dir    string
	towns  int
	report *Report
	ends   []func() error // of what is to be ended, in reverse
}

// ErrAsked says that the options ask for what cannot be.
var ErrAsked = errors.New("bench")

// Run measures, and returns the figures so far even if one fails. It ends the
// processes that it has started.
func Run(ctx context.Context, o Options) (report Report, err error) {
	if err := o.check(); err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrAsked, err)
	}
	s := &session{Options: o, report: &report}
	if s.dir, err = os.MkdirTemp("", "stationmaster-bench-"); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	report.Machine = thisMachine()
	for _, m := range measures {
		if len(o.What) > 0 && !slices.Contains(o.What, m.name) {
			continue
		}
		o.Log.Info().Msg(m.name + ": " + m.about)
		err := m.measure(s, ctx)
		if err = errors.Join(err, s.end()); err != nil {
			return report, fmt.Errorf("measure %s: %w", m.name, cmp.Or(ctx.Err(), err))
		}
	}
	return report, nil
}

// later has something ended after the measure at hand.
func (s *session) later(end func() error) { s.ends = append(s.ends, end) }

// end ends what is still up, the last first.
func (s *session) end() error {
	var all []error
	for _, end := range slices.Backward(s.ends) {
		all = append(all, end())
	}
	s.ends = nil
	return errors.Join(all...)
}

// add takes a figure into the report.
func (s *session) add(f Figure) { s.report.Figures = append(s.report.Figures, f) }
