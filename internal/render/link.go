package render

import (
	"net/url"
	"regexp"
	"strings"
)

// backlinked are the pages of GitHub that note on themselves who links to them.
var backlinked = regexp.MustCompile(`^/[^/]+/[^/]+/(?:issues|pull|discussions)/[0-9]`)

// linkForm are the characters of a link that cannot end it early or begin
// something else in Markdown, HTML or a table.
var linkForm = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][A-Za-z0-9._~:/?#!$&'*+,;=%@-]*)?$`)

const (
	maxLink  = 1000 // characters of an address
	maxShown = 60   // characters of an address that are shown
)

// address returns a person's link as it may stand in a document, ok being false
// for anything but a plain https address. A page of GitHub that would note the
// link on itself is reached by way of redirect.github.com.
func address(s string) (clean string, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxLink || !linkForm.MatchString(s) {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return "", false
	}
	host := strings.ToLower(u.Host)
	if (host == "github.com" || host == "www.github.com") && backlinked.MatchString(u.EscapedPath()) {
		s = "https://redirect.github.com" + s[len("https://")+len(u.Host):]
	}
	return inert.Replace(s), true
}

// inert rewrites what would be read as a mention in a mail's plain text, as a
// formula, or as the beginning of an entity.
var inert = strings.NewReplacer("@", "%40", "$", "%24", "&", "&amp;")

// shown returns what stands for an address in a text: host and path, shortened.
func shown(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "https://")
	return escape(plain(strings.TrimSuffix(s, "/"), maxShown))
}

// link prints a person's link; what is no plain https address prints as words.
func link(v any) Markdown {
	if to, ok := address(raw(v)); ok {
		return Markdown("[" + shown(raw(v)) + "](" + to + ")")
	}
	return Markdown(Words(raw(v)).String())
}

// linked prints a text that leads to a person's link, or the text alone.
func linked(text, v any) Markdown {
	if to, ok := address(raw(v)); ok {
		return Markdown("[" + printed(text) + "](" + to + ")")
	}
	return Markdown(printed(text))
}
