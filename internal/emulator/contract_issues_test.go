package emulator

import "strings"

var issueExercises = []exercise{
	{"an issue is opened, changed, closed and opened again", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M"}`, 201)
		d.ask("maintainer", "POST "+up+"/issues",
			`{"title":"A","body":"for @ada","labels":["new","c#"],"assignees":["ada"],"milestone":1}`, 201)
		d.ask("bot", "POST "+up+"/issues", `{"title":"B"}`, 201)
		d.ask("outsider", "POST "+up+"/issues", `{"title":"C","body":"see #1","labels":["dropped"]}`, 201)
		one := up + "/issues/1"
		d.ask("maintainer", "PATCH "+one, `{"title":"A2","body":"b","labels":["new"],"assignees":[],"milestone":null,`+
			`"state":"closed","state_reason":"not_planned"}`, 200)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("maintainer", "PATCH "+one, `{"state":"open"}`, 200)
		d.ask("bot", "PATCH "+one, `{"body":null,"milestone":1,"assignees":["rui"]}`, 200)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+one+"/events", "", 200)
		d.ask("bot", "GET "+one+"/timeline", "", 200)
		d.ask("bot", "GET "+up+"/issues/3/timeline", "", 200)
		events := d.ask("bot", "GET "+up+"/issues/events", "", 200)
		d.ask("bot", "GET "+up+"/issues/events/"+events.text("0.id"), "", 200)
		d.ask("bot", "GET "+up+"/issues/events/1", "", 404)
	}},
	{"what is wrong with an issue is said", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		d.ask("bot", "POST "+up+"/issues", `{}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":""}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":"`+strings.Repeat("x", 257)+`"}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":"B","milestone":9}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":"B","assignees":["nobody"]}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":7}`, 422)
		d.ask("bot", "POST "+up+"/issues", `{"title":`, 400)
		d.ask("bot", "POST "+up+"/issues", `[]`, 400)
		d.ask("bot", "PATCH "+up+"/issues/1", `{"state":"shut"}`, 422)
		d.ask("bot", "PATCH "+up+"/issues/1", `{"state_reason":"bored"}`, 422)
		d.ask("bot", "GET "+up+"/issues/9", "", 404)
		d.ask("bot", "PATCH "+up+"/issues/9", `{}`, 404)
		d.ask("outsider", "PATCH "+up+"/issues/1", `{"title":"mine"}`, 403)
		d.ask("nobody", "POST "+up+"/issues", `{"title":"A"}`, 404)
	}},
	{"issues are listed by what they are", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M"}`, 201)
		d.ask("bot", "POST "+up+"/issues", `{"title":"A","labels":["x","y"],"milestone":1,"assignees":["ada"]}`, 201)
		d.ask("engineer", "POST "+up+"/issues", `{"title":"B","body":"@rui"}`, 201)
		d.ask("bot", "PATCH "+up+"/issues/2", `{"state":"closed"}`, 200)
		for _, q := range []string{"", "?state=all", "?state=closed", "?labels=x,y", "?milestone=1", "?milestone=*",
			"?milestone=none", "?assignee=ada", "?assignee=none", "?creator=ada", "?mentioned=rui", "?sort=comments",
			"?sort=updated&direction=asc", "?since=2020-01-01T00:00:00Z", "?per_page=1&state=all&page=2"} {
			d.ask("bot", "GET "+up+"/issues"+q, "", 200)
		}
		d.ask("bot", "GET "+up+"/issues?since=yesterday", "", 422)
	}},
	{"people are assigned", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		d.ask("bot", "POST "+up+"/issues/1/assignees", `{"assignees":["ada","rui","nobody"]}`, 201)
		d.ask("maintainer", "DELETE "+up+"/issues/1/assignees", `{"assignees":["rui"]}`, 200)
		d.ask("outsider", "POST "+up+"/issues/1/assignees", `{"assignees":["ada"]}`, 403)
	}},
	{"an issue is locked", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		d.ask("maintainer", "PUT "+up+"/issues/1/lock", `{"lock_reason":"too heated"}`, 204)
		d.ask("bot", "GET "+up+"/issues/1", "", 200)
		d.ask("maintainer", "DELETE "+up+"/issues/1/lock", "", 204)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("maintainer", "PUT "+up+"/issues/1/lock", `{"lock_reason":"boring"}`, 422)
		d.ask("outsider", "PUT "+up+"/issues/1/lock", "", 403)
	}},
}
