package emulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// trouble is an emulator in which things go wrong, with a receiver that takes
// webhooks however they come.
type trouble struct {
	*emulator.GitHub
	t    *testing.T
	cred emulator.Credentials

	mu   sync.Mutex
	came []arrival
}

// arrival is a webhook as it came in.
type arrival struct {
	kind   string // issues.opened; issues alone if the body is no JSON
	id     string
	signed bool
	whole  bool // its body is JSON
}

func newTrouble(t *testing.T, o emulator.Options, rules ...string) *trouble {
	t.Helper()
	w := &trouble{t: t}
	hook := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(hook.Close)
	o.Seed, o.WebhookURL, o.WebhookSecret = 1, hook.URL, secret
	for _, text := range rules {
		r, err := fault.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, r)
	}
	gh, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gh.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	w.GitHub, w.cred = gh, gh.Credentials()
	t.Cleanup(func() { _ = gh.Close() })
	return w
}

func (w *trouble) receive(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	a := arrival{kind: r.Header.Get("X-GitHub-Event"), id: r.Header.Get("X-GitHub-Delivery"),
		signed: r.Header.Get("X-Hub-Signature-256") == "sha256="+hex.EncodeToString(mac.Sum(nil))}
	var payload struct{ Action string }
	a.whole = json.Unmarshal(body, &payload) == nil
	if payload.Action != "" {
		a.kind += "." + payload.Action
	}
	w.mu.Lock()
	w.came = append(w.came, a)
	w.mu.Unlock()
	if !a.signed {
		rw.WriteHeader(http.StatusUnauthorized)
	}
}

// arrived waits for what is on its way and takes all that came.
func (w *trouble) arrived() []arrival {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.Settle(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.came
	w.came = nil
	return out
}

func kindsOf(came []arrival) string {
	var kinds []string
	for _, a := range came {
		kinds = append(kinds, a.kind)
	}
	return strings.Join(kinds, " ")
}

// does has a persona do something that no fault strikes.
func (w *trouble) does(method, path, body string) {
	w.t.Helper()
	if a := w.ask("token "+w.Token("maintainer"), method, path, body); a.err != nil || a.status > 299 {
		w.t.Fatalf("%s %s: %d %s %v", method, path, a.status, a.body, a.err)
	}
}

// answer is what came of a request.
type answer struct {
	status int
	head   http.Header
	body   string
	err    error // of the connection or of reading the body
	took   time.Duration
}

// ask makes a request on a connection of its own, so that no client retries.
func (w *trouble) ask(auth, method, path, body string, heads ...string) answer {
	w.t.Helper()
	req, err := http.NewRequest(method, w.cred.BaseURL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", auth)
	for i := 0; i+1 < len(heads); i += 2 {
		req.Header.Set(heads[i], heads[i+1])
	}
	began := time.Now()
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return answer{err: err, took: time.Since(began)}
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(text), err, time.Since(began)}
}

// asBot asks with an installation's token.
func (w *trouble) asBot(token, method, path, body string) answer {
	w.t.Helper()
	return w.ask("Bearer "+token, method, path, body)
}

// token is a fresh one of the installation, whatever goes wrong.
func (w *trouble) token() string {
	w.t.Helper()
	a := w.ask("Bearer "+jwtOf(w.t, w.cred.AppID, w.PrivateKey(), time.Now()), "POST",
		"/app/installations/"+itoa(w.cred.InstallationID)+"/access_tokens", "", "X-Emulator-Faults", "off")
	var out struct{ Token string }
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || out.Token == "" {
		w.t.Fatalf("no token: %d %s %v", a.status, a.body, err)
	}
	return out.Token
}

const (
	issuesPath = "/repos/acme/upgrades/issues"
	anIssue    = `{"title":"Interop","body":"a body long enough to be cut in the middle"}`
)

// issues counts what issues there are, as a person sees them.
func (w *trouble) issues() int {
	w.t.Helper()
	var list []struct{ Number int }
	a := w.ask("token "+w.Token("maintainer"), "GET", issuesPath+"?state=all&per_page=100", "")
	if err := json.Unmarshal([]byte(a.body), &list); err != nil {
		w.t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return len(list)
}

// jwtOf signs as the App at a time.
func jwtOf(t *testing.T, app int64, pem []byte, now time.Time) string {
	t.Helper()
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": app,
		"iat": now.Add(-time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix()}).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
