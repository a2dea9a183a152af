package feed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Path is where the feed is served: this path with .ics, and all below it.
const Path = "/calendar"

// How long what was read serves, and how long reading may take.
const (
	usualKeep = 30 * time.Second
	patience  = 10 * time.Second
)

// Options say who may read the feed and where it comes from.
type Options struct {
	// Token is the first part of every address below Path. Without it the feed
	// is off, unless it is Open to anybody who reaches the server.
	Token string
	Open  bool
	// Load reads the railways. It is called at most once per Keep, never twice
	// at a time.
	Load func(ctx context.Context) ([]View, error)
	// Keep is how long what was read serves; zero is half a minute.
	Keep time.Duration
	// Now is the machine's clock.
	Now func() time.Time
}

// A Handler serves the feed: /calendar/TOKEN/calendar.ics with everything,
// alphanet.ics, upgrade.ics, meeting.ics and freeze.ics with one kind, and
// feature/12.ics with the trains of one feature; each for one of several
// repositories below owner/repo/. Answers come from memory and carry an ETag.
type Handler struct {
	options Options
	mu      sync.Mutex
	now     *snapshot
}

// kinds are the feeds of one kind.
var kinds = []string{"alphanet", "upgrade", "meeting", "freeze"}

// snapshot is what was read at a moment, and the pages made of it so far.
type snapshot struct {
	at    time.Time
	lines []railway
	pages map[string]page
	// before are the pages of the reading before, for when they were first seen.
	before map[string]page
}

// railway is one repository's part.
type railway struct {
	repo     string
	events   []Event
	features map[int]bool
}

// page is one calendar, with the moment at which it was first seen like this.
type page struct {
	body  []byte
	etag  string
	since time.Time
}

// NewHandler returns a Handler.
func NewHandler(o Options) *Handler {
	if o.Keep == 0 {
		o.Keep = usualKeep
	}
	return &Handler{options: o}
}

var (
	errNone = errors.New("there is no such calendar")
	errMany = errors.New("there are several repositories: write owner/repository before feature/")
)

// ServeHTTP answers GET and HEAD. An address without the token is not told from
// one that does not exist.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := h.permitted(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "a calendar can only be read", http.StatusMethodNotAllowed)
		return
	}
	p, err := h.page(r.Context(), rest)
	switch {
	case errors.Is(err, errNone), errors.Is(err, errMany):
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	case err != nil:
		w.Header().Set("Retry-After", "60")
		http.Error(w, "the calendar cannot be read now", http.StatusServiceUnavailable)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "text/calendar; charset=utf-8")
	head.Set("Cache-Control", "private, max-age=300")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Robots-Tag", "noindex")
	head.Set("ETag", p.etag)
	http.ServeContent(w, r, "", p.since, bytes.NewReader(p.body))
}

// permitted returns what an address asks for, without Path and token.
func (h *Handler) permitted(path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, Path)
	if !ok {
		return "", false
	}
	if h.options.Token == "" {
		if rest == ".ics" {
			rest = "/calendar.ics"
		}
		return strings.TrimPrefix(rest, "/"), h.options.Open && strings.HasPrefix(rest, "/")
	}
	token, rest, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return rest, subtle.ConstantTimeCompare([]byte(token), []byte(h.options.Token)) == 1
}

// page returns a calendar from memory, or makes it.
func (h *Handler) page(ctx context.Context, rest string) (page, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.refresh(ctx); err != nil {
		return page{}, err
	}
	if p, ok := h.now.pages[rest]; ok {
		return p, nil
	}
	title, events, err := h.now.find(rest)
	if err != nil {
		return page{}, err
	}
	body, err := Encode(title, events)
	if err != nil {
		return page{}, err
	}
	sum := sha256.Sum256(body)
	p := page{body: body, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, since: h.options.Now().UTC().Truncate(time.Second)}
	if was, ok := h.now.before[rest]; ok && was.etag == p.etag {
		p.since = was.since
	}
	h.now.pages[rest] = p
	return p, nil
}

// refresh reads the railways anew when what was read is old. If they cannot be
// read the last reading serves.
func (h *Handler) refresh(ctx context.Context) error {
	now := h.options.Now()
	if h.now != nil && now.Sub(h.now.at) < h.options.Keep {
		return nil
	}
	// Others wait for this reading: it does not end with the one who asked first.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	views, err := h.options.Load(ctx)
	if err != nil {
		if h.now != nil {
			h.now.at = now
			return nil
		}
		return err
	}
	next := &snapshot{at: now, pages: map[string]page{}}
	if h.now != nil {
		next.before = h.now.pages
	}
	for _, v := range views {
		next.lines = append(next.lines, read(v))
	}
	h.now = next
	return nil
}

// read keeps of a railway what the feed needs.
func read(v View) railway {
	out := railway{repo: v.Line.Repo, events: Build(v), features: map[int]bool{}}
	for it := range v.Line.All() {
		if it.F != nil && it.Shown.Number != 0 && !it.Shown.Gone {
			out.features[it.Shown.Number] = true
		}
	}
	return out
}

// find returns the title and the events of an address. The pages of a snapshot
// are as many as there are railways, kinds and features.
func (s *snapshot) find(rest string) (title string, events []Event, err error) {
	name, ok := strings.CutSuffix(rest, ".ics")
	lines := s.lines
	if !ok {
		return "", nil, errNone
	}
	for _, line := range s.lines {
		if below, ok := strings.CutPrefix(name, line.repo+"/"); ok {
			name, lines = below, []railway{line}
		}
	}
	if number, ok := strings.CutPrefix(name, "feature/"); ok {
		return about(lines, number)
	}
	title = "Releases"
	if len(lines) == 1 {
		title = lines[0].repo
	}
	for _, line := range lines {
		events = append(events, line.events...)
	}
	switch {
	case name == "calendar":
		return title, events, nil
	case slices.Contains(kinds, name):
		return title + ": " + name, Of(events, name), nil
	}
	return "", nil, errNone
}

// about is the calendar of one feature, by the number of its issue.
func about(lines []railway, text string) (string, []Event, error) {
	number, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(number) != text {
		return "", nil, errNone
	}
	if len(lines) > 1 {
		return "", nil, errMany
	}
	if len(lines) == 0 || !lines[0].features[number] {
		return "", nil, errNone
	}
	return lines[0].repo + " #" + text, About(lines[0].events, number), nil
}
