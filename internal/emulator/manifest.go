package emulator

import (
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxAppName   = 34
	maxCallbacks = 10
)

// manifest describes an App that is to be made.
type manifest struct {
	Name        string `json:"name"`
	URL         string `json:"url"`
	Description string `json:"description"`
	Hook        *struct {
		URL    string `json:"url"`
		Active *bool  `json:"active"`
	} `json:"hook_attributes"`
	RedirectURL   string            `json:"redirect_url"`
	CallbackURLs  []string          `json:"callback_urls"`
	SetupURL      string            `json:"setup_url"`
	Public        bool              `json:"public"`
	Events        []string          `json:"default_events"`
	Permissions   map[string]string `json:"default_permissions"`
	OAuthOnInst   bool              `json:"request_oauth_on_install"`
	SetupOnUpdate bool              `json:"setup_on_update"`
}

// readManifest decodes a manifest and says what is wrong with it.
func (s *state) readManifest(text string) (manifest, []string) {
	var m manifest
	if strings.TrimSpace(text) == "" {
		return m, []string{"Manifest can't be blank"}
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, []string{"Manifest is not valid JSON: " + err.Error()}
	}
	return m, slices.Concat(s.nameFaults(m), m.addressFaults(), m.accessFaults())
}

func (s *state) nameFaults(m manifest) []string {
	switch slug := slugOf(m.Name); {
	case strings.TrimSpace(m.Name) == "":
		return []string{"Name can't be blank"}
	case utf8.RuneCountInString(m.Name) > maxAppName:
		return []string{"Name is too long (maximum is 34 characters)"}
	case slug == "" || s.appBySlug(slug) != nil || s.account(slug) != nil:
		return []string{"Name is already taken"}
	}
	return nil
}

func (m manifest) addressFaults() []string {
	var faults []string
	check := func(field, address string) {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			faults = append(faults, field+" must be a valid URL")
		}
	}
	if m.URL == "" {
		faults = append(faults, "Url can't be blank")
	} else {
		check("Url", m.URL)
	}
	if m.Hook != nil && m.Hook.URL == "" {
		faults = append(faults, "Hook url can't be blank")
	} else if m.Hook != nil {
		check("Hook url", m.Hook.URL)
	}
	for _, one := range []struct{ field, address string }{{"Redirect url", m.RedirectURL}, {"Setup url", m.SetupURL}} {
		if one.address != "" {
			check(one.field, one.address)
		}
	}
	if len(m.CallbackURLs) > maxCallbacks {
		faults = append(faults, "Callback urls cannot be more than 10")
	}
	for _, one := range m.CallbackURLs {
		check("Callback url", one)
	}
	return faults
}

// accessFaults checks the permissions, and that each event has its own.
func (m manifest) accessFaults() []string {
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(m.Permissions)) {
		if level := m.Permissions[name]; !slices.Contains([]string{"read", "write", "admin"}, level) {
			faults = append(faults, "Default permission records action for "+name+" is not included in the list")
		}
	}
	unknown, refused := unsupported(m.Events, m.Permissions)
	if len(unknown) > 0 {
		faults = append(faults, "Default events unsupported: "+sentence(unknown))
	}
	if len(refused) > 0 {
		faults = append(faults, "Default events are not supported by permissions: "+sentence(refused))
	}
	return faults
}

// conversion waits for somebody to fetch a new App's secrets, once.
type conversion struct {
	app     *app
	expires time.Time
}

// newApp makes an App of a manifest that is without fault, and the code by
// which its maker fetches the secrets.
func (g *GitHub) newApp(m manifest, owner *account, key *rsa.PrivateKey) (a *app, code string) {
	slug, now := slugOf(m.Name), g.clock.now()
	a = &app{id: g.newAppID(), slug: slug, name: m.Name, about: m.Description, home: m.URL, owner: owner, created: now,
		bot: g.newAccount(slug+"[bot]", "", "Bot", now), key: key, clientSecret: g.hex(20), callbacks: m.CallbackURLs,
		setupURL: m.SetupURL, setupAgain: m.SetupOnUpdate, asksLogin: m.OAuthOnInst, private: !m.Public,
		perms: map[string]string{"metadata": "read"}, events: append([]string{}, m.Events...)}
	maps.Copy(a.perms, m.Permissions)
	a.hook = hookConfig{id: 100_000_000 + g.rng.Int64N(900_000_000), contentType: "json", insecure: "0"}
	if m.Hook != nil {
		a.hook.secret = g.hex(20)
	}
	g.st.apps = append(g.st.apps, a)
	if m.Hook != nil && (m.Hook.Active == nil || *m.Hook.Active) {
		g.setHookURL(a, m.Hook.URL)
	}
	code = g.hex(20)
	setIn(&g.st.conversions, code, &conversion{a, g.wire().Add(conversionLife)})
	return a, code
}

func (g *GitHub) newAppID() int64 {
	for {
		if id := 100_000 + g.rng.Int64N(900_000); g.st.appByID(id) == nil {
			return id
		}
	}
}

// convertManifest hands out a new App's secrets.
func convertManifest(c *call) *reply {
	st := c.gh.st
	v := st.conversions[c.arg("code")]
	if v == nil || !c.gh.wire().Before(v.expires) {
		return notFound()
	}
	delete(st.conversions, c.arg("code"))
	a := v.app
	view := c.gh.appView(a)
	view.ClientID = a.clientID()
	return &reply{status: http.StatusCreated, body: struct {
		*appView
		ClientSecret  string  `json:"client_secret"`
		WebhookSecret *string `json:"webhook_secret"`
		PEM           string  `json:"pem"`
	}{view, a.clientSecret, orNull(a.hook.secret), string(pemOf(a.key))}}
}
