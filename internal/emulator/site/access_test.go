package site_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// lookAround makes a world in which every kind of thing is to be seen.
func lookAround(t *testing.T) *visitor {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(bot.Close)
	v := newVisitor(t)
	v.gh.SetWebhookURL(bot.URL)
	v.plant(".github/ISSUE_TEMPLATE/feature.yml", featureForm)
	v.plant(".github/ISSUE_TEMPLATE/broken.yml", "name: Broken")
	v.api("/repos/acme/upgrades/milestones", `{"title":"Alphanet 2026-12","due_on":"2026-12-10T12:00:00Z","description":"The first"}`)
	v.api("/repos/acme/upgrades/milestones", `{"title":"Long ago","due_on":"2026-01-10T12:00:00Z"}`)
	text, err := filepath.Glob("testdata/markdown/*.md")
	if err != nil || len(text) == 0 {
		t.Fatal("no texts", err)
	}
	v.must("/acme/upgrades/issues", url.Values{"title": {"All that `Markdown` can"}, "label": {"bug", "question", "enhancement", "documentation", "wontfix"}})
	issue := "/acme/upgrades/issues/1"
	for _, file := range text {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v.must(issue+"/comment", url.Values{"body": {string(source)}, "do": {"comment"}})
	}
	v.must(issue+"/react", url.Values{"comment": {"0"}, "content": {"rocket"}})
	v.must(issue+"/edit", url.Values{"body": {"Now with a text."}, "title": {"All that Markdown can do"}})
	v.must(issue+"/edit", url.Values{"body": {"Now with another text."}})
	v.act("maintainer")
	v.must(issue+"/milestone", url.Values{"milestone": {"1"}})
	v.must(issue+"/assignees", url.Values{"has": {"ada", "mara"}})
	v.must(issue+"/lock", url.Values{"do": {"lock"}, "reason": {"resolved"}})
	v.must(issue+"/pin", url.Values{"do": {"pin"}})
	v.must(issue+"/react", url.Values{"comment": {"0"}, "content": {"rocket"}})
	v.must(issue+"/react", url.Values{"comment": {"0"}, "content": {"heart"}})
	for range 30 {
		v.must("/acme/upgrades/issues", url.Values{"title": {"One of many"}, "body": {"See #1, @ada."}})
	}
	v.must("/acme/upgrades/issues/2/comment", url.Values{"do": {"skip"}})
	v.must("/acme/protocol/pulls", url.Values{"title": {"Send sooner!"}, "body": {"Feature: acme/upgrades#1"}})
	v.gh.Advance(26 * time.Hour)
	return v
}

// sights are the pages that everybody must be able to use.
var sights = []string{
	"/acme/upgrades/issues", "/acme/upgrades/issues?labels=bug&author=ada&q=markdown", "/acme/upgrades/issues?state=closed",
	"/acme/upgrades/issues/1", "/acme/upgrades/issues/1/edits?of={node}", "/acme/upgrades/issues/new", "/acme/upgrades/issues/new/choose",
	"/acme/upgrades/issues/new?template=feature.yml", "/acme/upgrades/labels", "/acme/upgrades/milestones",
	"/acme/protocol/pulls", "/acme/protocol/pull/1", "/acme/protocol/pull/1/files", "/acme/protocol/compare",
	"/acme/upgrades/blob/main/.github/stationmaster.yml", "/-/deliveries", "/-/faults", "/nowhere/at/all",
}

// faultsOf asks axe, with what WCAG 2.2 asks for up to AA and with what it
// holds for good besides, or with some rules alone. Every menu is open, so that
// it is looked at too, and moved aside so that it hides nothing.
const faultsOf = `(async () => {
	document.querySelectorAll('details').forEach(d => { d.removeAttribute('name'); d.open = true })
	document.querySelectorAll('.menu > :not(summary)').forEach(e => { e.style.position = 'static'; e.style.width = 'auto' })
	const found = await axe.run(document, {resultTypes: ['violations'], runOnly: %s})
	return found.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ': ' + n.html.slice(0, 200) + ' ' +
		n.any.concat(n.all, n.none).map(c => c.message).join('; ').slice(0, 200)))
})()`

const (
	allRules   = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`
	colorRules = `['color-contrast', 'link-in-text-block']`
	smallRules = `['target-size', 'scrollable-region-focusable']`
)

func TestEverybodyCanUseEveryPage(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join(contract.Installed(t, "axe-core"), "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	browser := withBrowser(t)
	world := lookAround(t)
	node := nodeOf(t, world)
	for _, l := range []look{{"light", 1280, allRules}, {"dark", 1280, colorRules}, {"light", 390, smallRules}} {
		t.Run(fmt.Sprintf("%s %d", l.scheme, l.width), func(t *testing.T) {
			t.Parallel()
			p := sit(t, browser, world, true)
			p.open("/acme/protocol/pulls")
			p.actsAs("maintainer")
			p.takes(l)
			for _, path := range sights {
				path = strings.Replace(path, "{node}", node, 1)
				for _, fault := range p.faults(path, string(axe)+";"+fmt.Sprintf(faultsOf, l.rules), l.width) {
					t.Errorf("%s: %s", path, fault)
				}
			}
		})
	}
}

// look is a way to see pages, and what to ask of them then.
type look struct {
	scheme string
	width  int64
	rules  string
}

// takes changes the window.
func (p *person) takes(l look) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(l.width, 900))
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}})
	p.must(err)
}

// faults are those of one page: what axe finds, and a page that is wider than
// its window.
func (p *person) faults(path, axe string, width int64) []string {
	p.t.Helper()
	p.open(path)
	p.forget() // the page that is not there says so to the console as well
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	p.must(err)
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](axe, chromedp.EvalAwaitPromise))
	p.must(err)
	if wide > width {
		found = append(found, fmt.Sprintf("it is %d wide in a window of %d", wide, width))
	}
	return found
}

// nodeOf is GraphQL's name of the first issue, which the page of its versions
// is asked for by.
func nodeOf(t *testing.T, v *visitor) string {
	t.Helper()
	found := regexp.MustCompile(`/edits\?of=([\w-]+)`).FindStringSubmatch(v.open("/acme/upgrades/issues/1"))
	if found == nil {
		t.Fatal("no versions")
	}
	return found[1]
}
