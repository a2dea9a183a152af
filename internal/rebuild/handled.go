package rebuild

import (
	"fmt"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// handled settles the keys of commands that we have answered before, so that nobody
// runs them again, and names those whose effect may be lost.
func (r *rebuilding) handled(in *Issue) {
	replied := map[int64]bool{}
	for _, c := range in.Comments {
		var id int64
		if c.Ours {
			if _, err := fmt.Sscanf(marker(c.Body), "reply/comment/%d/", &id); err == nil {
				replied[id] = true
			}
		}
	}
	for _, c := range in.Comments {
		lines := command.Parse(c.Body)
		if c.Ours || len(lines) == 0 {
			continue
		}
		if !c.Answered && !replied[c.ID] {
			continue // whoever compares GitHub with the record finds it
		}
		e := process.Event{What: process.Asked, Key: fmt.Sprintf("comment/%d/created", c.ID), Comment: &process.Comment{ID: c.ID}}
		for _, l := range lines {
			e.Lines = append(e.Lines, process.Typed(l))
		}
		r.out.Keys = append(r.out.Keys, process.LineKeys(e)...)
		r.late(in, c, lines)
	}
}

// late names a command that was answered after the last page was written: what it
// did may be lost.
func (r *rebuilding) late(in *Issue, c Comment, lines []command.Line) {
	if !c.Answered || r.out.At.IsZero() || !c.At.After(r.out.At) {
		return
	}
	for _, l := range lines {
		cmd := r.p.Tables.Command(l.Verb)
		if cmd == nil || cmd.Reads || l.DryRun {
			continue
		}
		r.finding(in.Number, strings.TrimSpace(l.Text), "%s typed this after the last page was written, and was answered; if it has not come true, type it again", c.Author)
	}
}
