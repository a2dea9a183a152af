package emulator

import "strings"

var labelExercises = []exercise{
	{"a repository's labels are made, renamed and deleted", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/labels", `{"name":"c#","color":"ff0000","description":"d"}`, 201)
		d.ask("bot", "GET "+up+"/labels/c%23", "", 200)
		d.ask("bot", "GET "+up+"/labels", "", 200)
		d.ask("bot", "POST "+up+"/issues", `{"title":"A","labels":["c#"]}`, 201)
		d.ask("maintainer", "PATCH "+up+"/labels/c%23", `{"new_name":"stage/x","color":"00ff00","description":"e"}`, 200)
		d.ask("maintainer", "DELETE "+up+"/labels/stage%2Fx", "", 204)
		d.ask("maintainer", "DELETE "+up+"/labels/stage%2Fx", "", 404)
		d.ask("bot", "GET "+up+"/labels/stage%2Fx", "", 404)
		d.ask("bot", "PATCH "+up+"/labels/stage%2Fx", `{"color":"000000"}`, 404)
		d.ask("bot", "POST "+up+"/labels", `{"name":"BUG"}`, 422)
		d.ask("bot", "POST "+up+"/labels", `{}`, 422)
		d.ask("bot", "POST "+up+"/labels", `{"name":"x","color":"#ff0000"}`, 422)
		d.ask("bot", "POST "+up+"/labels", `{"name":"`+strings.Repeat("x", 51)+`"}`, 422)
		d.ask("engineer", "POST "+up+"/labels", `{"name":"x"}`, 201)
		d.ask("outsider", "POST "+up+"/labels", `{"name":"y"}`, 403)
	}},
	{"an issue's labels are added, set and taken off", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 201)
		labels := up + "/issues/1/labels"
		d.ask("bot", "POST "+labels, `{"labels":["x","stage/y"]}`, 200)
		d.ask("bot", "POST "+labels, `["what?","100%"]`, 200)
		d.ask("bot", "GET "+labels, "", 200)
		d.ask("bot", "DELETE "+labels+"/what%3F", "", 200)
		d.ask("bot", "DELETE "+labels+"/100%25", "", 200)
		d.ask("bot", "DELETE "+labels+"/100%25", "", 404)
		d.ask("bot", "PUT "+labels, `{"labels":["x","z"]}`, 200)
		d.ask("maintainer", "DELETE "+labels, "", 204)
		d.ask("bot", "GET "+labels, "", 200)
		d.ask("outsider", "POST "+labels, `{"labels":["x"]}`, 403)
		d.ask("bot", "POST "+labels, `{"labels":["`+strings.Repeat("x", 51)+`"]}`, 422)
		d.ask("bot", "GET "+up+"/issues/9/labels", "", 404)
	}},
}
