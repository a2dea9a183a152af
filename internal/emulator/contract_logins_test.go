package emulator

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

var loginExercises = []exercise{
	{"an App asks about a person's token, resets it and ends it", func(d *driver) {
		client := "/applications/" + d.gh.Credentials().ClientID
		about := func(token string) string { return `{"access_token":"` + token + `"}` }
		token := d.login("engineer")
		d.asClient("POST "+client+"/token", about(token), 200)
		token = d.asClient("PATCH "+client+"/token", about(token), 200).text("token")
		d.ask("Bearer "+token, "GET /user", "", 200)
		d.asClient("DELETE "+client+"/token", about(token), 204)
		d.ask("Bearer "+token, "GET /user", "", 401)
		d.asClient("POST "+client+"/token", about(token), 404)
		d.asClient("POST "+client+"/token", `{}`, 422)
		d.ask("engineer", "POST "+client+"/token", about(token), 404)
		d.ask("nobody", "POST "+client+"/token", about(token), 401)
		d.asClient("POST /applications/another/token", about(d.login("reviewer")), 404)
		d.asClient("DELETE "+client+"/grant", about(d.login("reviewer")), 204)
	}},
	{"a person acting through an App sees its installations", func(d *driver) {
		me := "Bearer " + d.login("maintainer")
		id := d.ask(me, "GET /user/installations", "", 200).text("installations.0.id")
		d.ask(me, "GET /user/installations/"+id+"/repositories", "", 200)
		d.ask(me, "GET /user/installations/1/repositories", "", 404)
		d.ask(me, "POST "+up+"/issues", `{"title":"mine, through the App"}`, 201)
		d.ask(me, "GET "+up+"/issues/1", "", 200)
		d.ask("maintainer", "GET /user/installations", "", 403)
	}},
	{"an App is made of a manifest, installed, changed and taken off", func(d *driver) {
		form := url.Values{"org": {orgLogin}, "manifest": {`{"name":"Porter","url":"https://porter.example",
			"hook_attributes":{"url":"https://porter.example/hook","active":false},"redirect_url":"http://127.0.0.1/made",
			"default_permissions":{"issues":"read"},"default_events":["issues"]}`}}
		code := d.press("/-/apps/create", form).Query().Get("code")
		d.ask("nobody", "POST /app-manifests/"+code+"/conversions", "", 201)
		d.ask("nobody", "POST /app-manifests/"+code+"/conversions", "", 404)
		d.ask("nobody", "GET /apps/porter", "", 200)
		d.ask("nobody", "GET /apps/nobody", "", 404)
		d.gh.mu.Lock() // the hook that listens here knows one secret only
		hook := &d.gh.st.appBySlug("porter").hook
		hook.url, hook.secret = d.hook, hookSecret
		d.gh.mu.Unlock()
		page := d.press("/-/apps/porter/install", url.Values{"org": {orgLogin}, "selection": {"all"}}).Path
		button := "/-/installations/" + page[strings.LastIndex(page, "/")+1:]
		one := itoa(d.gh.st.repo(orgLogin, trackingRepo).id)
		d.press(button, url.Values{"do": {"save"}, "selection": {"selected"}, "repository": {one}})
		d.press(button, url.Values{"do": {"save"}, "selection": {"all"}})
		d.admin("apps/porter", `{"permissions":{"issues":"write"}}`)
		d.press(button, url.Values{"do": {"accept"}})
		d.press(button, url.Values{"do": {"uninstall"}})
	}},
	{"an installation is suspended, taken back and given up by its App", func(d *driver) {
		in := "/app/installations/" + d.ask("app", "GET /app/installations", "", 200).text("0.id")
		d.ask("app", "PUT "+in+"/suspended", "", 204)
		d.ask("app", "GET "+in, "", 200)
		d.ask("app", "POST "+in+"/access_tokens", "", 403)
		d.ask("app", "DELETE "+in+"/suspended", "", 204)
		d.ask("bot", "GET "+up, "", 200)
		d.ask("app", "PUT /app/installations/1/suspended", "", 404)
		d.ask("app", "DELETE /app/installations/1/suspended", "", 404)
		d.ask("app", "DELETE /app/installations/1", "", 404)
		d.ask("app", "DELETE "+in, "", 204)
		d.ask("bot", "GET "+up, "", 401)
	}},
	{"comments and issues are pinned, and comments hidden", func(d *driver) {
		d.ask("engineer", "POST "+up+"/issues", `{"title":"one"}`, 201)
		m := d.ask("engineer", "POST "+up+"/issues/1/comments", `{"body":"first"}`, 201)
		n := d.ask("reviewer", "POST "+up+"/issues/1/comments", `{"body":"second"}`, 201)
		pin := up + "/issues/comments/" + m.text("id") + "/pin"
		d.ask("engineer", "PUT "+pin, "", 200)
		d.ask("engineer", "GET "+up+"/issues/1", "", 200)
		d.ask("engineer", "PUT "+up+"/issues/comments/"+n.text("id")+"/pin", "", 200)
		d.ask("engineer", "PUT "+pin, "", 200)
		d.ask("engineer", "DELETE "+pin, "", 204)
		d.ask("outsider", "PUT "+pin, "", 403)
		d.ask("engineer", "PUT "+up+"/issues/comments/1/pin", "", 404)
		d.ask("engineer", "DELETE "+up+"/issues/comments/1/pin", "", 404)
		issue := d.ask("bot", "GET "+up+"/issues/1", "", 200).text("node_id")
		d.graphQL(`mutation { minimizeComment(input: {subjectId: "` + m.text("node_id") + `", classifier: OUTDATED}) { clientMutationId } }`)
		d.ask("engineer", "GET "+up+"/issues/comments/"+m.text("id"), "", 200)
		d.graphQL(`mutation { pinIssue(input: {issueId: "` + issue + `"}) { clientMutationId } }`)
		d.graphQL(`mutation { unpinIssue(input: {issueId: "` + issue + `"}) { clientMutationId } }`)
		d.ask("engineer", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("engineer", "GET "+up+"/issues/1/events", "", 200)
		d.ask("engineer", "GET "+up+"/issues/events", "", 200)
	}},
}

// press posts a form as a page of the emulator does, and tells where it leads.
func (d *driver) press(path string, form url.Values) *url.URL {
	d.Helper()
	r, err := http.NewRequest(http.MethodPost, d.at+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	to, err := d.send(r, http.StatusFound).Location()
	if err != nil {
		d.Fatal(err)
	}
	return to
}

// send makes a request outside of the REST API.
func (d *driver) send(r *http.Request, want int) *http.Response {
	d.Helper()
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	if resp.StatusCode != want {
		d.Fatalf("%s: %d, want %d\n%s", r.URL, resp.StatusCode, want, body)
	}
	resp.Body = io.NopCloser(strings.NewReader(string(body)))
	return resp
}

// admin posts to the admin API.
func (d *driver) admin(path, text string) {
	d.Helper()
	r, err := http.NewRequest(http.MethodPost, d.at+"/_admin/"+path, strings.NewReader(text))
	if err != nil {
		d.Fatal(err)
	}
	d.send(r, http.StatusNoContent)
}

// login is a token with which the App acts for a persona.
func (d *driver) login(persona string) string {
	d.Helper()
	cred := d.gh.Credentials()
	form := url.Values{"client_id": {cred.ClientID}, "redirect_uri": {"http://127.0.0.1/callback"}, "as": {persona}}
	form.Set("code", d.press("/login/oauth/authorize", form).Query().Get("code"))
	form.Set("client_secret", cred.ClientSecret)
	r, err := http.NewRequest(http.MethodPost, d.at+"/login/oauth/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(d.send(r, http.StatusOK).Body).Decode(&got); err != nil || got.Token == "" {
		d.Fatalf("no token: %v", err)
	}
	return got.Token
}

// asClient asks with the App's client id and secret.
func (d *driver) asClient(what, text string, want int) answer {
	d.Helper()
	cred := d.gh.Credentials()
	return d.ask("nobody", what, text, want, "Authorization",
		"Basic "+base64.StdEncoding.EncodeToString([]byte(cred.ClientID+":"+cred.ClientSecret)))
}

// graphQL runs a query as the App, which must come without an error. The
// description has no GraphQL, so only the webhooks of it are validated.
func (d *driver) graphQL(query string) {
	d.Helper()
	text, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		d.Fatal(err)
	}
	if a := d.ask("bot", "POST /graphql", string(text), http.StatusOK); strings.Contains(string(a.body), `"errors"`) {
		d.Fatalf("%s: %s", query, a.body)
	}
}
