package emulator

var protocolExercises = []exercise{
	{"what is known already is not sent again", func(d *driver) {
		first := d.ask("bot", "GET "+up+"/labels", "", 200)
		d.ask("bot", "GET "+up+"/labels", "", 304, "If-None-Match", first.head.Get("ETag"))
		d.ask("engineer", "GET "+up+"/labels", "", 200, "If-None-Match", first.head.Get("ETag"))
	}},
	{"the limits and the platform are shown", func(d *driver) {
		d.ask("bot", "GET /rate_limit", "", 200)
		d.ask("nobody", "GET /rate_limit", "", 200)
		d.ask("bot", "GET /meta", "", 200)
		d.ask("bot", "GET /meta", "", 400, "X-GitHub-Api-Version", "1999-01-01")
		d.ask("Bearer ghs_wrong", "GET /meta", "", 401)
	}},
	{"what is missing is named", func(d *driver) {
		reader := d.ask("app", "POST /app/installations/"+d.ask("app", "GET /app/installations", "", 200).text("0.id")+
			"/access_tokens", `{"permissions":{"contents":"read"}}`, 201)
		refused := d.ask("Bearer "+reader.text("token"), "POST "+up+"/issues", `{"title":"no"}`, 403)
		if got := refused.head.Get("X-Accepted-GitHub-Permissions"); got != "issues=write" {
			d.Errorf("accepted permissions are %q", got)
		}
	}},
}
