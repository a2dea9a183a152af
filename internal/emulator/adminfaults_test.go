package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

func (w *trouble) admin(method, path, body string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.cred.AdminURL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text)
}

func TestTheAdminAPISwitchesFaultsWhileTheWorldRuns(t *testing.T) {
	w := newTrouble(t, emulator.Options{FaultSeed: 9})
	tests := []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/faults", "", 200, `{"seed":9,"rules":[],"counts":{},"total":0}`},
		{"POST", "/faults", `{"rule":"api.502=1,times=1,effect=after,route=POST /repos/*/*/issues/*/comments"}`, 201, `"id":1`},
		{"POST", "/faults", `{"rule":"api.503=1"}`, 422, "there is no fault"},
		{"POST", "/faults", `{`, 400, "parsing"},
		{"POST", "/faults", `{"rule":"api.500=0"}`, 201, `"id":2`},
		{"DELETE", "/faults/2", "", 204, ""},
		{"DELETE", "/faults/2", "", 404, "No fault has the id 2"},
		{"GET", "/faults", "", 200, `"rule":"api.502=1,times=1,route=POST /repos/*/*/issues/*/comments,effect=after","kind":"api.502","chance":1,"met":0,"struck":0,"left":1`},
		{"PUT", "/faults", `{"rules":["api.500=2"]}`, 422, "from 0 to 1"},
		{"PUT", "/faults", `{"rules":["api.500=1,who=people"]}`, 200, `{"seed":9,"rules":[{"id":3`},
		{"PUT", "/faults", `{"seed":4,"rules":["api.slow=0"]}`, 200, `{"seed":4,`},
		{"GET", "/faults/kinds", "", 200, `{"kind":"api.slow","about":"an answer comes late","delivery":false,"effect":"after","by":"2s","status":false}`},
		{"GET", "/faults/struck?last=x", "", 422, "a number"},
		{"GET", "/faults/nothing", "", 404, "has no GET"},
		{"POST", "/faults/1", "", 404, "has no POST"},
		{"GET", "/faults/1/2", "", 404, "has no GET"},
		{"DELETE", "/faults", "", 204, ""},
		{"GET", "/faults", "", 200, `{"seed":4,"rules":[]`},
	}
	for _, tc := range tests {
		if status, text := w.admin(tc.method, tc.path, tc.body); status != tc.status || !strings.Contains(text, tc.says) {
			t.Errorf("%s %s %s: got %d %s, want %d %s", tc.method, tc.path, tc.body, status, text, tc.status, tc.says)
		}
	}
}

func TestTheNextCommentIsAnswered502AfterItTookEffectAndThatIsRecorded(t *testing.T) {
	w := newTrouble(t, emulator.Options{})
	w.does("POST", issuesPath, anIssue)
	w.admin("POST", "/faults", `{"rule":"api.502=1,times=1,effect=after,route=POST /repos/*/*/issues/*/comments"}`)
	token := w.token()
	for n, want := range []int{502, 201} {
		if a := w.asBot(token, "POST", issuesPath+"/1/comments", `{"body":"hello"}`); a.status != want {
			t.Errorf("comment %d is answered %d", n, a.status)
		}
	}
	if a := w.ask("token "+w.Token("maintainer"), "GET", issuesPath+"/1", ""); !strings.Contains(a.body, `"comments":2`) {
		t.Errorf("the issue is %s", a.body)
	}
	var struck []fault.Strike
	status, text := w.admin("GET", "/faults/struck?last=50", "")
	if err := json.Unmarshal([]byte(text), &struck); err != nil || status != 200 || len(struck) != 1 ||
		struck[0].On != "POST "+issuesPath+"/1/comments" || struck[0].Effect != fault.After || struck[0].At.IsZero() {
		t.Errorf("there struck %s, %v", text, err)
	}
	if got := w.Faults(); got.Counts[fault.Error502] != 1 || got.Rules[0].Met != 2 {
		t.Errorf("it is counted as %+v", got)
	}
}

func TestTheAdminAPIChangesLatencyAndLimits(t *testing.T) {
	w := newTrouble(t, emulator.Options{})
	tests := []struct {
		method, body string
		status       int
		says         string
	}{
		{"GET", "", 200, `{"latency":"0s","limits":false,"limit_status":0,"search_delay":"0s"}`},
		{"PATCH", `{"latency":"1ms..2ms"}`, 200, `{"latency":"1ms..2ms","limits":false`},
		{"PATCH", `{"latency":"fast"}`, 422, "a length of time"},
		{"PATCH", `{"latency":"-1s"}`, 422, "a length of time"},
		{"PATCH", `{"limits":true,"limit_status":429,"search_delay":"0s"}`, 200, `{"latency":"1ms..2ms","limits":true,"limit_status":429,"search_delay":"0s"}`},
		{"PATCH", `{"limit_status":404}`, 422, "403, 429"},
		{"PATCH", `{"search_delay":"30s"}`, 200, `"limit_status":429,"search_delay":"30s"}`},
		{"PATCH", `{"search_delay":"-30s"}`, 422, "a length of time"},
		{"PATCH", `[`, 400, "parsing"},
	}
	for _, tc := range tests {
		if status, text := w.admin(tc.method, "/settings", tc.body); status != tc.status || !strings.Contains(text, tc.says) {
			t.Errorf("%s %s: got %d %s, want %d %s", tc.method, tc.body, status, text, tc.status, tc.says)
		}
	}
	if a := w.ask("token "+w.Token("engineer"), "GET", "/user", ""); a.head.Get("X-RateLimit-Limit") != "5000" {
		t.Errorf("the limit is %s", a.head.Get("X-RateLimit-Limit"))
	}
}

func TestAFaultThatCannotBeStopsTheWorldFromBeginning(t *testing.T) {
	if _, err := emulator.New(emulator.Options{Faults: []fault.Rule{{Kind: "api.503"}}}); err == nil {
		t.Error("it begins")
	}
}
