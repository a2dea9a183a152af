package emulator

var repositoryExercises = []exercise{
	{"a repository is shown to whom it may be", func(d *driver) {
		d.ask("bot", "GET "+up, "", 200)
		d.ask("engineer", "GET "+up, "", 200)
		d.ask("nobody", "GET "+up, "", 404)
		d.ask("bot", "GET /repos/acme/nowhere", "", 404)
	}},
	{"collaborators have roles", func(d *driver) {
		d.ask("bot", "GET "+up+"/collaborators", "", 200)
		d.ask("bot", "GET "+up+"/collaborators/ada", "", 204)
		d.ask("bot", "GET "+up+"/collaborators/acme", "", 404)
		d.ask("bot", "GET "+up+"/collaborators/mara/permission", "", 200)
		d.ask("bot", "GET "+up+"/collaborators/otto/permission", "", 200)
		d.ask("bot", "GET "+up+"/collaborators/unknown/permission", "", 404)
		d.ask("outsider", "GET "+up+"/collaborators", "", 403)
		d.ask("bot", "GET "+up+"/assignees", "", 200)
		d.ask("bot", "GET "+up+"/assignees/ada", "", 204)
		d.ask("bot", "GET "+up+"/assignees/acme", "", 404)
	}},
	{"files are read and written", func(d *driver) {
		const text = `"content":"aGVsbG8="`
		d.ask("bot", "GET "+up+"/contents", "", 200)
		d.ask("bot", "GET "+up+"/contents/", "", 200)
		d.ask("bot", "GET "+up+"/contents/.github", "", 200)
		d.ask("bot", "GET "+up+"/contents/.github/stationmaster.yml", "", 200)
		d.ask("bot", "GET "+up+"/contents/.github%2Fstationmaster.yml?ref=main", "", 200)
		d.ask("bot", "GET "+up+"/contents/README.md", "", 200, "Accept", "application/vnd.github.raw+json")
		d.ask("bot", "GET "+up+"/contents/nothing", "", 404, "Accept", "application/vnd.github.raw+json")
		d.ask("bot", "GET "+up+"/contents/nothing", "", 404)
		d.ask("bot", "GET "+up+"/contents/README.md?ref=nothing", "", 404)
		made := d.ask("engineer", "PUT "+up+"/contents/x/y.go", `{"message":"m",`+text+`}`, 201)
		d.ask("engineer", "PUT "+up+"/contents/x/y.go",
			`{"message":"m","content":"aGVsbG8h","sha":"`+made.text("content.sha")+`"}`, 200)
		d.ask("engineer", "PUT "+up+"/contents/x/y.go", `{"message":"m",`+text+`,"sha":"0000"}`, 409)
		d.ask("engineer", "PUT "+up+"/contents/x/z.go", `{"message":"m","content":"%"}`, 422)
		d.ask("engineer", "PUT "+up+"/contents/x/z.go", `{"message":"m",`+text+`,"branch":"nothing"}`, 404)
		d.ask("outsider", "PUT "+up+"/contents/x/z.go", `{"message":"m",`+text+`}`, 403)
	}},
}
