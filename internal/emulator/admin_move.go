package emulator

import (
	"cmp"
	"net/http"
	"strconv"
)

// adminMove is what the REST API has not, or only for administrators:
//
//	POST   repos/{owner}/{repo}/issues/{n}/transfer  {"to": "acme/protocol", "as": "mara"}
//	DELETE repos/{owner}/{repo}/issues/{n}           {"as": "mara"}
//	PATCH  repos/{owner}/{repo}                      {"name": "trains", "as": "mara"}
//	PATCH  teams/{slug}                              {"name": "Platform"}
//
// "as" is the login of who does it, mara (or whoever has the highest role in a
// world from a file) if it is left out.
func (g *GitHub) adminMove(r *http.Request, parts []string) *reply {
	var ask struct {
		To   string `json:"to"`
		Name string `json:"name"`
		As   string `json:"as"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	as := cmp.Or(ask.As, g.keeper())
	switch {
	case r.Method == http.MethodPatch && parts[0] == "teams" && len(parts) == 2:
		return done(g.RenameTeam(parts[1], ask.Name))
	case len(parts) < 3 || parts[0] != "repos":
	case r.Method == http.MethodPatch && len(parts) == 3:
		return done(g.RenameRepository(parts[1]+"/"+parts[2], ask.Name, as))
	case len(parts) >= 5 && parts[3] == "issues" && isNumber(parts[4]):
		n, err := strconv.Atoi(parts[4])
		if err != nil {
			return notFound()
		}
		if r.Method == http.MethodDelete && len(parts) == 5 {
			return done(g.DeleteIssue(parts[1]+"/"+parts[2], n, as))
		}
		if r.Method == http.MethodPost && len(parts) == 6 && parts[5] == "transfer" {
			moved, err := g.TransferIssue(parts[1]+"/"+parts[2], n, ask.To, as)
			if err != nil {
				return done(err)
			}
			return ok(map[string]int{"number": moved})
		}
	}
	return fail(http.StatusNotFound, "The admin API has no "+r.Method+" "+r.URL.Path)
}

// done answers for an act that either was done or was not possible.
func done(err error) *reply {
	if err != nil {
		return fail(http.StatusUnprocessableEntity, err.Error())
	}
	return noContent()
}
