package hub

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func (w *world) answer(roles bot.RoleSource, fill func(*process.Questions)) process.Answers {
	var q process.Questions
	fill(&q)
	a, err := w.hub.Answer(ctx, w.inst, w.repo, q, roles)
	if err != nil {
		panic(err)
	}
	return a
}

func TestRolesAreLookedUpByNameTeamAndPermission(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{
		"engineer":   {Teams: []string{"@acme/Engineers"}},
		"protocol":   {Teams: []string{"protocol", "security"}},
		"governance": {Users: []string{"@Otto", "mara"}},
		"maintainer": {Permission: "maintain"},
		"writer":     {Permission: "write"},
		"reader":     {Permission: "read"},
		"ghost":      {Teams: []string{"acme/no-such-team"}},
		"nobody":     {},
	}
	tests := map[string]string{
		"ada":      "engineer writer reader",
		"Rui":      "protocol writer reader",
		"sasha":    "protocol writer reader",
		"mara":     "governance maintainer writer reader",
		"otto":     "governance reader",
		"stranger": "",
		"../../x":  "",
	}
	for login, want := range tests {
		a := w.answer(roles, func(q *process.Questions) { q.Need(login, process.AllRoles) })
		var got []string
		for _, r := range []process.Role{"engineer", "protocol", "governance", "maintainer", "writer", "reader", "ghost", "nobody"} {
			switch v := a.Role(login, r); v {
			case process.Yes:
				got = append(got, string(r))
			case process.No:
			default:
				t.Errorf("%s %s: %s", login, r, v)
			}
		}
		if strings.Join(got, " ") != want || a.Trouble != "" {
			t.Errorf("%s has %q, want %q; %s", login, got, want, a.Trouble)
		}
	}
}

func TestOneWhoLeftTheTeamHasTheRoleNoMore(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{"engineer": {Teams: []string{"engineers"}}}
	ask := func() process.Verdict {
		return w.answer(roles, func(q *process.Questions) { q.Need("ada", "engineer") }).Role("ada", "engineer")
	}
	if got := ask(); got != process.Yes {
		t.Fatalf("in the team: %s", got)
	}
	if err := w.RemoveTeamMember("engineers", "ada"); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != process.No {
		t.Errorf("out of the team: %s", got)
	}
}

func TestAnInvitedMemberIsNone(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/memberships/") {
			return response(r, 200, `{"state":"pending","role":"member"}`), nil
		}
		return nil, nil
	}
	a := w.answer(bot.RoleSource{"x": {Teams: []string{"t"}}}, func(q *process.Questions) { q.Need("ada", "x") })
	if got := a.Role("ada", "x"); got != process.No {
		t.Errorf("got %s", got)
	}
}

func TestACustomRoleOfTheOrganisationCountsAsWhatItIsBuiltOn(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	answer := `{"permission":"write","role_name":"release-captain"}`
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/permission") {
			return response(r, 200, answer), nil
		}
		return nil, nil
	}
	roles := bot.RoleSource{"w": {Permission: "write"}, "m": {Permission: "maintain"}}
	a := w.answer(roles, func(q *process.Questions) { q.Need("ada", "w", "m") })
	if a.Role("ada", "w") != process.Yes || a.Role("ada", "m") != process.No {
		t.Errorf("custom role: %v", a.Roles)
	}
	answer = `{"permission":"write","role_name":"maintain"}` // the old field knows no maintain
	if a = w.answer(roles, func(q *process.Questions) { q.Need("ada", "m") }); a.Role("ada", "m") != process.Yes {
		t.Errorf("maintain: %v", a.Roles)
	}
}

func TestEachThingIsLookedUpOnce(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{
		"a": {Teams: []string{"engineers"}, Permission: "write"}, "b": {Teams: []string{"acme/engineers"}, Permission: "admin"},
		"c": {Permission: "maintain"},
	}
	w.answer(roles, func(q *process.Questions) { q.Need("ada", "a", "b", "c"); q.Need("ADA", process.AllRoles) })
	got := w.Requests().ByRoute
	if n := got["GET /orgs/{org}/teams/{team_slug}/memberships/{username}"]; n != 1 {
		t.Errorf("team asked %d times", n)
	}
	if n := got["GET /repos/{owner}/{repo}/collaborators/{username}/permission"]; n != 1 {
		t.Errorf("permission asked %d times", n)
	}
}

func TestWhoIsBeingLookedUpIsNotLookedUpAgain(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{"x": {Permission: "write"}}
	w.answer(roles, func(q *process.Questions) { q.Need("ada", "x") })
	arrived, release := make(chan string, 10), make(chan struct{})
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		arrived <- r.URL.Path
		<-release
		return response(r, 200, `{"role_name":"write"}`), nil
	}
	var all sync.WaitGroup
	ask := func(login string) {
		all.Go(func() {
			if a := w.answer(roles, func(q *process.Questions) { q.Need(login, "x") }); a.Role(login, "x") != process.Yes {
				t.Errorf("%s: %v", login, a)
			}
		})
	}
	ask("ada")
	<-arrived
	for range 5 {
		ask("ada")
	}
	select {
	case path := <-arrived:
		t.Errorf("asked again while the answer is on its way: %s", path)
	case <-time.After(50 * time.Millisecond):
	}
	ask("bob")
	<-arrived // another person is another question
	close(release)
	all.Wait()
	w.answer(roles, func(q *process.Questions) { q.Need("ada", "x") })
	<-arrived // and later it is asked anew
}

func TestWhatCannotBeLookedUpIsUnknownAndSaidInWords(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	roles := bot.RoleSource{
		"security": {Teams: []string{"security"}}, "either": {Users: []string{"ada"}, Teams: []string{"security"}},
		"writer": {Permission: "write"},
	}
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/teams/") {
			return response(r, 502, ""), nil
		}
		return nil, nil
	}
	a := w.answer(roles, func(q *process.Questions) { q.Need("ada", process.AllRoles) })
	want := map[string]map[process.Role]process.Verdict{
		"ada": {"security": process.Unknown, "either": process.Yes, "writer": process.Yes},
	}
	if diff := cmp.Diff(want, a.Roles); diff != "" {
		t.Error(diff)
	}
	if a.Trouble != "whether ada is in the team acme/security: GitHub answered 502" {
		t.Errorf("trouble %q", a.Trouble)
	}
	a, err := w.hub.Answer(ctx, 0, w.repo, process.Questions{Roles: map[string][]process.Role{"ada": {"writer"}}}, roles)
	if err != nil || a.Role("ada", "writer") != process.Unknown || a.Trouble == "" {
		t.Errorf("without an installation: %+v", a)
	}
}

func TestALookUpOverWhichGitHubStumblesIsSentAgain(t *testing.T) {
	for name, stumble := range map[string]func(*http.Request) (*http.Response, error){
		"502": func(r *http.Request) (*http.Response, error) { return response(r, 502, "<html>"), nil },
		"401": func(r *http.Request) (*http.Response, error) {
			return response(r, 401, `{"message":"Bad credentials"}`), nil
		},
		"no connection": func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			var asked atomic.Int64
			w.wire.meddle = func(r *http.Request) (*http.Response, error) {
				if strings.Contains(r.URL.Path, "/teams/") && asked.Add(1) < 3 {
					return stumble(r)
				}
				return nil, nil
			}
			a := w.answer(bot.RoleSource{"x": {Teams: []string{"engineers"}}}, func(q *process.Questions) { q.Need("ada", "x") })
			if a.Role("ada", "x") != process.Yes || a.Trouble != "" || asked.Load() != 3 {
				t.Errorf("asked %d times: %+v", asked.Load(), a)
			}
		})
	}
}

func TestALookUpThatMeetsALimitIsToBeAskedAgainThen(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	asked := 0
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/teams/") {
			asked++
			return response(r, 403, `{"message":"You have exceeded a secondary rate limit"}`, "Retry-After", "30"), nil
		}
		return nil, nil
	}
	var q process.Questions
	q.Need("ada", "x")
	_, err := w.hub.Answer(ctx, w.inst, w.repo, q, bot.RoleSource{"x": {Teams: []string{"engineers"}}})
	var later bot.Later
	if !errors.As(err, &later) || time.Until(later.Until) < 20*time.Second || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestAMissingPermissionIsTroubleAndNotNo(t *testing.T) {
	w := newWorld(t, emulator.Options{Permissions: map[string]string{"metadata": "read"}})
	a := w.answer(bot.RoleSource{"x": {Teams: []string{"engineers"}}}, func(q *process.Questions) { q.Need("ada", "x") })
	if a.Role("ada", "x") != process.Unknown || !strings.Contains(a.Trouble, "403: Resource not accessible by integration") {
		t.Errorf("%v, %q", a.Roles, a.Trouble)
	}
}

func TestIssuesAndPullRequestsAreLookedAt(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if _, err := w.hub.Login(ctx); err != nil {
		t.Fatal(err)
	}
	r := w.do(deed(process.OpenIssue, 0, func(d *bot.Deed) { d.Marker, d.Title, d.Labels = "item/x", "T", []string{"l"} }))
	w.do(deed(process.Assign, r.Number, func(d *bot.Deed) { d.Login = "ada" }))
	pr, _, err := w.as("engineer").PullRequests.Create(ctx, "acme", "protocol",
		&github.NewPullRequest{Title: github.String("P"), Head: github.String("topic"), Base: github.String("main")})
	if err != nil {
		t.Fatal(err)
	}
	a := w.answer(nil, func(q *process.Questions) {
		q.Issue = r.Number
		q.Pulls = []process.Pull{{Repo: "Acme/protocol", Number: pr.GetNumber()}, {Repo: "acme/protocol", Number: 999}}
	})
	wantIssue := &process.Issue{Number: r.Number, Title: "T", Author: "stationmaster[bot]", Labels: []string{"l"},
		Assignees: []string{"ada"}, State: "open", Marker: "item/x"}
	if diff := cmp.Diff(wantIssue, a.Issue); diff != "" {
		t.Error(diff)
	}
	wantPulls := map[string]process.PullRequest{"acme/protocol#1": {Repo: "Acme/protocol", Number: 1, Title: "P", Author: "ada"}}
	if diff := cmp.Diff(wantPulls, a.Pulls); diff != "" || a.Trouble != "" {
		t.Errorf("%s %q", diff, a.Trouble)
	}
	if gone := w.answer(nil, func(q *process.Questions) { q.Issue = 999 }); gone.Issue != nil || gone.Trouble != "" {
		t.Errorf("an issue that is not there: %+v", gone)
	}
}

func TestLookUpsGoSideBySide(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	if w.answer(bot.RoleSource{"x": {Permission: "write"}}, func(q *process.Questions) { q.Need("ada", "x") }); w.hub.Counts().Tokens != 1 {
		t.Fatal("no token")
	}
	const people = 4
	arrived := make(chan struct{}, people)
	all := make(chan struct{})
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		arrived <- struct{}{}
		if len(arrived) == people {
			close(all)
		}
		select {
		case <-all:
		case <-time.After(aWhile):
			t.Error("the look-ups wait for one another")
		}
		return response(r, 200, `{"role_name":"write"}`), nil
	}
	w.answer(bot.RoleSource{"x": {Permission: "write"}}, func(q *process.Questions) {
		for _, login := range []string{"a", "b", "c", "d"} {
			q.Need(login, "x")
		}
	})
}

func TestWhoNeedsAnyRoleIsLookedUpUntilTheFirstYes(t *testing.T) {
	const team = "GET /orgs/{org}/teams/{team_slug}/memberships/{username}"
	roles := bot.RoleSource{
		"engineer": {Teams: []string{"engineers"}}, "maintainer": {Teams: []string{"maintainers"}},
		"governance": {Teams: []string{"governance"}}, "protocol": {Teams: []string{"protocol"}}, "security": {Teams: []string{"security"}},
	}
	tests := map[string]struct {
		login  string
		asks   []process.Role
		has    process.Verdict
		lookup int
	}{
		"an engineer is found at once":        {"ada", []process.Role{process.AnyRole}, process.Yes, 1},
		"a maintainer is found next":          {"Mara", []process.Role{process.AnyRole}, process.Yes, 2},
		"who guards security is found last":   {"sasha", []process.Role{process.AnyRole}, process.Yes, 5},
		"an outsider costs all":               {"otto", []process.Role{process.AnyRole}, process.No, 5},
		"what is known is not asked again":    {"mara", []process.Role{process.AnyRole, "governance", "maintainer"}, process.Yes, 3},
		"all roles are all, whatever is more": {"ada", []process.Role{process.AnyRole, process.AllRoles}, process.Yes, 5},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, emulator.Options{})
			a := w.answer(roles, func(q *process.Questions) { q.Need(tc.login, tc.asks...) })
			if got, n := a.Any(tc.login), w.Requests().ByRoute[team]; got != tc.has || n != tc.lookup {
				t.Errorf("%s after %d look-ups, want %s after %d: %v", got, n, tc.has, tc.lookup, a.Roles)
			}
		})
	}
	w := newWorld(t, emulator.Options{})
	w.wire.meddle = func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/engineers/") {
			return response(r, 502, ""), nil
		}
		return nil, nil
	}
	for login, want := range map[string]process.Verdict{"ada": process.Unknown, "rui": process.Yes} {
		if a := w.answer(roles, func(q *process.Questions) { q.Need(login, process.AnyRole) }); a.Any(login) != want || a.Trouble == "" {
			t.Errorf("where a look-up fails %s is %s, want %s: %+v", login, a.Any(login), want, a)
		}
	}
}
