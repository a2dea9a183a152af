package emulator

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// GitHub's bounds on what a repository_dispatch carries.
const (
	maxEventType   = 100 // characters
	maxPayloadKeys = 10
	maxPayloadSize = 64 << 10 // bytes
)

// dispatchRepo sends a webhook whose action is what the request says.
func dispatchRepo(c *call) *reply {
	var ask struct {
		EventType *string                    `json:"event_type"`
		Payload   map[string]json.RawMessage `json:"client_payload"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.EventType == nil {
		return wasntSupplied("event_type")
	}
	if n := utf8.RuneCountInString(*ask.EventType); n == 0 || n > maxEventType {
		return fail(http.StatusUnprocessableEntity, "Invalid request.\n\nevent_type must have 1 to 100 characters.")
	}
	if len(ask.Payload) > maxPayloadKeys {
		return fail(http.StatusUnprocessableEntity, "Invalid request.\n\nNo more than 10 properties are allowed; "+
			itoa(int64(len(ask.Payload)))+" were supplied.")
	}
	if len(encode(ask.Payload)) >= maxPayloadSize {
		return fail(http.StatusUnprocessableEntity, "client_payload is too large.")
	}
	c.tell("repository_dispatch", "", map[string]any{"action": *ask.EventType, "branch": c.repo.defaultBranch,
		"client_payload": ask.Payload})
	return noContent()
}
