package emulator

var appExercises = []exercise{
	{"the App learns of itself and where it is installed", func(d *driver) {
		d.ask("app", "GET /app", "", 200)
		list := d.ask("app", "GET /app/installations", "", 200)
		d.ask("app", "GET /app/installations/"+list.text("0.id"), "", 200)
		d.ask("app", "GET "+up+"/installation", "", 200)
		d.ask("app", "GET /orgs/acme/installation", "", 200)
		d.ask("app", "GET /app/installations/1", "", 404)
		d.ask("app", "GET /repos/acme/nowhere/installation", "", 404)
		d.ask("app", "GET /orgs/nobody/installation", "", 404)
		d.ask("bot", "GET /app", "", 401)
		d.ask("nobody", "GET /app", "", 401)
		d.ask("Bearer a.b.c", "GET /app", "", 401)
	}},
	{"tokens are minted, narrowed and given up", func(d *driver) {
		mint := "POST /app/installations/" + d.ask("app", "GET /app/installations", "", 200).text("0.id") + "/access_tokens"
		whole := "Bearer " + d.ask("app", mint, "", 201).text("token")
		few := d.ask("app", mint, `{"repositories":["upgrades"],"permissions":{"issues":"read"}}`, 201)
		narrow := "Bearer " + few.text("token")
		d.ask("app", mint, `{"repository_ids":[`+few.text("repositories.0.id")+`]}`, 201)
		d.ask("app", mint, `{"permissions":{"packages":"write"}}`, 422)
		d.ask("app", mint, `{"repositories":["nowhere"]}`, 422)
		d.ask("app", "POST /app/installations/1/access_tokens", "", 404)
		d.ask(whole, "GET /installation/repositories", "", 200)
		d.ask(narrow, "GET /installation/repositories", "", 200)
		d.ask(narrow, "POST "+up+"/issues", `{"title":"no"}`, 403)
		d.ask(narrow, "GET "+code, "", 404)
		d.ask("engineer", "GET /installation/repositories", "", 403)
		d.ask(whole, "DELETE /installation/token", "", 204)
		d.ask(whole, "GET /installation/repositories", "", 401)
	}},
	{"webhooks are pointed elsewhere, logged and sent again", func(d *driver) {
		d.ask("app", "GET /app/hook/config", "", 200)
		d.ask("app", "PATCH /app/hook/config", `{"content_type":"json","insecure_ssl":"0"}`, 200)
		d.ask("app", "PATCH /app/hook/config", `{"content_type":"xml"}`, 422)
		d.ask("maintainer", "POST "+up+"/issues", `{"title":"one"}`, 201)
		d.ask("maintainer", "POST "+up+"/issues", `{"title":"two"}`, 201)
		d.settle()
		list := d.ask("app", "GET /app/hook/deliveries?per_page=1", "", 200)
		if list.head.Get("Link") == "" {
			d.Error("two deliveries are one page of one")
		}
		one := "/app/hook/deliveries/" + list.text("0.id")
		d.ask("app", "GET "+one, "", 200)
		d.ask("app", "POST "+one+"/attempts", "", 202)
		d.settle()
		d.ask("app", "GET /app/hook/deliveries", "", 200)
		d.ask("app", "GET /app/hook/deliveries/1", "", 404)
		d.ask("app", "POST /app/hook/deliveries/1/attempts", "", 404)
		d.ask("bot", "GET /app/hook/deliveries", "", 401)
		d.ask("nobody", "GET /app/hook/config", "", 401)
		d.gh.SetWebhookURL("")
		d.gh.SetWebhookURL(d.hook)
	}},
}
