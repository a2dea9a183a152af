package emulator

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenAsk is what an App sends for a person's token: as a form, in the
// address or as JSON.
type tokenAsk struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Code         string `json:"code"`
	RedirectURI  string `json:"redirect_uri"`
	Verifier     string `json:"code_verifier"`
	GrantType    string `json:"grant_type"`
	RefreshToken string `json:"refresh_token"`
}

// readTokenAsk takes the client's credentials from the basic scheme too.
func readTokenAsk(r *http.Request) tokenAsk {
	var ask tokenAsk
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		_ = json.NewDecoder(r.Body).Decode(&ask) // what cannot be read is missing
	} else {
		ask = tokenAsk{r.FormValue("client_id"), r.FormValue("client_secret"), r.FormValue("code"), r.FormValue("redirect_uri"),
			r.FormValue("code_verifier"), r.FormValue("grant_type"), r.FormValue("refresh_token")}
	}
	if id, secret, has := r.BasicAuth(); has {
		ask.ClientID, ask.ClientSecret = id, secret
	}
	return ask
}

// oauthError is a refusal of POST /login/oauth/access_token. Its status is 200.
type oauthError struct {
	code, text, place string
}

var (
	wrongClient = oauthError{"incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.",
		"#incorrect-client-credentials"}
	wrongCode = oauthError{"bad_verification_code", "The code passed is incorrect or expired.", "#bad-verification-code"}
	wrongBack = oauthError{"redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application.",
		"#redirect-uri-mismatch"}
	wrongRenewal = oauthError{"bad_refresh_token", "The refresh token passed is incorrect or expired.", "#bad-refresh-token"}
	wrongGrant   = oauthError{"unsupported_grant_type", "The grant_type passed is not supported.", ""}
)

const oauthDocs = "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/" +
	"troubleshooting-oauth-app-access-token-request-errors"

func (e oauthError) pairs() [][2]string {
	return [][2]string{{"error", e.code}, {"error_description", e.text}, {"error_uri", oauthDocs + e.place}}
}

// giveToken answers POST /login/oauth/access_token.
func giveToken(c *call) *reply {
	ask := readTokenAsk(c.r)
	a := c.gh.st.appByClient(ask.ClientID)
	if a == nil {
		return &reply{status: http.StatusNotFound, body: map[string]string{"error": "Not Found"}}
	}
	if ask.ClientSecret != a.clientSecret {
		return c.oauthReply(wrongClient.pairs())
	}
	switch ask.GrantType {
	case "", "authorization_code":
		return c.exchange(a, ask)
	case "refresh_token":
		return c.renew(a, ask.RefreshToken)
	default:
		return c.oauthReply(wrongGrant.pairs())
	}
}

func (c *call) exchange(a *app, ask tokenAsk) *reply {
	st := c.gh.st
	l := st.codes[ask.Code]
	if l == nil || l.app != a || !c.gh.wire().Before(l.expires) {
		return c.oauthReply(wrongCode.pairs())
	}
	if ask.RedirectURI != "" && l.redirect != "" && ask.RedirectURI != l.redirect {
		return c.oauthReply(wrongBack.pairs())
	}
	delete(st.codes, ask.Code)
	if !l.meets(ask.Verifier) {
		return c.oauthReply(wrongCode.pairs())
	}
	return c.grantTo(a, l.who)
}

// renew gives a new pair of tokens for a refresh token; the old pair is void.
func (c *call) renew(a *app, text string) *reply {
	st := c.gh.st
	r := st.renewals[text]
	if r == nil || r.app != a || !c.gh.wire().Before(r.expires) {
		return c.oauthReply(wrongRenewal.pairs())
	}
	delete(st.renewals, text)
	delete(st.tokens, r.access)
	return c.grantTo(a, r.who)
}

func (c *call) grantTo(a *app, who *account) *reply {
	t, renew := c.gh.newUserToken(a, who)
	seconds := func(d time.Duration) string { return itoa(int64(d / time.Second)) }
	return c.oauthReply([][2]string{{"access_token", t.text}, {"expires_in", seconds(userTokenLife)},
		{"refresh_token", renew}, {"refresh_token_expires_in", seconds(refreshLife)},
		{"token_type", "bearer"}, {"scope", ""}})
}

// oauthReply answers as the client accepts it: as a form unless it asks for
// JSON.
func (c *call) oauthReply(pairs [][2]string) *reply {
	if strings.Contains(c.r.Header.Get("Accept"), "json") {
		out := map[string]any{}
		for _, p := range pairs {
			if strings.HasSuffix(p[0], "expires_in") {
				out[p[0]] = json.Number(p[1])
				continue
			}
			out[p[0]] = p[1]
		}
		return ok(out)
	}
	form := url.Values{}
	for _, p := range pairs {
		form.Set(p[0], p[1])
	}
	return &reply{status: http.StatusOK, raw: []byte(form.Encode()), media: "application/x-www-form-urlencoded; charset=utf-8"}
}
