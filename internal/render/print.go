package render

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// raw returns what a value holds, before it is made harmless for printing.
func raw(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case Words:
		return string(v)
	case code:
		return string(v)
	case role:
		return string(v)
	case day:
		return string(v)
	case moment:
		return string(v)
	case *issueRef:
		return v.Title
	}
	return fmt.Sprint(v)
}

// printed returns a value as a template prints it.
func printed(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// codeSpan puts a line into a code span.
func codeSpan(s string) string {
	if s = codeLine(s); s == "" {
		return ""
	}
	return "`" + s + "`"
}

// codeOf prints a line as code, made of parts with spaces between them.
func codeOf(parts ...any) Markdown {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = raw(p)
	}
	return Markdown(codeSpan(strings.Join(words, " ")))
}

// codeLine folds a text to one line that cannot end the code it stands in. It
// keeps every other character: the line is made to be pasted.
func codeLine(s string) string { return plain(strings.ReplaceAll(s, "`", ""), maxCode) }

// typed prints the line that a person typed: as code, but to be read and not to
// be pasted, so that it mentions nobody even where code spans get lost.
func typed(v any) Markdown {
	if line := codeLine(raw(v)); line != "" {
		return Markdown("`" + broken(line) + "`")
	}
	return ""
}

// paste prints lines in a fence, one or a list of them.
func paste(v any) Markdown {
	var lines []string
	for _, item := range items(v) {
		if line := codeLine(raw(item)); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return Markdown("```\n" + strings.Join(lines, "\n") + "\n```")
}

// items returns the parts of a list, or the one value as a list of its own.
func items(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case nil:
		return nil
	}
	return []any{v}
}

// cell prints a value for a cell of a table: on one line, its pipes escaped.
func cell(v any) Markdown {
	s := strings.Join(strings.Fields(printed(v)), " ")
	var b strings.Builder
	slashes := 0
	for _, r := range s {
		if r == '|' && slashes%2 == 0 {
			b.WriteByte('\\')
		}
		if slashes++; r != '\\' {
			slashes = 0
		}
		b.WriteRune(r)
	}
	return Markdown(b.String())
}

// first and rest part what is said at the end of its first line: the head of a
// reply, and what explains it.
func first(v any) Markdown {
	line, _, _ := strings.Cut(printed(v), "\n")
	return Markdown(line)
}

func rest(v any) Markdown {
	_, more, _ := strings.Cut(printed(v), "\n")
	return Markdown(more)
}

// capital prints what begins a sentence.
func capital(v any) Markdown {
	words := printed(v)
	_, n := utf8.DecodeRuneInString(words)
	return Markdown(strings.ToUpper(words[:n]) + words[n:])
}

// named prints an issue with its title: **Bigger blocks** (#12).
func named(v any) Markdown {
	r, ok := v.(*issueRef)
	switch {
	case !ok || r.Title == "":
		return Markdown(printed(v))
	case r.Number == 0:
		return Markdown("**" + Words(r.Title).String() + "**")
	}
	return Markdown(fmt.Sprintf("**%s** (#%d)", Words(r.Title), r.Number))
}

// titled is named where it stands in bold already: Bigger blocks (#12).
func titled(v any) Markdown { return unbold(named(v)) }

// bold prints a line in bold as a whole.
func bold(v any) Markdown {
	if s := unbold(v); s != "" {
		return "**" + s + "**"
	}
	return ""
}

// unbold drops our own marks of bold; those of people are escaped.
func unbold(v any) Markdown { return Markdown(strings.ReplaceAll(printed(v), "**", "")) }

// longDay prints the day of a date or time, and nothing else.
func longDay(s string) string {
	if d, err := calendar.ParseDate(s); err == nil {
		return d.Long()
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return calendar.DateOf(t).Long()
	}
	return Words(s).String()
}

// longMoment prints a time to the minute, with its zone.
func longMoment(v any) Markdown {
	t, err := time.Parse(time.RFC3339Nano, raw(v))
	if err != nil {
		return Markdown(longDay(raw(v)))
	}
	return Markdown(t.UTC().Format("Mon 2 Jan 2006, 15:04 UTC"))
}

// ago prints how long it is from one time to another: "9 days".
func ago(from, to any) (Markdown, error) {
	var at [2]time.Time
	for i, v := range []any{from, to} {
		s := raw(v)
		t, err := time.Parse(time.RFC3339Nano, s)
		if d, dayErr := calendar.ParseDate(s); err != nil && dayErr == nil {
			t, err = d.Time(), nil
		}
		if err != nil {
			return "", fmt.Errorf("%q is neither a date nor a time", s)
		}
		at[i] = t
	}
	return Markdown(calendar.Ago(at[1].Sub(at[0]))), nil
}

// window prints the days of a window, from its first and last.
func window(v any) Markdown {
	m, ok := v.(map[string]any)
	if !ok {
		return Markdown(printed(v))
	}
	first, last := m["First"], m["Last"]
	if first == nil {
		first, last = m["first"], m["last"]
	}
	return Markdown(longDay(raw(first)) + " to " + longDay(raw(last)))
}

// task prints the words of a checklist's box. They come from the checklist's
// file and the configuration, and are found again when the box is ticked, so a
// link of the configuration at their end stays as it is.
func task(v any) Markdown {
	words := plain(raw(v), maxCode)
	if at := strings.LastIndex(words, ": https://"); at >= 0 {
		if to, ok := address(words[at+2:]); ok && to == words[at+2:] {
			return Markdown(escape(words[:at]) + words[at:])
		}
	}
	return Markdown(escape(words))
}

var loginForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?$`)

// mention prints a login so that GitHub tells its owner. Only for new comments,
// and only for one who must act: an edit would tell them again.
func mention(v any) Markdown {
	login := raw(v)
	if !loginForm.MatchString(login) {
		return Markdown(Words(login).String())
	}
	return Markdown("@" + login)
}

var repoForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)

var pullForm = regexp.MustCompile(`^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)#([0-9]{1,9})$`)

// onePull prints a pull request that is named as owner/name#7.
func onePull(v any) Markdown {
	m := pullForm.FindStringSubmatch(raw(v))
	if m == nil {
		return Markdown(Words(raw(v)).String())
	}
	return Markdown(escape(m[1]) + "#" + m[2])
}

// pull prints a pull request of another repository as owner/name#7, of the
// Line's own as #7.
func pull(repo, number, own any) Markdown {
	name := raw(repo)
	n, ok := number.(int)
	switch {
	case !ok || !repoForm.MatchString(name):
		return Markdown(Words(fmt.Sprintf("%s %v", name, number)).String())
	case strings.EqualFold(name, raw(own)):
		return Markdown(fmt.Sprintf("#%d", n))
	}
	return Markdown(fmt.Sprintf("%s#%d", escape(name), n))
}
