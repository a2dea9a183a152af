package hook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/palantir/go-githubapp/githubapp"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// errNotStored says that the inbox refused a delivery.
var errNotStored = errors.New("not stored")

// scheduler is go-githubapp's place to run a handler. Ours stores the delivery
// instead: what is acknowledged outlives us, and is translated later.
type scheduler struct {
	inbox bot.Inbox
	world World
	now   func() time.Time
}

// Schedule returns once the delivery is durable, or is found to be none of ours.
func (s *scheduler) Schedule(ctx context.Context, d githubapp.Dispatch) error {
	env, err := open(d.Payload)
	if err != nil {
		return err
	}
	if why := s.world.dull(d.EventType, env); why != "" {
		settle(ctx, Ignored)
		respond(ctx, http.StatusAccepted, "none of ours: "+why)
		return nil
	}
	fresh, err := s.inbox.Receive(ctx, bot.Delivery{
		ID: d.DeliveryID, Event: d.EventType, Installation: env.Installation.ID,
		Repo: env.Repository.FullName, Payload: d.Payload, ReceivedAt: s.now(),
	})
	switch {
	case err != nil:
		return fmt.Errorf("%w: delivery %s: %w", errNotStored, d.DeliveryID, err)
	case fresh:
		settle(ctx, Stored)
		respond(ctx, http.StatusOK, "stored")
	default:
		settle(ctx, Known)
		respond(ctx, http.StatusOK, "known")
	}
	return nil
}
