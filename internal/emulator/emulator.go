package emulator

import (
	"bytes"
	"crypto/rsa"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

// Options describe the world to make. The zero value is a good one: the seeded
// organisation, the App with its default permissions and events, no webhook
// address yet, real time, no limits.
type Options struct {
	// Seed makes ids, delivery ids, tokens and every shuffle repeatable. Zero
	// stands for a new world each time, whose ids were never seen before.
	Seed int64
	// Start is the world's time at the beginning; zero is the real time.
	Start time.Time
	// Frozen stops the world's clock: it then moves by Advance only.
	Frozen bool
	// Limits switches GitHub's primary and secondary rate limits on. Requests
	// are counted and reported either way.
	Limits bool
	// LimitStatus is the status of a refusal by a limit, 403 or 429; zero
	// takes them by turns, as GitHub may answer with either.
	LimitStatus int
	// Faults go wrong on purpose from the beginning; SetFaults changes them.
	Faults []fault.Rule
	// FaultSeed repeats a run's faults, whatever Seed is; zero takes Seed.
	FaultSeed int64
	// Latency is how long each answer of the REST API takes at least, drawn
	// from the faults' seed. It counts from the request's arrival: what the
	// emulator needs itself is part of it. The request has its effect at once.
	Latency fault.Span
	// SearchDelay is how long search takes to learn of what was written, on the
	// world's clock. Until then it finds issues as they were before, and new
	// ones not at all. GitHub's takes seconds to minutes.
	SearchDelay time.Duration
	// Shuffle permutes the webhooks that one mutation causes.
	Shuffle bool
	// Opened says whether the webhook of a new issue shows the labels that it
	// was made with.
	Opened Opened
	// Workers is how many webhooks may be in flight at once. Zero and one
	// deliver them one after another, in the order of what happened.
	Workers int

	// StateFile holds the world from one run to the next: if it is there the
	// world is what it holds, tokens and the App's key included, and what
	// describes a new world is not heeded. Save writes it.
	StateFile string

	// CallbackURLs are where people may be sent back to after logging in to
	// the seeded App, the first by default; without any, to wherever on their
	// own machine a login asks for.
	CallbackURLs []string
	// WebhookURL is where the App's webhooks go; empty sends none.
	WebhookURL string
	// WebhookSecret signs them; empty takes a fixed default.
	WebhookSecret string
	// BaseURL is the address under which the emulator is reached, with or
	// without /api/v3; empty takes it from Start or the first request.
	BaseURL string

	// World says with what the world begins, in place of the seeded one and of
	// all the fields that follow; nil is the seeded one.
	World *genesis.World
	// TrackingConfig is the content of .github/stationmaster.yml in the
	// tracking repository; empty takes a small default.
	TrackingConfig string
	// Unconfigured leaves .github/stationmaster.yml out of the tracking
	// repository, whatever TrackingConfig says.
	Unconfigured bool
	// Files are further files of the tracking repository, by their paths.
	Files map[string]string
	// Labels are in the tracking repository from the beginning, beside those
	// that GitHub puts into every new one.
	Labels []Label
	// Repositories are names of further repositories of the organisation, with
	// the App installed on them; each begins as the others do.
	Repositories []string
	// Permissions are the App's, such as "issues": "write"; nil takes the
	// defaults of seed.go.
	Permissions map[string]string
	// Events are those that the App subscribes to; nil takes the defaults.
	Events []string
	// Colleagues are logins of further members of the organisation who may
	// write; each is a persona by that name.
	Colleagues []string
	// Public makes the seeded repositories public. They are private
	// otherwise, so that reading needs its permission too.
	Public bool

	// Middleware wraps the server that Start makes, to log or to check what
	// passes between the world and its clients; nil wraps nothing.
	Middleware func(http.Handler) http.Handler
}

// Opened says what the webhook of a new issue shows of the labels, assignees
// and milestone that it was made with. At GitHub either has been seen; each of
// them has a webhook of its own besides.
type Opened int

// What the webhook of a new issue shows.
const (
	OpenedWhole  Opened = iota // it has them all
	OpenedBare                 // it has none of them yet
	OpenedEither               // the one or the other, by the world's seed
)

// GitHub is the emulated platform. It is safe for concurrent use.
type GitHub struct {
	opts   Options
	key    *rsa.PrivateKey
	client *http.Client
	wire   func() time.Time // the wire's clock

	mu      sync.Mutex
	rng     *rand.Rand // tokens, commit and request ids
	dice    *rand.Rand // delivery ids and shuffles
	sources [2]*rand.PCG
	st      *state
	graph   graphTables
	pages   *http.ServeMux
	clock   worldClock
	root    string // address without /api/v3; empty until known
	paged   pagePattern
	site    http.Handler
	meters  map[string]*meter
	count   Requests
	unknown []string
	post    courier
	paper   bytes.Buffer // on which payloads are written
	faults  *fault.Plan
	latency fault.Span
	delays  *fault.Stream   // draws the latency
	under   map[string]int  // requests under way, by whose budget
	bars    map[string]*bar // by whose budget; faults' limits that are reached

	journal journal    // of what passes
	saving  sync.Mutex // held by Save, before mu
	changed bool       // since the world was last saved
	seen    fileSeen   // the state file

	server   *http.Server
	listener net.Listener
}

// New makes a seeded world, or goes on in a saved one. It fails if no key can
// be made, if BaseURL is not an address, if one of the faults cannot be or if
// the state file cannot be read.
func New(o Options) (*GitHub, error) {
	key, err := processKey()
	if err != nil {
		return nil, err
	}
	root := strings.TrimSuffix(strings.TrimSuffix(o.BaseURL, "/"), "/api/v3")
	if root != "" && !strings.Contains(root, "://") {
		return nil, fmt.Errorf("emulator: base URL %q has no scheme", o.BaseURL)
	}
	given := o
	if o.WebhookSecret == "" {
		o.WebhookSecret = defaultSecret
	}
	seed := uint64(o.Seed)
	if seed == 0 {
		seed = rand.Uint64()
	}
	sources := sourcesOf(seed)
	g := &GitHub{
		opts:    o,
		key:     key,
		client:  hookClient(),
		wire:    time.Now,
		rng:     rand.New(sources[0]),
		dice:    rand.New(sources[1]),
		sources: sources,
		clock:   newWorldClock(o.Start, o.Frozen),
		root:    root,
		meters:  map[string]*meter{},
		count:   newRequests(),
		post:    newCourier(),
		bars:    map[string]*bar{},
		under:   map[string]int{},
	}
	if err := g.arm(); err != nil {
		return nil, err
	}
	g.graph, g.pages = newGraphTables(), g.newPages()
	found, err := g.thaw(given)
	if err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	if !found {
		g.st = newState(g.firstID())
		if err := g.begin(); err != nil {
			return nil, fmt.Errorf("emulator: %w", err)
		}
	}
	return g, nil
}

// firstID is where the ids of this world begin. They pass 2^31, as GitHub's
// do, and an unseeded world begins where no earlier one of this machine ended.
func (g *GitHub) firstID() int64 {
	if g.opts.Seed != 0 {
		return 3_000_000_000
	}
	return time.Now().UnixMicro() // below 2^53, which is as far as JavaScript counts
}

// Start listens on addr (port 0 picks one) and serves until Close. It returns
// the root address, such as http://127.0.0.1:4711; the REST API is below its
// /api/v3.
func (g *GitHub) Start(addr string) (baseAddr string, err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("emulator: listen: %w", err)
	}
	root := "http://" + l.Addr().String()
	var served http.Handler = g
	if g.opts.Middleware != nil {
		served = g.opts.Middleware(g)
	}
	srv := &http.Server{Handler: served, ReadHeaderTimeout: 10 * time.Second}
	g.mu.Lock()
	g.listener, g.server = l, srv
	if g.root == "" {
		g.root = root
	}
	g.mu.Unlock()
	go func() { _ = srv.Serve(l) }()
	return root, nil
}

// Close stops listening and gives up all webhooks that are still to be sent.
// It returns when none is in flight.
func (g *GitHub) Close() error {
	g.mu.Lock()
	srv := g.server
	g.server = nil
	g.post.close()
	g.mu.Unlock()
	var err error
	if srv != nil {
		err = srv.Close()
	}
	g.post.wait()
	g.client.CloseIdleConnections()
	return err
}

// BaseURL is the REST API's address, ending in /api/v3; empty while unknown.
func (g *GitHub) BaseURL() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.root == "" {
		return ""
	}
	return g.api()
}

// SetSite puts a handler in charge of every address outside /api and /_admin:
// the pages that html_url points to.
func (g *GitHub) SetSite(h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.site = h
}

// ServeHTTP answers the REST API, the admin API and, if one was set, the site.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	g.mu.Lock()
	if g.root == "" {
		g.root = "http://" + r.Host
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		defer g.touched()
	}
	site := g.site
	g.mu.Unlock()
	if strings.HasPrefix(path, "/api/") {
		defer g.journal.request(r)()
		leave, over := g.crowd(r)
		defer leave()
		if over != nil {
			g.send(w, http.Header{"Retry-After": {"1"}}, over)
			return
		}
	}
	switch {
	case strings.HasPrefix(path, "/api/v3/"), path == "/api/v3":
		g.serveAPI(w, r, strings.TrimPrefix(path, "/api/v3"))
	case r.Method == http.MethodPost && (path == "/api/graphql" || path == "/graphql"):
		g.serveAPI(w, r, "/graphql")
	case g.hasPage(r):
		g.pages.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/_admin/"):
		g.serveAdmin(w, r)
	case strings.HasPrefix(path, "/raw/"):
		g.serveRaw(w, r)
	case site != nil && !strings.HasPrefix(path, "/api/"):
		site.ServeHTTP(w, r)
	default:
		g.serveUnknown(w, r)
	}
}

func (g *GitHub) api() string { return g.root + "/api/v3" }
