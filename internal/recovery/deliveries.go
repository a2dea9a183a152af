package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// A failed is a delivery that was not acknowledged, as GitHub's log has it.
type failed struct {
	ID           int64     `json:"id"`
	GUID         string    `json:"guid"`
	DeliveredAt  time.Time `json:"delivered_at"`
	Event        string    `json:"event"`
	Action       string    `json:"action"`
	Installation int64     `json:"installation_id"`
}

// A resent is a delivery that was asked for again.
type resent struct {
	failed int64 // the failure after which it was asked for
	times  int
	last   time.Time
}

const (
	// kept is how far back GitHub's log reaches.
	kept = 3 * 24 * time.Hour
	// mostWait bounds the pause before the same delivery is asked for once more.
	mostWait = 6 * time.Hour
	// inFlight is how long redelivered webhooks are waited for before the
	// repositories are compared, which would find the same; but no longer than until
	// the next round, as some of them are none of ours and never come to the inbox.
	inFlight = 10 * time.Second
	glance   = 50 * time.Millisecond
)

// resend asks for those webhooks again that GitHub could not deliver and that are
// not in the inbox, and returns for how many. One process does it for all.
func (w *Watch) resend(ctx context.Context) (int, error) {
	due, err := w.Record.Claim(ctx, "redeliver", time.Now(), w.Every*9/10)
	if err != nil || !due {
		return 0, err
	}
	missing, err := w.missing(ctx)
	if err != nil {
		return 0, err
	}
	var sent []string
	for _, d := range missing {
		var never bot.Never
		switch err := w.GitHub.Redeliver(ctx, d.ID); {
		case errors.As(err, &never): // the comparison that follows may find it
			w.Log.Warn().Err(err).Str("delivery", d.GUID).Str("event", d.Event).Msg("a lost webhook cannot be had again")
		case err != nil:
			return len(sent), err
		default:
			sent = append(sent, d.GUID)
			w.Log.Info().Str("delivery", d.GUID).Str("event", d.Event).Str("action", d.Action).Msg("a lost webhook was asked for again")
		}
		r := w.resent[d.GUID]
		w.resent[d.GUID] = resent{d.ID, r.times + 1, time.Now()}
	}
	w.Tell(Redelivered, len(sent))
	return len(sent), w.await(ctx, sent)
}

// missing are the failed deliveries, the oldest first, of which the inbox knows
// nothing and that have not just been asked for again.
func (w *Watch) missing(ctx context.Context) ([]failed, error) {
	for guid, r := range w.resent {
		if time.Since(r.last) > kept {
			delete(w.resent, guid)
		}
	}
	newest := map[string]bool{}
	var all []failed
	var ids []string
	err := w.GitHub.FailedDeliveries(ctx, func(raw json.RawMessage) bool {
		var d failed
		if json.Unmarshal(raw, &d) != nil || d.GUID == "" || newest[d.GUID] {
			return true
		}
		newest[d.GUID] = true
		if d.Installation != 0 && w.Handled(d.Event, d.Action) && w.mayResend(d) {
			all, ids = append(all, d), append(ids, d.GUID)
		}
		return true
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	known, err := w.Record.Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	var missing []failed
	for i := len(all) - 1; i >= 0; i-- {
		if !known[all[i].GUID] {
			missing = append(missing, all[i])
		}
	}
	return missing, nil
}

// mayResend lets the same delivery be asked for at longer and longer intervals: if
// it fails again and again, then not because nobody asked. One that has not failed
// again was acknowledged, though it need not be in the inbox: of our own acts most
// are not kept.
func (w *Watch) mayResend(d failed) bool {
	r := w.resent[d.GUID]
	if r.times == 0 {
		return true
	}
	if r.failed == d.ID {
		return false
	}
	return time.Since(r.last) >= min(w.Every<<min(r.times-1, 20), mostWait)
}

// await returns when the deliveries have come, or after a while.
func (w *Watch) await(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, min(inFlight, w.Every))
	defer cancel()
	looks := time.NewTicker(glance)
	defer looks.Stop()
	for {
		known, err := w.Record.Known(ctx, ids)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // they may still come
		}
		if err != nil {
			return fmt.Errorf("wait for webhooks sent again: %w", err)
		}
		if len(known) == len(ids) {
			return nil
		}
		select {
		case <-looks.C:
		case <-ctx.Done():
			return nil
		}
	}
}
