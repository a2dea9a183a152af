package config

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/snapshot"
)

// SnapshotKey signs snapshots. Secret reveals the bytes themselves.
type SnapshotKey struct {
	ID     string
	Secret Secret
}

const snapshotKeyForm = "write ID:SECRET, as in 2027.1:SECRET with what openssl rand -base64 32 makes, and a further key after a comma"

// snapshotKeys reads the keys of snapshots: the first signs, all are believed. No
// fault repeats a secret.
func (r *settingsReader) snapshotKeys() []SnapshotKey {
	v := r.value(envSnapshotKeys)
	if v == "" {
		return nil
	}
	var out []SnapshotKey
	seen := map[string]bool{}
	for i, part := range strings.Split(v, ",") {
		id, text, found := strings.Cut(strings.TrimSpace(part), ":")
		secret, sound := secretBytes(text)
		switch {
		case !found || !snapshot.IsKeyID(id):
			r.fault(envSnapshotKeys, "has no key with an id of lower-case letters, digits and dots in place %d: %s", i+1, snapshotKeyForm)
		case seen[id]:
			r.fault(envSnapshotKeys, "has the id of place %d twice: give each key its own, for snapshots name it", i+1)
		case !sound:
			r.fault(envSnapshotKeys, "has a secret in place %d that is neither hexadecimal nor base64: %s", i+1, snapshotKeyForm)
		case len(secret) < snapshot.MinSecret:
			r.fault(envSnapshotKeys, "has a secret of %d bytes in place %d, and %d are needed: %s", len(secret), i+1, snapshot.MinSecret, snapshotKeyForm)
		default:
			seen[id] = true
			out = append(out, SnapshotKey{ID: id, Secret: NewSecret(string(secret))})
		}
	}
	return out
}

// secretBytes reads a secret in any of the forms that tools write.
func secretBytes(text string) ([]byte, bool) {
	if secret, err := hex.DecodeString(text); err == nil {
		return secret, true
	}
	text = strings.TrimRight(text, "=")
	for _, letters := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if secret, err := letters.DecodeString(text); err == nil {
			return secret, true
		}
	}
	return nil, false
}
