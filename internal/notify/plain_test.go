package notify_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stationmaster-bot/stationmaster/internal/notify"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/templates"
)

const base = "https://github.com/acme/upgrades/issues/"

func TestMarkdownBecomesPlainText(t *testing.T) {
	for markdown, want := range map[string]string{
		"**Upgrade 17 · Karst has departed** with 3 features.": "Upgrade 17 · Karst has departed with 3 features.",
		"**Bigger blocks** (#12): yes":                         "Bigger blocks (" + base + "12): yes",
		"one\ntwo\n\nthree":                                    "one\ntwo\nthree",
		"Next:\n- a (#1)\n- b\n\nWaiting:\n- c":                "Next:\n• a (" + base + "1)\n• b\nWaiting:\n• c",
		"To paste there: `/released <version>`":                "To paste there: /released ‹version›",
		"```\n/board #12\n```":                                 "/board #12",
		"[run 9](https://ci.example/9?a=1&amp;b=2)":            "run 9 (https://ci.example/9?a=1&b=2)",
		`5 \* 3 &lt; 16 &amp; more`:                            "5 * 3 ‹ 16 & more",
		"a<!-- hidden -->b":                                    "ab",
		"<!-- hidden -->\n\nb":                                 "b",
		"":                                                     "",
	} {
		if got := notify.Plain(markdown, base); got != want {
			t.Errorf("%q becomes %q, not %q", markdown, got, want)
		}
	}
}

func TestALongTextIsCutAtALine(t *testing.T) {
	got := notify.Plain(strings.Repeat("- a line of some length\n", 200), base)
	if n := utf8.RuneCountInString(got); n > 1900 || !strings.HasSuffix(got, "length\n…") {
		t.Errorf("%d characters, the end being %q", n, got[len(got)-30:])
	}
}

// calls is what chats take for a mention, or for structure of their own.
var calls = regexp.MustCompile(`@[^\x{200b}]|@$|[<>]`)

// attempts are what people may write to be heard by everybody.
var attempts = []string{
	"@channel", "@everyone @here", "<!here>", "<!channel|all>", "<@U123>", "<@&123>", "<#C123>", "@room", "@user:example.org", "@all",
	"&lt;!here&gt;", "&#64;everyone", `\@everyone`, "<https://evil.example|https://github.com>", "[x](https://evil.example)", "`@here`", "@\u200d@here", "*@here*",
}

func TestWhatPeopleWriteCallsNobody(t *testing.T) {
	r, err := render.New(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range attempts {
		markdown, err := r.Render(process.Say("notice.held", "item", process.Ref{ID: "a", Number: 4, Title: words}, "by", "sam", "reason", words, "date", words))
		if err != nil {
			t.Fatal(err)
		}
		if got := notify.Plain(markdown, base); calls.MatchString(got) || strings.Contains(got, "://evil") {
			t.Errorf("%q becomes %q", words, got)
		}
		if got := notify.Plain(words, base); calls.MatchString(got) {
			t.Errorf("%q becomes %q", words, got)
		}
	}
}

func FuzzPlainCallsNobody(f *testing.F) {
	for _, words := range attempts {
		f.Add(words)
	}
	f.Add("- **a** (#1)\n  - b\n\n```\n@x\n```\n> q\n\n| a |\n|---|\n| @b |")
	f.Fuzz(func(t *testing.T, markdown string) {
		got := notify.Plain(markdown, base)
		if calls.MatchString(got) {
			t.Errorf("%q becomes %q", markdown, got)
		}
		if n := utf8.RuneCountInString(got); n > 1900 {
			t.Errorf("%d characters", n)
		}
	})
}
