package emulator

import "time"

// version is a text as somebody left it: the body of an issue, a pull request
// or a comment.
type version struct {
	by   *account
	at   time.Time
	text string
}

// history is all the versions of a text, the first as it was made. REST shows
// the last one only; GraphQL's userContentEdits shows all.
type history []version

// edited reports whether the text was ever changed.
func (h history) edited() bool { return len(h) > 1 }

// wrote notes that the actor left a text so. Whatever changes a body calls it.
func (c *call) wrote(h *history, text string) {
	*h = append(*h, version{c.who.account, c.now, text})
}
