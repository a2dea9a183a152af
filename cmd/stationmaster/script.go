package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A script is the story that the demo plays: two features, an Alphanet, an
// upgrade with an audit, and mainnet. After each act it checks what stands.
type script struct {
	world          *world
	out            io.Writer
	passed, failed int

	bridge, pectra  int // the two features
	train, alphanet int
}

// check prints the verdict on one thing.
func (s *script) check(ok bool, what string, detail ...any) {
	mark := "✓"
	if ok {
		s.passed++
	} else {
		s.failed++
		mark = "✗"
		what += fmt.Sprintf(" — %v", detail)
	}
	fmt.Fprintf(s.out, "  %s %s\n", mark, what)
}

func (s *script) chapter(title string) {
	fmt.Fprintf(s.out, "%s  (%s)\n", title, s.world.github.Now().Format("Mon 2 Jan 2006"))
}

// says has a person comment and lets the bot answer.
func (s *script) says(ctx context.Context, persona string, number int, lines ...string) error {
	if _, err := s.world.say(ctx, persona, number, strings.Join(lines, "\n")); err != nil {
		return err
	}
	return s.world.settled(ctx)
}

// at checks where issues stand.
func (s *script) at(ctx context.Context, what string, want map[int][]string) error {
	for number, labels := range want {
		is, err := s.world.issue(ctx, number)
		if err != nil {
			return err
		}
		if !is.has(labels...) {
			s.check(false, what, fmt.Sprintf("#%d has %v", number, is.labels()))
			return nil
		}
	}
	s.check(true, what)
	return nil
}

// heard checks that the bot's newest comment on an issue says something.
func (s *script) heard(ctx context.Context, number int, what, words string) error {
	comments, err := s.world.comments(ctx, number)
	if err != nil {
		return err
	}
	last := ""
	for _, c := range comments {
		if c.User.Type == "Bot" {
			last = c.Body
			if strings.Contains(last, words) {
				s.check(true, what)
				return nil
			}
		}
	}
	s.check(false, what, last)
	return nil
}

// ticks has a person tick every box of the bot's comments on an issue.
func (s *script) ticks(ctx context.Context, persona string, number int) error {
	comments, err := s.world.comments(ctx, number)
	if err != nil {
		return err
	}
	for _, c := range comments {
		if c.User.Type != "Bot" || !strings.Contains(c.Body, "- [ ] ") {
			continue
		}
		body := strings.ReplaceAll(c.Body, "- [ ] ", "- [x] ")
		if err := s.world.people[persona].do(ctx, http.MethodPatch, s.world.tracking(fmt.Sprintf("/issues/comments/%d", c.ID)), map[string]string{"body": body}, nil); err != nil {
			return err
		}
	}
	return s.world.settled(ctx)
}

// drafts has a person tick the answers on an agenda whose hidden keys end so.
func (s *script) drafts(ctx context.Context, persona string, number int, key string) error {
	is, err := s.world.issue(ctx, number)
	if err != nil {
		return err
	}
	lines := strings.Split(is.Body, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "- [ ] ") && strings.HasSuffix(l, key+" -->") {
			lines[i] = "- [x] " + l[len("- [ ] "):]
		}
	}
	if err := s.world.people[persona].do(ctx, http.MethodPatch, s.world.tracking(fmt.Sprintf("/issues/%d", number)), map[string]string{"body": strings.Join(lines, "\n")}, nil); err != nil {
		return err
	}
	return s.world.settled(ctx)
}

// schedule is what the demo's repository configures about time.
func (s *script) schedule(ctx context.Context) (calendar.Schedule, error) {
	repo, err := s.world.station.registry.tracking(ctx, s.world.cred.InstallationID, s.world.cred.Owner+"/"+s.world.cred.Repo)
	if err != nil {
		return calendar.Schedule{}, err
	}
	return repo.tracked.Process.Settings.Schedule, nil
}

// merges has the engineer open and merge a pull request.
func (s *script) merges(ctx context.Context, title, body string, labels ...string) error {
	ada := s.world.people["engineer"]
	var pull struct {
		Number int `json:"number"`
	}
	in := map[string]string{"title": title, "body": body, "head": "topic-" + fmt.Sprint(len(title)), "base": "main"}
	if err := ada.do(ctx, http.MethodPost, s.world.code("/pulls"), in, &pull); err != nil {
		return err
	}
	if len(labels) > 0 {
		if err := ada.do(ctx, http.MethodPost, s.world.code(fmt.Sprintf("/issues/%d/labels", pull.Number)), map[string][]string{"labels": labels}, nil); err != nil {
			return err
		}
	}
	if err := ada.do(ctx, http.MethodPut, s.world.code(fmt.Sprintf("/pulls/%d/merge", pull.Number)), map[string]string{}, nil); err != nil {
		return err
	}
	return s.world.settled(ctx)
}

// opens has a person open an issue with labels, and returns its number.
func (s *script) opens(ctx context.Context, persona, title, body string, labels ...string) (int, error) {
	var made issue
	in := map[string]any{"title": title, "body": body, "labels": labels}
	if err := s.world.people[persona].do(ctx, http.MethodPost, s.world.tracking("/issues"), in, &made); err != nil {
		return 0, err
	}
	return made.Number, s.world.settled(ctx)
}

// find returns the number of the issue that the bot opened with the title.
func (s *script) find(ctx context.Context, label, title string) (int, error) {
	all, err := s.world.issues(ctx, label)
	if err != nil {
		return 0, err
	}
	for _, is := range all {
		if strings.Contains(is.Title, title) {
			return is.Number, nil
		}
	}
	return 0, fmt.Errorf("no issue with label %s is called %q: %d issues", label, title, len(all))
}

// play tells the whole story.
func (s *script) play(ctx context.Context) error {
	for _, act := range []func(context.Context) error{
		s.opening, s.merging, s.boarding, s.departing, s.proving, s.betanet, s.auditing, s.testnet, s.voting, s.mainnet,
	} {
		if err := act(ctx); err != nil {
			return err
		}
		if unknown := s.world.github.Unknown(); len(unknown) > 0 {
			return fmt.Errorf("the bot asked GitHub for what it does not have: %v", unknown)
		}
	}
	return nil
}

// to moves the clock to noon, UTC, some days from now.
func (s *script) to(ctx context.Context, days int) error {
	now := s.world.github.Now()
	noon := time.Date(now.Year(), now.Month(), now.Day()+days, 12, 0, 0, 0, time.UTC)
	return s.world.advance(ctx, noon)
}

// date is a day some days from now, as people type it.
func (s *script) date(days int) string {
	return s.world.github.Now().AddDate(0, 0, days).Format(time.DateOnly)
}

func itoa(n int) string { return fmt.Sprint(n) }
