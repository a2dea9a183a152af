package emulator

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAnObjectIsEncodedAsTheStandardLibraryDoes(t *testing.T) {
	fields := map[string]any{"z": json.RawMessage(`{"a":"<b>"}`), "nothing": json.RawMessage(nil), "a<\u2028": "x & y",
		"list": []int{1}, "null": nil, "map": map[string]any{"b": 1, "a": json.RawMessage("[]")}}
	var paper bytes.Buffer
	for range 2 {
		if got, want := encodeObject(&paper, fields), encode(fields); !bytes.Equal(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := encodeObject(&paper, map[string]any{}); string(got) != "{}" {
		t.Errorf("an empty one is %s", got)
	}
}
