package recovery

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	// MarkName is the mark that says how far a repository has been compared.
	MarkName = "swept"
	// overlap is by how much a round reaches back behind the last one: clocks
	// differ, and lists lag behind.
	overlap = 2 * time.Minute
)

// A reach is how far a repository has been compared, as its mark has it.
type reach struct {
	World   time.Time `json:"world"`   // everything before is accounted for
	Machine time.Time `json:"machine"` // when that round was made
	Whole   time.Time `json:"whole"`   // when all issues were last looked at
}

// Reach returns the mark of a repository whose past, up to a moment of the world's
// time, is accounted for in another way. The machine's time is when that was found
// out; the zero time is long ago.
func Reach(world, machine time.Time) string {
	text, err := json.Marshal(reach{World: world.UTC(), Machine: machine.UTC()})
	if err != nil {
		return "" // a time that no calendar has
	}
	return string(text)
}

// A sweep is one comparison of one repository.
type sweep struct {
	*Watch
	Target
	from, now time.Time // the world's time: what has happened in between
	began     time.Time // the machine's
	whole     bool
	line      *process.Line

	seen       map[int]bool             // the issues that there are, of a whole comparison
	raw        map[int]json.RawMessage  // those that have changed, as GitHub wrote them
	sights     []bot.Sight              // the same, without pull requests
	anew       map[int][]string         // living pages that somebody else has changed
	texts      map[string]func(history) // what to do with the history of a text, by node id
	milestones []process.MilestoneSight

	notices []notice
	stale   map[int]bool // issues whose drift has been told of before
	unsure  []process.Event
	later   []int // issues to be looked at in the next round too
	left    []int // issues whose comments are still to be read
}

// sweep compares a repository with the record; heard is how many webhooks were
// sent again before.
func (w *Watch) sweep(ctx context.Context, t Target, heard int) error {
	s := &sweep{
		Watch: w, Target: t, now: w.World().UTC(), began: time.Now(),
		seen: map[int]bool{}, raw: map[int]json.RawMessage{}, anew: map[int][]string{}, texts: map[string]func(history){}, stale: map[int]bool{},
	}
	last, err := s.reach(ctx)
	if err != nil {
		return err
	}
	silent := s.began.Sub(last.Machine) >= w.Silence
	s.from, s.whole = last.World.Add(-overlap), silent || s.began.Sub(last.Whole) >= w.Whole
	// Nobody else may see to it, and the bot must have time: that is found out before
	// anything is read.
	if s.line, err = w.Bot.Line(ctx, t.Installation, t.Repo); err != nil {
		return err
	}
	found := process.Found{Since: last.World}
	if found.Missed, found.Repaired, err = s.run(ctx); err != nil {
		return err
	}
	found.Unsure, found.Heard = len(s.unsure), heard
	if found.Missed+found.Repaired+found.Unsure > 0 {
		w.Log.Info().Str("repo", t.Repo).Time("since", s.from).Int("missed", found.Missed).Int("repaired", found.Repaired).
			Int("unsure", found.Unsure).Msg("found by comparison with GitHub")
	}
	if silent && found.Heard+found.Missed+found.Repaired+found.Unsure > 0 {
		key := fmt.Sprintf("caught-up/%s/%d", t.Repo, s.began.UnixNano())
		err := w.Bot.Inject(ctx, t.Installation, process.Event{Key: key, What: process.CaughtUp, At: s.now, Repo: t.Repo, Found: &found})
		if err != nil {
			return err
		}
	}
	s.again[t.Repo], s.unread[t.Repo] = s.later, s.left
	return s.remember(ctx, last)
}

// reach reads how far the last round came. Of a repository that was never compared
// nothing is missed yet: its past is not ours.
func (s *sweep) reach(ctx context.Context) (reach, error) {
	text, err := s.Record.Mark(ctx, s.Repo, MarkName)
	if err != nil {
		return reach{}, err
	}
	last := reach{World: s.now, Machine: s.began, Whole: s.began}
	if text == "" {
		if first, ok := s.first[s.Repo]; ok {
			return first, nil
		}
		s.first[s.Repo] = last
		return last, nil
	}
	if err := json.Unmarshal([]byte(text), &last); err != nil {
		return reach{}, fmt.Errorf("read how far it was compared: %w", err)
	}
	return last, nil
}

// remember sets the mark for the next round.
func (s *sweep) remember(ctx context.Context, last reach) error {
	next := reach{World: s.now, Machine: s.began.UTC(), Whole: last.Whole}
	if s.whole {
		next.Whole = next.Machine
	}
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	return s.Bot.SetMark(ctx, s.Installation, s.Repo, s.began, MarkName, string(text))
}

// run reads, tells and repairs.
func (s *sweep) run(ctx context.Context) (missed, repaired int, err error) {
	for _, step := range []func(context.Context) error{
		s.readIssues, s.readAgain, s.readComments, s.readPages, s.readGone, s.readPulls, s.readTexts, s.readMilestones,
	} {
		if err := step(ctx); err != nil {
			return 0, 0, err
		}
	}
	drifts, restless, err := s.Bot.Differ(ctx, s.Installation, s.Repo, s.began, s.sights)
	if err != nil {
		return 0, 0, err
	}
	s.later = restless
	var put []bot.Sight
	for _, d := range drifts {
		explained, err := s.explain(ctx, d)
		if err != nil {
			return 0, 0, err
		}
		if at := slices.IndexFunc(s.sights, func(is bot.Sight) bool { return is.Number == d.Number }); !explained && at >= 0 {
			put = append(put, s.sights[at])
		}
	}
	if missed, err = s.tell(ctx); err != nil {
		return missed, 0, err
	}
	// What explains a drift and was told before has been decided, and is still not so.
	for _, is := range s.sights {
		if s.stale[is.Number] {
			put = append(put, is)
		}
	}
	repaired, err = s.Bot.Repair(ctx, s.Installation, s.Repo, s.began, s.withAnew(put))
	if err != nil {
		return missed, repaired, err
	}
	trains, err := s.Bot.RepairMilestones(ctx, s.Installation, s.Repo, s.began, s.milestones)
	s.Tell(Issues, repaired)
	s.Tell(Milestones, trains)
	return missed, repaired + trains, err
}

// withAnew adds the issues whose pages somebody else has changed.
func (s *sweep) withAnew(put []bot.Sight) []bot.Sight {
	for _, is := range s.sights {
		if len(s.anew[is.Number]) == 0 {
			continue
		}
		at := slices.IndexFunc(put, func(o bot.Sight) bool { return o.Number == is.Number })
		if at < 0 {
			put, at = append(put, is), len(put)
		}
		put[at].Anew = s.anew[is.Number]
	}
	return put
}

// tell offers what was found in the order in which it happened, and returns how
// much of it nobody had told.
func (s *sweep) tell(ctx context.Context) (missed int, err error) {
	slices.SortStableFunc(s.notices, func(a, b notice) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for _, n := range s.notices {
		n.d.ReceivedAt = time.Now()
		fresh, err := s.Bot.Missed(ctx, n.d)
		if err != nil {
			return missed, err
		}
		if n.explains > 0 {
			was, again := s.stale[n.explains]
			s.stale[n.explains] = !fresh && (was || !again)
		}
		if fresh {
			missed++
			s.Log.Info().Str("repo", s.Repo).Str("found", n.d.ID).Time("at", n.at).Msg("an act that no webhook told of")
		}
	}
	for _, e := range s.unsure {
		if err := s.Bot.Inject(ctx, s.Installation, e); err != nil {
			return missed, err
		}
	}
	s.Tell(Missed, missed)
	s.Tell(Unsure, len(s.unsure))
	return missed, nil
}

// young reports whether something happened so lately that its webhook may still be
// on its way. The next round reaches back as far.
func (s *sweep) young(at time.Time) bool { return s.Grace > 0 && at.After(s.now.Add(-s.Grace)) }

// due reports whether something that happened then is to be told of.
func (s *sweep) due(at time.Time) bool { return !at.Before(s.from) && !s.young(at) }
