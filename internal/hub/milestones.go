package hub

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// makeMilestone makes a train's milestone, or brings it up to date: the one of
// the deed's number, or of its title, or a new one.
func makeMilestone(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	want := milestoneOf(d)
	if d.MilestoneNumber > 0 {
		made, err := t.editMilestone(ctx, d.MilestoneNumber, want)
		if statusOf(err) != http.StatusNotFound {
			return made, err
		} // somebody deleted it
	}
	var made github.Milestone
	_, err := t.call(ctx, post, "milestones", want, &made)
	if !exists(err) {
		return process.Result{Number: made.GetNumber()}, err
	}
	number, err := t.milestoneTitled(ctx, d.Title)
	switch {
	case err != nil:
		return process.Result{}, err
	case number == 0:
		return process.Result{}, bot.Never{Cause: fmt.Sprintf("GitHub has a milestone %q already and does not show it", d.Title)}
	}
	return t.editMilestone(ctx, number, want)
}

// milestoneOf is what GitHub is told of a milestone. Due dates are cut to the
// date in California, so noon in UTC is sent.
func milestoneOf(d bot.Deed) map[string]string {
	m := map[string]string{"title": titled(d.Title), "state": "open"}
	if d.Closed {
		m["state"] = "closed"
	}
	if !d.Due.IsZero() {
		m["due_on"] = d.Due.Time().Add(12 * time.Hour).Format(time.RFC3339)
	}
	return m
}

func (t *trip) editMilestone(ctx context.Context, number int, want any) (process.Result, error) {
	var now github.Milestone
	_, err := t.call(ctx, patch, fmt.Sprintf("milestones/%d", number), want, &now)
	return process.Result{Number: now.GetNumber()}, err
}

// milestoneTitled returns the number of the milestone, open or closed; 0 if
// there is none.
func (t *trip) milestoneTitled(ctx context.Context, title string) (int, error) {
	for page := 1; page != 0; {
		var list []*github.Milestone
		resp, err := t.call(ctx, get, fmt.Sprintf("milestones?state=all&direction=desc&per_page=100&page=%d", page), nil, &list)
		if err != nil {
			return 0, err
		}
		for _, m := range list {
			if strings.EqualFold(m.GetTitle(), titled(title)) {
				return m.GetNumber(), nil
			}
		}
		page = resp.NextPage
	}
	return 0, nil
}

// setMilestone puts an issue into a milestone, or into none.
func setMilestone(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	var number *int
	if d.MilestoneNumber > 0 {
		number = &d.MilestoneNumber
	}
	return t.patchIssue(ctx, d, map[string]*int{"milestone": number})
}
