package hook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

var errNoIssue = errors.New("it has no issue")

// issue shows an issue as the payload does. GitHub's issues include pull
// requests.
func (w World) issue(i *github.Issue) *process.Issue {
	out := &process.Issue{
		Number:    i.GetNumber(),
		Title:     clean(i.GetTitle()),
		Author:    clean(i.GetUser().GetLogin()),
		Labels:    labelNames(i.Labels),
		Milestone: i.GetMilestone().GetNumber(),
		State:     clean(i.GetState()),
		Locked:    i.GetLocked(),
		IsPull:    i.IsPullRequest(),
		Node:      clean(i.GetNodeID()),
	}
	for _, a := range i.Assignees {
		out.Assignees = append(out.Assignees, clean(a.GetLogin()))
	}
	if w.isSelf(accountOf(i.GetUser())) {
		out.Marker = marker(i.GetBody())
	}
	return out
}

func labelNames(labels []*github.Label) []string {
	var out []string
	for _, l := range labels {
		if name := clean(l.GetName()); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func accountOf(u *github.User) account {
	return account{Login: u.GetLogin(), Type: u.GetType()}
}

// markerForm is the hidden key on the first line of every body that the bot
// wrote. Anyone can write one, so it counts only under our own authorship.
var markerForm = regexp.MustCompile(`^<!-- stationmaster:([a-z0-9/_.#-]{1,200}) -->[ \t]*(?:\r?\n|$)`)

func marker(body string) string {
	if m := markerForm.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// latest is the last of several moments; those that are missing, or beyond what
// a date can be written as, do not count.
func latest(stamps ...github.Timestamp) time.Time {
	var out time.Time
	for _, s := range stamps {
		if s.After(out) && s.Year() < 10000 {
			out = s.Time
		}
	}
	return out.UTC()
}

// shortHash names a text in a key.
func shortHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// clean makes a text safe to keep: no NUL, which databases refuse. Decoding has
// replaced invalid UTF-8 already.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "\ufffd") }
