package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// inbox keeps deliveries in memory, and fails when told to.
type inbox struct {
	got  map[string]bot.Delivery
	fail error
}

func (i *inbox) Receive(_ context.Context, d bot.Delivery) (bool, error) {
	if i.fail != nil {
		return false, i.fail
	}
	_, known := i.got[d.ID]
	if !known {
		i.got[d.ID] = d
	}
	return !known, nil
}

var now = time.Date(2026, 12, 2, 10, 0, 0, 0, time.UTC)

func newDoor(t *testing.T, i *inbox, o Options) http.Handler {
	t.Helper()
	if o.Secrets == nil {
		o.Secrets = []string{"first", "second"}
	}
	i.got = map[string]bot.Delivery{}
	o.Inbox, o.Logger, o.Now = i, zerolog.Nop(), func() time.Time { return now }
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func mac(h func() hash.Hash, secret string, body []byte) string {
	m := hmac.New(h, []byte(secret))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

// request is a sound delivery, to be spoilt.
func request(body []byte, secret string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/github/hook", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", "issues")
	r.Header.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	r.Header.Set("X-Hub-Signature-256", "sha256="+mac(sha256.New, secret, body))
	return r
}

func post(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestADeliveryIsStoredOnceAndThenAcknowledged(t *testing.T) {
	var i inbox
	h := newDoor(t, &i, Options{})
	body := payload("reopened", ada, "issue", anIssue()).json()
	for n, secret := range []string{"first", "second"} {
		w := post(h, request(body, secret))
		if want := []string{"stored", "known"}[n]; w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("time %d: %d %q, want %q", n, w.Code, w.Body, want)
		}
	}
	d := i.got["72d3162e-cc78-11e3-81ab-4c9367dc0958"]
	if len(i.got) != 1 || d.Event != "issues" || d.Installation != 77 || d.Repo != "acme/protocol" ||
		!bytes.Equal(d.Payload, body) || !d.ReceivedAt.Equal(now) {
		t.Errorf("stored %d: %+v", len(i.got), d)
	}
}

func TestWhatIsNotSoundIsRefused(t *testing.T) {
	body := payload("reopened", ada, "issue", anIssue()).json()
	tests := []struct {
		name   string
		spoil  func(r *http.Request)
		status int
	}{
		{"not a POST", func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed},
		{"no delivery id", func(r *http.Request) { r.Header.Del("X-GitHub-Delivery") }, http.StatusBadRequest},
		{"a delivery id with line ends", func(r *http.Request) { r.Header.Set("X-GitHub-Delivery", "a\r\nb") }, http.StatusBadRequest},
		{"an endless delivery id", func(r *http.Request) { r.Header.Set("X-GitHub-Delivery", strings.Repeat("a", 101)) }, http.StatusBadRequest},
		{"no event", func(r *http.Request) { r.Header.Del("X-GitHub-Event") }, http.StatusBadRequest},
		{"an odd event", func(r *http.Request) { r.Header.Set("X-GitHub-Event", "../x") }, http.StatusBadRequest},
		{"no content type", func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusBadRequest},
		{"no signature", func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }, http.StatusUnauthorized},
		{"a wrong signature", func(r *http.Request) {
			r.Header.Set("X-Hub-Signature-256", "sha256="+mac(sha256.New, "third", body))
		}, http.StatusUnauthorized},
		{"half a signature", func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", "sha256=ab") }, http.StatusUnauthorized},
		{"SHA-1 alone", func(r *http.Request) {
			r.Header.Del("X-Hub-Signature-256")
			r.Header.Set("X-Hub-Signature", "sha1="+mac(sha1.New, "first", body))
		}, http.StatusUnauthorized},
		{"SHA-1 in the place of SHA-256", func(r *http.Request) {
			r.Header.Set("X-Hub-Signature-256", "sha1="+mac(sha1.New, "first", body))
		}, http.StatusUnauthorized},
		{"another body", func(r *http.Request) { r.Body = http.NoBody }, http.StatusUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var i inbox
			h := newDoor(t, &i, Options{})
			r := request(body, "first")
			tt.spoil(r)
			if w := post(h, r); w.Code != tt.status {
				t.Errorf("%d %q, want %d", w.Code, w.Body, tt.status)
			}
			if len(i.got) != 0 {
				t.Error("it was stored")
			}
		})
	}
}

func TestGitHubsOwnExampleOfASignatureMatches(t *testing.T) {
	var i inbox
	h := newDoor(t, &i, Options{Secrets: []string{"It's a Secret to Everybody"}})
	r := request([]byte("Hello, World!"), "")
	r.Header.Set("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
	if w := post(h, r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "cannot be read") {
		t.Errorf("%d %q: the signature is right and the body is no JSON", w.Code, w.Body)
	}
}

func TestALargeBodyIsRefusedBeforeItIsBelieved(t *testing.T) {
	var i inbox
	h := newDoor(t, &i, Options{MaxBody: 1000})
	big := payload("reopened", ada, "issue", anIssue("body", strings.Repeat("x", 1000))).json()
	said := request(big, "first")
	if w := post(h, said); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("with its length said: %d", w.Code)
	}
	unsaid := request(big, "first")
	unsaid.ContentLength = -1
	if w := post(h, unsaid); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("with its length unsaid: %d", w.Code)
	}
	if MaxBody != 25<<20 {
		t.Error("GitHub sends up to 25 MB")
	}
}

func TestWhatIsNoneOfOursIsAcknowledgedAndForgotten(t *testing.T) {
	tests := []struct {
		name, event string
		p           obj
		status      int
	}{
		{"an event that is not handled", "star", payload("created", ada), http.StatusAccepted},
		{"an action that is not handled", "issues", payload("pinned", ada, "issue", anIssue()), http.StatusAccepted},
		{"our own act", "issues", payload("labeled", ours, "issue", anIssue()), http.StatusAccepted},
		{"a ping", "ping", obj{"zen": "Speak like a human."}, http.StatusOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var i inbox
			h := newDoor(t, &i, Options{World: newTeller().world})
			r := request(tt.p.json(), "first")
			r.Header.Set("X-GitHub-Event", tt.event)
			if w := post(h, r); w.Code != tt.status || len(i.got) != 0 {
				t.Errorf("%d %q, %d stored", w.Code, w.Body, len(i.got))
			}
		})
	}
}

func TestWhileTheBotsNameIsUnknownItsActsAreStored(t *testing.T) {
	var i inbox
	h := newDoor(t, &i, Options{World: World{Bot: func() string { return "" }}})
	if post(h, request(payload("labeled", ours, "issue", anIssue()).json(), "first")); len(i.got) != 1 {
		t.Error("it was forgotten")
	}
}

func TestOnlyAFailingStoreAsksForRedelivery(t *testing.T) {
	i := inbox{fail: errors.New("disk full")}
	h := newDoor(t, &i, Options{})
	body := payload("reopened", ada, "issue", anIssue()).json()
	w := post(h, request(body, "first"))
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk full") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	i.fail = nil
	if w := post(h, request(body, "first")); w.Code != http.StatusOK || len(i.got) != 1 {
		t.Errorf("redelivered: %d, %d stored", w.Code, len(i.got))
	}
}

func TestAFormEncodedDeliveryIsStoredAsItsPayload(t *testing.T) {
	var i inbox
	h := newDoor(t, &i, Options{})
	p := payload("reopened", ada, "issue", anIssue()).json()
	r := request([]byte(url.Values{"payload": {string(p)}}.Encode()), "first")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := post(h, r); w.Code != http.StatusOK || !bytes.Equal(i.got[r.Header.Get("X-GitHub-Delivery")].Payload, p) {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestNobodyStartsWithoutASecret(t *testing.T) {
	for _, secrets := range [][]string{nil, {}, {""}, {"good", ""}, {"  "}} {
		if _, err := New(Options{Secrets: secrets, Inbox: &inbox{}}); err == nil {
			t.Errorf("%q was accepted", secrets)
		}
	}
	if _, err := New(Options{Secrets: []string{"x"}}); err == nil {
		t.Error("no inbox was accepted")
	}
}
