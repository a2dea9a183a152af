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

// secretLike is what must never be written, whoever says it: in this order
// GitHub's tokens in all their forms, the new ones of some 520 characters too;
// JWTs; a piece of one that was cut; addresses with a password or a token in them;
// those that chats give out; and what says itself that it is one.
var secretLike = regexp.MustCompile(strings.Join([]string{
	`gh[pousr]_[A-Za-z0-9._-]{16,}`, `github_pat_[A-Za-z0-9_]{20,}`, `\bv1\.[0-9a-f]{40}\b`,
	`eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)?`,
	`[A-Za-z0-9_-]{80,}(?:\.[A-Za-z0-9_-]+)*`,
	`[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/:@"]*:[^\s"]+|[^\s/:@"]{16,})@`,
	`https://(?:hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks|api\.telegram\.org)/[^\s"\\]+`,
	`(?i:(?:bearer|basic) +[A-Za-z0-9+/_.=~-]{16,}|token +[A-Za-z0-9_.=~-]{20,})`,
	`(?i:(?:token|secret|password|passwd|api_?key)(?:=|\\?" ?: ?\\?")[^\s&"\\]{4,})`,
}, "|"))

// privateKey is one in PEM. It is looked for first, as it has more than one word.
// In JSON, the quotation mark that ends it and what escapes that are left alone.
var privateKey = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"\\]|\\[^"])*`)

// redact blots out what looks like a secret.
func redact(text string) string {
	return secretLike.ReplaceAllLiteralString(privateKey.ReplaceAllLiteralString(text, blotted), blotted)
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
