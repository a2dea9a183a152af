package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Retry is the Event of deliveries that ask for what failed to be run again;
// their payload is a list of [Job] as JSON. Whoever can write into the inbox can
// ask: the worker takes them in order.
const Retry = "stationmaster.retry"

// A Job is something that failed: a dead action by its key, or a delivery that
// was set aside by its id.
type Job struct {
	Repo     string `json:"repo"` // the tracking repository of an action
	Key      string `json:"key"`
	Delivery bool   `json:"delivery,omitempty"`
}

// AskAgain makes the delivery that asks for jobs of an installation to be run
// again. One that is no longer failed then is left alone.
func AskAgain(installation int64, jobs []Job, now time.Time) (Delivery, error) {
	payload, err := json.Marshal(jobs)
	if err != nil {
		return Delivery{}, fmt.Errorf("ask for a retry: %w", err)
	}
	return Delivery{
		ID: "retry/" + rand.Text(), Event: Retry, Installation: installation, Payload: payload, ReceivedAt: now,
	}, nil
}

// Retry asks for jobs to be run again, as durably as a webhook does.
func (b *Bot) Retry(ctx context.Context, installation int64, jobs ...Job) error {
	d, err := AskAgain(installation, jobs, time.Now())
	if err != nil {
		return err
	}
	_, err = b.Receive(ctx, d)
	return err
}

// again does what a Retry asks for. Should it be cut short, the rest follows
// when the delivery is read again.
func (s *shift) again(ctx context.Context, d Delivery) error {
	var jobs []Job
	if err := json.Unmarshal(d.Payload, &jobs); err != nil {
		return s.Store.SetAside(ctx, s.lease, []int64{d.Seq}, brief("a retry that cannot be read: "+err.Error()))
	}
	revived := map[Job]bool{}
	run := 0
	for _, j := range jobs {
		var err error
		if j.Delivery {
			err = s.Store.Recall(ctx, s.lease, j.Key)
			s.rewind = true
		} else {
			err = s.Store.Revive(ctx, s.lease, j.Repo, j.Key)
			revived[j] = true
		}
		switch {
		case errors.Is(err, ErrNotFound):
			delete(revived, j)
		case err != nil:
			return err
		default:
			run++
		}
	}
	if err := s.readmit(ctx, revived); err != nil {
		return err
	}
	s.Log.Info().Int64("installation", s.installation).Int("asked", len(jobs)).Int("run", run).Msg("run again")
	return s.Store.Settle(ctx, s.lease, []int64{d.Seq}, fmt.Sprintf("run again: %d of %d", run, len(jobs)))
}

// readmit puts actions that are pending again into the yard. A chat is told then,
// even if it may have heard it: somebody wants that.
func (s *shift) readmit(ctx context.Context, revived map[Job]bool) error {
	if len(revived) == 0 {
		return nil
	}
	work, err := s.Store.Pending(ctx, s.installation)
	if err != nil {
		return err
	}
	for _, w := range work {
		if !revived[Job{Repo: w.Repo, Key: w.Action.Key}] {
			continue
		}
		if w.Action.Do == process.Notify {
			w.StartedAt = time.Time{}
		}
		if err := s.admit(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
