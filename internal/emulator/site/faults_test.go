package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

func TestFaultsAreSetAndSwitchedOffOnTheirPage(t *testing.T) {
	v := newVisitor(t)
	page := v.open("/-/faults")
	shows(t, plain(page), "Nothing is in force", "Nothing has struck yet", "api.502 a request is answered with 502")
	for _, k := range fault.Kinds {
		shows(t, page, `name="kind" value="`+string(k.Kind)+`"`)
	}
	if strings.Contains(page, "Switch all off") {
		t.Error("there is nothing to switch off")
	}
	page = v.must("/-/faults", url.Values{"do": {"set"}, "kind": {"api.cut"}, "chance": {"0.25"}, "times": {"3"}, "more": {"effect=after, method=POST"}})
	shows(t, plain(page), "1 rule in force, 0 strikes", "api.cut=0.25,times=3,method=POST,effect=after", "0 of 0")
	page = v.must("/-/faults", url.Values{"do": {"set"}, "kind": {"api.cut"}, "chance": {"1"}, "times": {"1"}})
	if shows(t, plain(page), "api.cut=1,times=1"); strings.Contains(page, "0.25") {
		t.Error("the old rule of the kind is still there")
	}
	status, page := v.press("/-/faults", url.Values{"do": {"set"}, "kind": {"api.cut"}, "chance": {"2"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a chance of 2 is answered %d", status)
	}
	shows(t, plain(page), "the chance is from 0 to 1")
	shows(t, plain(v.open("/-/faults")), "api.cut=1,times=1")
	v.must("/-/faults", url.Values{"do": {"off"}, "id": {"2"}})
	shows(t, plain(v.open("/-/faults")), "Nothing is in force")
	v.must("/-/faults", url.Values{"do": {"set"}, "kind": {"api.500"}, "chance": {"1"}})
	page = v.must("/-/faults", url.Values{"do": {"anew"}, "seed": {"99"}})
	shows(t, page, `name="seed" value="99"`, "api.500=1")
	page = v.must("/-/faults", url.Values{"do": {"clear"}})
	shows(t, plain(page), "Nothing is in force")
	for _, form := range []url.Values{{"do": {"anew"}, "seed": {"x"}}, {"do": {"dance"}}, {"do": {"set"}, "kind": {"api.503"}, "chance": {"1"}}} {
		if status, _ := v.press("/-/faults", form); status != http.StatusUnprocessableEntity {
			t.Errorf("%v is answered %d", form, status)
		}
	}
	if status, _ := v.ask(http.MethodPost, "/-/faults", "do=clear", "Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-www-form-urlencoded"); status != http.StatusForbidden {
		t.Errorf("another site's page may press the button: %d", status)
	}
}

func TestThePageShowsWhatStruckAndIsSparedItself(t *testing.T) {
	v := newVisitor(t)
	everything := fault.Rule{Kind: fault.Cut, Chance: 1, Who: fault.Anyone}
	if err := v.gh.SetFaults(5, everything, fault.Rule{Kind: fault.Slow, Chance: 1, Who: fault.Anyone, By: fault.Span{Least: 20 * time.Hour, Most: 20 * time.Hour}}); err != nil {
		t.Fatal(err)
	}
	v.must("/acme/upgrades/issues", url.Values{"title": {"made on the site"}})
	v.open("/acme/upgrades/issues/1")
	v.gh.ClearFaults()
	if _, err := v.gh.AddFault(fault.Rule{Kind: fault.Error500, Chance: 1, Times: 60, Who: fault.Anyone, Effect: fault.After}); err != nil {
		t.Fatal(err)
	}
	for range 61 {
		v.ask(http.MethodGet, "/api/v3/meta", "")
	}
	page := plain(v.open("/-/faults"))
	shows(t, page, "spent 60 of 61", "60 strikes", "60 "+now(page), "GET /meta after the effect")
	if strings.Contains(page, " 10 "+now(page)) || strings.Count(page, "GET /meta") != 50 {
		t.Errorf("it shows %d of the last 50", strings.Count(page, "GET /meta"))
	}
}

// now is the beginning of the time that the newest strike has.
func now(page string) string {
	_, after, _ := strings.Cut(page, "how 60 ")
	hour, _, _ := strings.Cut(after, ":")
	return hour
}
