package site

import (
	"hash/fnv"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// chip is a label in its colour. The colour is the fill of a picture and not a
// style, which the security policy forbids.
func chip(l label) template.HTML {
	color := l.Color
	rgb, err := strconv.ParseUint(color, 16, 32)
	if err != nil || len(color) != 6 {
		color, rgb = "ededed", 0xededed
	}
	return template.HTML(`<span class="chip ` + ink(rgb) + `" title="` + template.HTMLEscapeString(l.Description) + //nolint:gosec // escaped
		`"><svg aria-hidden="true"><rect width="100%" height="100%" fill="#` + color + `"/></svg><span>` +
		template.HTMLEscapeString(l.Name) + `</span></span>`)
}

// ink is which of black and white stands out more on a colour; one of them
// always does by at least 4.5 to 1, as WCAG AA asks.
func ink(rgb uint64) string {
	linear := func(shift uint) float64 {
		c := float64(rgb>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
	if (luminance+0.05)/0.05 > 1.05/(luminance+0.05) {
		return "dark"
	}
	return "light"
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
