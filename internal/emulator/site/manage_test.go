package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAnIssueIsTransferredByWhoeverMayWrite(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"In the wrong place"}})
	to := url.Values{"to": {"acme/protocol"}}
	v.act("outsider")
	if status, _ := v.press("/acme/upgrades/issues/1/transfer", to); status != http.StatusForbidden {
		t.Errorf("the outsider's transfer: %d", status)
	}
	v.act("maintainer")
	page := v.must("/acme/upgrades/issues/1/transfer", to)
	shows(t, plain(page), "In the wrong place #1", "mara transferred this here")
	shows(t, page, `action="/acme/protocol/issues/1/comment`)
	shows(t, v.open("/acme/upgrades/issues/1"), `action="/acme/protocol/issues/1/comment`)
	to.Set("to", "acme/nothing")
	if status, _ := v.press("/acme/protocol/issues/1/transfer", to); status != http.StatusNotFound {
		t.Errorf("a transfer to nowhere: %d", status)
	}
}

func TestAnIssueIsDeletedByMaintainersWhoAreSure(t *testing.T) {
	v := newVisitor(t)
	v.must("/acme/upgrades/issues", url.Values{"title": {"A mistake"}})
	for _, tc := range []struct {
		who, sure string
		status    int
	}{{"engineer", "yes", http.StatusForbidden}, {"maintainer", "", http.StatusUnprocessableEntity}, {"maintainer", "yes", http.StatusOK}} {
		v.act(tc.who)
		if status, text := v.press("/acme/upgrades/issues/1/delete", url.Values{"sure": {tc.sure}}); status != tc.status {
			t.Errorf("%s, sure %q: %d %s", tc.who, tc.sure, status, plain(text))
		}
	}
	if status, _ := v.ask(http.MethodGet, "/acme/upgrades/issues/1", ""); status != http.StatusGone {
		t.Errorf("the deleted issue: %d", status)
	}
}

func TestLabelsAreMadeRenamedAndDeleted(t *testing.T) {
	v := newVisitor(t)
	at := "/acme/upgrades/labels"
	page := v.must(at, url.Values{"name": {"area/bridge"}, "color": {"#0e8a16"}, "description": {"The bridge"}})
	shows(t, plain(page), "6 labels", "area/bridge", "The bridge")
	page = v.must(at, url.Values{"was": {"area/bridge"}, "name": {"area/portal"}, "color": {"#0e8a16"}})
	shows(t, plain(page), "6 labels", "area/portal")
	if page = v.must(at, url.Values{"was": {"area/portal"}, "do": {"delete"}}); strings.Contains(page, "area/portal") {
		t.Error("the label was not deleted")
	}
	if status, text := v.press(at, url.Values{"name": {"Bug"}, "color": {"#000000"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a second bug: %d %s", status, plain(text))
	}
	v.act("outsider")
	if strings.Contains(v.open(at), "New label") {
		t.Error("the outsider is offered a new label")
	}
}

func TestMilestonesAreMadeChangedClosedAndDeleted(t *testing.T) {
	v := newVisitor(t)
	at := "/acme/upgrades/milestones"
	shows(t, plain(v.must(at, url.Values{"do": {"create"}, "title": {"Later"}})), "1 open", "Later", "no due date")
	page := v.must(at, url.Values{"number": {"1"}, "do": {"save"}, "title": {"Alphanet"}, "due": {"2026-12-10"}, "description": {"Soon"}})
	shows(t, plain(page), "Alphanet", "due Thu 10 Dec 2026", "Soon", "0 % done")
	shows(t, page, `value="2026-12-10T08:00"`, "to Alphanet, Thu 10 Dec")
	v.must("/acme/upgrades/issues", url.Values{"title": {"t"}})
	v.must("/acme/upgrades/issues/1/milestone", url.Values{"milestone": {"1"}})
	v.must("/acme/upgrades/issues/1/comment", url.Values{"do": {"close"}})
	shows(t, plain(v.open(at)), "100 % done", "0 open", "1 closed")
	shows(t, plain(v.must(at, url.Values{"number": {"1"}, "do": {"close"}})), "0 open", "There are no open milestones.")
	shows(t, plain(v.open(at+"?state=closed")), "1 closed", "Alphanet")
	shows(t, plain(v.must(at, url.Values{"number": {"1"}, "do": {"open"}})), "1 open")
	shows(t, plain(v.must(at, url.Values{"number": {"1"}, "do": {"delete"}})), "0 open", "0 closed")
}

func TestTheWaysToOpenAnIssueAreTheRepositorysOwn(t *testing.T) {
	v := newVisitor(t)
	v.plant(".github/ISSUE_TEMPLATE/feature.yml", featureForm)
	v.plant(".github/ISSUE_TEMPLATE/bug.md", "---\nname: Bug\nabout: It broke\ntitle: 'bug: '\nlabels: bug\n---\nWhat **broke**?\n")
	v.plant(".github/ISSUE_TEMPLATE/broken.yml", "name: Broken\n")
	v.plant(".github/ISSUE_TEMPLATE/config.yml", "blank_issues_enabled: false\ncontact_links:\n  - {name: Chat, url: 'https://chat.example/', about: Ask}\n  - {name: Odd, url: 'javascript:alert(1)', about: Odd}\n")
	page := v.open("/acme/upgrades/issues/new/choose")
	shows(t, plain(page), "Feature Something that travels", "Bug It broke", "broken.yml cannot be used: it has no body", "Chat ↗ Ask")
	if strings.Contains(page, "Blank issue") || strings.Contains(page, "javascript:") {
		t.Error("what config.yml forbids is offered")
	}
	shows(t, v.open("/acme/upgrades/issues/new?template=bug.md"), `value="bug: "`, "What **broke**?\n</textarea>", `value="bug" checked`)
	shows(t, v.open("/acme/upgrades/issues/new?template=feature.yml&what=speed&title=T"), "speed</textarea>", `value="T"`)
	answers := url.Values{"template": {"feature.yml"}, "title": {"T"}, "answer-0": {" "}}
	status, page := v.press("/acme/upgrades/issues", answers)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without answers: %d", status)
	}
	shows(t, plain(page), "Nothing was opened yet", "2 answers", "This must be filled in", "This box must be ticked: I looked")
	shows(t, page, `aria-invalid="true"`)
	for _, name := range []string{"nothing.yml", "broken.yml"} {
		if status, _ := v.ask(http.MethodGet, "/acme/upgrades/issues/new?template="+name, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestALongListHasPages(t *testing.T) {
	v := newVisitor(t)
	for range 60 {
		v.api("/repos/acme/upgrades/issues", `{"title":"One of many"}`)
	}
	page := v.open("/acme/upgrades/issues")
	shows(t, page, `aria-label="Pages of the list"`, `href="?page=3"`, "older →")
	if n := strings.Count(page, `class="title"`); n != 25 {
		t.Errorf("%d on the first page", n)
	}
	page = v.open("/acme/upgrades/issues?page=3&sort=created-asc")
	shows(t, plain(page), "← newer", "60 open", "#60")
	if n := strings.Count(page, `class="title"`); n != 10 {
		t.Errorf("%d on the last page", n)
	}
	shows(t, plain(v.open("/acme/upgrades/issues?q=%2342")), "1 open", "#42")
}
