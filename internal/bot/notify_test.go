package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A chat remembers what it was told; before is asked first, and after what was
// said has arrived.
type chat struct {
	mu     sync.Mutex
	heard  []string
	before func(context.Context, bot.Notification) error
	after  func(bot.Notification) error
}

func (c *chat) Notify(ctx context.Context, n bot.Notification) error {
	if c.before != nil {
		if err := c.before(ctx, n); err != nil {
			return err
		}
	}
	c.mu.Lock()
	c.heard = append(c.heard, fmt.Sprintf("%s %s #%d %s", n.To, n.News, n.Number, n.Body))
	c.mu.Unlock()
	if c.after != nil {
		return c.after(n)
	}
	return nil
}

func (c *chat) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.heard, "\n")
}

func tell(to string) process.Action {
	return process.Action{Do: process.Notify, Item: "issue/1", To: to, News: process.NewsDeparted, Words: process.Say("departed")}
}

// told is a bot whose one event tells the channels.
func told(t *testing.T, c *chat, actions ...process.Action) *kit {
	t.Helper()
	k := newKit(t, does(map[string]process.Decision{"k": {Changed: []*process.Item{feature(1)}, Actions: actions}}))
	if c != nil {
		k.config.Notifier = c
	}
	return k
}

// failure is what the item's history says of an action that cannot be done.
func (k *kit) failure() string {
	k.t.Helper()
	for _, n := range k.line().Get("issue/1").History {
		if why, ok := n.What.Args["why"].(string); ok {
			return why
		}
	}
	return ""
}

func TestAChatIsToldOnceOfTheIssue(t *testing.T) {
	c := &chat{}
	k := told(t, c, tell("ops")).run()
	k.send(asked("k"))
	k.idle()
	k.restart()
	k.idle()
	if got, want := c.all(), "ops departed #1 says departed"; got != want {
		t.Errorf("heard %q, not %q", got, want)
	}
}

func TestWhatHasNotLeftIsTriedAgain(t *testing.T) {
	c, fails := &chat{}, 3
	c.before = func(context.Context, bot.Notification) error {
		if fails--; fails >= 0 {
			return bot.Unsent{Cause: "connection refused"}
		}
		return nil
	}
	k := told(t, c, tell("ops")).run()
	k.send(asked("k"))
	k.idle()
	if c.all() == "" || fails >= 0 {
		t.Errorf("heard %q with %d failures left", c.all(), fails)
	}
}

func TestWhatNeverLeavesIsDeadAndCanBeRevived(t *testing.T) {
	c := &chat{before: func(context.Context, bot.Notification) error { return bot.Unsent{Cause: "connection refused"} }}
	k := told(t, c, tell("ops"))
	k.config.Attempts = 3
	k.run()
	k.send(asked("k"))
	k.idle()
	if why := k.failure(); !strings.Contains(why, "given up after 3 attempts") {
		t.Errorf("the history says %q", why)
	}
	c.before = nil
	k.again(bot.Job{Repo: repo, Key: "k!0"})
	k.idle()
	if c.all() == "" {
		t.Error("a revived notification is not told")
	}
}

func TestWhatMayHaveArrivedIsNotSaidAgainUnlessSomebodyWantsIt(t *testing.T) {
	c := &chat{after: func(bot.Notification) error { return errors.New("connection reset") }}
	k := told(t, c, tell("ops")).run()
	k.send(asked("k"))
	k.idle()
	k.restart()
	k.idle()
	if got := c.all(); strings.Count(got, "ops") != 1 {
		t.Errorf("heard %q", got)
	}
	if why := k.failure(); !strings.Contains(why, "nobody knows whether it arrived") {
		t.Errorf("the history says %q", why)
	}
	c.after = nil
	k.again(bot.Job{Repo: repo, Key: "k!0"})
	k.idle()
	if got := c.all(); strings.Count(got, "ops") != 2 {
		t.Errorf("after it was revived heard %q", got)
	}
}

// A stop in the middle leaves no trace of how it came out.
func TestAStopBeforeTheAnswerTellsNothingTwice(t *testing.T) {
	c, arrived := &chat{}, make(chan struct{})
	c.after = func(bot.Notification) error {
		close(arrived)
		return context.Canceled
	}
	k := told(t, c, tell("ops"))
	k.config.Timing.Stop = time.Nanosecond
	k.run()
	k.send(asked("k"))
	<-arrived
	k.restart()
	k.idle()
	if got := c.all(); strings.Count(got, "ops") != 1 {
		t.Errorf("heard %q", got)
	}
}

func TestWithoutChannelsANotificationIsDead(t *testing.T) {
	k := told(t, nil, tell("ops")).run()
	k.send(asked("k"))
	k.idle()
	if why := k.failure(); !strings.Contains(why, "no channels") {
		t.Errorf("the history says %q", why)
	}
}

// However many chats hang, issues go on, and so do the other chats' turns in order.
func TestChatsThatHangHoldUpNoIssue(t *testing.T) {
	hang, c := make(gate), &chat{}
	c.before = func(ctx context.Context, _ bot.Notification) error {
		select {
		case <-hang:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var actions []process.Action
	for i := range 20 {
		actions = append(actions, tell(fmt.Sprint("ops", i)), tell(fmt.Sprint("ops", i)))
	}
	for i := range 10 {
		actions = append(actions, label(1, fmt.Sprint("l", i)))
	}
	k := told(t, c, actions...)
	k.config.Parallel = 1
	labelled := make(gate)
	k.hub.after = func(d bot.Deed) error {
		if d.Label == "l9" {
			close(labelled)
		}
		return nil
	}
	k.run()
	k.send(asked("k"))
	labelled.wait()
	if n := k.hub.count(process.AddLabel); n != 10 {
		t.Errorf("beside hanging chats %d of 10 labels were set", n)
	}
	if c.all() != "" {
		t.Error("the chats did not hang")
	}
	close(hang)
	k.idle()
	if got := strings.Split(c.all(), "\n"); len(got) != 40 || !slices.Contains(got, "ops7 departed #1 says departed") {
		t.Errorf("heard %d: %q", len(got), got)
	}
}
