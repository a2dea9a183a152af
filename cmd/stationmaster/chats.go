package main

import (
	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/notify"
)

// channelsOf are the chats that the server can tell, nil for none.
func channelsOf(s config.Server) (bot.Notifier, error) {
	if len(s.Channels) == 0 {
		return nil, nil //nolint:nilnil // a server without chats has none to tell
	}
	o := notify.Options{Site: siteOf(s.APIURL)}
	for _, c := range s.Channels {
		o.Channels = append(o.Channels, notify.Channel{Name: c.Name, Repo: c.Repo, URL: c.URL.Reveal()})
	}
	return notify.New(o)
}
