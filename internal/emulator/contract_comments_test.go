package emulator

import "strings"

var commentExercises = []exercise{
	{"a comment is made, changed and deleted", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		m := d.ask("engineer", "POST "+up+"/issues/1/comments", `{"body":"for #1"}`, 201)
		one := up + "/issues/comments/" + m.text("id")
		d.ask("bot", "POST "+up+"/issues/1/comments", `{"body":"from the App"}`, 201)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+up+"/issues/1/comments?since=2020-01-01T00:00:00Z", "", 200)
		d.ask("bot", "GET "+up+"/issues/comments?sort=updated&direction=desc", "", 200)
		d.ask("engineer", "PATCH "+one, `{"body":"edited"}`, 200)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("engineer", "DELETE "+one, "", 204)
		d.ask("bot", "GET "+one, "", 404)
		d.ask("bot", "PATCH "+one, `{"body":"gone"}`, 404)
		d.ask("bot", "DELETE "+one, "", 404)
		d.ask("bot", "POST "+up+"/issues/9/comments", `{"body":"nowhere"}`, 404)
		d.ask("bot", "POST "+up+"/issues/1/comments", `{}`, 422)
		d.ask("bot", "POST "+up+"/issues/1/comments", `{"body":"`+strings.Repeat("x", 262_145)+`"}`, 422)
		d.ask("bot", "GET "+up+"/issues/comments?since=yesterday", "", 422)
	}},
	{"comments and issues are reacted to", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		m := d.ask("bot", "POST "+up+"/issues/1/comments", `{"body":"b"}`, 201)
		for _, to := range []string{up + "/issues/1", up + "/issues/comments/" + m.text("id")} {
			for _, content := range []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"} {
				d.ask("engineer", "POST "+to+"/reactions", `{"content":"`+content+`"}`, 201)
			}
			again := d.ask("engineer", "POST "+to+"/reactions", `{"content":"eyes"}`, 200)
			d.ask("bot", "GET "+to+"/reactions", "", 200)
			d.ask("bot", "GET "+to+"/reactions?content=rocket", "", 200)
			d.ask("bot", "GET "+to, "", 200)
			d.ask("outsider", "DELETE "+to+"/reactions/"+again.text("id"), "", 403)
			d.ask("engineer", "DELETE "+to+"/reactions/"+again.text("id"), "", 204)
			d.ask("engineer", "DELETE "+to+"/reactions/"+again.text("id"), "", 404)
			d.ask("engineer", "POST "+to+"/reactions", `{"content":"yawn"}`, 422)
		}
	}},
}
