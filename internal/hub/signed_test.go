package hub

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

func TestABodyOfSeventyThousandCharactersKeepsItsTail(t *testing.T) {
	tail := "<!-- " + strings.Repeat("t", snapshot.Most-9) + " -->"
	for _, letter := range []string{"x", "ü", "\n"} {
		body := compose("status", strings.Repeat(letter, 70_000), tail)
		if n := utf8.RuneCountInString(body); n > 65_536 || n < 60_000 || !strings.HasSuffix(body, "\n\n"+tail) || !strings.Contains(body, "cut here") {
			t.Errorf("of %q come %d characters, ending in %q", letter, n, body[len(body)-20:])
		}
	}
	if body := compose("status", "short", tail); body != "<!-- stationmaster:status -->\nshort\n\n"+tail {
		t.Errorf("a short one is %q", body[:60])
	}
	if body := compose("status", "short", ""); body != "<!-- stationmaster:status -->\nshort" {
		t.Errorf("without a tail it is %q", body)
	}
}

var day = calendar.Date{Year: 2026, Month: 12, Day: 8}

// written is a text with a snapshot's form, which the hub looks for and cannot judge.
const written = "words\n\n<!-- stationmaster-snapshot:v1:k1:AAAA:BBBB -->"

// published has the bot open a board and say its status on an issue.
func published(t *testing.T, w *world) (board, issue int, status int64) {
	t.Helper()
	board = w.do(deed(process.OpenIssue, 0, func(d *bot.Deed) { d.Marker, d.Title, d.Body = "item/departures", "Departures", written })).Number
	issue = w.opened("kind/feature")
	status = w.do(deed(process.SayOnce, issue, func(d *bot.Deed) { d.Marker, d.Body = "status", written })).Comment
	return board, issue, status
}

func TestTheBoardAloneIsReadWhereItIsKnown(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	board, _, _ := published(t, w)
	if _, err := w.hub.Login(ctx); err != nil {
		t.Fatal(err)
	}
	before := w.hub.Counts().Requests
	got, err := w.hub.Signed(ctx, w.inst, w.repo, board)
	if err != nil || len(got) != 1 || got[0].Place.Issue != board || got[0].Place.Node == "" || !strings.Contains(got[0].Body, "stationmaster-snapshot") {
		t.Errorf("read %+v, %v", got, err)
	}
	if n := w.hub.Counts().Requests - before; n != 1 {
		t.Errorf("that took %d requests", n)
	}
}

func TestWithoutABoardOurNewestTextsAreRead(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	board, issue, _ := published(t, w)
	forged := &github.IssueComment{Body: github.String(compose("status", written, ""))}
	if _, _, err := w.as("outsider").Issues.CreateComment(ctx, "acme", "upgrades", issue, forged); err != nil {
		t.Fatal(err)
	}
	for _, known := range []int{0, issue, 4711} { // none, one that is not ours, one that is gone
		got, err := w.hub.Signed(ctx, w.inst, w.repo, known)
		if err != nil || len(got) != 2 || got[0].Place.Issue != board || got[1].Place.Issue != issue || got[1].Place.Home == "" {
			t.Errorf("with %d known it reads %+v, %v", known, got, err)
		}
	}
	w.wire.meddle = func(*http.Request) (*http.Response, error) { return nil, errors.New("cut") }
	if got, err := w.hub.Signed(ctx, w.inst, w.repo, board); err == nil {
		t.Errorf("a GitHub that is away shows %+v", got)
	}
}

func TestASurveyReadsWhatTellsOfTheRecord(t *testing.T) {
	w := newWorld(t, emulator.Options{Start: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC), Frozen: true})
	board, issue, status := published(t, w)
	say := func(persona, body string) int64 {
		made, _, err := w.as(persona).Issues.CreateComment(ctx, "acme", "upgrades", issue, &github.IssueComment{Body: &body})
		if err != nil {
			t.Fatal(err)
		}
		return made.GetID()
	}
	done, open, foreign := say("engineer", "/layers l1"), say("engineer", "/layers l2"), say("engineer", "/submit alphanet")
	say("outsider", "just words")
	w.do(deed(process.React, issue, func(d *bot.Deed) { d.Target, d.Reaction = done, "rocket" }))
	if _, _, err := w.as("outsider").Reactions.CreateIssueCommentReaction(ctx, "acme", "upgrades", foreign, "rocket"); err != nil {
		t.Fatal(err)
	}
	w.Advance(time.Minute)
	if _, _, err := w.as("engineer").Issues.EditComment(ctx, "acme", "upgrades", foreign, &github.IssueComment{Body: github.String("/submit betanet")}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.as("outsider").Reactions.CreateIssueCommentReaction(ctx, "acme", "upgrades", done, "heart"); err != nil {
		t.Fatal(err)
	}
	w.do(deed(process.MakeMilestone, 0, func(d *bot.Deed) { d.Title, d.Due = "Upgrade 17", day }))
	w.do(deed(process.AddLabel, issue, func(d *bot.Deed) { d.Label = "stage/alphanet-scoping" }))

	got, err := w.hub.Survey(ctx, w.inst, w.repo)
	if err != nil {
		t.Fatal(err)
	}
	find := func(got rebuild.World, number int) rebuild.Issue {
		for _, in := range got.Issues {
			if in.Number == number {
				return in
			}
		}
		t.Fatalf("#%d is missing", number)
		return rebuild.Issue{}
	}
	if in := find(got, board); !in.Ours || in.Marker != "item/departures" || in.Edited != "" || in.Node == "" || !got.Edits || got.Home == "" {
		t.Errorf("the board is %+v, edits known %v, home %q", in, got.Edits, got.Home)
	}
	var seen []string
	for _, c := range find(got, issue).Comments {
		seen = append(seen, fmt.Sprint(c.ID, c.Ours, c.Answered, c.Edited, c.Done, c.Changed))
	}
	if want := fmt.Sprint([]string{fmt.Sprint(status, true, false, "", false, false), fmt.Sprint(done, false, true, "", true, false),
		fmt.Sprint(open, false, false, "", false, false), fmt.Sprint(foreign, false, false, "", true, true)}); fmt.Sprint(seen) != want {
		t.Errorf("comments are %v, want %s", seen, want)
	}
	if len(got.Milestones) != 1 || got.Milestones[0].Title != "Upgrade 17" || got.Milestones[0].Due != day || got.Milestones[0].Closed {
		t.Errorf("milestones are %+v", got.Milestones)
	}
	by, err := w.hub.LabelledBy(ctx, w.inst, w.repo, issue)
	if err != nil || by["stage/alphanet-scoping"] != got.Self || by["kind/feature"] == "" || by["kind/feature"] == got.Self {
		t.Errorf("labelled by %v, %v", by, err)
	}
}

func TestASurveyTellsWhoEditedOurTexts(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	board, issue, status := published(t, w)
	w.do(deed(process.EditComment, issue, func(d *bot.Deed) { d.Marker, d.CommentID, d.Body = "status", status, written }))
	edited := func() (body, comment string) {
		got, err := w.hub.Survey(ctx, w.inst, w.repo)
		if err != nil || !got.Edits {
			t.Fatal(got.Edits, err)
		}
		for _, in := range got.Issues {
			switch in.Number {
			case board:
				body = in.Edited
			case issue:
				comment = in.Comments[0].Edited
			}
		}
		return body, comment
	}
	if body, comment := edited(); body != "" || comment != "" {
		t.Errorf("our own edits are told as those of %q and %q", body, comment)
	}
	text := "other words\n" + written
	if _, _, err := w.as("maintainer").Issues.EditComment(ctx, "acme", "upgrades", status, &github.IssueComment{Body: &text}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.as("maintainer").Issues.Edit(ctx, "acme", "upgrades", board, &github.IssueRequest{Body: &text}); err != nil {
		t.Fatal(err)
	}
	if body, comment := edited(); body != "mara" || comment != "mara" {
		t.Errorf("edited by %q and %q, want mara", body, comment)
	}
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/graphql") {
			return nil, errors.New("cut")
		}
		return nil, nil //nolint:nilnil // let through
	}
	if got, err := w.hub.Survey(ctx, w.inst, w.repo); err != nil || got.Edits {
		t.Errorf("without GraphQL the edits are known %v, %v", got.Edits, err)
	}
}

func TestAnInstallationIsFoundByItsRepository(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if id, err := w.hub.InstallationOf(ctx, w.repo); err != nil || id != w.inst {
		t.Errorf("found %d, %v", id, err)
	}
	for _, none := range []string{"acme/nowhere", "acme", "acme/..", ""} {
		if _, err := w.hub.InstallationOf(ctx, none); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("%q: %v", none, err)
		}
	}
}
