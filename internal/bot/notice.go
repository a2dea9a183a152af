package bot

import (
	"context"
	"errors"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// notice shows those who have waited long that they were heard.
func (s *shift) notice(ctx context.Context) {
	if s.Timing.Slow <= 0 {
		return
	}
	for _, l := range s.order {
		for _, t := range l.queue {
			if l.signal == free && !t.eyes.IsZero() && !t.eyes.After(s.now) {
				t.eyes = time.Time{}
				s.showEyes(ctx, t.event)
			}
		}
	}
}

// showEyes reacts to the comment of an event. It is not recorded: should it be
// lost, the answer that follows says all that it would have said.
func (s *shift) showEyes(ctx context.Context, e process.Event) {
	d := Deed{Action: process.Action{
		Key: "eyes/" + e.Key, Do: process.React, Target: e.Comment.ID, Reaction: "eyes", Urgent: true,
	}}
	if e.Issue != nil {
		d.Number, d.Issue = e.Issue.Number, e.Issue.Number
	}
	s.aside(func() func(context.Context) error {
		var err error
		if trace := guard(func() { _, err = s.GitHub.Do(ctx, s.installation, e.Repo, d, nil) }); trace != "" {
			err = errors.New(trace)
		}
		return func(context.Context) error {
			if err != nil {
				s.Log.Debug().Err(err).Str("repo", e.Repo).Str("action", d.Key).Msg("no reaction")
			}
			return nil
		}
	})
}
