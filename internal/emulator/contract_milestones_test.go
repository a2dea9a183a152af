package emulator

var milestoneExercises = []exercise{
	{"a milestone lives and is deleted", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M","description":"d","due_on":"2026-12-31T12:00:00Z"}`, 201)
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"N"}`, 201)
		d.ask("bot", "POST "+up+"/issues", `{"title":"A","milestone":1,"labels":["x"]}`, 201)
		one := up + "/milestones/1"
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+one+"/labels", "", 200)
		d.ask("bot", "GET "+up+"/milestones?state=all&sort=completeness&direction=desc", "", 200)
		d.ask("maintainer", "PATCH "+one, `{"title":"M2","description":"e","due_on":"2026-12-30T12:00:00Z"}`, 200)
		d.ask("maintainer", "PATCH "+one, `{"state":"closed"}`, 200)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("maintainer", "PATCH "+one, `{"state":"open"}`, 200)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("maintainer", "PATCH "+one, `{"title":"N"}`, 422)
		d.ask("maintainer", "PATCH "+one, `{"state":"ajar"}`, 422)
		d.ask("maintainer", "PATCH "+one, `{"due_on":"tomorrow"}`, 422)
		d.ask("maintainer", "DELETE "+one, "", 204)
		d.ask("maintainer", "DELETE "+one, "", 404)
		d.ask("bot", "GET "+one, "", 404)
		d.ask("bot", "GET "+one+"/labels", "", 404)
		d.ask("bot", "POST "+up+"/milestones", `{}`, 422)
		d.ask("outsider", "POST "+up+"/milestones", `{"title":"O"}`, 403)
	}},
}
