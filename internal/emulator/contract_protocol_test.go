package emulator

import "strings"

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
	{"the addresses of further pages are followed as they are", func(d *driver) {
		for range 5 {
			d.ask("bot", "POST "+up+"/issues", `{"title":"one of many"}`, 201)
		}
		at, pages := up+"/issues?per_page=2", 0
		for at != "" {
			page := d.ask("bot", "GET "+at, "", 200)
			at, pages = "", pages+1
			for link := range strings.SplitSeq(page.head.Get("Link"), ",") {
				if to, isNext := strings.CutSuffix(strings.TrimSpace(link), `>; rel="next"`); isNext {
					at = strings.TrimPrefix(to, "<"+d.at+"/api/v3")
				}
			}
		}
		if pages != 3 {
			d.Errorf("five issues came on %d pages of two", pages)
		}
	}},
	{"both kinds of limits are told of with both statuses", func(d *driver) {
		for _, status := range []int{403, 429} {
			d := d.elsewhere(func(o *Options) { o.Limits, o.LimitStatus = true, status })
			for range contentPerMin {
				d.ask("engineer", "POST "+up+"/issues", `{"title":"one of many"}`, 201)
			}
			over := d.ask("engineer", "POST "+up+"/issues", `{"title":"too many"}`, status)
			if over.head.Get("Retry-After") == "" {
				d.Error("nobody says how long to wait")
			}
			for range anonymousHourly {
				d.ask("nobody", "GET /meta", "", 200)
			}
			d.ask("nobody", "GET /meta", "", status)
			d.ask("nobody", "GET /rate_limit", "", 200)
		}
	}},
	{"a public world is open to strangers, for reading", func(d *driver) {
		d = d.elsewhere(func(o *Options) { o.Public = true })
		d.ask("maintainer", "POST "+up+"/issues", `{"title":"A","labels":["x"],"assignees":["ada"]}`, 201)
		d.ask("maintainer", "POST "+up+"/issues/1/comments", `{"body":"b"}`, 201)
		for _, of := range []string{"", "/issues", "/issues/1", "/issues/1/comments", "/issues/1/timeline", "/labels",
			"/milestones", "/contents", "/pulls"} {
			d.ask("nobody", "GET "+up+of, "", 200)
		}
		d.ask("nobody", "POST "+up+"/issues", `{"title":"no"}`, 401)
		d.ask("outsider", "PUT "+up+"/issues/1/labels", `{"labels":[]}`, 403)
	}},
}
