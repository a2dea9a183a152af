package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	ical "github.com/emersion/go-ical"
)

// The feed of a running bot is read without a token in a test world, as in the
// demo, names the trains that stand at GitHub, and follows them.
func TestTheCalendarFeedFollowsTheTrains(t *testing.T) {
	w := newTestWorld(t)
	if err := w.station.beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.calm(t)
	read := func(path string) (map[string]ical.Event, int) {
		resp, err := http.Get(w.home + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			_, _ = io.Copy(io.Discard, resp.Body)
			return nil, resp.StatusCode
		}
		c, err := ical.NewDecoder(resp.Body).Decode()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]ical.Event{}
		for _, e := range c.Events() {
			uid, _ := e.Props.Text("UID")
			out[uid] = e
		}
		return out, resp.StatusCode
	}
	repo := w.cred.Owner + "/" + w.cred.Repo
	events, code := read("/calendar.ics")
	train, ok := events["alphanet/2026-12-08@"+repo]
	if !ok || code != http.StatusOK {
		t.Fatalf("%d, %d events, without the Alphanet of December", code, len(events))
	}
	if at := train.Props.Get("DTSTART").Value; at != "20261208T130000Z" { // 14:00 in Berlin
		t.Errorf("it departs at %s", at)
	}
	if link := train.Props.Get("URL"); link == nil || !strings.HasPrefix(link.Value, w.site+"/"+repo+"/issues/") {
		t.Errorf("its link is %v", link)
	}
	if _, ok := events["alphanet/2027-10-12@"+repo]; !ok {
		t.Error("a train that has no issue yet is missing")
	}
	if _, code := read("/calendar/nonsense.ics"); code != http.StatusNotFound {
		t.Errorf("nonsense: %d", code)
	}
}

func TestASitesAddressFollowsFromThatOfItsAPI(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.github.com/": "https://github.com", "https://github.example/api/v3/": "https://github.example", "http://127.0.0.1:80/api/v3": "http://127.0.0.1:80",
	} {
		if got := siteOf(api); got != want {
			t.Errorf("siteOf(%s) = %s", api, got)
		}
	}
}
