package emulator

// branched makes a branch of the code with one file changed.
func branched(d *driver, name string) {
	d.Helper()
	d.ask("engineer", "PUT "+code+"/contents/"+name+".go",
		`{"message":"m","content":"aGVsbG8=","branch":"`+name+`"}`, 201)
}

var pullExercises = []exercise{
	{"a pull request is opened, changed and merged", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"to close"}`, 201)
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"P","body":"Closes acme/upgrades#1","head":"feat","base":"main"}`, 201)
		branched(d, "feat") // on an open pull request
		one := code + "/pulls/1"
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+code+"/pulls", "", 200)
		d.ask("bot", "GET "+code+"/issues", "", 200)
		d.ask("bot", "GET "+code+"/issues/1", "", 200)
		d.ask("bot", "GET "+one+"/files", "", 200)
		d.ask("bot", "GET "+one+"/merge", "", 404)
		d.ask("engineer", "PATCH "+one, `{"title":"P2","body":"Closes acme/upgrades#1."}`, 200)
		d.ask("maintainer", "PATCH "+one, `{"state":"closed"}`, 200)
		d.ask("maintainer", "PATCH "+one, `{"state":"open"}`, 200)
		d.ask("maintainer", "PUT "+one+"/merge", `{"merge_method":"fly"}`, 422)
		d.ask("maintainer", "PUT "+one+"/merge", `{"sha":"0000000000000000000000000000000000000000"}`, 409)
		d.ask("outsider", "PUT "+one+"/merge", "", 403)
		d.ask("maintainer", "PUT "+one+"/merge", `{"merge_method":"squash"}`, 200)
		d.ask("maintainer", "PUT "+one+"/merge", "", 405)
		d.ask("maintainer", "PATCH "+one, `{"state":"open"}`, 422)
		d.ask("bot", "GET "+one+"/merge", "", 204)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("engineer", "POST "+code+"/issues/1/labels", `{"labels":["plain"]}`, 200) // without a description
		d.ask("bot", "GET "+code+"/pulls?state=all&sort=updated&direction=desc&base=main&head=acme:feat", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/events", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/timeline", "", 200)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("bot", "GET "+code+"/issues/events", "", 200)
	}},
	{"a pull request is labelled, planned, assigned, talked of and locked", func(d *driver) {
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"P","head":"feat","base":"main"}`, 201)
		d.ask("maintainer", "POST "+code+"/milestones", `{"title":"M"}`, 201)
		one := code + "/issues/1"
		d.ask("bot", "POST "+one+"/labels", `{"labels":["x"]}`, 200)
		d.ask("bot", "DELETE "+one+"/labels/x", "", 200)
		d.ask("bot", "PATCH "+one, `{"milestone":1,"assignees":["ada"]}`, 200)
		d.ask("bot", "PATCH "+one, `{"milestone":null,"assignees":[]}`, 200)
		d.ask("bot", "POST "+one+"/comments", `{"body":"hello"}`, 201)
		d.ask("bot", "POST "+one+"/reactions", `{"content":"eyes"}`, 201)
		d.ask("maintainer", "PUT "+one+"/lock", "", 204)
		d.ask("maintainer", "DELETE "+one+"/lock", "", 204)
		d.ask("bot", "GET "+one+"/timeline", "", 200)
	}},
	{"what is wrong with a pull request is said", func(d *driver) {
		ask := "POST " + code + "/pulls"
		d.ask("engineer", ask, `{"head":"feat","base":"main"}`, 422)
		d.ask("engineer", ask, `{"title":"P","head":"main","base":"main"}`, 422)
		d.ask("engineer", ask, `{"title":"P","head":"feat","base":"nothing"}`, 422)
		d.ask("engineer", ask, `{"title":"P","head":"feat","base":"main"}`, 201)
		d.ask("engineer", ask, `{"title":"P","head":"feat","base":"main"}`, 422)
		d.ask("engineer", "PATCH "+code+"/pulls/1", `{"base":"nothing"}`, 422)
		d.ask("outsider", "PATCH "+code+"/pulls/1", `{"title":"mine"}`, 403)
		d.ask("bot", "GET "+code+"/pulls/9", "", 404)
		d.ask("bot", "POST "+up+"/issues", `{"title":"an issue"}`, 201)
		d.ask("bot", "GET "+up+"/pulls/1", "", 404)
	}},
}
