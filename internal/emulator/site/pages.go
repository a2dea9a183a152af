package site

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// pages are the templates by name, each with the frame around it.
type pages map[string]*template.Template

var pageNames = []string{"issues", "issue", "new-issue", "pulls", "new-pull", "deliveries", "delivery", "file", "error"}

func loadPages() (pages, error) {
	shared, err := template.New("frame.html").Funcs(funcs).ParseFS(files, "pages/frame.html", "pages/parts.html")
	if err != nil {
		return nil, fmt.Errorf("frame: %w", err)
	}
	out := pages{}
	for _, name := range pageNames {
		one, err := shared.Clone()
		if err == nil {
			one, err = one.ParseFS(files, "pages/"+name+".html")
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		out[name] = one
	}
	return out, nil
}

var funcs = template.FuncMap{
	"chip":   chip,
	"face":   face,
	"code":   inlineCode,
	"path":   url.PathEscape,
	"query":  url.QueryEscape,
	"dict":   dict,
	"plural": plural,
	"short":  func(sha string) string { return sha[:min(7, len(sha))] },
}

// dict gives a template several values under names.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, isName := pairs[i].(string)
		if !isName {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// chip is a label in its colour. The colour is the fill of a picture and not a
// style, which the security policy forbids.
func chip(l label) template.HTML {
	color := l.Color
	rgb, err := strconv.ParseUint(color, 16, 32)
	if err != nil || len(color) != 6 {
		color, rgb = "ededed", 0xededed
	}
	ink := "light"
	if luma := (rgb>>16&255)*299 + (rgb>>8&255)*587 + (rgb&255)*114; luma > 150_000 {
		ink = "dark"
	}
	return template.HTML(`<span class="chip ` + ink + `" title="` + template.HTMLEscapeString(l.Description) + //nolint:gosec // escaped
		`"><svg aria-hidden="true"><rect width="100%" height="100%" fill="#` + color + `"/></svg><span>` +
		template.HTMLEscapeString(l.Name) + `</span></span>`)
}

// face stands for a person: the first letter on a colour of their own.
func face(login string) template.HTML {
	h := fnv.New32a()
	_, _ = h.Write([]byte(login))
	first, _ := utf8.DecodeRuneInString(strings.ToUpper(login) + "?")
	shape := `<circle cx="16" cy="16" r="16" `
	if strings.HasSuffix(login, "[bot]") {
		shape = `<rect width="32" height="32" rx="7" `
	}
	return template.HTML(`<svg class="face" viewBox="0 0 32 32" aria-hidden="true">` + shape + `fill="hsl(` + //nolint:gosec // escaped
		strconv.Itoa(int((h.Sum32()>>8)*55%360)) + ` 45% 42%)"/><text x="16" y="22" text-anchor="middle" font-size="17" fill="#fff">` +
		template.HTMLEscapeString(string(first)) + `</text></svg>`)
}

// inlineCode shows `code` in titles and other short texts as GitHub does.
func inlineCode(s string) template.HTML {
	parts := strings.Split(s, "`")
	var b strings.Builder
	for i, p := range parts {
		switch {
		case i%2 == 1 && i < len(parts)-1 && p != "":
			b.WriteString("<code>" + template.HTMLEscapeString(p) + "</code>")
		case i%2 == 1:
			b.WriteString("`" + template.HTMLEscapeString(p))
			if i < len(parts)-1 {
				b.WriteString("`")
			}
		default:
			b.WriteString(template.HTMLEscapeString(p))
		}
	}
	return template.HTML(b.String()) //nolint:gosec // escaped
}

// when shows a time by its distance from now, and exactly on hovering.
func (v *visit) when(t time.Time) template.HTML {
	t = t.UTC()
	return template.HTML(`<time datetime="` + t.Format(time.RFC3339) + `" title="` + //nolint:gosec // times only
		t.Format("Mon 2 Jan 2006, 15:04:05 UTC") + `">` + distance(v.now.Sub(t), t) + `</time>`)
}

func distance(d time.Duration, t time.Time) string {
	switch {
	case d < 0, d >= 30*24*time.Hour:
		return "on " + t.Format("2 Jan 2006")
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute") + " ago"
	case d < 24*time.Hour:
		return plural(int(d.Hours()), "hour") + " ago"
	default:
		return plural(int(d.Hours()/24), "day") + " ago"
	}
}
