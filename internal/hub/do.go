package hub

import (
	"context"
	"fmt"
	"net/http"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// deeds is the table of all that the bot does at GitHub. Each is safe to repeat
// but for those that make something; these are looked for by Find first.
var deeds = map[process.Do]func(context.Context, *trip, bot.Deed) (process.Result, error){
	process.AddLabel:      addLabel,
	process.RemoveLabel:   removeLabel,
	process.SayOnce:       say,
	process.EditComment:   editComment,
	process.React:         react,
	process.OpenIssue:     openIssue,
	process.EditIssue:     editIssue,
	process.CloseIssue:    closeIssue,
	process.ReopenIssue:   reopenIssue,
	process.MakeLabels:    makeLabels,
	process.MakeMilestone: makeMilestone,
	process.SetMilestone:  setMilestone,
	process.Assign:        assign,
	process.Unassign:      unassign,
}

// needsIssue are the deeds that are done on an issue.
var needsIssue = map[process.Do]bool{
	process.AddLabel: true, process.RemoveLabel: true, process.SayOnce: true, process.EditIssue: true,
	process.CloseIssue: true, process.ReopenIssue: true, process.SetMilestone: true,
	process.Assign: true, process.Unassign: true,
}

// Do makes the deed true; see [bot.GitHub].
func (h *Hub) Do(ctx context.Context, installation int64, repo string, d bot.Deed, leaving func() error) (process.Result, error) {
	do, ok := deeds[d.Do]
	switch {
	case !ok:
		return process.Result{}, bot.Never{Cause: fmt.Sprintf("%q is nothing that can be done at GitHub", d.Do)}
	case needsIssue[d.Do] && d.Number <= 0:
		return process.Result{}, bot.Never{Cause: fmt.Sprintf("%s without an issue", d.Do)}
	}
	ctx, t, err := h.begin(ctx, installation, repo, d.Urgent)
	if err != nil {
		return process.Result{}, err
	}
	if leaving != nil {
		ctx = beforeLeaving(ctx, leaving)
	}
	result, err := do(ctx, t, d)
	if err = verdict(err); err != nil {
		return process.Result{}, fmt.Errorf("hub: %s: %w", d.Do, err)
	}
	return result, nil
}

// issuePath is the address of the deed's issue below the repository.
func issuePath(d bot.Deed) string { return fmt.Sprintf("issues/%d", d.Number) }

const (
	get   = http.MethodGet
	post  = http.MethodPost
	patch = http.MethodPatch
	del   = http.MethodDelete
)
