package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// wired founds a town with a bot, and a wire at rest.
func (s *session) wired(ctx context.Context, features int) (*town, *wire, error) {
	t, err := s.found(ctx, features)
	if err != nil {
		return nil, nil, err
	}
	if _, err := t.settled(ctx); err != nil {
		return nil, nil, err
	}
	if err := t.slow(ctx, t.Latency); err != nil {
		return nil, nil, err
	}
	w, err := t.wire(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = w.rest(ctx)
	w.forget()
	return t, w, err
}

// typed has a person type a command, waits until all has come of it, and says
// what went through the wire.
func (t *town) typed(ctx context.Context, w *wire, c comment) (passage, error) {
	if _, err := t.say(ctx, c.login, c.issue, c.body); err != nil {
		return passage{}, err
	}
	if err := w.answered(ctx); err != nil {
		return passage{}, fmt.Errorf("%s on #%d: %w", c.body, c.issue, err)
	}
	if err := w.rest(ctx); err != nil {
		return passage{}, err
	}
	return w.passed(), nil
}

// command measures commands one at a time, from the webhook to the last write.
func (s *session) command(ctx context.Context) error {
	t, w, err := s.wired(ctx, townSize)
	if err != nil {
		return err
	}
	issues := active(townSize)[:5]
	var whole, ours, github []time.Duration
	serial := 0
	for i, c := range talk(s.Commands+len(issues), 1, 0, issues) {
		p, err := t.typed(ctx, w, c)
		if err != nil {
			return err
		}
		if i < len(issues) { // the first on each issue makes its status
			continue
		}
		whole, ours, github = append(whole, p.whole), append(ours, p.whole-p.github), append(github, p.github)
		serial += p.serial
	}
	each := float64(serial) / float64(s.Commands)
	budget := each*float64(s.Latency.Microseconds())/1000 + 10
	s.add(spread("command to last write, one at a time", whole, fmt.Sprintf("%.0f", budget)))
	f := spread("of it while GitHub was asked", github, "")
	f.Note = fmt.Sprintf("%.1f requests one after another, each %s at least", each, s.Latency)
	s.add(f)
	s.add(spread("of it the bot's own", ours, "10"))
	return nil
}

// requests counts what commands of each kind cost at GitHub.
func (s *session) requests(ctx context.Context) error {
	t, w, err := s.wired(ctx, 50)
	if err != nil {
		return err
	}
	var trains []struct{ Number int }
	if err := t.do(ctx, maintainer, http.MethodGet, "/repos/"+t.repo()+"/issues?labels=kind%2Falphanet", nil, &trains); err != nil {
		return err
	}
	if len(trains) == 0 {
		return errors.New("the bot has opened no Alphanet")
	}
	train := trains[len(trains)-1].Number
	warm, one, two := 17, 27, 37 // they wait for an Alphanet
	for _, c := range []struct {
		login   string
		issue   int
		line    string
		touched int // issues on which it shows: its own, others', the board, the agenda
	}{
		{engineer, warm, "/layers l2", 0},
		{engineer, one, "/layers l2", 0},
		{engineer, two, "/layers l2", 0},
		{engineer, warm, "/status", 1},
		{engineer, warm, "/stabel", 1},
		{engineer, warm, "/submit betanet", 1},
		{engineer, warm, "/layers l1", 3},
		{engineer, warm, "/hold because of the fees", 3},
		{engineer, warm, "/unhold", 3},
		{engineer, one, "/submit alphanet", 3},
		{engineer, two, "/submit alphanet", 3},
		{maintainer, train, fmt.Sprintf("/board #%d #%d", one, two), 5},
		{maintainer, train, "/depart", 5},
		{maintainer, train, "/deployed https://alphanet.example", 5},
		{engineer, one, "/unstable because it crashed", 4},
	} {
		p, err := t.typed(ctx, w, comment{c.login, c.issue, c.line})
		if err != nil {
			return err
		}
		if c.touched == 0 { // what is asked for the first time
			continue
		}
		f := oneMore("requests of "+c.line, p, c.touched)
		s.add(f)
	}
	return nil
}

// oneMore is the figure of one command's requests.
func oneMore(name string, p passage, touched int) Figure {
	f := one(name, float64(p.requests), "", fmt.Sprint(5*touched))
	f.Note = fmt.Sprintf("%d of them writes, %d after one another, %d issues touched", p.writes, p.serial, touched)
	return f
}
