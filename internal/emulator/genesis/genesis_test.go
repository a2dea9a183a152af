package genesis_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/genesis"
)

const full = `
org: {login: harbour, name: Harbour, description: Ships}
app:
  slug: pilot
  name: Pilot
  permissions: {issues: write, metadata: read}
  events: [issues, issue_comment]
  on: [log]
repos:
  - name: log
    description: The log
    public: true
    files:
      .github/pilot.yml: |
        greet: true
    labels:
      - kind/ship
      - {name: urgent, color: "B60205", description: Now}
    milestones:
      - {title: "1.0", description: First, due: 2026-12-10}
    issues:
      - title: A ship comes in
        body: From the north.
        by: ada
        labels: [kind/ship]
        milestone: "1.0"
        assignees: [rui]
        state: closed
        comments:
          - {by: rui, body: Seen.}
          - body: Gone.
  - name: charts
people:
  - {login: ada, name: Ada, role: maintain, teams: [pilots, harbour-masters]}
  - {login: rui}
  - {login: otto, role: read, member: false}
`

func TestAWorldIsReadWhole(t *testing.T) {
	want := &genesis.World{
		Org: genesis.Org{Login: "harbour", Name: "Harbour", Description: "Ships"},
		App: genesis.App{Slug: "pilot", Name: "Pilot", Permissions: map[string]string{"issues": "write", "metadata": "read"},
			Events: []string{"issues", "issue_comment"}, On: []string{"log"}},
		Repos: []genesis.Repo{{Name: "log", Description: "The log", Public: true,
			Files:      map[string]string{".github/pilot.yml": "greet: true\n"},
			Labels:     []genesis.Label{{Name: "kind/ship"}, {Name: "urgent", Color: "B60205", Description: "Now"}},
			Milestones: []genesis.Milestone{{Title: "1.0", Description: "First", Due: time.Date(2026, 12, 10, 12, 0, 0, 0, time.UTC)}},
			Issues: []genesis.Issue{{Title: "A ship comes in", Body: "From the north.", By: "ada", Labels: []string{"kind/ship"},
				Milestone: "1.0", Assignees: []string{"rui"}, Closed: true,
				Comments: []genesis.Comment{{By: "rui", Body: "Seen."}, {Body: "Gone."}}}},
		}, {Name: "charts"}},
		People: []genesis.Person{{Login: "ada", Name: "Ada", Role: "maintain", Teams: []string{"pilots", "harbour-masters"}},
			{Login: "rui", Role: "write"}, {Login: "otto", Role: "read", Outsider: true}},
	}
	got, err := genesis.Parse([]byte(full))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestJSONIsReadToo(t *testing.T) {
	w, err := genesis.Parse([]byte(`{"repos":[{"name":"log","issues":[{"title":"One"}]}],"people":[{"login":"ada"}]}`))
	if err != nil || w.Org.Login != "acme" || w.App.Slug != "stationmaster" || w.Repos[0].Issues[0].Title != "One" {
		t.Errorf("got %+v, %v", w, err)
	}
}

func TestEveryFaultHasItsPlace(t *testing.T) {
	_, err := genesis.Parse([]byte(`
org: {login: a b}
colour: red
app:
  slug: Pilot
  permissions: {issues: much, Issues: read}
  events: [Issues]
  on: [docks]
repos:
  - name: log
    public: perhaps
    files: {/etc/passwd: x, a: [b]}
    labels: [bug, {color: red}, {name: ` + strings.Repeat("x", 51) + `}]
    milestones: [{title: M, due: soon}, {title: m}, {}]
    issues:
      - {title: "", by: nobody, milestone: N, state: ajar}
      - {title: T, assignees: ada, comments: [{by: ada}]}
      - T
  - name: LOG
  - {description: nameless}
people:
  - {login: ada, login: eda, role: king, member: false, teams: [pilots]}
  - {name: Nameless, teams: [A B]}
`))
	want := `2:14: "a b" cannot be an organisation's login
3:1: the file has no key "colour": it has app, org, people, repos
5:9: "Pilot" cannot be an App's slug
6:25: a permission is read, write, admin
6:31: "Issues" cannot be a permission
7:12: "Issues" cannot be an event
8:8: there is no repository "docks"
11:13: public must be true or false
12:13: "/etc/passwd" cannot be a file's path
12:32: a file must be a single value
13:14: the label "bug" is there twice
13:19: a label has no name
13:27: a color is six hexadecimal digits, in quotes if they are all decimal: "0052cc"
13:40: a label's name has 51 characters; GitHub takes 50
14:34: due must be a date, as in 2026-12-10
14:49: the milestone "m" is there twice
14:53: a milestone has no title
16:9: an issue has no title
16:25: nobody has the login "nobody"
16:44: the repository has no milestone "N"
16:54: state is open or closed
17:31: assignees must be a list, as in [one, two]
17:47: a comment has no body
18:9: an issue must have keys and values, as in key: value
19:11: the repository "LOG" is there twice
20:5: a repository has no name
22:5: only members of the organisation can be in teams
22:18: the key "login" is given twice: keep one of them
22:36: a role is read, triage, write, maintain, admin
23:5: a person has no login
23:30: "A B" cannot be a team's slug`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
	if named := genesis.Named("w.yml", err).Error(); !strings.HasPrefix(named, "w.yml:2:14: ") || !strings.Contains(named, "\nw.yml:3:1: ") {
		t.Errorf("with the file's name:\n%s", named)
	}
}

func TestAFileThatIsNoWorldIsToldSo(t *testing.T) {
	for text, says := range map[string]string{
		"":                         "1:1: the file is empty",
		"# nothing":                "the file is empty",
		"repos: [":                 "this is not YAML",
		"a: 1\n---\nb: 2":          "a second document begins here",
		"repos: &r []\npeople: *r": "anchors and aliases",
		"- a":                      "the file must have keys and values",
		"repos: []":                "there is no repository",
		"repos: [{name: a}]":       "there is nobody to act as",
		"repos: [{name: a}]\npeople: [{login: b, role: triage}]": "nobody may write",
		strings.Repeat("#", 9<<20):                               "at most 8388608 are read",
		"repos: [{name: a, files: 1}":                            "not YAML",
	} {
		if _, err := genesis.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20q: %v, want %s", text, err, says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"repos":[{"name":"log"}],"people":[{"login":"ada"}]}`))
	f.Add([]byte("repos: [a, {labels: {}}]\npeople: 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := genesis.Parse(data)
		if (w == nil) == (err == nil) {
			t.Fatalf("a world %v and the error %v", w, err)
		}
	})
}
