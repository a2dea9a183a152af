package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// A Channel is a place where something can be said.
type Channel struct {
	Name string
	// Repo is the only repository, owner/name, that may use it; "" is any.
	Repo string
	// URL is the secret address.
	URL string
}

// Options are what a [Notifier] is made of.
type Options struct {
	Channels []Channel
	// Site is the address of the site that people see, as https://github.com,
	// for links to issues.
	Site string
}

// A Notifier tells channels. It keeps nothing but its options, so it may be used
// by many goroutines at once.
type Notifier struct{ Options }

var _ bot.Notifier = (*Notifier)(nil)

// New checks the channels' addresses as far as that is possible without using
// them. The error names all channels whose address cannot be read.
func New(o Options) (*Notifier, error) {
	var faults []error
	for _, c := range o.Channels {
		if err := check(c.URL); err != nil {
			faults = append(faults, fmt.Errorf("channel %s: %w", c.Name, err))
		}
	}
	return &Notifier{o}, errors.Join(faults...)
}

// check asks the library about an address. Matrix would log in at once, so of
// that only the scheme is looked at.
func check(address string) error {
	scheme, _, _ := strings.Cut(address, ":")
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	known := (&router.ServiceRouter{}).ListServices()
	if !slices.Contains(known, scheme) {
		return errors.New("its address begins with no service that is known: write one such as slack://, discord://, matrix://, smtp:// or generic+https://")
	}
	if scheme == "matrix" {
		return nil
	}
	if _, err := shoutrrr.CreateSender(single(address)); err != nil {
		return fmt.Errorf("its address is not one of %s: see the service's form in the library's documentation", scheme)
	}
	return nil
}

// Notify implements [bot.Notifier].
func (n *Notifier) Notify(ctx context.Context, what bot.Notification) error {
	c, ok := n.channel(what.Repo, what.To)
	if !ok {
		return bot.Never{Cause: "this server has no channel " + strconv.Quote(what.To) + " for the repository"}
	}
	base := strings.TrimRight(n.Site, "/") + "/" + what.Repo + "/issues/"
	text := Plain(what.Body, base)
	if what.Number > 0 {
		text += "\n" + base + strconv.Itoa(what.Number)
	}
	done := make(chan error, 1)
	go func() { done <- send(ctx, c.URL, text, what) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.New("the channel's server did not answer in time")
	}
}

// channel finds the channel of a name for a repository: its own comes first.
func (n *Notifier) channel(repo, name string) (Channel, bool) {
	for _, own := range []bool{true, false} {
		for _, c := range n.Channels {
			if c.Name == name && (own && strings.EqualFold(c.Repo, repo) || !own && c.Repo == "") {
				return c, true
			}
		}
	}
	return Channel{}, false
}

// titled are the services that show a title beside the text.
var titled = []string{"smtp", "generic", "zulip", "ntfy", "gotify", "pushover", "pushbullet", "opsgenie", "pagerduty", "teams"}

// send says it by a sender of its own: the library's are changed by each use.
func send(ctx context.Context, address, text string, what bot.Notification) error {
	sender, err := shoutrrr.CreateSender(single(address))
	if err != nil {
		return bot.Unsent{Cause: "the channel's server lets nobody in, or cannot be reached"}
	}
	sender.Timeout = time.Minute
	if by, ok := ctx.Deadline(); ok {
		sender.Timeout = time.Until(by)
	}
	params := types.Params{}
	scheme, _, _ := strings.Cut(strings.ToLower(address), ":")
	scheme, _, _ = strings.Cut(scheme, "+")
	if slices.Contains(titled, scheme) {
		params.SetTitle(what.Repo + ": " + string(what.News))
	}
	for _, err := range sender.Send(text, &params) {
		if err != nil {
			return outcome(err, several(address))
		}
	}
	return nil
}

// single returns the address under which the library sends a message once and no
// more: its own Discord service repeats what may have arrived, so Discord's
// webhooks are used as what they are.
func single(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "discord") || u.User == nil || u.Hostname() == "" {
		return address
	}
	given, query := u.Query(), url.Values{"template": {"json"}, "messagekey": {"content"}}
	for from, to := range map[string]string{"username": "$username", "avatar": "$avatar_url", "avatarurl": "$avatar_url", "thread_id": "thread_id"} {
		if v := given.Get(from); v != "" {
			query.Set(to, v)
		}
	}
	hook := url.URL{Scheme: "generic", Host: "discord.com", Path: "/api/webhooks/" + u.Hostname() + "/" + u.User.Username(), RawQuery: query.Encode()}
	return hook.String()
}

// several reports whether an address stands for more than one target, so that a
// failure may come after some have heard it.
func several(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	for key, values := range u.Query() {
		switch strings.ToLower(key) {
		case "rooms", "room", "to", "toaddresses", "chats", "channels", "devices", "targets", "events":
			if len(values) > 1 || strings.Contains(strings.Join(values, ""), ",") {
				return true
			}
		}
	}
	return strings.HasPrefix(strings.ToLower(address), "matrix") && !u.Query().Has("rooms") && !u.Query().Has("room")
}
