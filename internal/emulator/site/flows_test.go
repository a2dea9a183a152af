package site_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/emulator/site"
)

func TestAPersonActsThroughTheSiteWithoutScripts(t *testing.T) {
	browser := withBrowser(t)
	for name, flow := range map[string]func(*testing.T, *person){
		"opens an issue by a form":           opensByForm,
		"previews, comments, edits, deletes": comments,
		"ticks a task, reacts":               ticks,
		"labels, plans, assigns":             picks,
		"merges a pull request":              merges,
		"moves the clock to the next train":  movesTheClock,
		"filters and searches the list":      filters,
		"locks, pins, hides, deletes":        manages,
		"does it all with the keyboard":      byKeyboard,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flow(t, sit(t, browser, newVisitor(t), false))
		})
	}
	t.Run("delivers again", func(t *testing.T) {
		t.Parallel()
		deliversAgain(t, browser)
	})
}

// plant puts a file into the tracking repository.
func (v *visitor) plant(path, text string) {
	v.t.Helper()
	body := fmt.Sprintf(`{"message":"add","content":%q}`, base64.StdEncoding.EncodeToString([]byte(text)))
	status, said := v.ask(http.MethodPut, "/api/v3/repos/acme/upgrades/contents/"+path, body, "Authorization", "token "+v.gh.Token("maintainer"))
	if status != http.StatusCreated {
		v.t.Fatalf("plant %s: %d %s", path, status, said)
	}
}

const featureForm = `name: Feature
description: Something that travels
labels: [bug]
body:
  - type: textarea
    id: what
    attributes: {label: What it is, description: "In **short**."}
    validations: {required: true}
  - type: dropdown
    attributes: {label: Network, options: [Alphanet, Betanet]}
  - type: checkboxes
    attributes: {label: Before, options: [{label: I looked, required: true}]}
`

func opensByForm(_ *testing.T, p *person) {
	p.world.plant(".github/ISSUE_TEMPLATE/feature.yml", featureForm)
	p.open("/")
	p.actsAs("outsider") // a form's labels are set for everybody
	p.press(named("a", "New issue"))
	p.sees("Feature", "Something that travels", "Blank issue")
	p.press(named("a", "Feature"))
	p.sees("In short.", "It gets bug")
	p.write(`input[name="title"]`, "Faster batches")
	p.write(`#answer-0`, "Twice as fast, see #1.")
	p.press(named("button", "Preview"))
	p.sees("Twice as fast, see #1.", "None")
	p.do(chromedp.Click(`//label[contains(., "I looked")]/input`), chromedp.SendKeys(`#answer-1`, "B"))
	p.press(named("button", "Create issue"))
	p.sees("Faster batches #1", "What it is Twice as fast, see #1.", "Network Betanet", "otto added bug")
}

func comments(_ *testing.T, p *person) {
	p.world.must("/acme/upgrades/issues", url.Values{"title": {"A talk"}})
	p.open("/acme/upgrades/issues/1")
	p.actsAs("reviewer")
	p.sees("Comment as rui reviewer")
	p.write(`#end textarea`, "It is **bold** :rocket:\n\n> [!NOTE]\n> Mind the gap.\n")
	p.press(named("button", "Preview"))
	p.sees("It is bold 🚀", "Mind the gap.")
	p.press(named("button", "Comment"))
	p.sees("rui said just now", "It is bold 🚀")
	p.unfold(`(//article)[2]//summary[contains(., "Edit")]`)
	p.write(`article:has(form[action$="edit-comment"]) textarea`, "And more.")
	p.press(`(//article)[2]//button[.="Save"]`)
	p.sees("And more.", "· edited")
	p.press(`(//article)[2]//a[contains(., "edited")]`)
	p.sees("What rui wrote in A talk #1", "2 versions", "And more.")
	p.press(named("a", "A talk #1"))
	p.unfold(`(//article)[2]//summary[contains(., "Edit")]`)
	p.press(named("button", "Delete"))
	p.misses("And more.")
	p.press(named("button", "Close as not planned"))
	p.sees("not planned", "rui closed this as not planned")
	p.press(named("button", "Reopen"))
	p.sees("rui reopened this")
}

func ticks(t *testing.T, p *person) {
	p.world.must("/acme/upgrades/issues", url.Values{"title": {"A list"}, "body": {"- [ ] ask the **board**\n- [ ] wait"}})
	p.open("/acme/upgrades/issues/1")
	p.press(`//button[@role="checkbox" and @aria-label="ask the board"]`)
	p.do(chromedp.WaitVisible(`//button[@aria-label="ask the board" and @aria-checked="true"]`),
		chromedp.WaitVisible(`//button[@aria-label="wait" and @aria-checked="false"]`))
	p.unfold(`(//article)[1]//summary[contains(., "React")]`)
	p.press(`(//article)[1]//button[@title="rocket"]`)
	p.do(chromedp.WaitVisible(`(//article)[1]//button[@aria-pressed="true" and @title="rocket: ada"]`))
	p.press(`(//article)[1]//button[@title="rocket: ada"]`)
	p.misses("🚀 1")
	p.actsAs("outsider")
	if at, err := chromedp.Run(p.ctx, chromedp.AttributeValue(`//button[@aria-label="wait"]`, "disabled")); err != nil || !at.Exists {
		t.Errorf("the outsider can tick a box: %v %v", at, err)
	}
}

func picks(_ *testing.T, p *person) {
	p.world.must("/acme/upgrades/issues", url.Values{"title": {"A thing"}})
	p.open("/acme/upgrades/milestones")
	p.unfold(named("summary", "New milestone"))
	p.write(`details[open] input[name="title"]`, "Alphanet 2026-12")
	p.press(named("button", "Create milestone"))
	p.sees("Alphanet 2026-12", "0 % done")
	p.open("/acme/upgrades/issues/1")
	p.unfold(named("summary", "Change labels"))
	p.do(chromedp.Click(`//section[@id="labels"]//label[contains(., "question")]/input[@type="checkbox"]`),
		chromedp.SendKeys(`//section[@id="labels"]//input[@name="new"]`, "stage/scoping"))
	p.press(`//section[@id="labels"]//button[.="Apply"]`)
	p.sees("ada added question stage/scoping")
	p.unfold(named("summary", "Change milestone"))
	p.do(chromedp.SendKeys(`select[name="milestone"]`, "Alpha"))
	p.press(`//section[@id="milestone"]//button[.="Apply"]`)
	p.sees("ada added this to the milestone Alphanet 2026-12")
	p.unfold(named("summary", "Change assignees"))
	p.do(chromedp.Click(`//section[@id="assignees"]//label[contains(., "mara")]/input[@type="checkbox"]`))
	p.press(`//section[@id="assignees"]//button[.="Apply"]`)
	p.sees("ada assigned mara")
}

func merges(_ *testing.T, p *person) {
	p.open("/acme/protocol/pulls")
	p.press(named("a", "New pull request"))
	p.write(`input[name="title"]`, "Send sooner")
	p.press(named("button", "Create pull request"))
	p.sees("Send sooner #1", "ada wants to merge ada/send-sooner into main")
	p.press(`//nav[@aria-label="This pull request"]//a[contains(., "Files")]`)
	p.sees("Send sooner #1", "changes no file")
	p.press(named("a", "Conversation"))
	p.actsAs("outsider")
	p.misses("Merge pull request")
	p.actsAs("maintainer")
	p.press(named("button", "Merge pull request"))
	p.sees("mara merged commit", "Merged by mara just now.")
}

func movesTheClock(t *testing.T, p *person) {
	p.world.api("/repos/acme/upgrades/milestones", `{"title":"Alphanet 2026-12","due_on":"2026-12-10T12:00:00Z"}`)
	p.open("/acme/upgrades/milestones")
	now := func(want string) {
		t.Helper()
		text, err := chromedp.Run(p.ctx, chromedp.Text(`form[aria-label="The world's clock"] strong`))
		if err != nil || text != want {
			t.Errorf("it is %q, want %q %v", text, want, err)
		}
	}
	for _, step := range []struct{ button, now string }{
		{"+1 hour", "Tue 1 Dec 2026, 10:00 UTC"},
		{"+1 day", "Wed 2 Dec 2026, 10:00 UTC"},
		{"to Alphanet 2026-12, Thu 10 Dec", "Thu 10 Dec 2026, 08:00 UTC"},
		{"+1 week", "Thu 17 Dec 2026, 08:00 UTC"},
	} {
		p.press(named("button", step.button))
		now(step.now)
	}
	p.sees("was due Thu 10 Dec 2026")
}

func filters(_ *testing.T, p *person) {
	for _, title := range []string{"Faster proofs", "Cheaper proofs", "A question"} {
		p.world.must("/acme/upgrades/issues", url.Values{"title": {title}, "label": {map[bool]string{true: "question", false: "bug"}[title == "A question"]}})
	}
	p.open("/acme/upgrades/issues")
	p.unfold(named("summary", "Label"))
	p.press(`//details[@open]//a[contains(., "bug")]`)
	p.sees("2 open", "Faster proofs", "Cheaper proofs")
	p.misses("A question")
	p.write(`#q`, "cheaper")
	p.press(named("button", "Search"))
	p.sees("1 open", "Cheaper proofs", "title has cheaper")
	p.misses("Faster proofs")
	p.press(`//a[@title="Remove this filter" and contains(., "title has")]`)
	p.sees("2 open")
	p.unfold(named("summary", "Sort"))
	p.press(named("a", "Oldest"))
	p.sees("Faster proofs bug #1", "2 open")
	p.press(named("a", "Clear all"))
	p.sees("3 open")
	p.press(named("a", "Labels"))
	p.sees("5 labels", "2 open")
}

func manages(_ *testing.T, p *person) {
	p.world.must("/acme/upgrades/issues", url.Values{"title": {"A quarrel"}})
	p.world.must("/acme/upgrades/issues/1/comment", url.Values{"body": {"No!"}, "do": {"comment"}})
	p.open("/acme/upgrades/issues/1")
	p.actsAs("maintainer")
	p.unfold(`//summary[starts-with(., "More")]`)
	p.press(named("button", "Hide"))
	p.sees("This comment was hidden as outdated.")
	p.press(named("button", "Pin this issue"))
	p.unfold(named("summary", "Lock the conversation"))
	p.press(named("button", "Lock"))
	p.sees("mara pinned this", "mara locked the conversation")
	p.actsAs("outsider")
	p.sees("This conversation is locked. Collaborators can comment.")
	p.open("/acme/upgrades/issues")
	p.sees("📌 #1")
	p.actsAs("maintainer")
	p.open("/acme/upgrades/issues/1")
	p.unfold(named("summary", "Delete this issue"))
	p.do(chromedp.Click(`input[name="sure"]`))
	p.press(`//section[@id="manage"]//button[.="Delete"]`)
	p.sees("0 open")
}

func byKeyboard(t *testing.T, p *person) {
	p.open("/acme/upgrades/issues")
	p.do(chromedp.KeyEvent(kb.Tab))
	if at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](focused)); err != nil || at != "Skip to the content" {
		t.Errorf("Tab comes first to %q %v", at, err)
	}
	p.tabTo("maintainer")
	p.key(kb.Enter)
	p.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // skips the frame
	p.tabTo("New issue")
	p.key(kb.Enter)
	p.tabTo("Text")
	p.do(chromedp.KeyEvent("- [ ] by hand"))
	p.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)), chromedp.KeyEvent("Typed"))
	p.tabTo("Create issue")
	p.key(kb.Enter)
	p.sees("Typed #1", "mara opened this")
	p.tabTo("by hand")
	p.key(" ")
	p.do(chromedp.WaitVisible(`//button[@aria-label="by hand" and @aria-checked="true"]`))
	p.tabTo("Comment")
	p.do(chromedp.KeyEvent("done"))
	p.tabTo("Comment")
	p.key(kb.Enter)
	p.sees("mara said just now Author Member", "done")
}

func deliversAgain(t *testing.T, browser context.Context) {
	var heard atomic.Int32
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		heard.Add(1)
		_, _ = w.Write([]byte("thank you"))
	}))
	defer bot.Close()
	var gh *emulator.GitHub
	world := newVisitor(t, func(o *site.Options) {
		gh, _ = o.API.(*emulator.GitHub)
		o.AppID, o.PrivateKey = gh.Credentials().AppID, gh.PrivateKey()
	})
	gh.SetWebhookURL(bot.URL)
	world.must("/acme/upgrades/issues", url.Values{"title": {"t"}})
	p := sit(t, browser, world, false)
	p.open("/-/deliveries")
	p.do(chromedp.SendKeys(`select[name="event"]`, "issues"))
	p.press(named("button", "Show"))
	p.sees("issues.opened")
	p.misses("ping 200")
	before := heard.Load()
	p.press(named("button", "Redeliver"))
	p.sees("issues.opened again")
	if heard.Load() != before+1 {
		t.Errorf("the bot heard %d, then %d", before, heard.Load())
	}
	p.press(`//tr[contains(., "again")]//a[contains(., "issues")]`)
	p.sees("X-Hub-Signature-256", `"action": "opened"`, "thank you", "not for the first time")
}
