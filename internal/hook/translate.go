package hook

import (
	"bytes"
	"context"
	std "encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/palantir/go-githubapp/githubapp"
	"github.com/segmentio/encoding/json"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// World is what a payload does not say about itself. Every field may be nil.
type World struct {
	// Bot returns the login of this App's own account, "<slug>[bot]"; "" while
	// it is not known, and then no act is taken for our own.
	Bot func() string
	// Tracking returns the repository that "Feature: #12" means in a pull
	// request of repo. "" stands for repo itself.
	Tracking func(installation int64, repo string) string
	// Pushed is told of a push to a default branch, with the paths it touched;
	// no paths mean that any file may have changed.
	Pushed func(installation int64, repo string, paths []string)
	// Relabelled is told that a repository's own list of labels changed.
	Relabelled func(installation int64, repo string)
	// Skipped is told why a delivery came to nothing.
	Skipped func(d bot.Delivery, why string)
}

// A Translator turns deliveries into events; it implements [bot.Translator].
type Translator struct{ world World }

// NewTranslator returns a translator for the world.
func NewTranslator(w World) *Translator { return &Translator{world: w} }

// Translate returns what the delivery says has happened: no events when it is
// none of ours, and an error when the payload cannot be read.
func (t *Translator) Translate(d bot.Delivery) ([]process.Event, error) {
	env, err := open(d.Payload)
	if err != nil {
		return nil, err
	}
	tr := &translation{world: t.world, from: env}
	if why := t.world.dull(d.Event, env); why != "" {
		tr.skipped = why
	} else if err := tr.run(d); err != nil {
		return nil, fmt.Errorf("%s payload: %w", d.Event, err)
	}
	if tr.skipped != "" && t.world.Skipped != nil {
		t.world.Skipped(d, tr.skipped)
	}
	return tr.events, nil
}

// handler is one kind of webhook.
type handler interface {
	githubapp.EventHandler
	// actions are those that are translated; none if the event knows no actions.
	actions() []string
}

// handlers is the table of all kinds of webhooks. What they find out goes to tr,
// which may be nil for those that only want to know the kinds.
func handlers(tr *translation) []handler {
	return []handler{
		issues{tr},
		issueComment{tr},
		pullRequest{tr},
		label{tr},
		push{tr},
	}
}

// Handled returns the events that are translated, and of each the actions; an
// event without actions has none. All others are acknowledged and forgotten.
func Handled() map[string][]string {
	out := map[string][]string{}
	for _, h := range handlers(nil) {
		for _, event := range h.Handles() {
			out[event] = h.actions()
		}
	}
	return out
}

// handled is kept, as it is asked for each request.
var handled = Handled()

// A translation is one payload on its way to becoming events.
type translation struct {
	world   World
	from    envelope
	events  []process.Event
	skipped string
}

func (t *translation) run(d bot.Delivery) error {
	for _, h := range handlers(t) {
		if slices.Contains(h.Handles(), d.Event) {
			return h.Handle(context.Background(), d.Event, d.ID, d.Payload)
		}
	}
	return t.skip("no event that is handled")
}

// happened adds an event.
func (t *translation) happened(e process.Event) error {
	t.events = append(t.events, e)
	return nil
}

// skip notes why the payload comes to nothing.
func (t *translation) skip(why string) error {
	t.skipped = why
	return nil
}

// event returns an event with what all have in common.
func (t *translation) event(what process.What, delivery string) process.Event {
	return process.Event{
		What: what, Delivery: delivery, Repo: t.from.Repository.FullName, Home: clean(t.from.Repository.NodeID),
		Actor: t.world.actor(t.from.Sender),
	}
}

// envelope is what every payload has, whatever its kind.
type envelope struct {
	Action       string `json:"action"`
	Installation struct {
		ID int64 `json:"id"`
	} `json:"installation"`
	Repository struct {
		FullName      string `json:"full_name"`
		NodeID        string `json:"node_id"`
		HTMLURL       string `json:"html_url"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	Sender account `json:"sender"`
}

// account is a person or a bot; the zero account is one that was deleted.
type account struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// open reads the envelope alone: most payloads come to nothing for what it says,
// and the issue in them is long.
func open(payload []byte) (envelope, error) {
	var env envelope
	if err := unpack(payload, &env); err != nil {
		return envelope{}, fmt.Errorf("read payload: %w", err)
	}
	for _, s := range []*string{&env.Action, &env.Repository.FullName, &env.Repository.NodeID, &env.Repository.HTMLURL, &env.Repository.DefaultBranch, &env.Sender.Login, &env.Sender.Type} {
		*s = clean(*s)
	}
	return env, nil
}

// flat is how many objects and lists a payload may have so that it is no matter how
// deep they lie in one another.
const flat = 10_000

// unpack reads a payload as encoding/json does, in a quarter of the time. What may
// be nested without end is left to encoding/json, which sets one.
func unpack(payload []byte, into any) error {
	if bytes.Count(payload, []byte("{"))+bytes.Count(payload, []byte("[")) > flat {
		return std.Unmarshal(payload, into)
	}
	return json.Unmarshal(payload, into)
}

// dull says why a payload is none of ours whatever else it says, "" if it may
// be. It is cheap, and asked before a delivery is stored.
func (w World) dull(event string, env envelope) string {
	actions, ok := handled[event]
	switch {
	case !ok:
		return "no event that is handled"
	case len(actions) > 0 && !slices.Contains(actions, env.Action):
		return "no action that is handled"
	case env.Repository.FullName == "":
		return "no repository"
	case w.isSelf(env.Sender) && receipts[event+"."+env.Action]:
		return "our own act"
	}
	return ""
}

// receipts are the webhooks that only tell us what we did ourselves. For these
// acts the answer to our request has said so already.
var receipts = set(
	"issues.labeled", "issues.unlabeled", "issues.milestoned", "issues.demilestoned",
	"issues.assigned", "issues.unassigned",
	"issue_comment.created", "issue_comment.edited", "issue_comment.deleted",
	"label.created",
)

func set(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// isSelf reports whether the account is this App's own.
func (w World) isSelf(a account) bool {
	return a.Type == "Bot" && w.Bot != nil && a.Login != "" && strings.EqualFold(a.Login, w.Bot())
}

func (w World) actor(a account) process.Actor {
	return process.Actor{Login: clean(a.Login), Bot: a.Type == "Bot", Self: w.isSelf(a)}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
