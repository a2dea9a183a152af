package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rs/zerolog"
)

// logger writes one JSON line for each thing worth telling, and nothing of the
// secrets in any.
func logger(out io.Writer, level string, secrets ...string) zerolog.Logger {
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		l = zerolog.InfoLevel
	}
	return zerolog.New(&redacting{out, blots(secrets)}).Level(l).With().Timestamp().Logger()
}

// blotted stands where a secret was.
const blotted = "[redacted]"

// A look is one form of secret. To look for it takes long, so it is done only where
// one of its signs stands, and no line of ordinary work has any.
type look struct {
	signs []string
	form  *regexp.Regexp
}

// looks are the forms of what must never be written, whoever says it. They are read
// in JSON too, so a quotation mark and what escapes it are left alone.
var looks = []look{
	{[]string{"PRIVATE KEY-----"}, regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"\\]|\\[^"])*`)},
	// GitHub's tokens, the new ones of some 520 characters too.
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, regexp.MustCompile(`gh[pousr]_[A-Za-z0-9._-]{16,}`)},
	{[]string{"github_pat_"}, regexp.MustCompile(`github_pat_[A-Za-z0-9_]{20,}`)},
	{[]string{"v1."}, regexp.MustCompile(`\bv1\.[0-9a-f]{40}\b`)},
	// JWTs, whole or without their end.
	{[]string{"eyJ"}, regexp.MustCompile(`eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)?`)},
	// Addresses with a password or a token before the host, and those that are secret
	// as a whole.
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/:@"]*:[^\s"]+|[^\s/:@"]{16,})@`)},
	{
		[]string{"hooks.slack.com/", "/api/webhooks/", "api.telegram.org/"},
		regexp.MustCompile(`https://(?:hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks|api\.telegram\.org)/[^\s"\\]+`),
	},
	// What says itself that it is one.
	{[]string{"earer ", "EARER ", "asic ", "ASIC "}, regexp.MustCompile(`(?i)(?:bearer|basic) +[A-Za-z0-9+/_.=~-]{16,}`)},
	{[]string{"oken ", "OKEN "}, regexp.MustCompile(`(?i)token +[A-Za-z0-9_.=~-]{20,}`)},
	{
		[]string{"oken", "OKEN", "ecret", "ECRET", "assw", "ASSW", "pi_key", "PI_KEY", "pikey", "piKey", "APIKEY"},
		regexp.MustCompile(`(?i)(?:token|secret|password|passwd|api_?key)(?:=|\\?" ?: ?\\?")[^\s&"\\]{4,}`),
	},
}

// redact blots out what looks like a secret.
func redact(text string) string {
	for _, l := range looks {
		if slices.ContainsFunc(l.signs, func(sign string) bool { return strings.Contains(text, sign) }) {
			text = l.form.ReplaceAllLiteralString(text, blotted)
		}
	}
	return blotLong(text)
}

// longWord is a word that is longer than any that a line has of its own: what is left
// of a token that was cut in two.
const longWord = 80

// blotLong blots out words of that length, and what hangs on them by a dot.
func blotLong(text string) string {
	begin := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && wordly(text[i]) {
			continue
		}
		if i-begin >= longWord {
			for i < len(text) && (wordly(text[i]) || text[i] == '.') {
				i++
			}
			return text[:begin] + blotted + blotLong(text[i:])
		}
		begin = i + 1
	}
	return text
}

// wordly reports whether a letter can be part of a token in base64, but for dots.
func wordly(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// redacting keeps secrets out of a log: those it knows, wherever they stand, and
// what looks like one.
type redacting struct {
	out   io.Writer
	known *strings.Replacer
}

// Write takes one line of the log.
func (r *redacting) Write(line []byte) (int, error) {
	if _, err := io.WriteString(r.out, redact(r.known.Replace(string(line)))); err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	return len(line), nil
}

const (
	shortest = 6  // a secret of less would blot out words that are none
	piece    = 20 // a part of one that says enough to be kept back by itself
)

// blots finds the secrets in all the forms that a line may have them in.
func blots(secrets []string) *strings.Replacer {
	var all []string
	add := func(least int, values ...string) {
		for _, v := range values {
			if v = strings.TrimSpace(v); len(v) < least {
				continue
			}
			quoted, _ := json.Marshal(v) // a text always can be
			all = append(all, v, strings.Trim(string(quoted), `"`), url.QueryEscape(v), url.PathEscape(v))
		}
	}
	for _, s := range secrets {
		add(shortest, s)
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			password, has := u.User.Password()
			add(shortest, password)
			if !has && !strings.HasPrefix(u.Scheme, "postgres") { // chats have a token there, databases a name
				add(shortest, u.User.Username())
			}
			add(piece, strings.Split(u.Path, "/")...)
			for _, values := range u.Query() {
				add(piece, values...)
			}
			continue
		}
		add(piece, strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("\n\r,:;= ", r) })...)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, v := range slices.Compact(all) {
		pairs = append(pairs, v, blotted)
	}
	return strings.NewReplacer(pairs...)
}
