package config

import (
	"fmt"
	"reflect"
)

// redacted is what every print of a Secret shows.
const redacted = "[redacted]"

// Secret is a value that no print shows: not by fmt with any verb, not in JSON,
// YAML or text, not in a log. The zero value is the empty secret.
type Secret struct {
	// A function, since fmt and reflection would walk into a string.
	reveal func() string
}

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{func() string { return value }} }

// Reveal returns the value, for the one call that needs it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String returns a word in the value's place.
func (s Secret) String() string { return redacted }

// Format writes the same for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, redacted) }

// MarshalText writes the same into JSON, YAML and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Secrets reveals every secret among the settings, whatever field it is in, so
// that they can be kept out of a log. Empty ones are left out.
func (s Server) Secrets() []string {
	var all []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if secret, is := v.Interface().(Secret); is {
			if !secret.IsZero() {
				all = append(all, secret.Reveal())
			}
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(s))
	return all
}
