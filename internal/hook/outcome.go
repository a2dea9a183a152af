package hook

import (
	"context"
	"net/http"
)

// An Outcome is what became of a request to the door.
type Outcome string

// What can become of one.
const (
	Stored    Outcome = "stored"     // durably, and acknowledged
	Known     Outcome = "known"      // stored before, and acknowledged again
	Ignored   Outcome = "ignored"    // none of ours, or a ping
	NotStored Outcome = "not-stored" // the inbox refused it: the only one that is lost unless it is redelivered
	Unsigned  Outcome = "unsigned"   // not signed by one of the secrets
	Unread    Outcome = "unreadable" // no delivery of GitHub's: no id, no event, no JSON, not a POST
	TooLarge  Outcome = "too-large"
)

// Outcomes are all of them.
var Outcomes = []Outcome{Stored, Known, Ignored, NotStored, Unsigned, Unread, TooLarge}

// refusals are the outcomes of those whom the door itself refuses.
var refusals = map[int]Outcome{
	http.StatusUnauthorized:          Unsigned,
	http.StatusRequestEntityTooLarge: TooLarge,
	http.StatusBadRequest:            Unread,
	http.StatusMethodNotAllowed:      Unread,
	http.StatusServiceUnavailable:    NotStored,
}

// becameKey is where the context keeps what became of its request.
type becameKey struct{}

// settle notes what became of the request; what nobody notes is [Unread].
func settle(ctx context.Context, o Outcome) {
	if became, ok := ctx.Value(becameKey{}).(*Outcome); ok {
		*became = o
	}
}
