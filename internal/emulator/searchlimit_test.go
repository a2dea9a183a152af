package emulator

import (
	"strings"
	"testing"
	"time"
)

func TestSearchHasALimitOfItsOwnByTheMinute(t *testing.T) {
	w := newWired(t, Options{Limits: true, LimitStatus: 403})
	bot := w.mint()
	for n := range searchPerMin {
		rec := w.ask("GET", "/search/issues?q=is:issue", bot, "")
		if rec.Code != 200 || rec.Header().Get("X-RateLimit-Resource") != "search" {
			t.Fatalf("search %d: %d, resource %s", n, rec.Code, rec.Header().Get("X-RateLimit-Resource"))
		}
	}
	rec := w.ask("GET", "/search/issues?q=is:issue", bot, "")
	if rec.Code != 403 || rec.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("one more: %d, remaining %s", rec.Code, rec.Header().Get("X-RateLimit-Remaining"))
	}
	if rec := w.ask("GET", "/repos/acme/upgrades", bot, ""); rec.Code != 200 || rec.Header().Get("X-RateLimit-Used") != "1" {
		t.Errorf("the rest was touched: %d, used %s", rec.Code, rec.Header().Get("X-RateLimit-Used"))
	}
	w.now = w.now.Add(time.Minute)
	if rec := w.ask("GET", "/search/issues?q=is:issue", bot, ""); rec.Code != 200 {
		t.Errorf("a minute later: %d", rec.Code)
	}
}

func TestSearchKnowsWhatWasThereBeforeItsDelayWasSet(t *testing.T) {
	w := newWired(t, Options{Frozen: true})
	bot := w.mint()
	w.ask("POST", "/repos/acme/upgrades/issues", bot, `{"title":"one"}`)
	w.Advance(time.Hour)
	w.opts.SearchDelay = time.Minute
	w.ask("POST", "/repos/acme/upgrades/issues", bot, `{"title":"two"}`)
	rec := w.ask("GET", "/search/issues?q=is:issue", bot, "")
	if !strings.Contains(rec.Body.String(), `"total_count":1`) || !strings.Contains(rec.Body.String(), `"title":"one"`) {
		t.Errorf("found %s", rec.Body)
	}
}
