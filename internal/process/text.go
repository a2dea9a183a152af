package process

import "maps"

// A Text is something to be said, as data: the name of a template below
// templates/words and what it needs. The core never writes sentences; package
// render turns a Text into Markdown. The zero Text says nothing.
type Text struct {
	Key  string `json:"key,omitempty"`
	Args Args   `json:"args,omitempty"`
}

// Args are the values that a Text is rendered with. A plain string is taken to
// be another person's words and is made harmless when rendered; [Code] is put
// into code spans or fences, [Ref] becomes a link to an issue, a nested [Text]
// is rendered in place.
type Args map[string]any

// Say makes a Text from alternating names and values.
func Say(key string, pairs ...any) Text {
	t := Text{Key: key}
	if len(pairs) > 0 {
		t.Args = make(Args, len(pairs)/2)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		t.Args[pairs[i].(string)] = pairs[i+1]
	}
	return t
}

// With returns the text with one more argument.
func (t Text) With(name string, value any) Text {
	args := maps.Clone(t.Args)
	if args == nil {
		args = Args{}
	}
	args[name] = value
	return Text{Key: t.Key, Args: args}
}

// Empty reports whether there is nothing to say.
func (t Text) Empty() bool { return t.Key == "" }

// Code is a line that a person can paste, made by us from checked parts.
type Code string

// A Ref points at an issue that we track, for a link in a text.
type Ref struct {
	ID     ID     `json:"id"`
	Number int    `json:"number,omitempty"`
	Title  string `json:"title,omitempty"`
}

// A Verdict is the outcome of a check.
type Verdict string

// The verdicts. Unknown means that it could not be checked, which closes a
// gate just as No does, but is said differently.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Unknown Verdict = "unknown"
	Waived  Verdict = "waived"
)

// Open reports whether the verdict lets a move pass.
func (v Verdict) Open() bool { return v == Yes || v == Waived }

// A Why is one node of the tree of reasons: a gate or condition that was asked,
// its verdict, the evidence for it, the rule it comes from, and who can open it.
// The reply, the status, the log line, /why and replay all print this tree.
type Why struct {
	Gate     string  `json:"gate,omitempty"`
	Rule     string  `json:"rule,omitempty"`
	Verdict  Verdict `json:"verdict"`
	Evidence Text    `json:"evidence,omitzero"`
	Opens    []Role  `json:"opens,omitempty"`
	// Waives are the roles that may let a closed gate pass with a reason.
	Waives []Role `json:"waives,omitempty"`
	// Next are lines that would open the gate, or that its openers may type.
	Next []Code `json:"next,omitempty"`
	Of   []Why  `json:"of,omitempty"`
}

// Closed returns the parts of the tree that stand in the way.
func (w Why) Closed() []Why {
	if len(w.Of) == 0 {
		if w.Verdict.Open() || w.Verdict == "" {
			return nil
		}
		return []Why{w}
	}
	var closed []Why
	for _, part := range w.Of {
		closed = append(closed, part.Closed()...)
	}
	return closed
}
