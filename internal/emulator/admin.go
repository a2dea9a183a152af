package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// serveAdmin answers what no GitHub has: the world's clock, the delivery log,
// the webhook's address, teams, faults. It asks for no credentials, so the emulator
// must listen where only its user can reach it.
func (g *GitHub) serveAdmin(w http.ResponseWriter, r *http.Request) {
	if why := stranger(r); why != "" {
		g.send(w, http.Header{}, fail(http.StatusForbidden, why))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/_admin/"), "/")
	var rep *reply
	switch r.Method + " " + parts[0] {
	case "GET clock":
		rep = g.adminClock()
	case "POST clock":
		rep = g.adminMoveClock(r)
	case "GET deliveries":
		rep = g.adminDeliveries()
	case "POST webhook":
		rep = g.adminWebhook(r)
	case "POST settle":
		rep = g.adminSettle(r)
	case "GET unknown":
		rep = ok(append([]string{}, g.Unknown()...))
	case "GET requests":
		rep = ok(g.Requests())
	case "GET journal":
		rep = g.adminJournal(r)
	case "POST apps":
		rep = g.adminApp(r, parts)
	case "POST teams", "DELETE teams":
		rep = g.adminTeam(r, parts)
	case "PATCH teams", "PATCH repos", "POST repos", "DELETE repos":
		rep = g.adminMove(r, parts)
	case "GET faults", "PUT faults", "POST faults", "DELETE faults":
		rep = g.adminFaults(r, parts)
	case "GET settings", "PATCH settings":
		rep = g.adminSettings(r)
	default:
		rep = fail(http.StatusNotFound, "The admin API has no "+r.Method+" "+r.URL.Path)
	}
	g.send(w, http.Header{}, rep)
}

// stranger says why a request may come from a web page elsewhere, which the
// browser of somebody who has the emulator running would carry here.
func stranger(r *http.Request) string {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return "The admin API takes nothing from other sites' pages."
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if host != "localhost" && net.ParseIP(strings.Trim(host, "[]")) == nil {
		return "Reach the admin API by its address or as localhost."
	}
	return ""
}

// read decodes an admin request's body; an empty one leaves v as it is.
func read(r *http.Request, v any) *reply {
	if err := json.NewDecoder(r.Body).Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return fail(http.StatusBadRequest, "Problems parsing JSON: "+err.Error())
	}
	return nil
}

func (g *GitHub) adminClock() *reply {
	return ok(map[string]string{"now": g.Now().Format(time.RFC3339Nano)})
}

// adminMoveClock takes {"advance": "24h"} or {"to": RFC 3339}.
func (g *GitHub) adminMoveClock(r *http.Request) *reply {
	var ask struct {
		Advance string `json:"advance"`
		To      string `json:"to"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	by, err := time.ParseDuration(ask.Advance)
	switch {
	case ask.Advance != "" && ask.To != "", ask.Advance == "" && ask.To == "":
		return fail(http.StatusUnprocessableEntity, `Give either "advance" or "to".`)
	case ask.Advance != "" && err != nil:
		return fail(http.StatusUnprocessableEntity, `"advance" is not a duration such as 24h.`)
	case ask.To != "":
		to, err := time.Parse(time.RFC3339, ask.To)
		if err != nil {
			return fail(http.StatusUnprocessableEntity, `"to" is not a time such as 2026-12-01T00:00:00Z.`)
		}
		by = to.Sub(g.Now())
	}
	if g.advance(by) != nil {
		return fail(http.StatusUnprocessableEntity, "The clock only moves forward.")
	}
	return g.adminClock()
}

func (g *GitHub) adminDeliveries() *reply {
	log := g.Deliveries()
	return ok(show(log, func(d Delivery) deliveryView { return showDelivery(&d) }))
}

// adminWebhook takes {"url": …, "secret": …}; the secret may be left out.
func (g *GitHub) adminWebhook(r *http.Request) *reply {
	var ask struct {
		URL    string `json:"url"`
		Secret string `json:"secret"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if ask.Secret != "" {
		g.st.app.hook.secret = ask.Secret
	}
	g.setHookURL(g.st.app, ask.URL)
	return ok(map[string]string{"url": ask.URL})
}

func (g *GitHub) adminSettle(r *http.Request) *reply {
	if err := g.Settle(r.Context()); err != nil {
		return fail(http.StatusServiceUnavailable, err.Error())
	}
	return noContent()
}

// adminTeam is POST teams/{slug}/members with {"login": …}, and DELETE
// teams/{slug}/members/{login}.
func (g *GitHub) adminTeam(r *http.Request, parts []string) *reply {
	if len(parts) < 3 || len(parts) > 4 || parts[2] != "members" {
		return fail(http.StatusNotFound, "The path is teams/{slug}/members.")
	}
	var ask struct {
		Login string `json:"login"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	if len(parts) == 4 {
		ask.Login = parts[3]
	}
	change := g.AddTeamMember
	if r.Method == http.MethodDelete {
		change = g.RemoveTeamMember
	}
	if err := change(parts[1], ask.Login); err != nil {
		return fail(http.StatusNotFound, err.Error())
	}
	return noContent()
}
