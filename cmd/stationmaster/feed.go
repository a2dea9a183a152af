package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/web/feed"
)

// newFeed is the calendar feed of all railways of the store. It reads alone.
func (st *station) newFeed() http.Handler {
	changes := scheduleChanges{}
	return feed.NewHandler(feed.Options{
		Token: st.settings.FeedToken.Reveal(), Open: st.settings.OpenFeed, Now: time.Now,
		Load: func(ctx context.Context) ([]feed.View, error) { return st.views(ctx, changes) },
	})
}

// scheduleChanges notes for each repository since when its schedule is as it
// is. It is used by one reading at a time.
type scheduleChanges map[string]scheduleChange

type scheduleChange struct {
	print string
	since time.Time
}

// since returns when the schedule was first seen as it is.
func (c scheduleChanges) since(repo string, s calendar.Schedule, now time.Time) time.Time {
	print := fmt.Sprintf("%+v", s)
	if c[repo].print != print {
		c[repo] = scheduleChange{print, now}
	}
	return c[repo].since
}

// views reads every railway that has a process.
func (st *station) views(ctx context.Context, changes scheduleChanges) ([]feed.View, error) {
	ids, err := st.store.Installations(ctx)
	if err != nil {
		return nil, err
	}
	site := siteOf(st.settings.APIURL)
	now := st.world()
	var out []feed.View
	for _, id := range ids {
		names, err := st.store.Repos(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			repo, err := st.registry.tracking(ctx, id, name)
			if err != nil {
				return nil, err
			}
			if repo == nil {
				continue
			}
			line, err := st.store.Line(ctx, name)
			if err != nil {
				return nil, err
			}
			p := repo.tracked.Process
			out = append(out, feed.View{
				Process: p, Line: line, Now: now, Since: changes.since(name, p.Settings.Schedule, now),
				Link: func(number int) string { return fmt.Sprintf("%s/%s/issues/%d", site, name, number) },
			})
		}
	}
	return out, nil
}

// siteOf returns the address of the site that people see, from that of its API.
func siteOf(api string) string {
	api = strings.TrimRight(api, "/")
	if api == "https://api.github.com" {
		return "https://github.com"
	}
	return strings.TrimSuffix(api, "/api/v3")
}
