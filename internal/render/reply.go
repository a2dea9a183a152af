package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// replyKey is the text that answers commands: its argument "parts" are the
// command lines with their outcomes.
const replyKey = "reply"

// An Answer is the outcome of one command line as a reply shows it.
type Answer struct {
	Line   string // as typed
	DryRun bool
	State  process.State
	Bad    bool
	Rule   string
	Head   process.Text
	Body   process.Text
	// Closed are the gates in the way of a refused move.
	Closed []Closed
	Next   []process.Code
	Where  process.Ref
	// GatesOn is the other issue on which the closed gates are opened.
	GatesOn process.Ref
	Near    bool // it was a command misspelt
	There   bool // it belongs on an issue of another kind, and nobody knows which
	House   bool // the rule is one of ours, which the head says in words
	Parts   []Answer
}

// A Closed gate stands in the way; Items are the boxes that a checklist has open.
type Closed struct {
	process.Why
	Items []string
}

// Reply renders the one reply to the commands of a comment, "" if there is
// nothing to answer.
func (r *Renderer) Reply(parts []process.Part) (string, error) {
	out, err := r.reply(parts)
	return cut(string(out), maxBody), err
}

func (r *Renderer) reply(parts []process.Part) (Markdown, error) {
	answers := make([]Answer, len(parts))
	bad := 0
	for i, p := range parts {
		answers[i] = answer(p.Outcome)
		answers[i].Line, answers[i].DryRun = p.Line.Text, p.Line.DryRun
		if answers[i].Bad {
			bad++
		}
	}
	switch len(answers) {
	case 0:
		return "", nil
	case 1:
		return r.execute("reply.one", answers[0])
	}
	answers, more := bounded(answers)
	return r.execute("reply.many", map[string]any{"Answers": answers, "More": more, "Bad": bad})
}

func answer(o process.Outcome) Answer {
	a := Answer{
		State: o.State, Bad: o.Bad(), Rule: o.Rule, Head: o.Head, Body: o.Body, Next: o.Next, Near: o.Head.Key == "refusal.near", There: o.Head.Key == "refusal.place" || o.Head.Key == "refusal.pull",
		House: strings.HasPrefix(o.Rule, "D"),
	}
	if o.Where != nil {
		a.Where = *o.Where
	}
	if o.State == process.Refused && o.Why.Verdict != "" {
		a.Closed, a.Next = closed(o)
		if len(a.Closed) > 0 {
			a.Where, a.GatesOn = process.Ref{}, a.Where
		}
	}
	for _, p := range o.Parts {
		a.Parts = append(a.Parts, answer(p))
	}
	return a
}

// closed returns the gates in the way of a refused move and the lines to paste
// once they are open. The lines that open them stand beside each; after them
// the move itself is typed again. A gate whose finding is the head says no more.
func closed(o process.Outcome) (gates []Closed, next []process.Code) {
	next = o.Next
	for _, why := range o.Why.Closed() {
		if why.Evidence.Key == o.Head.Key {
			continue
		}
		items, _ := why.Evidence.Args["items"].([]string)
		gates = append(gates, Closed{Why: why, Items: items})
		next = slices.DeleteFunc(slices.Clone(next), func(line process.Code) bool { return slices.Contains(why.Next, line) })
	}
	if move, ok := o.Head.Args["move"].(process.Code); ok && len(gates) > 0 && len(next) == 0 {
		next = []process.Code{fuller(move, gates)}
	}
	return gates, next
}

// fuller returns the line with which the move is typed again: where a gate asks
// for more words of it, as with a link to the evidence, the gate's.
func fuller(move process.Code, gates []Closed) process.Code {
	verb, _, _ := strings.Cut(string(move), " ")
	for _, g := range gates {
		for _, line := range g.Next {
			if strings.HasPrefix(string(line), verb+" ") {
				return line
			}
		}
	}
	return move
}

// replyText renders the reply from a Text's arguments, which are plain maps
// when they come back from the ledger.
func (r *Renderer) replyText(args process.Args) (Markdown, error) {
	parts, ok := args["parts"].([]process.Part)
	if !ok {
		data, err := json.Marshal(args["parts"])
		if err == nil {
			err = json.Unmarshal(data, &parts)
		}
		if err != nil {
			return "", fmt.Errorf("say %q: read parts: %w", replyKey, err)
		}
	}
	return r.reply(parts)
}
