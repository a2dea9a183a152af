package emulator

// The areas of sub-issues, search, commits and what is said of commits.

var kinExercises = []exercise{
	{"sub-issues are added, moved and removed", func(d *driver) {
		var ids []string
		for _, title := range []string{"parent", "a", "b"} {
			ids = append(ids, d.ask("engineer", "POST "+up+"/issues", `{"title":"`+title+`"}`, 201).text("id"))
		}
		there := d.ask("bot", "POST "+code+"/issues", `{"title":"elsewhere"}`, 201).text("id")
		subs := up + "/issues/1/sub_issues"
		for _, id := range []string{ids[1], ids[2], there} {
			d.ask("bot", "POST "+subs, `{"sub_issue_id":`+id+`}`, 201)
		}
		d.ask("bot", "POST "+subs, `{"sub_issue_id":`+ids[1]+`}`, 422)
		d.ask("bot", "POST "+subs, `{"sub_issue_id":1}`, 404)
		d.ask("bot", "POST "+subs, `{}`, 422)
		d.ask("outsider", "POST "+subs, `{"sub_issue_id":`+ids[1]+`}`, 403)
		d.ask("bot", "PATCH "+subs+"/priority", `{"sub_issue_id":`+ids[2]+`,"before_id":`+ids[1]+`}`, 200)
		d.ask("bot", "PATCH "+subs+"/priority", `{"sub_issue_id":`+ids[2]+`}`, 422)
		d.ask("bot", "GET "+subs, "", 200)
		d.ask("bot", "GET "+up+"/issues/2/parent", "", 200)
		d.ask("bot", "GET "+up+"/issues/1/parent", "", 404)
		d.ask("bot", "GET "+up+"/issues/2", "", 200)
		d.ask("bot", "DELETE "+up+"/issues/1/sub_issue", `{"sub_issue_id":`+ids[2]+`}`, 200)
		d.ask("bot", "DELETE "+up+"/issues/1/sub_issue", `{"sub_issue_id":`+ids[2]+`}`, 404)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
		d.ask("bot", "GET "+up+"/issues/1/events", "", 200)
		d.ask("bot", "GET "+up+"/issues/events", "", 200)
	}},
	{"issues wait for others", func(d *driver) {
		for _, title := range []string{"blocked", "blocking"} {
			d.ask("engineer", "POST "+up+"/issues", `{"title":"`+title+`"}`, 201)
		}
		id := d.ask("bot", "GET "+up+"/issues/2", "", 200).text("id")
		by := up + "/issues/1/dependencies/blocked_by"
		d.ask("bot", "POST "+by, `{"issue_id":`+id+`}`, 201)
		d.ask("bot", "POST "+by, `{"issue_id":`+id+`}`, 422)
		d.ask("bot", "GET "+by, "", 200)
		d.ask("bot", "GET "+up+"/issues/2/dependencies/blocking", "", 200)
		d.ask("bot", "GET "+up+"/issues/1", "", 200)
		d.ask("bot", "DELETE "+by+"/"+id, "", 200)
		d.ask("bot", "DELETE "+by+"/"+id, "", 404)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 200)
	}},
}

var searchExercises = []exercise{
	{"issues and pull requests are found", func(d *driver) {
		d.ask("engineer", "POST "+up+"/issues", `{"title":"Faster blocks","body":"as fast","labels":["kind/feature"]}`, 201)
		sub := d.ask("engineer", "POST "+up+"/issues", `{"title":"Part of it","body":"some"}`, 201).text("id")
		d.ask("bot", "POST "+up+"/issues/1/sub_issues", `{"sub_issue_id":`+sub+`}`, 201)
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"Faster blocks","body":"b","head":"feat","base":"main"}`, 201)
		d.ask("bot", "GET /search/issues?q=blocks+is:issue", "", 200)
		d.ask("maintainer", "GET /search/issues?q=org:acme&sort=created&order=asc&per_page=1&page=2", "", 200)
		d.ask("bot", "GET /search/issues?q=is:open", "", 422)
		d.ask("maintainer", "GET /search/issues", "", 422)
		d.ask("maintainer", "GET /search/issues?q=repo:acme/none", "", 422)
	}},
}

// tipOf is where a branch of the code is.
func tipOf(d *driver, name string) string {
	d.Helper()
	return d.ask("bot", "GET "+code+"/git/ref/heads/"+name, "", 200).text("object.sha")
}

var commitExercises = []exercise{
	{"commits, branches and references are read", func(d *driver) {
		sha := tipOf(d, "main")
		d.ask("bot", "POST "+code+"/git/refs", `{"ref":"refs/heads/feat","sha":"`+sha+`"}`, 201)
		d.ask("bot", "POST "+code+"/git/refs", `{"ref":"refs/heads/feat","sha":"`+sha+`"}`, 422)
		branched(d, "feat")
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"P","head":"feat","base":"main"}`, 201)
		d.ask("bot", "GET "+code+"/pulls/1/commits", "", 200)
		d.ask("bot", "GET "+code+"/commits?sha=feat", "", 200)
		d.ask("bot", "GET "+code+"/commits?sha=none", "", 404)
		d.ask("bot", "GET "+code+"/commits/feat", "", 200)
		d.ask("bot", "GET "+code+"/commits/"+sha, "", 200)
		d.ask("bot", "GET "+code+"/commits/none", "", 422)
		d.ask("bot", "GET "+code+"/branches", "", 200)
		d.ask("bot", "GET "+code+"/branches/feat", "", 200)
		d.ask("bot", "GET "+code+"/branches/none", "", 404)
		d.ask("bot", "GET "+code+"/git/matching-refs/heads/f", "", 200)
		d.ask("bot", "GET "+code+"/git/ref/heads/none", "", 404)
	}},
	{"a commit gets statuses", func(d *driver) {
		sha := tipOf(d, "main")
		d.ask("bot", "POST "+code+"/statuses/"+sha, `{"state":"pending"}`, 201)
		d.ask("engineer", "POST "+code+"/statuses/"+sha,
			`{"state":"success","context":"ci","description":"fine","target_url":"https://ci.example.com/1"}`, 201)
		d.ask("bot", "POST "+code+"/statuses/"+sha, `{"state":"fine"}`, 422)
		d.ask("bot", "POST "+code+"/statuses/main", `{"state":"success"}`, 422)
		d.ask("bot", "GET "+code+"/commits/main/statuses", "", 200)
		d.ask("bot", "GET "+code+"/commits/"+sha+"/status", "", 200)
		d.ask("bot", "GET "+code+"/commits/none/status", "", 404)
	}},
}

var checkExercises = []exercise{
	{"a check runs, ends and is asked for again", func(d *driver) {
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"P","head":"feat","base":"main"}`, 201)
		branched(d, "feat")
		sha := tipOf(d, "feat")
		runs := code + "/check-runs"
		one := runs + "/" + d.ask("bot", "POST "+runs, `{"name":"lint","head_sha":"`+sha+`"}`, 201).text("id")
		d.ask("bot", "PATCH "+one, `{"status":"in_progress","details_url":"https://ci.example.com/1","external_id":"7"}`, 200)
		suite := code + "/check-suites/" + d.ask("bot", "PATCH "+one, `{"conclusion":"success","output":{"title":"t","summary":"s",
			"annotations":[{"path":"feat.go","start_line":1,"end_line":1,"annotation_level":"notice","message":"m"}]}}`, 200).text("check_suite.id")
		d.ask("bot", "PATCH "+one, `{"status":"completed"}`, 422)
		d.ask("bot", "POST "+runs, `{"name":"x","head_sha":"none"}`, 422)
		d.ask("maintainer", "POST "+runs, `{"name":"x","head_sha":"`+sha+`"}`, 403)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+one+"/annotations", "", 200)
		d.ask("maintainer", "POST "+one+"/rerequest", "", 201)
		d.ask("bot", "GET "+code+"/commits/feat/check-runs?filter=all", "", 200)
		d.ask("bot", "GET "+code+"/commits/"+sha+"/check-suites", "", 200)
		d.ask("bot", "GET "+suite, "", 200)
		d.ask("bot", "GET "+suite+"/check-runs", "", 200)
		d.ask("bot", "POST "+suite+"/rerequest", "", 201)
		d.ask("bot", "GET "+code+"/check-suites/1", "", 404)
		d.ask("bot", "POST "+code+"/check-suites", `{"head_sha":"`+sha+`"}`, 200)
		d.ask("bot", "POST "+code+"/check-suites", `{"head_sha":"`+tipOf(d, "main")+`"}`, 201)
	}},
}

var deploymentExercises = []exercise{
	{"a commit is deployed", func(d *driver) {
		all := code + "/deployments"
		first := d.ask("bot", "POST "+all, `{"ref":"main","environment":"staging","payload":{"n":1}}`, 201).text("id")
		d.ask("engineer", "POST "+all, `{"ref":"main","payload":"text","description":"d"}`, 201)
		d.ask("bot", "POST "+all, `{"ref":"none"}`, 422)
		d.ask("bot", "POST "+all, `{"ref":"main","required_contexts":["ci"]}`, 409)
		d.ask("bot", "GET "+all, "", 200)
		one := all + "/" + first
		d.ask("bot", "GET "+one, "", 200)
		status := d.ask("bot", "POST "+one+"/statuses", `{"state":"success","log_url":"https://ci.example.com/1"}`, 201).text("id")
		d.ask("bot", "POST "+one+"/statuses", `{"state":"fine"}`, 422)
		d.ask("bot", "GET "+one+"/statuses", "", 200)
		d.ask("bot", "GET "+one+"/statuses/"+status, "", 200)
		d.ask("bot", "DELETE "+one, "", 422)
		d.ask("bot", "POST "+one+"/statuses", `{"state":"inactive"}`, 201)
		d.ask("bot", "DELETE "+one, "", 204)
		d.ask("bot", "GET "+one, "", 404)
	}},
	{"a branch that is behind is merged first", func(d *driver) {
		d.ask("bot", "POST "+code+"/git/refs", `{"ref":"refs/heads/late","sha":"`+tipOf(d, "main")+`"}`, 201)
		d.ask("engineer", "PUT "+code+"/contents/new.go", `{"message":"m","content":"aGVsbG8="}`, 201)
		d.ask("bot", "POST "+code+"/deployments", `{"ref":"late"}`, 202)
		d.ask("bot", "POST "+code+"/deployments", `{"ref":"late"}`, 201)
	}},
}

var reviewExercises = []exercise{
	{"a pull request is reviewed", func(d *driver) {
		d.ask("engineer", "POST "+code+"/pulls", `{"title":"P","head":"feat","base":"main"}`, 201)
		one := code + "/pulls/1"
		ask := one + "/requested_reviewers"
		d.ask("engineer", "POST "+ask, `{"reviewers":["rui"],"team_reviewers":["protocol"]}`, 201)
		d.ask("engineer", "POST "+ask, `{"reviewers":["nobody"]}`, 422)
		d.ask("engineer", "POST "+ask, `{"reviewers":["ada"]}`, 422)
		d.ask("outsider", "POST "+ask, `{"reviewers":["rui"]}`, 403)
		d.ask("bot", "GET "+ask, "", 200)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("engineer", "DELETE "+ask, `{"reviewers":[],"team_reviewers":["protocol"]}`, 200)
		d.ask("engineer", "POST "+ask, `{"reviewers":["sasha"]}`, 201)
		d.ask("engineer", "DELETE "+ask, `{"reviewers":["sasha"]}`, 200)
		d.ask("engineer", "POST "+one+"/reviews", `{"event":"APPROVE"}`, 422)
		d.ask("reviewer", "POST "+one+"/reviews", `{"event":"COMMENT"}`, 422)
		id := d.ask("reviewer", "POST "+one+"/reviews", `{"body":"a draft"}`, 200).text("id")
		d.ask("reviewer", "GET "+one+"/reviews/"+id, "", 200)
		d.ask("bot", "GET "+one+"/reviews/"+id, "", 404)
		d.ask("reviewer", "POST "+one+"/reviews/"+id+"/events", `{}`, 422)
		d.ask("reviewer", "POST "+one+"/reviews/"+id+"/events", `{"event":"REQUEST_CHANGES"}`, 200)
		d.ask("maintainer", "PUT "+one+"/reviews/"+id+"/dismissals", `{"message":"done"}`, 200)
		d.ask("maintainer", "PUT "+one+"/reviews/"+id+"/dismissals", `{"message":"done"}`, 422)
		d.ask("bot", "POST "+one+"/reviews", `{"event":"APPROVE","body":"fine"}`, 200)
		d.ask("bot", "GET "+one+"/reviews", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/timeline", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/events", "", 200)
		d.ask("bot", "GET "+code+"/issues/events", "", 200)
	}},
}

var organisationExercises = []exercise{
	{"a repository is changed", func(d *driver) {
		d.ask("bot", "PATCH "+code, `{"description":"new","homepage":"https://example.com"}`, 200)
		d.ask("bot", "POST "+code+"/git/refs", `{"ref":"refs/heads/trunk","sha":"`+tipOf(d, "main")+`"}`, 201)
		d.ask("bot", "PATCH "+code, `{"default_branch":"trunk"}`, 200)
		d.ask("bot", "PATCH "+code, `{"default_branch":"none"}`, 422)
		d.ask("bot", "PATCH "+code, `{"private":false}`, 200)
		d.ask("bot", "PATCH "+code, `{"visibility":"private"}`, 200)
		d.ask("bot", "PATCH "+code, `{"visibility":"hidden"}`, 422)
		d.ask("bot", "PATCH "+code, `{"archived":true}`, 200)
		d.ask("bot", "PATCH "+code, `{"description":"newer"}`, 403)
		d.ask("bot", "POST "+code+"/issues", `{"title":"t"}`, 403)
		d.ask("bot", "GET "+code+"/issues", "", 200)
		d.ask("bot", "PATCH "+code, `{"archived":false}`, 200)
		d.ask("bot", "PATCH "+code, `{"name":"`+trackingRepo+`"}`, 422)
		d.ask("bot", "PATCH "+code, `{"name":"engine"}`, 200)
		d.ask("maintainer", "PATCH "+up, `{"description":"new"}`, 403)
	}},
	{"a repository is told of what happened elsewhere", func(d *driver) {
		d.ask("bot", "POST "+up+"/dispatches", `{"event_type":"sample","client_payload":{"a":1}}`, 204)
		d.ask("maintainer", "POST "+up+"/dispatches", `{"event_type":"sample"}`, 204)
		d.ask("bot", "POST "+up+"/dispatches", `{}`, 422)
		d.ask("bot", "POST "+up+"/dispatches", `{"event_type":""}`, 422)
		d.ask("outsider", "POST "+up+"/dispatches", `{"event_type":"sample"}`, 403)
	}},
	{"repositories are listed", func(d *driver) {
		d.ask("bot", "GET /orgs/acme/repos?type=private&sort=full_name", "", 200)
		d.ask("maintainer", "GET /user/repos", "", 200)
	}},
	{"teams are made, and people join and leave", func(d *driver) {
		all := "/orgs/acme/teams"
		id := d.ask("bot", "GET "+all+"/protocol", "", 200).text("id")
		d.ask("bot", "POST "+all, `{"name":"Core Reviewers","description":"d","parent_team_id":`+id+`}`, 201)
		d.ask("bot", "POST "+all, `{"name":"core reviewers"}`, 422)
		d.ask("bot", "POST "+all, `{"name":"x","parent_team_id":1}`, 422)
		d.ask("outsider", "POST "+all, `{"name":"x"}`, 403)
		d.ask("bot", "PUT "+all+"/core-reviewers/memberships/sasha", "", 200)
		d.ask("bot", "GET "+all+"/protocol/teams", "", 200)
		d.ask("bot", "GET "+all+"/core-reviewers", "", 200)
		d.ask("bot", "GET "+all, "", 200)
		d.ask("bot", "GET "+all+"/protocol/memberships/sasha", "", 200)
		d.ask("bot", "DELETE "+all+"/core-reviewers/memberships/sasha", "", 204)
		d.ask("bot", "DELETE "+all+"/core-reviewers/memberships/sasha", "", 404)
		d.ask("bot", "GET /orgs/acme/memberships/sasha", "", 200)
		d.ask("bot", "GET /orgs/acme/memberships/otto", "", 404)
		d.ask("outsider", "GET /orgs/acme/memberships/sasha", "", 403)
	}},
	{"teams get rights in repositories", func(d *driver) {
		one, at := "/orgs/acme/teams/protocol", "/orgs/acme/teams/protocol"+up
		d.ask("bot", "GET "+at, "", 404)
		d.ask("bot", "PUT "+at, `{"permission":"rule"}`, 422)
		d.ask("bot", "PUT "+at, `{"permission":"admin"}`, 204)
		d.ask("outsider", "PUT "+at, "", 403)
		d.ask("bot", "GET "+at, "", 204)
		d.ask("bot", "GET "+at, "", 200, "Accept", "application/vnd.github.v3.repository+json")
		d.ask("bot", "GET "+one+"/repos", "", 200)
		d.ask("bot", "GET "+one, "", 200)
		d.ask("bot", "GET "+up+"/teams", "", 200)
		d.ask("reviewer", "PATCH "+up, `{"description":"mine"}`, 200)
		d.ask("bot", "DELETE "+at, "", 204)
		d.ask("bot", "GET "+at, "", 404)
	}},
	{"issues are listed across repositories", func(d *driver) {
		d.ask("engineer", "POST "+up+"/issues", `{"title":"a","assignees":["ada"]}`, 201)
		d.ask("engineer", "POST "+code+"/issues", `{"title":"b"}`, 201)
		d.ask("engineer", "GET /issues", "", 200)
		d.ask("bot", "GET /orgs/acme/issues?filter=all&sort=updated", "", 200)
		d.ask("bot", "GET /orgs/acme/issues?filter=mine", "", 422)
	}},
	{"branches are compared", func(d *driver) {
		d.ask("bot", "POST "+code+"/git/refs", `{"ref":"refs/heads/feat","sha":"`+tipOf(d, "main")+`"}`, 201)
		branched(d, "feat")
		d.ask("bot", "GET "+code+"/compare/main...feat", "", 200)
		d.ask("bot", "GET "+code+"/compare/main...none", "", 404)
	}},
}
