package notify_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/notify"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A chat is a server that remembers what was posted.
type chat struct {
	mu     sync.Mutex
	bodies []string
	status int
}

func (c *chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bodies = append(c.bodies, string(body))
	if c.status != 0 {
		w.WriteHeader(c.status)
	}
}

func open(t *testing.T, channels ...notify.Channel) *notify.Notifier {
	t.Helper()
	n, err := notify.New(notify.Options{Channels: channels, Site: "https://github.com"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func webhook(server *httptest.Server) string {
	return "generic+" + server.URL + "/hooks/s3cr3t-t0ken?template=json"
}

var departed = bot.Notification{Repo: "acme/upgrades", To: "ops", News: process.NewsDeparted, Body: "**Alphanet has departed** with #12.", Number: 41}

func TestAWebhookIsToldInPlainWordsWithLinks(t *testing.T) {
	c := &chat{}
	server := httptest.NewServer(c)
	defer server.Close()
	if err := open(t, notify.Channel{Name: "ops", URL: webhook(server)}).Notify(t.Context(), departed); err != nil {
		t.Fatal(err)
	}
	want := `{"message":"Alphanet has departed with https://github.com/acme/upgrades/issues/12.\nhttps://github.com/acme/upgrades/issues/41","title":"acme/upgrades: departed"}`
	if len(c.bodies) != 1 || c.bodies[0] != want {
		t.Errorf("heard %q, not %s", c.bodies, want)
	}
}

func TestARepositorysOwnChannelComesFirstAndIsNobodyElses(t *testing.T) {
	general, own := &chat{}, &chat{}
	one, two := httptest.NewServer(general), httptest.NewServer(own)
	defer one.Close()
	defer two.Close()
	n := open(t, notify.Channel{Name: "ops", URL: webhook(one)}, notify.Channel{Name: "ops", Repo: "Acme/Upgrades", URL: webhook(two)}, notify.Channel{Name: "private", Repo: "acme/upgrades", URL: webhook(two)})
	other := departed
	other.Repo = "evil/tenant"
	if err := errors.Join(n.Notify(t.Context(), departed), n.Notify(t.Context(), other)); err != nil {
		t.Fatal(err)
	}
	if len(general.bodies) != 1 || len(own.bodies) != 1 || !strings.Contains(general.bodies[0], "evil/tenant") {
		t.Errorf("general heard %q, own %q", general.bodies, own.bodies)
	}
	other.To = "private"
	if err := n.Notify(t.Context(), other); !errors.As(err, new(bot.Never)) || len(own.bodies) != 1 {
		t.Errorf("another's channel: %v, heard %q", err, own.bodies)
	}
}

// What a failure means decides whether it is tried again, and its words go to an
// issue that everybody can read.
func TestAFailureTellsWhetherAnythingHasLeftAndNoSecret(t *testing.T) {
	shut, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "generic+http://" + shut.Addr().String() + "/hooks/s3cr3t-t0ken"
	smtp := "smtp://user:s3cr3t-t0ken@" + shut.Addr().String() + "/?from=a@example.org&to=b@example.org&starttls=no"
	matrix := "matrix://:s3cr3t-t0ken@" + shut.Addr().String() + "/?rooms=!a:example.org&disableTLS=yes"
	if err := shut.Close(); err != nil {
		t.Fatal(err)
	}
	const never, unsent, unknown = "never", "unsent", "unknown"
	tests := []struct {
		name, address string
		status        int
		want          string
	}{
		{"nobody listens", refusing, 0, unsent},
		{"no mail server", smtp, 0, unsent},
		{"no Matrix server", matrix, 0, unsent},
		{"several rooms of no Matrix server", strings.Replace(matrix, "rooms=!a", "rooms=!b:example.org,!a", 1), 0, unknown},
		{"too many requests", "", http.StatusTooManyRequests, unsent},
		{"no service just now", "", http.StatusServiceUnavailable, unsent},
		{"the hook is gone", "", http.StatusNotFound, never},
		{"not let in", "", http.StatusForbidden, never},
		{"a server's own fault", "", http.StatusInternalServerError, unknown},
		{"a gateway gave up", "", http.StatusGatewayTimeout, unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &chat{status: tt.status}
			server := httptest.NewServer(c)
			defer server.Close()
			if tt.address == "" {
				tt.address = webhook(server)
			}
			err := open(t, notify.Channel{Name: "ops", URL: tt.address}).Notify(t.Context(), departed)
			got := unknown
			switch {
			case err == nil:
				got = "said"
			case errors.As(err, new(bot.Never)):
				got = never
			case errors.As(err, new(bot.Unsent)):
				got = unsent
			}
			if got != tt.want {
				t.Errorf("%s (%v), not %s", got, err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "127.0.0.1")) {
				t.Errorf("tells a secret: %v", err)
			}
		})
	}
}

func TestWhatIsCutOffMayHaveArrived(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	err := open(t, notify.Channel{Name: "ops", URL: webhook(server)}).Notify(t.Context(), departed)
	if err == nil || errors.As(err, new(bot.Unsent)) || errors.As(err, new(bot.Never)) {
		t.Errorf("a connection that was cut: %v", err)
	}
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	asked, end := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(asked); <-end }))
	defer server.Close()
	defer close(end)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if err := open(t, notify.Channel{Name: "ops", URL: webhook(server)}).Notify(ctx, departed); err == nil || errors.As(err, new(bot.Unsent)) {
		t.Errorf("a server that hangs: %v", err)
	}
}

func TestAddressesAreCheckedAndNotTold(t *testing.T) {
	for address, want := range map[string]string{
		"slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook": "",
		"discord://s3cr3t@1234":                             "",
		"matrix://user:s3cr3t@matrix.example":               "",
		"smtp://u:s3cr3t@mail.example/?from=a@b.c&to=d@e.f": "",
		"generic+https://chat.example/s3cr3t":               "",
		"slack://s3cr3t":                                    "not one of slack",
		"carrierpigeon://s3cr3t":                            "no service that is known",
		"https://hooks.slack.com/services/s3cr3t":           "no service that is known",
		"s3cr3t": "no service that is known",
	} {
		_, err := notify.New(notify.Options{Channels: []notify.Channel{{Name: "ops", URL: address}}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("tells a secret: %v", err)
		}
	}
}
