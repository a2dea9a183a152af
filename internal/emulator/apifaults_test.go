package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

func TestAnErrorStrikesBeforeOrAfterTheEffect(t *testing.T) {
	tests := []struct {
		rule   string
		status int // 0: the connection breaks
		issues int
		media  string
	}{
		{"api.500=1", 500, 0, "application/json"},
		{"api.500=1,effect=after", 500, 1, "application/json"},
		{"api.502=1", 502, 0, "text/html"},
		{"api.502=1,effect=after", 502, 1, "text/html"},
		{"api.cut=1,effect=before", 0, 0, ""},
		{"api.cut=1", 201, 1, "application/json"},
	}
	for _, tc := range tests {
		w := newTrouble(t, emulator.Options{}, tc.rule+",times=1")
		token := w.token()
		a := w.asBot(token, "POST", issuesPath, anIssue)
		broken := strings.HasPrefix(tc.rule, "api.cut")
		if a.status != tc.status || (a.err != nil) != broken || !strings.HasPrefix(a.head.Get("Content-Type"), tc.media) {
			t.Errorf("%s: answered %d %s, %v", tc.rule, a.status, a.body, a.err)
		}
		if json.Valid([]byte(a.body)) != (tc.status == 500) {
			t.Errorf("%s: the body is %s", tc.rule, a.body)
		}
		if got := w.issues(); got != tc.issues {
			t.Errorf("%s: there are %d issues", tc.rule, got)
		}
		if a := w.asBot(token, "POST", issuesPath, anIssue); a.status != 201 || a.err != nil {
			t.Errorf("%s: the next is answered %d %v", tc.rule, a.status, a.err)
		}
	}
}

func TestACutAnswerEndsInTheMiddle(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "api.cut=1,times=1", "api.cut=1,method=DELETE")
	token := w.token()
	a := w.asBot(token, "GET", "/repos/acme/upgrades", "")
	length, _ := strconv.Atoi(a.head.Get("Content-Length"))
	if a.err == nil || length == 0 || len(a.body) != length/2 {
		t.Errorf("%d of %d bytes came, %v", len(a.body), length, a.err)
	}
	w.does("POST", issuesPath, anIssue)
	w.does("PUT", issuesPath+"/1/lock", "")
	if a := w.asBot(token, "DELETE", issuesPath+"/1/lock", ""); a.err == nil {
		t.Errorf("an answer without a body came: %d", a.status)
	}
	if a := w.ask("token "+w.Token("maintainer"), "GET", issuesPath+"/1", ""); !strings.Contains(a.body, `"locked":false`) {
		t.Error("and had no effect")
	}
}

func TestASlowAnswerHasItsEffectAtOnceUnlessAskedOtherwise(t *testing.T) {
	for rule, effect := range map[string]bool{"api.slow=1,by=10s": true, "api.slow=1,by=10s,effect=before": false} {
		w := newTrouble(t, emulator.Options{}, rule)
		req, _ := http.NewRequest("POST", w.cred.BaseURL+issuesPath, strings.NewReader(anIssue))
		req.Header.Set("Authorization", "Bearer "+w.token())
		_, err := (&http.Client{Timeout: 100 * time.Millisecond}).Do(req)
		if err == nil {
			t.Fatalf("%s: it was answered within the time", rule)
		}
		deadline := time.Now().Add(10 * time.Second)
		for effect && w.issues() == 0 && time.Now().Before(deadline) {
			continue // the request may still be on its way
		}
		if got := w.issues() == 1; got != effect {
			t.Errorf("%s: the effect took place: %v", rule, got)
		}
	}
	w := newTrouble(t, emulator.Options{}, "api.slow=1,by=30ms")
	if a := w.asBot(w.token(), "GET", "/meta", ""); a.status != 200 || a.took < 30*time.Millisecond {
		t.Errorf("answered %d after %s", a.status, a.took)
	}
}

func TestLatencySlowsEveryoneButTheSpared(t *testing.T) {
	w := newTrouble(t, emulator.Options{Latency: fault.Span{Least: 20 * time.Millisecond, Most: 40 * time.Millisecond}})
	if a := w.ask("", "GET", "/meta", ""); a.took < 20*time.Millisecond {
		t.Errorf("answered after %s", a.took)
	}
	w.SetLatency(fault.Span{Least: time.Hour, Most: time.Hour})
	if a := w.ask("", "GET", "/meta", "", "X-Emulator-Faults", "off"); a.status != 200 {
		t.Errorf("spared: %d %v", a.status, a.err)
	}
}

// tardy is a body that takes its time to come.
type tardy struct {
	io.Reader
	by time.Duration
}

func (b *tardy) Read(p []byte) (int, error) {
	<-time.After(b.by)
	b.by = 0
	return b.Reader.Read(p)
}

func TestAnAnswerTakesItsLatencyFromTheArrivalOn(t *testing.T) {
	for _, tc := range []struct {
		rule       string
		body, want time.Duration
	}{
		{"", 0, 20 * time.Millisecond},
		{"", 15 * time.Millisecond, 20 * time.Millisecond},
		{"", 25 * time.Millisecond, 25 * time.Millisecond},
		{"api.slow=1,by=30ms", 15 * time.Millisecond, 50 * time.Millisecond},
		{"api.slow=1,by=30ms", 25 * time.Millisecond, 55 * time.Millisecond},
		{"api.slow=1,by=30ms,effect=before", 15 * time.Millisecond, 50 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := emulator.Options{Seed: 1, BaseURL: "http://emulator.test", Latency: fault.Span{Least: 20 * time.Millisecond, Most: 20 * time.Millisecond}}
			if tc.rule != "" {
				r, err := fault.Parse(tc.rule + ",who=people")
				if err != nil {
					t.Fatal(err)
				}
				o.Faults = []fault.Rule{r}
			}
			gh, err := emulator.New(o)
			if err != nil {
				t.Fatal(err)
			}
			answer := httptest.NewRecorder()
			req := httptest.NewRequest("POST", "/api/v3"+issuesPath, &tardy{strings.NewReader(anIssue), tc.body})
			req.Header.Set("Authorization", "token "+gh.Token("maintainer"))
			req.Header.Set("User-Agent", "test")
			began := time.Now()
			gh.ServeHTTP(answer, req)
			if took := time.Since(began); answer.Code != 201 || took != tc.want {
				t.Errorf("%q, a body after %s: %d after %s, want %s", tc.rule, tc.body, answer.Code, took, tc.want)
			}
		})
	}
}

func TestARequestHasItsEffectWhileItsAnswerIsKept(t *testing.T) {
	w := newTrouble(t, emulator.Options{})
	w.SetLatency(fault.Span{Least: time.Hour, Most: time.Hour})
	req, _ := http.NewRequest("POST", w.cred.BaseURL+issuesPath, strings.NewReader(anIssue))
	req.Header.Set("Authorization", "token "+w.Token("maintainer"))
	ctx, leaves := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(req.WithContext(ctx))
		gone <- err
	}()
	deadline, came := time.Now().Add(10*time.Second), ""
	for !strings.HasPrefix(came, "issues.opened") && time.Now().Before(deadline) {
		came += kindsOf(w.arrived())
	}
	if !strings.HasPrefix(came, "issues.opened") {
		t.Errorf("while the answer is kept there came %q", came)
	}
	leaves()
	if err := <-gone; err == nil {
		t.Error("the answer came at once")
	}
	w.SetLatency(fault.Span{})
	if w.issues() != 1 {
		t.Error("a client that went away took the effect with it")
	}
}

func TestAFreshTokenIsRefusedAndAnOlderOneNot(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "api.401=1,within=1h,times=1", "api.401=1,within=1ns")
	token := w.token()
	if a := w.asBot(token, "GET", "/repos/acme/upgrades", ""); a.status != 401 || !strings.Contains(a.body, "Bad credentials") {
		t.Errorf("fresh: %d %s", a.status, a.body)
	}
	if a := w.asBot(token, "GET", "/repos/acme/upgrades", ""); a.status != 200 {
		t.Errorf("then: %d %s", a.status, a.body)
	}
}

func TestAReachedLimitStaysUntilItsEnd(t *testing.T) {
	tests := []struct {
		rule   string
		status int
		head   string
		says   string
	}{
		{"api.primary-limit=1,times=1,status=403,by=1h", 403, "X-RateLimit-Reset", "API rate limit exceeded"},
		{"api.primary-limit=1,times=1,status=429,by=1h", 429, "X-RateLimit-Reset", "API rate limit exceeded"},
		{"api.secondary-limit=1,times=1,status=403,by=1h", 403, "Retry-After", "secondary rate limit"},
		{"api.secondary-limit=1,times=1,status=429,by=1h", 429, "Retry-After", "secondary rate limit"},
	}
	for _, tc := range tests {
		w := newTrouble(t, emulator.Options{}, tc.rule)
		token := w.token()
		for range 2 {
			a := w.asBot(token, "POST", issuesPath, anIssue)
			if a.status != tc.status || !strings.Contains(a.body, tc.says) {
				t.Errorf("%s: %d %s", tc.rule, a.status, a.body)
			}
			n, _ := strconv.ParseInt(a.head.Get(tc.head), 10, 64)
			if tc.head == "X-RateLimit-Reset" {
				n -= time.Now().Unix()
				if a.head.Get("X-RateLimit-Remaining") != "0" {
					t.Errorf("%s: %s remain", tc.rule, a.head.Get("X-RateLimit-Remaining"))
				}
			} else if !strings.Contains(a.body, "#about-secondary-rate-limits") {
				t.Errorf("%s: clients would not know it by %s", tc.rule, a.body)
			}
			if n < 3590 || n > 3601 {
				t.Errorf("%s: it ends in %d s", tc.rule, n)
			}
		}
		if a := w.asBot(token, "GET", "/rate_limit", ""); a.status != 200 {
			t.Errorf("%s: what is free of charge: %d", tc.rule, a.status)
		}
		if a := w.ask("token "+w.Token("engineer"), "GET", "/user", ""); a.status != 200 {
			t.Errorf("%s: somebody else: %d", tc.rule, a.status)
		}
		if w.issues() != 0 || len(w.Strikes()) != 1 {
			t.Errorf("%s: %d issues, %d strikes", tc.rule, w.issues(), len(w.Strikes()))
		}
		w.ClearFaults()
		if a := w.asBot(token, "GET", "/repos/acme/upgrades", ""); a.status != 200 {
			t.Errorf("%s: when all is switched off: %d %s", tc.rule, a.status, a.body)
		}
	}
}

func TestALimitEndsWhenItSaid(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "api.secondary-limit=1,times=1,by=20ms")
	token, deadline := w.token(), time.Now().Add(10*time.Second)
	if a := w.asBot(token, "GET", "/repos/acme/upgrades", ""); a.status != 403 || a.head.Get("Retry-After") != "1" {
		t.Fatalf("%d, wait %s", a.status, a.head.Get("Retry-After"))
	}
	for w.asBot(token, "GET", "/repos/acme/upgrades", "").status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("it never ends")
		}
	}
}

func TestASkewedClockShowsInTheDateAndRefusesJWTs(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "clock.skew=1,by=-5m")
	right := jwtOf(t, w.cred.AppID, w.PrivateKey(), time.Now())
	a := w.ask("Bearer "+right, "GET", "/app", "")
	if a.status != 401 || !strings.Contains(a.body, "'Issued at' claim") {
		t.Errorf("the right time is answered %d %s", a.status, a.body)
	}
	date, err := http.ParseTime(a.head.Get("Date"))
	if off := time.Since(date); err != nil || off < 5*time.Minute-5*time.Second || off > 5*time.Minute+5*time.Second {
		t.Errorf("Date is %s off", off)
	}
	if a := w.ask("Bearer "+jwtOf(t, w.cred.AppID, w.PrivateKey(), date), "GET", "/app", ""); a.status != 200 {
		t.Errorf("corrected by the Date: %d %s", a.status, a.body)
	}
	w.ClearFaults()
	if a := w.ask("Bearer "+right, "GET", "/app", ""); a.status != 200 {
		t.Errorf("set right again: %d %s", a.status, a.body)
	}
	ahead := newTrouble(t, emulator.Options{}, "clock.skew=1,by=15m")
	if a := ahead.ask("Bearer "+jwtOf(t, ahead.cred.AppID, ahead.PrivateKey(), time.Now()), "GET", "/app", ""); a.status != 401 ||
		!strings.Contains(a.body, "'Expiration time' claim") {
		t.Errorf("a clock ahead: %d %s", a.status, a.body)
	}
}

func TestFaultsStrikeOnlyTheAppUnlessTold(t *testing.T) {
	w := newTrouble(t, emulator.Options{}, "api.500=1")
	if got := w.issues(); got != 0 {
		t.Error("a person meets the faults")
	}
	if a := w.ask("Bearer nonsense", "GET", "/user", ""); a.status != 401 {
		t.Errorf("who is nobody is answered %d", a.status)
	}
	if a := w.asBot(w.token(), "GET", "/nothing/here", ""); a.status != 501 {
		t.Errorf("what is not there is answered %d", a.status)
	}
	if err := w.SetFaults(1, fault.Rule{Kind: fault.Error500, Chance: 1, Who: fault.People}); err != nil {
		t.Fatal(err)
	}
	if a := w.ask("token "+w.Token("maintainer"), "GET", "/user", ""); a.status != 500 {
		t.Errorf("a person: %d", a.status)
	}
	if a := w.asBot(w.token(), "GET", "/repos/acme/upgrades", ""); a.status != 200 {
		t.Errorf("the App: %d", a.status)
	}
}

// run asks the same things of a world with faults and writes down what came.
func run(t *testing.T, seed int64) (statuses []int, deliveries []string) {
	w := newTrouble(t, emulator.Options{FaultSeed: seed}, "api.502=0.3,effect=either", "api.cut=0.2,effect=either",
		"deliveries.lost=0.2", "deliveries.doubled=0.2", "deliveries.missigned=0.2")
	token := w.token()
	for range 40 {
		a := w.asBot(token, "POST", issuesPath, anIssue)
		if a.err != nil {
			a.status = -a.status
		}
		statuses = append(statuses, a.status)
	}
	for _, d := range w.log() {
		deliveries = append(deliveries, d.GUID+" "+d.Status)
	}
	return statuses, deliveries
}

func TestTheSameRequestsMeetTheSameFaults(t *testing.T) {
	statuses, deliveries := run(t, 5)
	again, sent := run(t, 5)
	if !slices.Equal(statuses, again) || !slices.Equal(deliveries, sent) {
		t.Errorf("first %v, then %v; first %v, then %v", statuses, again, deliveries, sent)
	}
	if other, _ := run(t, 6); slices.Equal(statuses, other) {
		t.Error("another seed met the same faults")
	}
}
