package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// jwt is a token of the App that is checked by the wire's clock of the test.
func (w *wired) jwt() string {
	w.t.Helper()
	return appJWT(w.t, w.GitHub, w.now.Unix()-60, w.now.Unix()+120)
}

// settle waits for the webhooks under way.
func (w *wired) settle() {
	w.t.Helper()
	if err := w.Settle(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// A1: the test vector of GitHub's page on validating deliveries.
func TestTheSignatureIsThatOfGitHubsTestVector(t *testing.T) {
	a := &app{}
	head := hookHeaders(a, &Delivery{Payload: []byte("Hello, World!")}, "It's a Secret to Everybody")
	if got := head["X-Hub-Signature-256"]; got != "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" {
		t.Errorf("signed %s", got)
	}
	if _, signed := hookHeaders(a, &Delivery{}, "")["X-Hub-Signature-256"]; signed {
		t.Error("without a secret it was signed")
	}
}

// A1: log and redelivery window are three days. The window is the wire's:
// moving the world's date loses nothing.
func TestDeliveriesCanBeSentAgainForThreeDays(t *testing.T) {
	w := newWired(t, Options{Frozen: true})
	w.SetWebhookURL("http://127.0.0.1:1/") // nobody listens
	w.settle()
	id := itoa(w.Deliveries()[0].ID)
	list := func() (n int) {
		var all []json.RawMessage
		if err := json.Unmarshal(w.ask("GET", "/app/hook/deliveries", w.jwt(), "").Body.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	w.Advance(30 * 24 * time.Hour)
	w.now = w.now.Add(72 * time.Hour)
	if n := list(); n != 1 {
		t.Fatalf("%d in the log within three days", n)
	}
	if rec := w.ask("POST", "/app/hook/deliveries/"+id+"/attempts", w.jwt(), ""); rec.Code != http.StatusAccepted {
		t.Errorf("sending it again: %d", rec.Code)
	}
	w.settle()
	w.now = w.now.Add(time.Second)
	if n := list(); n != 1 { // the redelivery is young
		t.Errorf("%d in the log a second later", n)
	}
	for method, path := range map[string]string{"GET": "", "POST": "/attempts"} {
		if rec := w.ask(method, "/app/hook/deliveries/"+id+path, w.jwt(), ""); rec.Code != http.StatusNotFound {
			t.Errorf("%s of an old one: %d", method, rec.Code)
		}
	}
}

// A1: no answer within 10 s is a failure, and the connection is cut.
func TestAReceiverThatDoesNotAnswerInTimeFailed(t *testing.T) {
	if hookTimeout != 10*time.Second {
		t.Errorf("a delivery is given up after %s", hookTimeout)
	}
	cut := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		close(cut)
	}))
	defer slow.Close()
	w := newWired(t, Options{})
	w.client.Timeout = 30 * time.Millisecond
	w.SetWebhookURL(slow.URL)
	w.settle()
	<-cut
	if d := w.Deliveries()[0]; d.Status != "timed out" || d.StatusCode != 0 || !d.Done {
		t.Errorf("logged as %q %d", d.Status, d.StatusCode)
	}
}

// A1: a payload above 25 MB is not sent at all.
func TestAPayloadBeyond25MegabytesIsNotSent(t *testing.T) {
	w := newWired(t, Options{})
	for size, want := range map[int]int{25 << 20: 1, 25<<20 + 1: 0} {
		before := len(w.Deliveries())
		w.mu.Lock()
		w.dispatch(w.st.app, 0, happening{event: "push"}, []byte(strings.Repeat(" ", size)))
		w.mu.Unlock()
		if n := len(w.Deliveries()) - before; n != want {
			t.Errorf("%d bytes made %d deliveries", size, n)
		}
	}
	_ = w.Close()
}

// A1: the log's item has exactly these fields, success is the status OK, and
// the secret never leaves.
func TestTheLogTellsWhatADeliveryWas(t *testing.T) {
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	w := newWired(t, Options{})
	w.SetWebhookURL(hook.URL)
	w.ask("POST", "/repos/acme/upgrades/issues", w.mint(), `{"title":"t"}`)
	w.settle()
	body := w.ask("GET", "/app/hook/deliveries?per_page=1", w.jwt(), "").Body.String()
	var items []map[string]any
	if err := json.Unmarshal([]byte(body), &items); err != nil || len(items) != 1 {
		t.Fatal(body, err)
	}
	it := items[0]
	for _, key := range []string{"id", "guid", "delivered_at", "redelivery", "duration", "status", "status_code",
		"event", "action", "installation_id", "repository_id", "throttled_at"} {
		if _, has := it[key]; !has {
			t.Errorf("the log does not tell %s", key)
		}
	}
	if it["status"] != "OK" || it["event"] != "issues" || it["action"] != "opened" || len(it) != 12 {
		t.Errorf("the log tells %v", it)
	}
	if at, err := time.Parse(time.RFC3339, it["delivered_at"].(string)); err != nil || at.Sub(w.now).Abs() > time.Second {
		t.Errorf("delivered at %v, the wire's time is %v", it["delivered_at"], w.now)
	}
	all := body + w.ask("GET", "/app/hook/config", w.jwt(), "").Body.String() +
		w.ask("GET", "/app/hook/deliveries/"+itoa(int64(it["id"].(float64))), w.jwt(), "").Body.String()
	if strings.Contains(all, defaultSecret) {
		t.Error("the webhook's secret is shown")
	}
	if rec := w.ask("GET", "/app/hook/deliveries", w.mint(), ""); rec.Code != http.StatusUnauthorized {
		t.Errorf("an installation token read the log: %d", rec.Code)
	}
}
