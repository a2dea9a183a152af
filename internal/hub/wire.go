package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// wire is the innermost part of the chain: what passes it goes to the network,
// requests for tokens included.
type wire struct {
	next   http.RoundTripper
	host   string
	root   string // the path of the API's root
	agent  string
	meter  Meter
	pages  *pages
	counts counters
}

// newTransport bounds each phase of a request, as a hanging one would hold up
// all that wait for the same token.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 15 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   mostAtOnce,
		IdleConnTimeout:       90 * time.Second,
	}
}

func newWire(o Options, base *url.URL) *wire {
	w := &wire{next: o.Transport, host: base.Host, root: base.EscapedPath(), agent: o.UserAgent, meter: o.Meter, pages: newPages()}
	if w.next == nil {
		w.next = newTransport()
	}
	if o.Around != nil {
		w.next = o.Around(w.next)
	}
	return w
}

// RoundTrip sends the request. GitHub's limits come back as bot.Later, and a
// write to what has moved as bot.Never: following it would read the new place
// and call that done.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != w.host {
		return nil, drop(r, fmt.Errorf("refusing to send a token to %s", r.URL.Host))
	}
	r = r.Clone(r.Context())
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", w.agent)
	}
	known := w.pages.ask(r)
	w.counts.sent(r)
	r.Pattern = route(r, w.root) // by which it is counted and traced
	began := time.Now()
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		w.meter.Answered(r.Pattern, 0, time.Since(began))
		return nil, err
	}
	w.meter.Answered(r.Pattern, resp.StatusCode, time.Since(began))
	heedLeft(w.meter, r, resp)
	var refused error // cut off before it said why
	if resp.StatusCode >= http.StatusBadRequest {
		refused = hearOut(resp)
	}
	switch resp.StatusCode {
	case http.StatusNotModified:
		w.counts.notModified.Add(1)
	case http.StatusForbidden, http.StatusTooManyRequests:
		if later, ok := limited(resp); ok {
			_ = resp.Body.Close()
			return nil, later
		}
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
		if r.Method != http.MethodGet {
			_ = resp.Body.Close()
			return nil, bot.Never{Cause: "it has moved to another place", Gone: true}
		}
	}
	if refused != nil {
		return nil, refused
	}
	if resp, err = w.pages.keep(r, resp, known); err != nil {
		return nil, err
	}
	resp.Body = drained{resp.Body}
	return resp, nil
}

// A drained body is read to its end before it is closed: a connection with
// something left to read is not used again, and making one takes longer than what
// anybody reads of an answer that is not looked at.
type drained struct{ io.ReadCloser }

// Close reads what is left, if that is not too much, and closes.
func (d drained) Close() error {
	_, _ = io.CopyN(io.Discard, d.ReadCloser, mostWords) // whoever wanted it has it
	return d.ReadCloser.Close()
}

// drop closes the request's body, as a RoundTripper that fails has to.
func drop(r *http.Request, err error) error {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return err
}

// aMinute is what GitHub wants waited when it does not say how long.
const aMinute = time.Minute

// limited reads a refusal: ok is true if it is one by a limit. GitHub answers
// with 403 or 429, for the primary limit and the secondary ones alike.
func limited(resp *http.Response) (later bot.Later, ok bool) {
	now := time.Now()
	until := now.Add(aMinute)
	words := refusal(resp)
	switch reset, _ := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64); {
	case resp.Header.Get("Retry-After") != "":
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
			until = now.Add(time.Duration(s+1) * time.Second)
		}
	case resp.Header.Get("X-RateLimit-Remaining") == "0" && reset > 0:
		until = time.Unix(reset+1, 0)
	case resp.Header.Get("X-RateLimit-Remaining") == "0":
	case strings.Contains(strings.ToLower(words), "rate limit"), strings.Contains(strings.ToLower(words), "abuse detection"):
	case resp.StatusCode != http.StatusTooManyRequests:
		return bot.Later{}, false
	}
	if latest := now.Add(2 * time.Hour); until.After(latest) {
		until = latest // no limit of GitHub's lasts longer than an hour
	}
	return bot.Later{Until: until, Cause: fmt.Sprintf("GitHub answered %d: %s", resp.StatusCode, words)}, true
}

// mostWords bounds what is read of a refusal.
const mostWords = 1 << 16

// hearOut reads what GitHub says with a refusal, so that none is judged by half of
// it: that a label is not there, or is there already, is told by the words alone.
// The error says that the rest did not come; nobody knows then what it was.
func hearOut(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostWords))
	_ = resp.Body.Close() // what is left of it is of no use
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("GitHub answered %d and was cut off before it said why: %w", resp.StatusCode, err)
	}
	return nil
}

// refusal is what GitHub says about a refusal that has been heard out; the body
// can be read again.
func refusal(resp *http.Response) string {
	body, _ := io.ReadAll(resp.Body) // it is in memory
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) != nil || said.Message == "" {
		return http.StatusText(resp.StatusCode)
	}
	return said.Message
}

// Counts is how much has been asked of GitHub.
type Counts struct {
	Requests    int64 // all of them
	Writes      int64 // but GET and HEAD, without tokens and GraphQL's questions
	Tokens      int64 // requests for a token
	NotModified int64 // answered 304, which is not charged
}

type counters struct{ requests, writes, tokens, notModified atomic.Int64 }

func (c *counters) sent(r *http.Request) {
	c.requests.Add(1)
	switch {
	case strings.HasSuffix(r.URL.Path, "/access_tokens"):
		c.tokens.Add(1)
	case strings.HasSuffix(r.URL.Path, "/graphql"): // only questions
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		c.writes.Add(1)
	}
}

func (c *counters) read() Counts {
	return Counts{c.requests.Load(), c.writes.Load(), c.tokens.Load(), c.notModified.Load()}
}
