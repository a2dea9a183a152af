package feed

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// desk is a handler with a clock and a count of what it has read.
type desk struct {
	*Handler
	mu    sync.Mutex
	now   time.Time
	loads int
	views []View
	err   error
}

func newDesk(token string, open bool, views ...View) *desk {
	d := &desk{now: at("2026-12-01T08:00:00Z"), views: views}
	d.Handler = NewHandler(Options{
		Token: token, Open: open, Now: func() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now },
		Load: func(context.Context) ([]View, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.loads++
			return d.views, d.err
		},
	})
	return d
}

func (d *desk) get(path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

const token = "abcdefghijklmnop"

func TestTheFeedIsReadWithItsTokenAlone(t *testing.T) {
	closed, secret, open := newDesk("", false, railwayOf(t)), newDesk(token, false, railwayOf(t)), newDesk("", true, railwayOf(t))
	for _, c := range []struct {
		desk *desk
		path string
		code int
	}{
		{closed, "/calendar.ics", 404}, {closed, "/calendar//calendar.ics", 404}, {closed, "/calendar/" + token + "/calendar.ics", 404},
		{secret, "/calendar.ics", 404}, {secret, "/calendar/calendar.ics", 404}, {secret, "/calendar/" + token, 404}, {secret, "/calendar/" + token + "x/calendar.ics", 404},
		{secret, "/calendar/" + token + "/calendar.ics", 200}, {secret, "/calendar/" + token + "/upgrade.ics", 200},
		{open, "/calendar.ics", 200}, {open, "/calendar/calendar.ics", 200}, {open, "/calendar/alphanet.ics", 200}, {open, "/calendar/feature/12.ics", 200},
		{open, "/calendar/acme/releases/calendar.ics", 200}, {open, "/calendar/acme/releases/feature/13.ics", 200},
		{open, "/calendar/feature/99.ics", 404}, {open, "/calendar/feature/012.ics", 404}, {open, "/calendar/feature/20.ics", 404}, {open, "/calendar/mainnet.ics", 404},
		{open, "/calendar/acme/other/calendar.ics", 404}, {open, "/calendar", 404}, {open, "/calendarx.ics", 404}, {open, "/calendar/", 404},
	} {
		w := c.desk.get(c.path)
		if w.Code != c.code {
			t.Errorf("%s: %d, want %d", c.path, w.Code, c.code)
		}
		if w.Code == 200 {
			validate(t, w.Body.Bytes())
			if kind := w.Header().Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
				t.Errorf("%s is %s", c.path, kind)
			}
		}
	}
	if closed.loads != 0 {
		t.Error("a feed that is off was read")
	}
}

func TestACalendarThatHasNotChangedIsNotSentAgain(t *testing.T) {
	d := newDesk("", true, railwayOf(t))
	first := d.get("/calendar.ics")
	etag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
	if etag == "" || modified == "" || d.loads != 1 {
		t.Fatalf("etag %q, modified %q, %d loads", etag, modified, d.loads)
	}
	if w := d.get("/calendar.ics", "If-None-Match", etag); w.Code != 304 || d.loads != 1 {
		t.Errorf("asked again: %d, %d loads", w.Code, d.loads)
	}
	d.now = d.now.Add(time.Hour)
	if w := d.get("/calendar.ics", "If-Modified-Since", modified); w.Code != 304 || d.loads != 2 {
		t.Errorf("an hour later: %d, %d loads", w.Code, d.loads)
	}
	d.views[0].Line.Get("issue/20").T.Planned["mainnet"] = process.Plan{On: day("2027-02-09"), At: at("2026-12-01T08:30:00Z")}
	d.now = d.now.Add(time.Hour)
	if w := d.get("/calendar.ics", "If-None-Match", etag, "If-Modified-Since", modified); w.Code != 200 || w.Header().Get("ETag") == etag || w.Header().Get("Last-Modified") == modified {
		t.Errorf("after a change: %d %v", w.Code, w.Header())
	}
}

func TestTheFeedOutlivesADatabaseThatDoesNotAnswer(t *testing.T) {
	d := newDesk("", true)
	d.err = errors.New("locked")
	if w := d.get("/calendar.ics"); w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "locked") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	d.err, d.views = nil, []View{railwayOf(t)}
	if w := d.get("/calendar.ics"); w.Code != 200 {
		t.Fatalf("%d", w.Code)
	}
	d.err, d.now = errors.New("locked"), d.now.Add(time.Hour)
	if w := d.get("/calendar.ics"); w.Code != 200 {
		t.Errorf("the last reading does not serve: %d", w.Code)
	}
}

func TestSeveralRailwaysAreOneCalendarOrEachItsOwn(t *testing.T) {
	other := railwayOf(t)
	line := process.NewLine("acme/other")
	for it := range other.Line.All() {
		line.Put(it)
	}
	other.Line = line
	d := newDesk("", true, railwayOf(t), other)
	all, one := validate(t, d.get("/calendar.ics").Body.Bytes()), validate(t, d.get("/calendar/acme/other/calendar.ics").Body.Bytes())
	if len(all) != 2*len(one) || len(one) == 0 {
		t.Errorf("%d events together, %d in one", len(all), len(one))
	}
	if w := d.get("/calendar/feature/12.ics"); w.Code != 404 || !strings.Contains(w.Body.String(), "several repositories") {
		t.Errorf("whose feature: %d %s", w.Code, w.Body)
	}
	if w := d.get("/calendar/acme/other/feature/12.ics"); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
}

func TestManyReadersCauseOneReading(t *testing.T) {
	d := newDesk("", true, railwayOf(t))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if w := d.get("/calendar/upgrade.ics"); w.Code != 200 {
				t.Errorf("%d", w.Code)
			}
		})
	}
	wg.Wait()
	if d.loads != 1 {
		t.Errorf("%d readings", d.loads)
	}
	r := httptest.NewRequest(http.MethodPost, "/calendar.ics", nil)
	w := httptest.NewRecorder()
	if d.ServeHTTP(w, r); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
}
