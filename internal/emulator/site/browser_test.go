package site_test

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// patience is how long one step in a browser may take; two slow cores need it.
const patience = time.Minute

// withBrowser runs a real Chromium for the tests of one function. Where there
// is none they are skipped, but fail in CI.
func withBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		contract.Missing(t, "there is no chromium to click with: apt-get install chromium")
	}
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// person sits before a browser and has nothing but its window.
type person struct {
	t     *testing.T
	world *visitor
	ctx   context.Context

	mu     sync.Mutex
	errors []string // what the browser complained of
}

// sit opens a new window on a new world, by default with scripts switched off.
// When the test ends, the browser must have had nothing to complain of.
func sit(t *testing.T, browser context.Context, world *visitor, scripts bool) *person {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	p := &person{t: t, world: world, ctx: ctx}
	p.must(chromedp.Listen(ctx, p.hear))
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	p.must(err)
	p.do(chromedp.EmulateViewport(1280, 900))
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, e := range p.errors {
			t.Error("the browser says: " + e)
		}
	})
	return p
}

// hear keeps what the browser complains of on its console: faults of the pages,
// and everything that the security policy stopped. That a person was quicker on
// the keys than a field's autofocus is no fault, and only told for information.
func (p *person) hear(ev any) {
	said := ""
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if level := string(ev.Entry.Level); level == "warning" || level == "error" {
			said = level + " " + ev.Entry.Text + " " + ev.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		said = ev.ExceptionDetails.Text
	}
	if said != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.errors = append(p.errors, said)
	}
}

// forget takes back what the browser complained of so far.
func (p *person) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errors = nil
}

func (p *person) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	p.must(chromedp.Do(ctx, steps...))
}

// leads does what leads to a page, and waits until it is there.
func (p *person) leads(step chromedp.Action[chromedp.Void], what string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, step)); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// open types an address of the site.
func (p *person) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.world.root + path))
}

// named finds a button, a link or the like by what stands on it.
func named(kind, words string) string {
	return `//` + kind + `[normalize-space(.)="` + words + `" or @aria-label="` + words + `"]`
}

// press clicks on what leads to a page.
func (p *person) press(where string) {
	p.t.Helper()
	p.leads(chromedp.Click(where), "press "+where)
}

// unfold opens a menu.
func (p *person) unfold(where string) {
	p.t.Helper()
	p.do(chromedp.Click(where))
}

// write puts text into a field.
func (p *person) write(where, text string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(where), chromedp.SendKeys(where, text))
}

// reads is all text of the page's main part that can be seen.
func (p *person) reads() string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Text("main"))
	p.must(err)
	return strings.Join(strings.Fields(text), " ")
}

// sees fails unless the page shows all the pieces.
func (p *person) sees(pieces ...string) {
	p.t.Helper()
	shows(p.t, p.reads(), pieces...)
}

// misses fails if the page shows a piece.
func (p *person) misses(piece string) {
	p.t.Helper()
	if text := p.reads(); strings.Contains(text, piece) {
		p.t.Errorf("%q is in\n%s", piece, text)
	}
}

// actsAs switches the persona.
func (p *person) actsAs(name string) {
	p.t.Helper()
	p.press(`//form[@aria-label="Act as"]//button[@value="` + name + `"]`)
}

// key presses a key that leads to a page.
func (p *person) key(keys string) {
	p.t.Helper()
	p.leads(chromedp.KeyEvent(keys), "press a key")
}

// focused says what has the keyboard: the words on it, its label or its name.
const focused = `(e => (e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText) ||
	(e.matches('button, a, summary') ? [...e.childNodes].map(n => n.nodeName == 'svg' ? '' : n.textContent).join('') : e.name) ||
	e.tagName).trim().replace(/\s+/g, ' '))(document.activeElement)`

// maxTabs is how often Tab may be pressed to get anywhere on a page.
const maxTabs = 150

// tabTo presses Tab until something has the keyboard, and checks that one can
// see that it has.
func (p *person) tabTo(name string) {
	p.t.Helper()
	var passed []string
	for range maxTabs {
		p.do(chromedp.KeyEvent(kb.Tab))
		at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](focused))
		p.must(err)
		if at == name {
			seen, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`))
			p.must(err)
			if seen == "none" {
				p.t.Errorf("one cannot see that %q has the keyboard", name)
			}
			return
		}
		passed = append(passed, at)
	}
	p.t.Fatalf("Tab never came to %q, but to %q", name, passed)
}
