package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-github/v62/github"
	"github.com/palantir/go-githubapp/githubapp"
	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// Options say which GitHub to work with, and as which App.
type Options struct {
	// BaseURL is the root of the REST API; "" is https://api.github.com.
	BaseURL string
	// AppID and PrivateKey, in PEM, are the App's.
	AppID      int64
	PrivateKey []byte
	// UserAgent names the program; "" is "stationmaster".
	UserAgent string
	// Pacing keeps requests within GitHub's limits before GitHub has to.
	Pacing bool
	// LabelStyle returns the colour, six hexadecimal digits, and the description
	// of a label that is to be made. Nil makes grey ones without.
	LabelStyle func(name string) (color, description string)
	// Timeout is for one request and its answer; 0 is 20 seconds.
	Timeout time.Duration
	// Transport is the way to the network; nil makes one.
	Transport http.RoundTripper
	// Around wraps the way to the network, to trace what goes there; nil does not.
	Around func(http.RoundTripper) http.RoundTripper
	// Meter counts what goes there; nil is none.
	Meter Meter
	// Logger tells of limits: when one is met, and when it is over.
	Logger zerolog.Logger
}

// Hub is GitHub as the bot sees it. It is safe for concurrent use.
type Hub struct {
	opts    Options
	base    *url.URL
	wire    *wire
	budgets *budgets
	labels  labelBook
	asking  singleflight.Group // look-ups of people that are under way
	login   atomic.Pointer[string]

	mu      sync.Mutex // makes sure of one client for each installation
	creator githubapp.ClientCreator
	made    time.Time // when creator was
}

var _ bot.GitHub = (*Hub)(nil)

// idleClients is how many installations' clients, each with its token, are kept.
const idleClients = 1000

// New returns a hub. It sends nothing yet.
func New(o Options) (*Hub, error) {
	if o.BaseURL == "" {
		o.BaseURL = "https://api.github.com"
	}
	base, err := url.Parse(strings.TrimSuffix(o.BaseURL, "/") + "/")
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("hub: %q is no address of an API", o.BaseURL)
	}
	if o.AppID <= 0 || len(o.PrivateKey) == 0 {
		return nil, errors.New("hub: the App's id and private key are needed")
	}
	if o.UserAgent == "" {
		o.UserAgent = "stationmaster"
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Meter == nil {
		o.Meter = unmetered{}
	}
	h := &Hub{opts: o, base: base, budgets: newBudgets(o)}
	h.wire = newWire(o, base)
	if err := h.renew(); err != nil {
		return nil, err
	}
	if _, err := h.creator.NewAppClient(); err != nil {
		return nil, fmt.Errorf("hub: private key: %w", err)
	}
	return h, nil
}

// renew forgets all clients and with them their tokens.
func (h *Hub) renew() error {
	creator, err := githubapp.NewCachingClientCreator(githubapp.NewClientCreator(
		h.base.String(), h.base.String()+"graphql", h.opts.AppID, h.opts.PrivateKey,
		githubapp.WithClientUserAgent(h.opts.UserAgent),
		githubapp.WithClientTimeout(h.opts.Timeout),
		githubapp.WithTransport(h.wire),
		githubapp.WithClientMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return &paced{next: next}
		}),
	), idleClients)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.creator, h.made = creator, time.Now()
	return nil
}

// client returns the client of an installation: always the same one, so that
// there is one token.
func (h *Hub) client(installation int64) (*github.Client, error) {
	if installation <= 0 {
		return nil, errors.New("no installation")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.creator.NewInstallationClient(installation)
}

// appClient acts as the App itself.
func (h *Hub) appClient() (*github.Client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	client, err := h.creator.NewAppClient()
	if err != nil {
		return nil, fmt.Errorf("hub: client of the App: %w", err)
	}
	return client, nil
}

// Login returns the login of the App's own account, "<slug>[bot]". It asks
// GitHub until it has been told.
func (h *Hub) Login(ctx context.Context) (string, error) {
	if login := h.KnownLogin(); login != "" {
		return login, nil
	}
	client, err := h.appClient()
	if err != nil {
		return "", err
	}
	app, _, err := client.Apps.Get(ctx, "")
	if err != nil {
		return "", fmt.Errorf("hub: look up the App: %w", verdict(err))
	}
	if app.GetSlug() == "" {
		return "", errors.New("hub: look up the App: it has no slug")
	}
	login := app.GetSlug() + "[bot]"
	h.login.Store(&login)
	return login, nil
}

// KnownLogin returns what Login has found, "" before.
func (h *Hub) KnownLogin() string {
	if login := h.login.Load(); login != nil {
		return *login
	}
	return ""
}

// Counts returns how much has been asked of GitHub so far.
func (h *Hub) Counts() Counts { return h.wire.counts.read() }

// Forget drops what is remembered of a repository: the labels that exist.
func (h *Hub) Forget(repo string) { h.labels.forget(repo) }

// trip is one call of the hub: where it goes and on whose account.
type trip struct {
	h      *Hub
	client *github.Client
	owner  string
	repo   string
}

// begin prepares a trip; the context it returns must go with each request.
func (h *Hub) begin(ctx context.Context, installation int64, repo string, urgent bool) (context.Context, *trip, error) {
	owner, name, ok := strings.Cut(repo, "/")
	if !ok || !sound(owner) || !sound(name) {
		return ctx, nil, bot.Never{Cause: fmt.Sprintf("%q is no repository", repo)}
	}
	client, err := h.client(installation)
	if err != nil {
		return ctx, nil, fmt.Errorf("hub: client of installation %d: %w", installation, err)
	}
	ctx = withFare(ctx, fare{budget: h.budgets.of(installation), urgent: urgent})
	return ctx, &trip{h: h, client: client, owner: owner, repo: name}, nil
}

// sound reports whether a name can stand as one part of a path, once escaped.
// Dots would lead to another address.
func sound(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "\x00\r\n")
}

// call sends one request to a path below the repository and reads the answer
// into out, which may be nil.
func (t *trip) call(ctx context.Context, method, path string, in, out any) (*github.Response, error) {
	return t.callRoot(ctx, method, "repos/"+url.PathEscape(t.owner)+"/"+url.PathEscape(t.repo)+"/"+path, in, out)
}

func (t *trip) callRoot(ctx context.Context, method, path string, in, out any) (*github.Response, error) {
	req, err := t.client.NewRequest(method, path, in)
	if err != nil {
		return nil, err
	}
	resp, err := t.client.Do(ctx, req, out)
	if statusOf(err) == http.StatusUnauthorized {
		t.h.refused()
	}
	return resp, err
}

// refused takes new tokens when GitHub does not know one that is not new. A new
// one it may refuse for some seconds.
func (h *Hub) refused() {
	h.mu.Lock()
	old := time.Since(h.made) > time.Minute
	h.mu.Unlock()
	if old {
		_ = h.renew() // the same arguments have served before
	}
}
