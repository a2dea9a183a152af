package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// goodManifest describes an App whose webhooks go to an address.
func goodManifest(hook string) map[string]any {
	return map[string]any{"name": "Porter 2", "url": "https://porter.example", "description": "Carries things.",
		"hook_attributes": map[string]any{"url": hook}, "redirect_url": "http://127.0.0.1:9/made",
		"callback_urls": []string{callback}, "setup_url": "http://127.0.0.1:9/ready", "setup_on_update": true, "public": true,
		"default_permissions": map[string]string{"issues": "write"}, "default_events": []string{"issues", "issue_comment"}}
}

// register goes through the pages of a manifest and returns the code.
func (w *world) register(m map[string]any) string {
	w.t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	form := url.Values{"manifest": {string(text)}, "org": {"acme"}, "state": {"a state"}}
	if status, _, page := w.press("/organizations/acme/settings/apps/new?state=a+state", form); status != http.StatusOK || !strings.Contains(page, "Create GitHub App") {
		w.t.Fatalf("%d: %s", status, page)
	}
	status, to, page := w.press("/-/apps/create", form)
	if status != http.StatusFound || to.Query().Get("state") != "a state" {
		w.t.Fatalf("%d to %v: %s", status, to, page)
	}
	return to.Query().Get("code")
}

func TestAnAppIsMadeOfAManifestAndInstalled(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	var heard []string
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Header.Get("X-GitHub-Event")+" "+r.Header.Get("X-GitHub-Hook-Installation-Target-ID"))
	}))
	t.Cleanup(hook.Close)
	code := w.register(goodManifest(hook.URL))
	nobody := w.client(http.DefaultTransport)
	conf := must[*github.AppConfig](t)(nobody.Apps.CompleteAppManifest(ctx, code))
	if conf.GetSlug() != "porter-2" || conf.GetOwner().GetLogin() != "acme" || conf.GetWebhookSecret() == "" || conf.GetClientSecret() == "" {
		t.Errorf("the App is %+v", conf)
	}
	if _, _, err := nobody.Apps.CompleteAppManifest(ctx, code); err == nil {
		t.Error("the code was good twice")
	}
	tr, err := ghinstallation.NewAppsTransport(http.DefaultTransport, conf.GetID(), []byte(conf.GetPEM()))
	if err != nil {
		t.Fatal(err)
	}
	tr.BaseURL = w.cred.BaseURL
	app := w.client(tr)
	if got := must[*github.App](t)(app.Apps.Get(ctx, "")); got.GetSlug() != "porter-2" || got.GetInstallationsCount() != 0 {
		t.Errorf("it sees itself as %+v", got)
	}
	status, to, page := w.press("/-/apps/porter-2/install", url.Values{"org": {"acme"}, "selection": {"all"}, "state": {"x"}})
	if status != http.StatusFound || to.Path != "/ready" || to.Query().Get("setup_action") != "install" || to.Query().Get("state") != "x" {
		t.Fatalf("%d to %v: %s", status, to, page)
	}
	in, _, err := app.Apps.FindOrganizationInstallation(ctx, "acme")
	if err != nil || fmt.Sprint(in.GetID()) != to.Query().Get("installation_id") || in.GetRepositorySelection() != "all" {
		t.Fatalf("installed as %+v, %v", in, err)
	}
	porter := w.client(ghinstallation.NewFromAppsTransport(tr, in.GetID()))
	i := must[*github.Issue](t)(porter.Issues.Create(ctx, "acme", "protocol", &github.IssueRequest{Title: github.String("t")}))
	if i.GetUser().GetLogin() != "porter-2[bot]" {
		t.Errorf("the issue is by %s", i.GetUser().GetLogin())
	}
	if got := w.heardKinds(); got != "issues.opened" {
		t.Errorf("the first App heard %s", got)
	}
	me := fmt.Sprint(conf.GetID())
	if want := []string{"ping " + me, "installation " + me, "issues " + me}; !slices.Equal(heard, want) {
		t.Errorf("the new App heard %v, want %v", heard, want)
	}
}

func TestABadManifestIsRefusedWhole(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	tests := map[string]struct {
		change map[string]any
		want   string
	}{
		"no name":                   {map[string]any{"name": nil}, "Name can&#39;t be blank"},
		"a long name":               {map[string]any{"name": strings.Repeat("n", 35)}, "Name is too long (maximum is 34 characters)"},
		"another's name":            {map[string]any{"name": "Stationmaster"}, "Name is already taken"},
		"no url":                    {map[string]any{"url": ""}, "Url can&#39;t be blank"},
		"an event without its perm": {map[string]any{"default_events": []string{"push", "issues"}}, "Default events are not supported by permissions: push"},
		"what everybody hears":      {map[string]any{"default_events": []string{"installation"}}, "Default events unsupported: installation"},
		"too many callbacks":        {map[string]any{"callback_urls": slices.Repeat([]string{callback}, 11)}, "Callback urls"},
		"an unknown level":          {map[string]any{"default_permissions": map[string]string{"issues": "much"}}, "not included in the list"},
		"a hook that is no address": {map[string]any{"hook_attributes": map[string]any{"url": "porter"}}, "Hook url must be a valid URL"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := goodManifest("https://porter.example/hook")
			for k, v := range tc.change {
				m[k] = v
			}
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			form := url.Values{"manifest": {string(text)}}
			for _, path := range []string{"/settings/apps/new", "/-/apps/create"} {
				if status, _, page := w.press(path, form); status != http.StatusUnprocessableEntity || !strings.Contains(page, tc.want) {
					t.Errorf("%s: %d %s", path, status, page)
				}
			}
		})
	}
}

func TestAnInstallationIsChangedOnItsPage(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	in, _, err := w.app().Apps.FindOrganizationInstallation(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	if status, page := w.visit(in.GetHTMLURL()); status != http.StatusOK || !strings.Contains(page, "upgrades") {
		t.Fatalf("%d: %s", status, page)
	}
	code := must[*github.Repository](t)(w.as("maintainer").Repositories.Get(ctx, "acme", "protocol"))
	tracking := must[*github.Repository](t)(w.as("maintainer").Repositories.Get(ctx, "acme", "upgrades"))
	do := func(form url.Values) {
		t.Helper()
		if status, _, page := w.press("/-/installations/"+fmt.Sprint(in.GetID()), form); status != http.StatusFound {
			t.Errorf("%v: %d %s", form, status, page)
		}
	}
	bot := w.bot
	do(url.Values{"do": {"save"}, "selection": {"selected"}, "repository": {fmt.Sprint(tracking.GetID())}})
	if _, _, err := bot.Repositories.Get(ctx, "acme", "protocol"); err == nil {
		t.Error("a repository that was taken away is still seen")
	}
	do(url.Values{"do": {"save"}, "selection": {"selected"}, "repository": {fmt.Sprint(code.GetID()), fmt.Sprint(tracking.GetID())}})
	must[*github.Repository](t)(bot.Repositories.Get(ctx, "acme", "protocol"))
	do(url.Values{"do": {"suspend"}})
	_, _, err = bot.Repositories.Get(ctx, "acme", "upgrades")
	wantStatus(t, err, 403, "This installation has been suspended")
	must[*github.Issue](t)(w.as("engineer").Issues.Create(ctx, "acme", "upgrades", &github.IssueRequest{Title: github.String("unheard")}))
	do(url.Values{"do": {"unsuspend"}})
	must[*github.Repository](t)(bot.Repositories.Get(ctx, "acme", "upgrades"))
	do(url.Values{"do": {"uninstall"}})
	_, _, err = bot.Repositories.Get(ctx, "acme", "upgrades")
	wantStatus(t, err, 401, "Bad credentials")
	want := "installation_repositories.removed installation_repositories.added installation.suspend installation.unsuspend installation.deleted"
	if got := w.heardKinds(); got != want {
		t.Errorf("heard %s\nwant  %s", got, want)
	}
}
