package rebuild_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/rebuild"
)

// upgrade rebuilds the upgrade of the railway after its comments of people became
// others. before changes it as it was.
func upgrade(t *testing.T, before func(*process.Item), typed ...rebuild.Comment) (*process.Item, rebuild.Result) {
	t.Helper()
	p := loaded(t)
	l := railway(p)
	if before != nil {
		before(l.Get("issue/4"))
	}
	w := shown(p, l)
	in := issue(&w, 4)
	in.Comments = append(slices.DeleteFunc(in.Comments, func(c rebuild.Comment) bool { return !c.Ours }), typed...)
	r := rebuild.From(p, keys, w, empty())
	return item(t, r, "issue/4"), r
}

// with is a comment of which something is otherwise.
func with(c rebuild.Comment, change func(*rebuild.Comment)) rebuild.Comment {
	change(&c)
	return c
}

func TestLinksOfADeploymentAreReadFromTheCommandThatRecordedIt(t *testing.T) {
	command := typed("rui", "It is up.\n/deployed https://a.example https://b.example")
	for _, tt := range []struct {
		name  string
		typed []rebuild.Comment
		want  string
	}{
		{"as it was typed", []rebuild.Comment{command}, "https://a.example https://b.example"},
		{"typed twice alike", []rebuild.Comment{command, command}, "https://a.example https://b.example"},
		{"nothing", nil, ""},
		{"two that differ", []rebuild.Comment{command, typed("rui", "/deployed https://c.example")}, ""},
		{"another person's", []rebuild.Comment{typed("mallory", "/deployed https://a.example")}, ""},
		{"another day's", []rebuild.Comment{with(command, func(c *rebuild.Comment) { c.At = noon.AddDate(0, 0, -1) })}, ""},
		{"edited since", []rebuild.Comment{with(command, func(c *rebuild.Comment) { c.Changed = true })}, ""},
		{"refused", []rebuild.Comment{with(command, func(c *rebuild.Comment) { c.Done = false })}, ""},
		{"a rocket that is not ours", []rebuild.Comment{with(command, func(c *rebuild.Comment) { c.Answered = false })}, ""},
		{"a dry run", []rebuild.Comment{typed("rui", "/deployed --dry-run https://a.example")}, ""},
		{"in a quote", []rebuild.Comment{typed("rui", "> /deployed https://a.example")}, ""},
		{"with words that it does not take", []rebuild.Comment{typed("rui", "/deployed https://a.example and more")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			it, r := upgrade(t, nil, tt.typed...)
			if got := strings.Join(it.T.Deployed[0].Links, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if tt.want == "" {
				says(t, r, 4, "the links to its deployment 2, which rui recorded for 2026-12-08", "")
			} else if len(r.Findings) != 0 {
				t.Errorf("it says %v", r.Findings)
			}
		})
	}
}

func TestLinksOfADeploymentThatWasRecordedLateAreFound(t *testing.T) {
	earlier := func(it *process.Item) { it.T.Deployed[0].On = day.AddDays(-3) }
	it, r := upgrade(t, earlier, typed("Rui", "/deployed https://a.example on 2026-12-05"))
	if !slices.Equal(it.T.Deployed[0].Links, []string{"https://a.example"}) || len(r.Findings) != 0 {
		t.Errorf("got %v, %v", it.T.Deployed, r.Findings)
	}
}

func TestLinksOfAProposalAndItsVoteAreReadFromTheirCommands(t *testing.T) {
	up := typed("rui", "/deployed https://network.example/2")
	posted := typed("gil", "/governance posted https://forum.example/1 17")
	review := func(it *process.Item) {
		it.Tracks = map[string]process.Standing{"governance": {At: "review", Since: noon}}
		it.T.Proposals = []process.Proposal{{Number: "17", On: day, By: "zoe", Superseded: true}, {Number: "17", On: day, By: "gil"}}
	}
	passed := func(it *process.Item) {
		review(it)
		it.Tracks["governance"] = process.Standing{At: process.TrackPassed, Since: noon}
	}

	it, r := upgrade(t, review, up, posted)
	if it.T.Proposals[1].Link != "https://forum.example/1" || len(r.Findings) != 0 {
		t.Errorf("got %+v, %v", it.T.Proposals, r.Findings)
	}
	_, r = upgrade(t, review, up, typed("gil", "/governance posted https://forum.example/1 18"))
	says(t, r, 4, "the link of the proposal that gil recorded for 2026-12-08 is not known any more, and its review begins anew", "/governance posted <link> 17 on 2026-12-08")

	it, r = upgrade(t, passed, up, posted, typed("zoe", "/governance passed https://vote.example/1"))
	if it.T.Outcome != "https://vote.example/1" || len(r.Findings) != 0 {
		t.Errorf("got %q, %v", it.T.Outcome, r.Findings)
	}
	it, r = upgrade(t, passed, up, posted, typed("zoe", "/governance passed"))
	if it.T.Outcome != "" || len(r.Findings) != 0 {
		t.Errorf("typed without a link: got %q, %v", it.T.Outcome, r.Findings)
	}
	it, r = upgrade(t, passed, up, with(typed("zoe", "/governance passed https://vote.example/1"), func(c *rebuild.Comment) { c.At = c.At.Add(1e9) }))
	if it.T.Outcome != "" {
		t.Errorf("another moment's: got %q", it.T.Outcome)
	}
	says(t, r, 4, "if its vote had a link", "")
	says(t, r, 4, "the link of the proposal that gil recorded for 2026-12-08 is not known any more, and no line gives it again", "")
}

func TestAnOldDatabaseKeepsItsLinks(t *testing.T) {
	p := loaded(t)
	l := railway(p)
	w := shown(p, l)
	in := issue(&w, 4)
	in.Comments = slices.DeleteFunc(in.Comments, func(c rebuild.Comment) bool { return !c.Ours })
	old := l.Get("issue/4").Clone()
	known := empty()
	known.Put(old)
	r := rebuild.From(p, keys, w, known)
	if it := item(t, r, "issue/4"); len(it.T.Deployed[0].Links) != 1 || len(r.Findings) != 0 {
		t.Errorf("got %+v, %v", it.T.Deployed, r.Findings)
	}
}
