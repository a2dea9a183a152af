package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// townSize is how many features a town has that is not about their number: a
// fifth of them are commanded.
const townSize = 1000

// active are the features of a town that its engineer owns and is still about.
func active(features int) []int {
	var out []int
	for n := 1; n <= features; n++ {
		if n%10 == 7 || n%10 == 8 {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		out = append(out, 1)
	}
	return out
}

// talkative is what people say on issues: of so many comments one is a command,
// and each command changes something.
const talkative = 10

// talk makes up what is said: of every so many comments the last is a command.
// round makes one talk different from the next.
func talk(n, every, round int, issues []int) []comment {
	out := make([]comment, 0, n)
	for i := range n {
		c := comment{login: engineer, issue: issues[i%len(issues)], body: "The numbers look good to me, I only wonder about the fees."}
		if i%every == every-1 {
			k := i / every
			c.issue, c.body = issues[k%len(issues)], fmt.Sprintf("/layers l%d", 1+(k/len(issues)+round)%2)
		}
		out = append(out, c)
	}
	return out
}

// start measures the start of the bot on a database that has a past.
func (s *session) start(ctx context.Context) error {
	t, err := s.found(ctx, townSize)
	if err != nil {
		return err
	}
	ping := delivery{header: http.Header{}, body: []byte(`{"zen":"Keep it logically awesome."}`)}
	ping.header.Set("Content-Type", "application/json")
	ping.header.Set("X-GitHub-Event", "ping")
	var took []time.Duration
	for i := range 5 {
		b, err := t.serve(ctx)
		if err != nil {
			return err
		}
		ping.header.Set("X-GitHub-Delivery", fmt.Sprintf("bench-%d", i))
		ping.header.Set("X-Hub-Signature-256", signature(t.cred.WebhookSecret, ping.body))
		if why := newLoad(b.hook).send(ctx, ping); why != "" {
			return b.fault("the first delivery: " + why)
		}
		took = append(took, time.Since(b.began))
		if i == 0 { // what a first start has to do is not what others have
			if _, err := b.says(ctx, `"at work"`); err != nil {
				return err
			}
			if _, err := t.quiet(ctx); err != nil {
				return err
			}
		}
		if err := t.dismiss(b); err != nil {
			return err
		}
	}
	s.add(spread("start to first acknowledgement", took, "200"))
	return nil
}

// acknowledge measures what whoever sends a webhook waits for.
func (s *session) acknowledge(ctx context.Context) error {
	t, err := s.found(ctx, townSize)
	if err != nil {
		return err
	}
	t.settle = usual
	b, err := t.settled(ctx)
	if err != nil {
		return err
	}
	issues := active(townSize)
	round := 0
	play := func(n int, run func(*load, []delivery)) (*load, error) {
		round++
		all, err := t.record(ctx, talk(n, talkative, round, issues))
		if err != nil {
			return nil, err
		}
		if err := t.hooks(ctx, b.hook); err != nil {
			return nil, err
		}
		l := newLoad(b.hook)
		run(l, all)
		_, err = t.quiet(ctx)
		return l, err
	}
	l, err := play(10*s.Commands, func(l *load, all []delivery) { l.oneByOne(ctx, all) })
	if err != nil {
		return err
	}
	s.add(spread("acknowledgement, one at a time", l.took, "2 / 8"))
	for _, rate := range s.Rates {
		n := max(1, int(float64(rate)*s.For.Seconds()))
		l, err := play(n, func(l *load, all []delivery) { l.atRate(ctx, all, rate) })
		if err != nil {
			return err
		}
		budget := ""
		if rate == 500 {
			budget = "5 / 40"
		}
		f := spread(fmt.Sprintf("acknowledgement at %d a second", rate), l.took, budget)
		f.Note = l.lateness()
		s.add(f)
		s.add(l.refusals(fmt.Sprintf("at %d a second", rate)))
	}
	var whole time.Duration
	l, err = play(s.Burst, func(l *load, all []delivery) { whole = l.atOnce(ctx, all) })
	if err != nil {
		return err
	}
	burst := fmt.Sprintf("in a burst of %d", s.Burst)
	s.add(spread("acknowledgement "+burst, l.took, ""))
	s.add(one("acknowledged a second "+burst, float64(len(l.took))/whole.Seconds(), "/s", ""))
	s.add(l.refusals(burst))
	return nil
}

// burst measures how fast commands are carried out that come at once: from the
// first delivery to the last write.
func (s *session) burst(ctx context.Context) error {
	t, err := s.found(ctx, townSize)
	if err != nil {
		return err
	}
	t.settle = usual
	b, err := t.settled(ctx)
	if err != nil {
		return err
	}
	y := &yard{town: t, bots: []*bot{b}, issues: active(townSize)}
	if _, err := y.burst(ctx, len(y.issues), 1); err != nil { // the first comment on each issue is made here
		return err
	}
	ours, theirs := usage(b.program), usage(t.github)
	most := b.watch()
	rate, err := y.burst(ctx, s.Burst, 0)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("burst of %d commands on %d features", s.Burst, len(y.issues))
	s.add(one(name+", carried out", rate, "/s", "above 200"))
	if used, ok := ours(); ok {
		s.add(one("processor of the bot per command in a burst", used.Seconds()*1000/float64(s.Burst), "ms", "4"))
	}
	if used, ok := theirs(); ok {
		s.add(one("processor of the emulator beside it", used.Seconds()*1000/float64(s.Burst), "ms", ""))
	}
	mb, ok := most()
	s.add(b.memory("memory in a burst, at most", mb, ok, "90"))
	return nil
}

// usage returns what tells the processor time that a program has had since.
func usage(p *program) func() (time.Duration, bool) {
	before, _ := p.processor()
	return func() (time.Duration, bool) {
		now, ok := p.processor()
		return now - before, ok
	}
}
