package site

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed pages
var files embed.FS

// Options say what the site shows and how it reaches it.
type Options struct {
	// API answers /api/v3 and /_admin; it is called directly, not over the wire.
	API http.Handler
	// Users are the tokens of those whom a visitor can act as, by persona. At
	// least one is needed; the first of engineer, reviewer, security,
	// maintainer, outsider and then by name is who a new visitor is.
	Users map[string]string
	// Owner, Repo and CodeRepo name the tracking repository and the one in
	// which pull requests are made.
	Owner, Repo, CodeRepo string
	// Settle, if given, is called after every change and returns when what
	// the change caused is over, so that the next page shows it. It is given
	// three seconds.
	Settle func(context.Context)
	// AppID and PrivateKey (PEM) let the site read the delivery log as the
	// App and deliver again. Without them it reads the admin API's log.
	AppID      int64
	PrivateKey []byte
}

// settleTimeout bounds how long a press of a button waits for the bot.
const settleTimeout = 3 * time.Second

// maxForm bounds a posted form, above the longest body that GitHub takes.
const maxForm = 2 << 20

type server struct {
	Options
	mux    *http.ServeMux
	pages  pages
	text   *markdown
	people []*persona

	mu sync.Mutex // guards the personas' logins
}

// New makes the site. It fails if an option is missing or a template is
// broken; it does not call the API yet.
func New(o Options) (http.Handler, error) {
	if o.API == nil || len(o.Users) == 0 || o.Owner == "" || o.Repo == "" || o.CodeRepo == "" {
		return nil, errors.New("site: API, Users, Owner, Repo and CodeRepo are all needed")
	}
	s := &server{Options: o, mux: http.NewServeMux(), text: newMarkdown(), people: personas(o.Users)}
	var err error
	if s.pages, err = loadPages(); err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	for _, rt := range routes {
		s.mux.HandleFunc(rt.pattern, s.handle(rt.do))
	}
	for _, name := range []string{"style.css", "icon.svg"} {
		s.mux.HandleFunc("GET /-/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, files, "pages/"+name)
		})
	}
	return guard(http.NewCrossOriginProtection().Handler(s.mux)), nil
}

// policy is what a page may load: its style sheet and its icon.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// guard sets the headers of every answer, and refuses to be reached by a name
// that it does not have: a page elsewhere could point its own name here.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !local(r.Host) {
			http.Error(w, "Open this site by its address or as localhost.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// local reports whether a Host header is an IP address or localhost.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return net.ParseIP(host) != nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// persona is somebody whom the visitor can act as.
type persona struct {
	Name  string // engineer
	token string
	login string // guarded by server.mu; empty until asked for
}

// personas puts the well-known ones first.
func personas(users map[string]string) []*persona {
	known := []string{"engineer", "reviewer", "security", "maintainer", "outsider"}
	rank := func(name string) int {
		if at := slices.Index(known, name); at >= 0 {
			return at
		}
		return len(known)
	}
	var out []*persona
	for name, token := range users {
		out = append(out, &persona{Name: name, token: token})
	}
	slices.SortFunc(out, func(a, b *persona) int {
		if d := rank(a.Name) - rank(b.Name); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}
