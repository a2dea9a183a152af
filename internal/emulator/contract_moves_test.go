package emulator

// moveExercises drive what only GitHub's site and GraphQL can do, and the
// addresses that it leaves behind.
var moveExercises = []exercise{
	{"an issue is transferred with all that it has", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M","due_on":"2026-12-31T12:00:00Z"}`, 201)
		d.ask("maintainer", "POST "+code+"/milestones", `{"title":"M","due_on":"2026-12-31T12:00:00Z"}`, 201)
		d.ask("bot", "POST "+up+"/issues", `{"title":"A","body":"see #1","milestone":1,"labels":["bug","x"],"assignees":["ada"]}`, 201)
		d.ask("engineer", "POST "+up+"/issues/1/comments", `{"body":"c"}`, 201)
		if _, err := d.gh.TransferIssue(trackingRepo, 1, codeRepo, "mara"); err != nil {
			d.Fatal(err)
		}
		d.ask("bot", "GET "+up+"/issues/1", "", 301)
		d.ask("bot", "PATCH "+up+"/issues/1", `{"title":"B"}`, 301)
		d.ask("bot", "POST "+up+"/issues/1/labels", `{"labels":["y"]}`, 301)
		d.ask("bot", "DELETE "+up+"/issues/1/labels/x", "", 301)
		d.ask("bot", "GET "+code+"/issues/1", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/comments", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/timeline", "", 200)
		d.ask("bot", "GET "+code+"/issues/1/events", "", 200)
		d.ask("bot", "GET "+code+"/issues/events", "", 200)
	}},
	{"an issue is deleted", func(d *driver) {
		d.ask("bot", "POST "+up+"/issues", `{"title":"A","labels":["bug"]}`, 201)
		if err := d.gh.DeleteIssue(trackingRepo, 1, "mara"); err != nil {
			d.Fatal(err)
		}
		d.ask("bot", "GET "+up+"/issues/1", "", 410)
		d.ask("bot", "PATCH "+up+"/issues/1", `{"title":"B"}`, 410)
		d.ask("bot", "GET "+up+"/issues/1/comments", "", 410)
		d.ask("bot", "POST "+up+"/issues/1/comments", `{"body":"c"}`, 410)
		d.ask("bot", "GET "+up+"/issues/1/timeline", "", 410)
		d.ask("bot", "PUT "+up+"/issues/1/lock", "", 410)
	}},
	{"a repository and a team are renamed", func(d *driver) {
		if err := d.gh.RenameRepository(trackingRepo, "trains", "mara"); err != nil {
			d.Fatal(err)
		}
		d.ask("bot", "GET "+up, "", 301)
		d.ask("bot", "GET "+up+"/issues?state=all", "", 301)
		d.ask("bot", "POST "+up+"/issues", `{"title":"A"}`, 307)
		d.ask("bot", "GET /repos/acme/trains", "", 200)
		if err := d.gh.RenameTeam("engineers", "Core"); err != nil {
			d.Fatal(err)
		}
		d.ask("bot", "GET /orgs/acme/teams/core", "", 200)
	}},
	{"addresses by id are answered", func(d *driver) {
		repo := d.ask("bot", "GET "+up, "", 200).text("id")
		d.ask("bot", "GET /repositories/"+repo, "", 200)
		d.ask("bot", "GET /repositories/"+repo+"/labels", "", 200)
		org := d.ask("bot", "GET /orgs/acme", "", 200).text("id")
		team := d.ask("bot", "GET /orgs/acme/teams/engineers", "", 200).text("id")
		d.ask("bot", "GET /organizations/"+org+"/team/"+team+"/members", "", 200)
	}},
	{"a milestone leaves pull requests too", func(d *driver) {
		d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M"}`, 201)
		d.ask("engineer", "POST "+up+"/pulls", `{"title":"P","head":"x","base":"main"}`, 201)
		d.ask("maintainer", "PATCH "+up+"/issues/1", `{"milestone":1}`, 200)
		d.ask("maintainer", "DELETE "+up+"/milestones/1", "", 204)
		d.ask("maintainer", "GET "+up+"/issues/1/timeline", "", 200)
	}},
}
