package emulator

var peopleExercises = []exercise{
	{"people are shown", func(d *driver) {
		d.ask("maintainer", "GET /user", "", 200)
		d.ask("bot", "GET /user", "", 403)
		d.ask("nobody", "GET /user", "", 401)
		d.ask("bot", "GET /users/ada", "", 200)
		d.ask("nobody", "GET /users/ada", "", 200)
		d.ask("bot", "GET /users/stationmaster%5Bbot%5D", "", 200)
		d.ask("bot", "GET /users/acme", "", 200)
		d.ask("bot", "GET /users/nobody", "", 404)
	}},
	{"the organisation shows its members", func(d *driver) {
		d.ask("bot", "GET /orgs/acme", "", 200)
		d.ask("bot", "GET /orgs/nobody", "", 404)
		d.ask("bot", "GET /orgs/acme/members", "", 200)
		d.ask("bot", "GET /orgs/acme/members/ada", "", 204)
		d.ask("bot", "GET /orgs/acme/members/otto", "", 404)
	}},
	{"teams show who is in them", func(d *driver) {
		d.ask("bot", "GET /orgs/acme/teams", "", 200)
		d.ask("bot", "GET /orgs/acme/teams/engineers", "", 200)
		d.ask("bot", "GET /orgs/acme/teams/engineers/members", "", 200)
		d.ask("bot", "GET /orgs/acme/teams/engineers/memberships/ada", "", 200)
		d.ask("bot", "GET /orgs/acme/teams/engineers/memberships/otto", "", 404)
		d.ask("bot", "GET /orgs/acme/teams/nobody", "", 404)
		d.ask("bot", "GET /orgs/acme/teams/nobody/members", "", 404)
		d.ask("outsider", "GET /orgs/acme/teams/engineers", "", 404)
		for _, change := range []func(string, string) error{d.gh.AddTeamMember, d.gh.RemoveTeamMember} {
			if err := change("security", "ada"); err != nil {
				d.Error(err)
			}
		}
	}},
}
