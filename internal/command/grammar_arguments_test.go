package command

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencesAreReadUpToTheFirstOtherWord(t *testing.T) {
	for _, c := range []struct {
		in, want, rest string
	}{
		{"", "", ""},
		{"#12 #15", "#12 #15", ""},
		{"  #12,#15, #18; because late", "#12 #15 #18", "because late"},
		{"#12 and #15 and go", "#12 #15", "and go"},
		{"#12 #12 o/r#12", "#12 o/r#12", ""},
		{"ethereum-optimism/op.geth#7", "ethereum-optimism/op.geth#7", ""},
		{"https://github.com/o/r/issues/12#issuecomment-1 https://github.com/o/r/pull/13/files", "o/r#12 o/r#13", ""},
		{"http://127.0.0.1:8080/o/r/pull/3", "o/r#3", ""},
		{"because #12 is ready", "", "because #12 is ready"},
		{"https://example.com/run/12", "", "https://example.com/run/12"},
	} {
		refs, rest, err := Refs(c.in)
		var got []string
		for _, r := range refs {
			got = append(got, r.String())
		}
		if err != nil || strings.Join(got, " ") != c.want || rest != c.rest {
			t.Errorf("Refs(%q) = %q, %q, %v; want %q, %q", c.in, got, rest, err, c.want, c.rest)
		}
	}
	refs, _, _ := Refs("https://GitHub.com/o/r/issues/12")
	if want := []Ref{{Host: "github.com", Owner: "o", Repo: "r", Number: 12}}; cmp.Diff(want, refs) != "" {
		t.Errorf("an address gives %+v", refs)
	}
}

func TestHalfAListOfReferencesIsNeverTaken(t *testing.T) {
	for _, in := range []string{
		"12", "#12 15", "#12 #x", "#0", "#012", "#12345678901", "o/r#", "a/b/c#1", "o/..#1", "#12,x", "#1,,#2",
		"https://github.com/o/r/issues/x", "#12 https://github.com/o/r/pull/0",
	} {
		refs, _, err := Refs(in)
		if err == nil || refs != nil || !strings.Contains(err.Error(), "write #12, owner/repo#12") {
			t.Errorf("Refs(%q) = %v, %v", in, refs, err)
		}
	}
	var many strings.Builder
	for i := range maxRefs + 1 {
		many.WriteString(Ref{Number: i + 1}.String() + " ")
	}
	if _, _, err := Refs(many.String()); err == nil || !strings.Contains(err.Error(), "several commands") {
		t.Errorf("too many references: %v", err)
	}
}

func TestLinksAreHTTPSAndBounded(t *testing.T) {
	for _, c := range []struct {
		in, link, rest string
	}{
		{"https://a.b/c?d=e#f rest of it", "https://a.b/c?d=e#f", "rest of it"},
		{"<https://a.b/c>", "https://a.b/c", ""},
		{"[run 12](https://a.b/c) and on", "https://a.b/c", "and on"},
		{"https://a.b, on 2026-12-08", "https://a.b", "on 2026-12-08"},
		{"https://[::1]:8443/x", "https://[::1]:8443/x", ""},
		{"", "", ""},
		{"no link", "", "no link"},
		{"see https://a.b", "", "see https://a.b"},
	} {
		link, rest, found, err := Link(c.in)
		if err != nil || link != c.link || rest != c.rest || found != (c.link != "") {
			t.Errorf("Link(%q) = %q, %q, %v, %v", c.in, link, rest, found, err)
		}
	}
	for _, in := range []string{
		"http://a.b", "ftp://a.b", "javascript:alert(1)", "https:a.b", "https://", "https://user:pw@a.b", "HTTPS//a", "www.a.b",
		"https://a.b/`x`", "https://a.b/<script>", "https://a.b/|", "https://a.b/\u202e", "https://аpple.com",
		"[x](javascript:alert(1))", "https://a.b/" + strings.Repeat("x", maxLink),
	} {
		if link, _, found, err := Link(in); err == nil && found {
			t.Errorf("Link(%.40q) = %q", in, link)
		}
	}
	links, rest, err := Links("https://a.b <https://c.d>, because")
	if err != nil || strings.Join(links, " ") != "https://a.b https://c.d" || rest != "because" {
		t.Errorf("Links = %q, %q, %v", links, rest, err)
	}
	if links, _, err := Links("https://a.b http://c.d"); err == nil || links != nil {
		t.Errorf("one bad link among several: %q, %v", links, err)
	}
}

func TestAPersonIsWrittenWithAnAt(t *testing.T) {
	for in, want := range map[string][2]string{
		"@ada":           {"ada", ""},
		"@ada-l, please": {"ada-l", "please"},
		"@octo_corp x y": {"octo_corp", "x y"},
	} {
		if login, rest, err := User(in); err != nil || login != want[0] || rest != want[1] {
			t.Errorf("User(%q) = %q, %q, %v", in, login, rest, err)
		}
	}
	for _, in := range []string{"", "ada", "@", "@-ada", "@ada-", "@org/team", "@dependabot[bot]", "@" + strings.Repeat("a", 200)} {
		_, _, err := User(in)
		if err == nil || !strings.HasSuffix(err.Error(), "write their name as @ada") {
			t.Errorf("User(%.30q): %v", in, err)
		}
		if err != nil && strings.Contains(err.Error(), "@org") && !strings.Contains(err.Error(), "`@org/team`") {
			t.Errorf("the error would mention a team: %v", err)
		}
	}
}

func TestADateFollowsItsKeyword(t *testing.T) {
	for _, c := range []struct {
		in, keyword, date, rest string
	}{
		{"https://a.b on 2026-12-08", "on", "2026-12-08", "https://a.b"},
		{"ON 2026-12-08, v1.2", "on", "2026-12-08", "v1.2"},
		{"checklist until 2026-12-20 because flaky", "until", "2026-12-20", "checklist because flaky"},
		{"checklist because flaky until 2026-12-20", "until", "2026-12-20", "checklist because flaky"},
		{"checklist because it broke on 2026-12-08 twice", "on", "", "checklist because it broke on 2026-12-08 twice"},
		{"checklist because we wait until Friday", "until", "", "checklist because we wait until Friday"},
		{"a bug on mainnet", "on", "", "a bug on mainnet"},
		{"based on maybe nothing", "on", "", "based on maybe nothing"},
		{"come on", "on", "", "come on"},
		{"until 2026-12-20", "on", "", "until 2026-12-20"},
		{"", "on", "", ""},
		{"on on 2026-12-08", "on", "2026-12-08", "on"},
	} {
		date, rest, found, err := KeywordDate(c.in, c.keyword)
		if err != nil || date.String() != c.date || rest != c.rest || found != (c.date != "") {
			t.Errorf("KeywordDate(%q, %q) = %q, %q, %v, %v", c.in, c.keyword, date, rest, found, err)
		}
	}
}

func TestADateInAnotherFormIsNeverTakenForProse(t *testing.T) {
	for _, in := range []string{
		"until Friday", "until next week because x", "until tomorrow.", "until 8.12.2026", "until 12/08", "until 2026-02-30",
		"until Dec 8", "until 2026-12-8 x", "until next Tuesday",
	} {
		_, _, found, err := KeywordDate("checklist "+in, "until")
		if err == nil || found || !strings.Contains(err.Error(), "2026-12-08") {
			t.Errorf("%q: found %v, %v", in, found, err)
		}
	}
	if _, _, _, err := KeywordDate("x on 1@everyone", "on"); err == nil || !strings.Contains(err.Error(), "`1@everyone` is not a date: write") {
		t.Errorf("the error repeats text outside code: %v", err)
	}
}

func TestAReasonIsThereAndShort(t *testing.T) {
	long := strings.Repeat("é", maxReason)
	for in, want := range map[string]string{
		"because it broke":       "it broke",
		"BECAUSE: it broke ":     "it broke",
		"it broke because of me": "it broke because of me",
		"becausal chains":        "becausal chains",
		"because " + long:        long,
	} {
		if got, err := Reason(in); err != nil || got != want {
			t.Errorf("Reason(%.30q) = %.30q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"": "missing", "  ": "missing", "because": "missing", "because ...": "missing", "—": "missing",
		long + "é": "501 characters",
	} {
		if got, err := Reason(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Reason(%.30q) = %q, %v", in, got, err)
		}
	}
}

func FuzzArguments(f *testing.F) {
	for _, s := range []string{"#12 and o/r#3 x", "[a](https://b.c) d", "@ada on 2026-12-08", "until Friday", "because x until 2026-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, rest, err := Refs(s); err == nil && !strings.HasSuffix(strings.TrimSpace(s), rest) {
			t.Errorf("Refs(%q) leaves %q", s, rest)
		}
		if links, rest, err := Links(s); err == nil && !strings.HasSuffix(strings.TrimSpace(s), rest) {
			t.Errorf("Links(%q) = %q leaves %q", s, links, rest)
		}
		if _, rest, err := User(s); err == nil && !strings.HasSuffix(strings.TrimSpace(s), rest) {
			t.Errorf("User(%q) leaves %q", s, rest)
		}
		for _, keyword := range []string{"on", "until"} {
			date, rest, found, err := KeywordDate(s, keyword)
			if found && (err != nil || date.IsZero() || len(rest) >= len(s)) || !found && !date.IsZero() {
				t.Errorf("KeywordDate(%q) = %v, %q, %v, %v", s, date, rest, found, err)
			}
		}
		if reason, err := Reason(s); err == nil && !strings.Contains(s, reason) {
			t.Errorf("Reason(%q) = %q", s, reason)
		}
	})
}
