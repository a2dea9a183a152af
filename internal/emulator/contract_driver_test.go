package emulator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// driver tells one exercise: it makes requests over HTTP to a world of its own,
// through the watch, and a hook behind the watch hears all webhooks.
type driver struct {
	*testing.T
	gh    *GitHub
	at    string // the server's address
	watch *contract.Watch
	log   *tally
	hook  string // where its webhooks go
	bot   string // the installation token, once it is needed
}

// hookSecret signs the webhooks of all exercises.
const hookSecret = "It's a Secret to Everybody"

func newDriver(t *testing.T, watch *contract.Watch, log *tally, changes ...func(*Options)) *driver {
	t.Helper()
	var gh *GitHub
	var hears http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	var answers http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { gh.ServeHTTP(w, r) })
	if watch != nil { // without one nothing is held to the description
		hears, answers = watch.Hook(hookSecret), watch.API(answers)
	}
	hook, front := httptest.NewServer(hears), httptest.NewServer(answers)
	t.Cleanup(hook.Close)
	t.Cleanup(front.Close)
	o := Options{Seed: 1, BaseURL: front.URL, WebhookURL: hook.URL, WebhookSecret: hookSecret,
		Events: log.events, Permissions: everyPermission()}
	for _, change := range changes {
		change(&o)
	}
	gh, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{T: t, gh: gh, at: front.URL, hook: hook.URL, watch: watch, log: log}
	t.Cleanup(func() {
		d.settle()
		_ = gh.Close()
		for _, u := range gh.Unknown() {
			t.Errorf("the emulator has no route for %s", u)
		}
	})
	return d
}

// elsewhere is a driver of another world, made differently.
func (d *driver) elsewhere(change func(*Options)) *driver {
	d.Helper()
	return newDriver(d.T, d.watch, d.log, change)
}

// settle waits until all webhooks have been delivered.
func (d *driver) settle() {
	d.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := d.gh.Settle(ctx); err != nil {
		d.Error(err)
	}
}

// ask makes a request as somebody: what is "GET /path?query", below /api/v3
// (that of GraphQL is "POST /graphql"); text is the JSON body, empty for none;
// then pairs of headers. Any status but the one wanted fails the exercise.
func (d *driver) ask(who, what, text string, want int, headers ...string) answer {
	d.Helper()
	method, path, _ := strings.Cut(what, " ")
	below := "/api/v3"
	if path == "/graphql" {
		below = "/api"
	}
	r, err := http.NewRequest(method, d.at+below+path, strings.NewReader(text))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("User-Agent", "contract")
	if auth := d.authorization(who); auth != "" {
		r.Header.Set("Authorization", auth)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	// A redirect is an answer to look at, not one to follow.
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	a := answer{T: d.T, head: resp.Header, body: body}
	if resp.StatusCode != want {
		d.Fatalf("%s as %s: %d, want %d\n%s", what, who, resp.StatusCode, want, body)
	}
	if rt, _ := findRoute(method, strings.SplitN(path, "?", 2)[0]); rt != nil && resp.StatusCode < 400 {
		d.log.routes[rt.name()]++
	}
	return a
}

// authorization is the header by which somebody shows who they are.
func (d *driver) authorization(who string) string {
	d.Helper()
	switch {
	case who == "nobody":
		return ""
	case strings.HasPrefix(who, "Bearer "):
		return who
	case who == "app":
		return "Bearer " + d.jwt()
	case who == "bot":
		if d.bot == "" {
			id := strconv.FormatInt(d.gh.Credentials().InstallationID, 10)
			d.bot = d.ask("app", "POST /app/installations/"+id+"/access_tokens", "", 201).text("token")
		}
		return "Bearer " + d.bot
	}
	token := d.gh.Token(who)
	if token == "" {
		d.Fatalf("nobody is called %s", who)
	}
	return "token " + token
}

func (d *driver) jwt() string {
	d.Helper()
	key, err := jwt.ParseRSAPrivateKeyFromPEM(d.gh.PrivateKey())
	if err != nil {
		d.Fatal(err)
	}
	now := time.Now()
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": strconv.FormatInt(d.gh.Credentials().AppID, 10),
		"iat": now.Add(-30 * time.Second).Unix(), "exp": now.Add(2 * time.Minute).Unix(),
	}).SignedString(key)
	if err != nil {
		d.Fatal(err)
	}
	return text
}

// answer is what came back.
type answer struct {
	*testing.T
	head http.Header
	body []byte
}

// text finds a value by its keys and indexes, such as "0.user.login", and
// writes it as it would stand in a path.
func (a answer) text(path string) string {
	a.Helper()
	dec := json.NewDecoder(strings.NewReader(string(a.body)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		a.Fatalf("not JSON: %v\n%s", err, a.body)
	}
	for _, key := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			if n, err := strconv.Atoi(key); err == nil && n < len(in) {
				v = in[n]
				continue
			}
			v = nil
		default:
			v = nil
		}
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	a.Fatalf("there is no %s in %s", path, a.body)
	return ""
}
