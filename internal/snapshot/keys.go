package snapshot

import (
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
)

// A Key signs snapshots. Its ID is public and stands in each of them; the Secret
// has at least [MinSecret] bytes.
type Key struct {
	ID     string
	Secret []byte
}

// MinSecret is how many bytes a key's secret has at least.
const MinSecret = 32

// Keys sign with the first and believe all. The zero Keys sign nothing and believe
// nothing.
type Keys []Key

var keyID = regexp.MustCompile(`^[a-z0-9][a-z0-9.]{0,31}$`)

// IsKeyID reports whether a key may be called so: lower-case letters, digits and dots.
func IsKeyID(id string) bool { return keyID.MatchString(id) }

// Signer returns the key that signs; ok is false when there is none.
func (k Keys) Signer() (key Key, ok bool) {
	if len(k) == 0 {
		return Key{}, false
	}
	return k[0], true
}

func (k Keys) named(id string) (Key, bool) {
	for _, key := range k {
		if key.ID == id {
			return key, true
		}
	}
	return Key{}, false
}

// sign is the signature over a snapshot as it is written. The words before it keep
// it from being taken for anything else that the key signs.
func (k Key) sign(written []byte) []byte {
	mac := hmac.New(sha256.New, k.Secret)
	mac.Write([]byte("stationmaster-snapshot:" + version + ":" + k.ID + ":"))
	mac.Write(written)
	return mac.Sum(nil)
}
