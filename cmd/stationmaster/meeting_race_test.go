package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// agenda is the one that is open.
func (e *town) agenda(t *testing.T) issue {
	t.Helper()
	all, err := e.issues(context.Background(), "kind/meeting")
	if err != nil {
		t.Fatal(err)
	}
	var open []issue
	for _, is := range all {
		if is.State == "open" {
			open = append(open, is)
		}
	}
	if len(open) != 1 {
		t.Fatalf("%d agendas are open", len(open))
	}
	return open[0]
}

// submittedOne is a world with a meeting to come and one candidate, whose question
// on the agenda is the first.
func submittedOne(t *testing.T) (e *town, feature int, agenda issue) {
	t.Helper()
	e = newTestWorld(t)
	e.board(t)
	feature = e.merged(t, "At the same time")
	e.commands(t, "engineer", feature, "/layers l1", "/submit alphanet").isDone(t)
	if agenda = e.agenda(t); len(asked(agenda.Body)) != 1 {
		t.Fatalf("the agenda asks %v:\n%s", asked(agenda.Body), agenda.Body)
	}
	return e, feature, agenda
}

// atOnce does things at the same time and waits for what follows.
func (e *town) atOnce(t *testing.T, deeds ...func() error) {
	t.Helper()
	var all sync.WaitGroup
	for _, do := range deeds {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := do(); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	e.calm(t)
}

// types puts a line on an issue, without waiting for the answer.
func (e *town) types(persona string, number int, line string, into *comment) func() error {
	return func() error {
		made, err := e.say(context.Background(), persona, number, line)
		*into = made
		return err
	}
}

// Two maintainers decide the same item otherwise in the same second: the first
// counts, and the second is told so (D2).
func TestOfTwoDecisionsAtTheSameTimeOneCounts(t *testing.T) {
	e, feature, agenda := submittedOne(t)
	var yes, no comment
	e.atOnce(t, e.types("maintainer", agenda.Number, "/decide 1.1 yes", &yes), e.types("maintainer", agenda.Number, "/decide 1.1 no", &no))
	a, b := e.answer(t, agenda.Number, yes.ID), e.answer(t, agenda.Number, no.ID)
	if fmt.Sprint(a.faces, b.faces) != "[rocket] [confused]" && fmt.Sprint(a.faces, b.faces) != "[confused] [rocket]" {
		t.Errorf("yes was answered by %v, no by %v", a.faces, b.faces)
	}
	aboard := e.issue(t, feature).Milestone != nil
	if first := a.faces[0] == "rocket"; aboard != first {
		t.Errorf("yes came first: %v, and the feature is aboard: %v", first, aboard)
	}
	e.nobodyFailed(t)
}

// Two answers to one item are ticked from the same page in the same second: the
// later one stands alone.
func TestOfTwoTicksAtTheSameTimeOneStands(t *testing.T) {
	e, feature, agenda := submittedOne(t)
	tick := func(option string) func() error {
		body := agenda.Body
		for _, l := range strings.Split(body, "\n") {
			if strings.HasPrefix(l, "- [ ] ") && strings.HasSuffix(l, "="+option+" -->") {
				body = strings.Replace(body, l, "- [x] "+l[len("- [ ] "):], 1)
			}
		}
		return func() error {
			return e.people["maintainer"].do(context.Background(), http.MethodPatch, e.tracking(fmt.Sprintf("/issues/%d", agenda.Number)), map[string]string{"body": body}, nil)
		}
	}
	e.atOnce(t, tick("yes"), tick("no"))
	body := e.issue(t, agenda.Number).Body
	if strings.Count(body, "- [x] ") != 1 {
		t.Errorf("after two ticks the agenda shows\n%s", body)
	}
	ticked := strings.Contains(body, "- [x] Yes")
	e.commands(t, "maintainer", agenda.Number, "/adjourn").isDone(t)
	if aboard := e.issue(t, feature).Milestone != nil; aboard != ticked {
		t.Errorf("yes stood: %v, and the feature is aboard: %v", ticked, aboard)
	}
	e.nobodyFailed(t)
}

// A meeting is adjourned once, however many say so; what is ticked in the same
// second counts if it came before, and is put back if it came after.
func TestAMeetingIsAdjournedOnceWhileSomebodyTicks(t *testing.T) {
	e, feature, agenda := submittedOne(t)
	var first, second comment
	e.atOnce(t, e.types("maintainer", agenda.Number, "/adjourn", &first), e.types("maintainer", agenda.Number, "/adjourn", &second), func() error {
		body := strings.Replace(agenda.Body, "- [ ] Yes", "- [x] Yes", 1)
		return e.people["maintainer"].do(context.Background(), http.MethodPatch, e.tracking(fmt.Sprintf("/issues/%d", agenda.Number)), map[string]string{"body": body}, nil)
	})
	faces := fmt.Sprint(e.answer(t, agenda.Number, first.ID).faces, e.answer(t, agenda.Number, second.ID).faces)
	if faces != "[rocket] [confused]" && faces != "[confused] [rocket]" {
		t.Errorf("the two were answered by %s", faces)
	}
	minutes := 0
	for _, c := range e.comments(t, agenda.Number) {
		if strings.Contains(c.Body, "### Minutes") {
			minutes++
		}
	}
	over, next := e.issue(t, agenda.Number), e.agenda(t)
	if minutes != 1 || over.State != "closed" || strings.Contains(over.Body, "- [x] ") || next.Number == agenda.Number {
		t.Errorf("%d minutes, the agenda is %s, the next is #%d:\n%s", minutes, over.State, next.Number, over.Body)
	}
	if is := e.issue(t, feature); (is.Milestone != nil) == is.has("submitted/alphanet") {
		t.Errorf("the feature is neither aboard nor submitted, or both: %v %v", is.Milestone, is.labels())
	}
	e.nobodyFailed(t)
}

// The box was reworded, its neighbour deleted: its hidden key still says what it is.
func TestABoxIsKnownWhateverPeopleMakeOfItsWords(t *testing.T) {
	e, feature, agenda := submittedOne(t)
	var lines []string
	for _, l := range strings.Split(agenda.Body, "\n") {
		switch {
		case strings.HasSuffix(l, "=no -->"):
			continue
		case strings.HasSuffix(l, "=yes -->"):
			l = "- [x] yes, by all means <!--" + strings.SplitN(l, "<!--", 2)[1]
		}
		lines = append(lines, l)
	}
	e.does(t, "maintainer", http.MethodPatch, fmt.Sprintf("/issues/%d", agenda.Number), map[string]string{"body": strings.Join(lines, "\n")}, nil)
	body := e.issue(t, agenda.Number).Body
	if strings.Contains(body, "by all means") || !strings.Contains(body, "- [x] Yes") || !strings.Contains(body, "=no -->") {
		t.Errorf("the agenda was not written again:\n%s", body)
	}
	if err := e.advance(context.Background(), time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	e.commands(t, "maintainer", agenda.Number, "/adjourn").isDone(t)
	if e.issue(t, feature).Milestone == nil {
		t.Error("the draft did not become a decision")
	}
}
