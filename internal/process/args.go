package process

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// Args are kept with the histories of items and in the ledger, and must mean
// the same when they are read again: a [Code] is no plain string, which is
// another person's words. So values of our own types are written with their
// type: {"$code": "/stable"}. What has no tag here comes back as plain JSON.

// tags name the types that are told apart.
var tags = map[string]func(json.RawMessage) (any, error){
	"$code":    decode[Code],
	"$codes":   decode[[]Code],
	"$ref":     decode[Ref],
	"$refs":    decode[[]Ref],
	"$date":    decode[calendar.Date],
	"$time":    decode[time.Time],
	"$text":    decode[Text],
	"$roles":   decode[[]Role],
	"$strings": decode[[]string],
}

func decode[T any](data json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(data, &v)
	return v, err
}

// tag is the name under which a value's type is written, "" for none.
func tag(v any) string {
	switch v.(type) {
	case Code:
		return "$code"
	case []Code:
		return "$codes"
	case Ref:
		return "$ref"
	case []Ref:
		return "$refs"
	case calendar.Date:
		return "$date"
	case time.Time:
		return "$time"
	case Text:
		return "$text"
	case []Role:
		return "$roles"
	case []string:
		return "$strings"
	}
	return ""
}

// MarshalJSON writes the arguments with their types.
func (a Args) MarshalJSON() ([]byte, error) {
	out := make(map[string]any, len(a))
	for name, v := range a {
		if t := tag(v); t != "" {
			v = map[string]any{t: v}
		}
		out[name] = v
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Args) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("read arguments: %w", err)
	}
	if raw == nil {
		*a = nil
		return nil
	}
	out := make(Args, len(raw))
	for name, value := range raw {
		v, err := untag(value)
		if err != nil {
			return fmt.Errorf("read argument %s: %w", name, err)
		}
		out[name] = v
	}
	*a = out
	return nil
}

func untag(data json.RawMessage) (any, error) {
	if bytes.HasPrefix(data, []byte(`{"$`)) {
		var one map[string]json.RawMessage
		if err := json.Unmarshal(data, &one); err != nil {
			return nil, err
		}
		for name := range maps.Keys(one) {
			if read := tags[name]; read != nil && len(one) == 1 {
				return read(one[name])
			}
		}
	}
	var n json.Number
	if json.Unmarshal(data, &n) == nil && data[0] != '"' {
		if i, err := n.Int64(); err == nil {
			return int(i), nil
		}
	}
	var v any
	err := json.Unmarshal(data, &v)
	return v, err
}
