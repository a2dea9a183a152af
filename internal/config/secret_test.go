package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEverySecretAmongTheSettingsIsKnownAsOne(t *testing.T) {
	s := Server{
		PrivateKey: NewSecret("a"), WebhookSecrets: []Secret{NewSecret("b"), NewSecret("c")}, Postgres: NewSecret("d"),
		FeedToken: NewSecret("e"), Channels: []Channel{{Name: "x", URL: NewSecret("f")}}, Listen: "no secret",
	}
	got := s.Secrets()
	slices.Sort(got)
	if strings.Join(got, "") != "abcdef" {
		t.Errorf("%q", got)
	}
	if n := len(Server{}.Secrets()); n != 0 {
		t.Errorf("%d secrets where none are set", n)
	}
}
