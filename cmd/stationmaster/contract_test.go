package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// ofAll is what is checked of all worlds of one run together: each answer and
// each webhook is of a kind that comes thousands of times.
var ofAll = contract.NewSample(50)

// held holds what passes between the bot, people and the emulated GitHub to
// GitHub's own description, where npm has fetched it. The answers are checked as
// they pass, the webhooks in the end, from the log, by the function returned.
func held(t *testing.T, o *worldOptions) (atEnd func(*world)) {
	t.Helper()
	d, has := contract.Look()
	if !has {
		return func(*world) {}
	}
	var mu sync.Mutex
	faults := map[string]int{}
	watch := contract.NewWatch(d, func(fault string) {
		if strings.Contains(fault, "a server's error") {
			return // ordered by the story
		}
		mu.Lock()
		defer mu.Unlock()
		faults[fault]++
	}).Sampled(ofAll)
	o.github.Middleware = watch.API
	return func(w *world) {
		for _, sent := range w.github.Deliveries() {
			head := http.Header{}
			for name, value := range sent.RequestHeaders {
				head.Set(name, value)
			}
			watch.Webhook(head, sent.Payload, w.cred.WebhookSecret)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, f := range slices.Sorted(maps.Keys(faults)) {
			t.Errorf("not GitHub's way, %d times: %s", faults[f], f)
		}
	}
}
