package command

import (
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func governance() process.Command {
	return process.Command{
		Name: "governance", Usage: "/governance posted <link> [number] [on <date>]|passed [link]|vetoed <reason>", Summary: "how the governance proposal stands",
		Examples: []string{"/governance posted https://link-to-the-proposal 17", "/governance passed https://link-to-the-vote", "/governance vetoed because …"},
		On:       upgrades, Move: "governance",
		Decide: func(t *process.Turn, line process.Typed) process.Outcome {
			it := t.Item()
			verb, rest, _ := strings.Cut(line.Rest, " ")
			rest = strings.TrimSpace(rest)
			verb = strings.ToLower(verb)
			may := t.May
			if verb == "vetoed" {
				may = t.MayBack
			}
			m, o := may(it, "governance")
			if o != nil {
				return *o
			}
			n, _, _ := t.P.Find(it, "governance")
			due := n.Name == t.P.Entry(n.Track)
			switch {
			case verb == "posted":
				return posted(t, it, m, due, rest)
			case due && (verb == "passed" || verb == "vetoed"):
				return process.Refuse("D2", process.Say("refusal.not-posted"), "/governance posted https://link-to-the-proposal")
			case verb == "passed":
				return passed(t, it, m, rest)
			case verb == "vetoed":
				reason, o := reasonOf(t, "governance", rest)
				if o != nil {
					return *o
				}
				t.TrackTo(it, m, process.Facts{Veto: true, Reason: reason})
				t.TellAboard(it, "stopped", process.Say("comment.stopped", "reason", reason, "name", t.P.TrainName(it)))
				return process.Did("did.vetoed")
			}
			return t.Form("governance", process.Say("form.governance", "given", verb))
		},
	}
}

// posted records a proposal (B3, G1); a second one supersedes the first and
// begins the review anew.
func posted(t *process.Turn, it *process.Item, m process.Move, due bool, rest string) process.Outcome {
	date, rest, o := onDate(t, "governance", rest)
	if o != nil {
		return *o
	}
	link, rest, found, err := Link(rest)
	if err != nil {
		return bad(t, "governance", err)
	}
	if !found {
		return t.Form("governance", process.Say("form.link", "extra", ""))
	}
	if o := t.Require(it, "proposal-number"); o != nil {
		return *o
	}
	number := it.T.Number
	if rest != "" {
		given, ok := process.ParseNumber(rest)
		if !ok {
			return t.Form("governance", process.Say("form.number", "given", rest))
		}
		if process.CompareNumbers(given, number) != 0 {
			return process.Refuse("B3", process.Say("refusal.number-mismatch", "given", given, "number", number), process.Code("/upgrade "+given))
		}
	}
	it = t.Edit(it)
	for i := range it.T.Proposals {
		it.T.Proposals[i].Superseded = true
	}
	it.T.Proposals = append(it.T.Proposals, process.Proposal{Link: link, Number: number, On: date, By: t.By()})
	if due {
		t.TrackTo(it, m, process.Facts{Link: link})
		return process.Did("did.posted", "number", number)
	}
	n, _, _ := t.P.Find(it, "governance")
	it.Tracks[n.Track] = process.Standing{At: n.Name, Since: t.Now()}
	t.Note(it, process.Say("note.reposted", "link", link))
	return process.Did("did.reposted", "number", number)
}

func passed(t *process.Turn, it *process.Item, m process.Move, rest string) process.Outcome {
	link, _, _, err := Link(rest)
	if err != nil {
		return bad(t, "governance", err)
	}
	it = t.Edit(it)
	it.T.Outcome = link
	t.TrackTo(it, m, process.Facts{Link: link})
	return process.Did("did.passed", "stage", t.P.Title(t.Get(it.ID).Stage))
}
