package site

import (
	"fmt"
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
	fill, ink := paint(l.Color)
	return template.HTML(`<span class="chip ` + ink + `" title="` + template.HTMLEscapeString(l.Description) + //nolint:gosec // escaped
		`"><svg aria-hidden="true"><rect width="100%" height="100%" fill="` + fill + `"/></svg><span>` +
		template.HTMLEscapeString(l.Name) + `</span></span>`)
}

// enough is the contrast between text and ground that WCAG AA asks for.
const enough = 4.5

// paint makes a label's colour one on which text can be read: white text where
// it is nearly readable, on a ground made darker until it is, and black
// elsewhere.
func paint(color string) (fill, ink string) {
	rgb, err := strconv.ParseUint(color, 16, 32)
	if err != nil || len(color) != 6 {
		rgb = 0xededed
	}
	r, g, b := float64(rgb>>16&255), float64(rgb>>8&255), float64(rgb&255)
	ink = "dark"
	if 1.05/(luminance(r, g, b)+0.05) > 3.5 {
		ink = "light"
		for 1.05/(luminance(r, g, b)+0.05) < enough {
			r, g, b = math.Floor(r*0.97), math.Floor(g*0.97), math.Floor(b*0.97)
		}
	}
	return fmt.Sprintf("#%02x%02x%02x", int(r), int(g), int(b)), ink
}

// luminance is how bright a colour is, from 0 to 1, as WCAG reckons it.
func luminance(r, g, b float64) float64 {
	linear := func(c float64) float64 {
		c /= 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
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
