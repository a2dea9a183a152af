package render

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestValuesPrintAsTheirKind(t *testing.T) {
	noon := time.Date(2026, 12, 8, 12, 30, 0, 0, time.FixedZone("CET", 3600))
	tests := []struct {
		name, template string
		x              any
		want           string
	}{
		{"a line to paste", "{{.x}}", process.Code("/stable"), "`/stable`"},
		{"a line in a fence", "{{paste .x}}", process.Code("/board #12\n`x`"), "```\n/board #12 x\n```"},
		{"several lines", "{{paste .x}}", []process.Code{"/a @ada", "/b"}, "```\n/a @ada\n/b\n```"},
		{"an issue", "{{.x}}", process.Ref{ID: "issue/12", Number: 12, Title: "T"}, "#12"},
		{"an issue by name", "{{named .x}}", process.Ref{ID: "issue/12", Number: 12, Title: "a_ *b*"}, `**a\_ \*b\*** (#12)`},
		{"an issue within bold", "{{titled .x}}", process.Ref{ID: "issue/12", Number: 12, Title: "a *b*"}, `a \*b\* (#12)`},
		{"an issue not opened yet", "{{.x}} {{named .x}}", process.Ref{ID: "pull/a/b/1", Title: "T @x"}, "T @\u200bx **T @\u200bx**"},
		{"no issue", "{{if .x}}x{{end}}", process.Ref{}, ""},
		{"a nested text", "<{{.x}}>", process.Say("inner", "y", "@z"), "<in @\u200bz>"},
		{"no text", "{{if .x}}x{{end}}", process.Text{}, ""},
		{"a day", "{{.x}}", calendar.Date{Year: 2026, Month: 12, Day: 8}, "Tue 8 Dec 2026"},
		{"no day", "{{if .x}}x{{end}}", calendar.Date{}, ""},
		{"a window", "{{window .x}}", calendar.CutWindow(calendar.Date{Year: 2026, Month: 12, Day: 30}), "Wed 9 Dec 2026 to Wed 16 Dec 2026"},
		{"a time", "{{.x}} {{day .x}}", noon, "Tue 8 Dec 2026 Tue 8 Dec 2026"},
		{"a moment", "{{moment .x}}", noon, "Tue 8 Dec 2026, 11:30 UTC"},
		{"no time", "{{if .x}}x{{end}}", time.Time{}, ""},
		{"a duration", "{{.x}}", 50 * time.Hour, "2 days"},
		{"a number", "{{.x}} {{count .x \"item\"}}", 3, "3 3 items"},
		{"one", "{{count .x \"item\"}}", int64(1), "1 item"},
		{"a number of JSON", "{{.x}}", float64(12), "12"},
		{"roles", "{{roles .x}}", []process.Role{"security", "maintainer", "security"}, "security or a maintainer"},
		{"a configured role", "{{roles .x}}", []process.Role{"docs-team"}, "docs-team"},
		{"a person", "{{who .x}}", "@ada", "ada"},
		{"nobody", "{{who .x}}", "", "the calendar"},
		{"one who must act", "{{mention .x}}", "ada", "@ada"},
		{"no login", "{{mention .x}}", "acme/everyone", "acme/everyone"},
		{"a rule", "{{rule .x}}", "T6", "Rule T6: so."},
		{"a rule of another process", "{{rule .x}}", "X1", "Rule X1."},
		{"no rule", "{{rule .x}}", "", ""},
		{"a verdict", "{{icon .x}}", process.Waived, "⏭️"},
		{"a pull request", "{{pull .x 7 \"acme/protocol\"}}", "acme/client", "acme/client#7"},
		{"an own pull request", "{{pull .x 7 \"acme/protocol\"}}", "Acme/Protocol", "#7"},
		{"no pull request", "{{onePull .x}}", "acme/client#7 @x", "acme/client#\u200b7 @\u200bx"},
		{"a box with a configured link", "{{task .x}}", "As written & told: https://docs.example.org/a_b", "As written & told: https://docs.example.org/a_b"},
		{"a box with another link", "{{task .x}}", "As: https://github.com/a/b/issues/1", "As: https:\u200b//github.com/a/b/issues/1"},
		{"a cell", "{{cell .x}}", process.Code("a|b"), "`a\\|b`"},
		{"fields of a struct", "{{.x.Title}} {{.x.By}}", struct {
			Title string
			process.Submission
		}{"@a", process.Submission{By: "@b"}}, "@\u200ba @\u200bb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := New(fstest.MapFS{"words/a.md": {Data: []byte(`{{define "it"}}` + tt.template + `{{end}}{{define "inner"}}in {{.y}}{{end}}` +
				`{{define "role.security"}}security{{end}}{{define "role.maintainer"}}a maintainer{{end}}{{define "who.nobody"}}the calendar{{end}}{{define "rule.T6"}}so.{{end}}`)}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Render(process.Say("it", "x", tt.x))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("prints %q, want %q", got, tt.want)
			}
		})
	}
}
