package render

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// maxBody is how many characters a page may have; GitHub takes some more, and
// drops the edit of a longer issue body without a word.
const maxBody = 60000

// Page renders the living page of an item as it is at the time now: for a
// feature or a train the status comment, without a title; for the departures
// and a meeting their issue, with its title. The body never mentions anybody, for it is edited
// again and again. An item of another kind has no page, which is an error.
func (r *Renderer) Page(p *process.Process, l *process.Line, it *process.Item, now time.Time) (title, body string, err error) {
	var page Markdown
	switch {
	case it.Kind == process.Departures:
		page, err = r.execute("page.departures", departures(p, l, now))
	case it.M != nil:
		page, err = r.agenda(p, l, it, now)
	case it.F != nil:
		page, err = r.execute("page.feature", feature(p, l, it, now))
	case it.T != nil:
		page, err = r.execute("page.train", train(p, l, it, now))
	default:
		return "", "", fmt.Errorf("%s: a %q has no page", it.ID, it.Kind)
	}
	if err != nil {
		return "", "", fmt.Errorf("page of %s: %w", it.ID, err)
	}
	if it.Kind == process.Departures || it.M != nil {
		title = it.Title
	}
	return title, cut(string(page), maxBody), nil
}

// agenda renders a meeting's page as fully as there is room for.
func (r *Renderer) agenda(p *process.Process, l *process.Line, it *process.Item, now time.Time) (page Markdown, err error) {
	var topics []process.Topic
	if it.M.Adjourned.IsZero() {
		topics = process.Agenda(p, l, it, now)
	}
	said := r.topics(l.Repo)
	defer said.keep()
	for _, b := range brevities {
		var view MeetingView
		if view, err = meeting(p, it, topics, now, b, said.say); err != nil {
			break
		}
		page, err = r.execute("page.meeting", view)
		if err != nil || utf8.RuneCountInString(string(page)) < maxBody {
			break
		}
	}
	return page, err
}

// cut bounds a page at the end of a line.
func cut(s string, most int) string {
	n := 0
	end := 0
	for i, r := range s {
		if n == most-1 {
			return s[:end] + "\n…"
		}
		if r == '\n' {
			end = i
		}
		n++
	}
	return s
}
