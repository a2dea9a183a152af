package command

import "github.com/stationmaster-bot/stationmaster/internal/process"

func owner() process.Command {
	return process.Command{
		Name: "owner", Usage: "/owner @user", Summary: "hand this feature to another engineer", Examples: []string{"/owner @ada"},
		On: features, By: []process.Role{process.Owner, process.Maintainer, process.Engineer},
		Ask: func(_ *process.Process, _ *process.Line, e process.Event, line process.Typed, q *process.Questions) {
			q.Need(e.Actor.Login, process.Engineer, process.Maintainer)
			if login, _, err := User(line.Rest); err == nil {
				q.Need(login, process.Engineer)
			}
		},
		Who: "owner, maintainer; an engineer may claim what nobody owns",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			login, rest, err := User(line.Rest)
			if err != nil {
				return bad(t, "owner", err)
			}
			if rest != "" {
				return t.Form("owner", process.Say("form.extra", "extra", rest))
			}
			claims := it.F.Owner == "" && t.Is(login)
			if v := t.Holds(it, ownerOrMaint); v != process.Yes && !claims {
				return t.Denied(v, ownerOrMaint)
			}
			if v := t.A.Role(login, process.Engineer); v != process.Yes {
				return process.Refuse("D1", process.Say("refusal.owner", "login", login, "unchecked", v == process.Unknown, "holders", t.P.Settings.Holders[process.Engineer]), "/owner @login")
			}
			t.Edit(it).F.Owner = login
			t.Note(it, process.Say("note.owner", "login", login))
			return process.Did("did.owner", "login", login)
		},
	}
}
