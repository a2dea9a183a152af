package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// visit is one request while it is answered.
type visit struct {
	s   *server
	w   http.ResponseWriter
	r   *http.Request
	who *persona
	now time.Time // the world's

	byForm bool            // it opens an issue by a form, whose labels it gets whoever opens it
	inRepo *repository     // the page's, once it was asked for
	known  map[string]bool // people already looked for
	found  map[string]*issue
}

const personaCookie = "stationmaster-emulator-persona"

// handle makes a visit of a request and shows what went wrong, if it did.
func (s *server) handle(do func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{s: s, w: w, r: r, who: s.people[0]}
		if c, err := r.Cookie(personaCookie); err == nil {
			v.actAsNamed(c.Value)
		}
		err := v.begin()
		if err == nil {
			err = do(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

func (v *visit) actAsNamed(name string) bool {
	at := slices.IndexFunc(v.s.people, func(p *persona) bool { return p.Name == name })
	if at >= 0 {
		v.who = v.s.people[at]
	}
	return at >= 0
}

// begin reads the form, the clock and, once, who the personas are.
func (v *visit) begin() error {
	if err := v.r.ParseForm(); err != nil {
		return &refusal{Status: http.StatusBadRequest, Message: "The form could not be read: " + err.Error()}
	}
	var clock struct {
		Now time.Time `json:"now"`
	}
	if err := v.admin(http.MethodGet, "/clock", nil, &clock); err != nil {
		return err
	}
	v.now = clock.Now
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	for _, p := range v.s.people {
		if p.login != "" {
			continue
		}
		var me user
		a, err := v.ask(http.MethodGet, "/api/v3/user", "token "+p.token, nil)
		if err == nil {
			err = decode(a, &me)
		}
		if err != nil {
			return fmt.Errorf("who is the %s: %w", p.Name, err)
		}
		p.login = me.Login
	}
	return nil
}

// settle waits until what a change caused is over, but not for long.
func (v *visit) settle() {
	if v.s.Settle == nil {
		return
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), settleTimeout)
	defer cancel()
	v.s.Settle(ctx)
}

// done ends a button's work: what it caused settles, and the visitor goes to
// a path of this site, which may end in a #place.
func (v *visit) done(to string) error {
	v.settle()
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// issuePage is the address of the issue that the request is about.
func (v *visit) issuePage() string {
	return v.repoPage() + "/issues/" + url.PathEscape(v.r.PathValue("number"))
}

func (v *visit) repoPage() string {
	return "/" + url.PathEscape(v.r.PathValue("owner")) + "/" + url.PathEscape(v.r.PathValue("repo"))
}

// back is where a button of the page's frame returns to: a path here, never
// another site's address.
func (v *visit) back() string {
	to := v.r.PostFormValue("back")
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return to
}

// path is what an address of this site leads to here: the API writes them
// whole. One of elsewhere is left as it is.
func (v *visit) path(address string) string {
	return strings.TrimPrefix(address, "http://"+v.r.Host)
}

// here is the address of the page itself; of a button, the page it stands on.
func (v *visit) here() string {
	if v.r.Method == http.MethodGet {
		return v.r.URL.RequestURI()
	}
	from, err := url.Parse(v.r.Referer())
	if err != nil || from.Host != v.r.Host || !strings.HasPrefix(from.Path, "/") {
		return "/"
	}
	return from.RequestURI()
}

// frame is what every page has around its own content.
type frame struct {
	Title   string
	Tab     string // the key of one of Tabs, or none
	Tabs    []tab
	Owner   string
	Now     string
	NowForm string     // for the date field
	Next    *departure // where the clock can be moved on to; nil if nothing is due
	Back    string
	Acting  person
	People  []person
	Page    any
}

// tab leads to one of the pages that every page leads to.
type tab struct{ Key, Name, Link string }

func (s *server) tabs() []tab {
	owner := "/" + url.PathEscape(s.Owner) + "/"
	return []tab{
		{"issues", s.Repo + " · issues", owner + url.PathEscape(s.Repo) + "/issues"},
		{"pulls", s.CodeRepo + " · pull requests", owner + url.PathEscape(s.CodeRepo) + "/pulls"},
		{"deliveries", "deliveries", "/-/deliveries"},
		{"faults", "faults", "/-/faults"},
	}
}

// person is a persona as the frame shows it.
type person struct {
	Name, Login string
	Acting      bool
}

// show renders a page whole before it sends any of it.
func (v *visit) show(status int, name, tab, title string, page any) error {
	f := frame{Title: title, Tab: tab, Tabs: v.s.tabs(), Owner: v.s.Owner, Back: v.here(), Page: page}
	if !v.now.IsZero() {
		f.Now, f.NowForm = v.now.UTC().Format("Mon 2 Jan 2006, 15:04 UTC"), v.now.UTC().Format(clockForm)
		f.Next = v.nextTrain()
	}
	v.s.mu.Lock()
	for _, p := range v.s.people {
		one := person{p.Name, p.login, p == v.who}
		f.People = append(f.People, one)
		if one.Acting {
			f.Acting = one
		}
	}
	v.s.mu.Unlock()
	var out bytes.Buffer
	if err := v.s.pages[name].ExecuteTemplate(&out, "frame", f); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(out.Bytes())
	return nil
}

// fault is what the page of an error shows.
type fault struct {
	Status  int
	Said    string
	Meaning string
	Back    string
}

// fail shows an error in words, with the API's status if it was the API's.
func (v *visit) fail(err error) {
	f := fault{Status: http.StatusInternalServerError, Said: err.Error(), Back: "/"}
	if v.r.Method == http.MethodPost {
		f.Back = v.here()
	}
	var no *refusal
	if errors.As(err, &no) {
		f.Status, f.Said = no.Status, no.Error()
	}
	switch f.Status {
	case http.StatusNotFound:
		f.Meaning = "There is no such thing here, or the person you act as may not see it."
	case http.StatusGone:
		f.Meaning = "It was here once, and was deleted."
	case http.StatusForbidden:
		f.Meaning = "The person you act as may not do this. Act as somebody else above, and try again."
	case http.StatusUnprocessableEntity:
		f.Meaning = "The request was understood, and something in it cannot be so. Nothing was changed."
	case http.StatusConflict:
		f.Meaning = "It changed in the meantime. Look at it again, then repeat."
	case http.StatusInternalServerError:
		f.Meaning = "That is a fault of this site or of the emulator, not of yours."
	}
	if err := v.show(f.Status, "error", "", http.StatusText(f.Status), f); err != nil {
		http.Error(v.w, f.Said, f.Status)
	}
}
