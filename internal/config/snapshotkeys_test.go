package config

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// keyOf reads one setting.
func keysOf(value string) ([]SnapshotKey, string) {
	r := &settingsReader{lookup: func(name string) (string, bool) { return value, name == envSnapshotKeys }}
	keys := r.snapshotKeys()
	if err := r.faults.report(); err != nil {
		return keys, err.Error()
	}
	return keys, ""
}

func TestSnapshotKeysAreReadInAnyForm(t *testing.T) {
	secret := "thirty-two bytes of a good secret??>>"
	for _, form := range []string{
		hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	} {
		keys, fault := keysOf("2027.1:" + form + " , old:" + form)
		if fault != "" || len(keys) != 2 || keys[0].ID != "2027.1" || keys[1].ID != "old" || keys[0].Secret.Reveal() != secret {
			t.Errorf("%s: %d keys, fault %q", form, len(keys), fault)
		}
		if shown := fmt.Sprintf("%v %+v", keys, keys); strings.Contains(shown, secret) || strings.Contains(shown, form) {
			t.Errorf("a key is shown: %s", shown)
		}
	}
	if keys, fault := keysOf(""); keys != nil || fault != "" {
		t.Errorf("no setting is %v, %q", keys, fault)
	}
}

func TestAFaultySnapshotKeyIsNamedAndNotShown(t *testing.T) {
	good := hex.EncodeToString(make([]byte, 32))
	for _, c := range []struct{ name, value, says string }{
		{"no id", good, "in place 1"},
		{"an id with hyphens", "my-key:" + good, "in place 1"},
		{"an empty place", "a:" + good + ",", "in place 2"},
		{"twice the same id", "a:" + good + ",a:" + good, "twice"},
		{"no encoding", "a:tell nobody!", "neither hexadecimal nor base64"},
		{"too short", "a:" + hex.EncodeToString([]byte("tell nobody!")), "a secret of 12 bytes in place 1, and 32 are needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys, fault := keysOf(c.value)
			if !strings.Contains(fault, c.says) {
				t.Errorf("says %q, want %q", fault, c.says)
			}
			if strings.Contains(fault, "nobody") || strings.Contains(fault, good) || strings.Contains(fault, hex.EncodeToString([]byte("tell nobody!"))) {
				t.Errorf("the fault shows the secret: %s", fault)
			}
			if len(keys) > 1 {
				t.Errorf("%d keys", len(keys))
			}
		})
	}
}
