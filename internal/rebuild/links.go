package rebuild

import (
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// links gives a train the links that no snapshot holds. Its snapshot proves who
// recorded what, and for which day, as somebody who might; the words are read again
// from the very command, if nobody has changed it since. Where several commands may
// be meant, none is.
func (r *rebuilding) links(it *process.Item, in *Issue) {
	if r.proven[it.ID] == nil || it.T == nil {
		return
	}
	for i := range it.T.Deployed {
		d := &it.T.Deployed[i]
		if len(d.Links) > 0 {
			continue // an old database had it
		}
		if d.Links, _ = r.typed(in, "deployed", func(c Comment, rest string) ([]string, bool) {
			links, ok := deployed(c, rest, d)
			return links, ok && strings.EqualFold(c.Author, d.By)
		}); len(d.Links) == 0 {
			r.finding(in.Number, "", "the links to its deployment %d, which %s recorded for %s, are not known any more, and no line gives them again", d.Iteration, d.By, d.On)
		}
	}
	for i := range it.T.Proposals {
		if p := &it.T.Proposals[i]; p.Link == "" {
			r.proposal(it, in, p)
		}
	}
	r.vote(it, in)
}

// typed returns the links of the one command of its name that matches, and whether
// there was one.
func (r *rebuilding) typed(in *Issue, verb string, match func(c Comment, rest string) ([]string, bool)) (links []string, found bool) {
	for _, c := range in.Comments {
		if c.Ours || c.Changed || !c.Done || !c.Answered {
			continue
		}
		for _, line := range command.Parse(c.Body) {
			if line.Verb != verb || line.DryRun {
				continue
			}
			got, ok := match(c, line.Rest)
			if !ok {
				continue
			}
			if found && !slices.Equal(got, links) {
				return nil, false
			}
			links, found = got, true
		}
	}
	return links, found
}

// dated takes the day of a fact from its words, as the command does.
func dated(c Comment, rest string) (calendar.Date, string, bool) {
	day, rest, found, err := command.KeywordDate(rest, "on")
	if !found {
		day = calendar.DateOf(c.At)
	}
	return day, rest, err == nil
}

func deployed(c Comment, rest string, d *process.Deployed) ([]string, bool) {
	day, rest, ok := dated(c, rest)
	links, rest, err := command.Links(rest)
	return links, ok && day == d.On && err == nil && rest == "" && len(links) > 0
}

// about cuts the word that says what became of the proposal.
func about(rest, word string) (string, bool) {
	verb, rest, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(rest), strings.EqualFold(verb, word)
}

func (r *rebuilding) proposal(it *process.Item, in *Issue, p *process.Proposal) {
	links, found := r.typed(in, "governance", func(c Comment, rest string) ([]string, bool) {
		rest, ok := about(rest, "posted")
		if !ok || !strings.EqualFold(c.Author, p.By) {
			return nil, false
		}
		day, rest, ok := dated(c, rest)
		link, rest, found, err := command.Link(rest)
		number, numbered := process.ParseNumber(rest)
		return []string{link}, ok && err == nil && found && day == p.On && (rest == "" || numbered && number == p.Number)
	})
	switch {
	case found:
		p.Link = links[0]
	case p.Superseded:
	default:
		line := ""
		again := "and no line gives it again"
		if _, _, open := r.p.Find(it, "governance"); open {
			line, again = strings.TrimSpace("/governance posted <link> "+p.Number)+" on "+p.On.String(), "and its review begins anew when it is given again"
		}
		r.finding(in.Number, line, "the link of the proposal that %s recorded for %s is not known any more, %s", p.By, p.On, again)
	}
}

// vote finds the link of a vote that has passed: the snapshot says when that was
// recorded, to the second.
func (r *rebuilding) vote(it *process.Item, in *Issue) {
	passed := it.Tracks["governance"]
	if passed.At != process.TrackPassed || it.T.Outcome != "" {
		return
	}
	links, found := r.typed(in, "governance", func(c Comment, rest string) ([]string, bool) {
		rest, ok := about(rest, "passed")
		link, _, _, err := command.Link(rest)
		return []string{link}, ok && err == nil && c.At.Equal(passed.Since)
	})
	if found {
		it.T.Outcome = links[0] // "" if it was typed without one
		return
	}
	r.finding(in.Number, "", "if its vote had a link, it is not known any more, and no line gives it again")
}
