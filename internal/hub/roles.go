package hub

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A lookup is one thing to find out about a person: whether they are in a team,
// or without a team how high their permission in the repository is.
type lookup struct {
	login     string // lower case
	org, team string
}

// String says what is looked up, for people.
func (l lookup) String() string {
	if l.team != "" {
		return fmt.Sprintf("whether %s is in the team %s/%s", l.login, l.org, l.team)
	}
	return fmt.Sprintf("the permission of %s", l.login)
}

// A need is the least that a look-up must come to.
type need struct {
	lookup
	least int
}

// rank orders GitHub's permissions; what is not in it grants nothing.
var rank = map[string]int{"read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}

// member is what a look-up in a team comes to for a member.
const member = 1

// ask sends the look-up and returns what it comes to: a rank, or member, or 0.
func (l lookup) ask(ctx context.Context, t *trip) (int, error) {
	switch {
	case !sound(l.login):
		return 0, nil
	case l.team != "":
		return l.askTeam(ctx, t)
	}
	var got struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	_, err := t.call(ctx, get, "collaborators/"+url.PathEscape(l.login)+"/permission", nil, &got)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return 0, nil
	case err != nil:
		return 0, err
	case rank[got.RoleName] > 0:
		return rank[got.RoleName], nil
	}
	// A role of the organisation's own making: only the old field ranks it.
	return rank[got.Permission], nil
}

// askTeam counts active members; one who was only invited is none. Members of
// child teams are members.
func (l lookup) askTeam(ctx context.Context, t *trip) (int, error) {
	if !sound(l.org) || !sound(l.team) {
		return 0, nil
	}
	var got struct {
		State string `json:"state"`
	}
	_, err := t.callRoot(ctx, get, "orgs/"+url.PathEscape(l.org)+"/teams/"+url.PathEscape(l.team)+
		"/memberships/"+url.PathEscape(l.login), nil, &got)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return 0, nil
	case err != nil:
		return 0, err
	case got.State == "active":
		return member, nil
	}
	return 0, nil
}

// asked returns the roles that are asked of a person by name;
// [process.AllRoles] stands for all that are configured.
func asked(roles []process.Role, source bot.RoleSource) []process.Role {
	out := slices.Clone(roles)
	if slices.Contains(roles, process.AllRoles) {
		for role := range source {
			if !slices.Contains(out, role) {
				out = append(out, role)
			}
		}
	}
	return slices.DeleteFunc(out, func(r process.Role) bool { return r == process.AllRoles || r == process.AnyRole })
}

// inTurn are the configured roles in the order in which they are tried on one
// who needs any: first those that most people hold.
func inTurn(source bot.RoleSource) []process.Role {
	likely := []process.Role{process.Engineer, process.Maintainer}
	return slices.SortedFunc(maps.Keys(source), func(a, b process.Role) int {
		place := func(r process.Role) int {
			if at := slices.Index(likely, r); at >= 0 {
				return at
			}
			return len(likely)
		}
		return cmp.Or(place(a)-place(b), cmp.Compare(a, b))
	})
}

// anyOne reports whether any one role is enough, whichever it is.
func anyOne(roles []process.Role) bool {
	return slices.Contains(roles, process.AnyRole) && !slices.Contains(roles, process.AllRoles)
}

// needs returns what would show a person as a holder, any one of it. There is
// nothing if the person is named, or nobody holds the role.
func needs(login string, h bot.Holders, repo string) (named bool, all []need) {
	if slices.ContainsFunc(h.Users, func(u string) bool { return strings.EqualFold(strings.TrimPrefix(u, "@"), login) }) {
		return true, nil
	}
	owner, _, _ := strings.Cut(repo, "/")
	for _, team := range h.Teams {
		team = strings.ToLower(strings.TrimPrefix(team, "@"))
		org, slug, ok := strings.Cut(team, "/")
		if !ok {
			org, slug = strings.ToLower(owner), team
		}
		all = append(all, need{lookup{login: login, org: org, team: slug}, member})
	}
	if rank[h.Permission] > 0 {
		all = append(all, need{lookup{login: login}, rank[h.Permission]})
	}
	return false, all
}

// lookups is the set of all that has to be found out.
func lookups(q process.Questions, source bot.RoleSource, repo string) map[lookup]bool {
	out := map[lookup]bool{}
	for login, roles := range q.Roles {
		for _, role := range asked(roles, source) {
			_, all := needs(strings.ToLower(login), source[role], repo)
			for _, n := range all {
				out[n.lookup] = true
			}
		}
	}
	return out
}

// rolesOf puts together what was found: one yes is enough, and without one
// anything that could not be looked up leaves the role unknown.
func rolesOf(q process.Questions, source bot.RoleSource, repo string, found map[lookup]int) map[string]map[process.Role]process.Verdict {
	if len(q.Roles) == 0 {
		return nil
	}
	out := map[string]map[process.Role]process.Verdict{}
	for login, roles := range q.Roles {
		login = strings.ToLower(login)
		if out[login] == nil {
			out[login] = map[process.Role]process.Verdict{}
		}
		for _, role := range asked(roles, source) {
			out[login][role] = verdictOf(login, source[role], repo, found)
		}
		if !anyOne(roles) {
			continue
		}
		for _, role := range inTurn(source) {
			if out[login][role] = verdictOf(login, source[role], repo, found); out[login][role] == process.Yes {
				break // the rest was not looked up
			}
		}
	}
	return out
}

func verdictOf(login string, h bot.Holders, repo string, found map[lookup]int) process.Verdict {
	named, all := needs(login, h, repo)
	verdict := process.No
	if named {
		verdict = process.Yes
	}
	for _, n := range all {
		switch has, ok := found[n.lookup]; {
		case ok && has >= n.least:
			return process.Yes
		case !ok:
			verdict = process.Unknown
		}
	}
	return verdict
}
