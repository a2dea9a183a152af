package command

import (
	"fmt"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func link() process.Command {
	return process.Command{
		Name: "link", Usage: "/link <pull request>", Summary: "link a pull request with this feature",
		Examples: []string{"/link owner/repo#7"}, By: ownerOrMaint, On: features,
		Ask: func(_ *process.Process, l *process.Line, _ process.Event, line process.Typed, q *process.Questions) {
			q.Pulls = append(q.Pulls, pulls(l, line.Rest)...)
		},
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			_, rest, err := Refs(line.Rest)
			if err != nil {
				return bad(t, "link", err)
			}
			wanted := pulls(t.Line(), line.Rest)
			if len(wanted) == 0 || rest != "" {
				return t.Form("link", process.Say("form.pull", "given", line.Rest))
			}
			var names []string
			for _, w := range wanted {
				name := fmt.Sprintf("%s#%d", w.Repo, w.Number)
				found, ok := t.A.Pulls[strings.ToLower(name)]
				if !ok {
					return process.Refuse("D4", process.Say("refusal.pull-unknown", "pull", name, "trouble", t.A.Trouble), process.Code("/link "+name))
				}
				names = append(names, name)
				found.Author = "" // whoever links it says nothing about who owns the feature
				t.LinkPull(t.Edit(t.Item()), found, false)
			}
			return process.Did("did.link", "pulls", names)
		},
	}
}

// pulls are the pull requests that the words name; without a repository one of
// the tracking repository is meant.
func pulls(l *process.Line, rest string) []process.Pull {
	refs, _, err := Refs(rest)
	if err != nil {
		return nil
	}
	var out []process.Pull
	for _, r := range refs {
		repo := l.Repo
		if r.Owner != "" {
			repo = r.Owner + "/" + r.Repo
		}
		out = append(out, process.Pull{Repo: repo, Number: r.Number})
	}
	return out
}
