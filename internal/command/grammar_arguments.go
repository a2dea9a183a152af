package command

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// The errors of the functions below complete the sentence of a refusal (D4):
// they name the words that were not understood and the form to use.

// Ref names an issue or a pull request.
type Ref struct {
	// Host is the site of a reference given as an address, in lower case, else "".
	Host string
	// Owner and Repo are empty for #12, which means the repository it is typed in.
	Owner, Repo string
	Number      int
}

// String returns #12 or owner/repo#12.
func (r Ref) String() string {
	if r.Repo == "" {
		return "#" + strconv.Itoa(r.Number)
	}
	return r.Owner + "/" + r.Repo + "#" + strconv.Itoa(r.Number)
}

const maxRefs = 200

var (
	refForm     = regexp.MustCompile(`^(?:([A-Za-z0-9][\w-]{0,99})/([\w.-]{1,100}))?#([1-9][0-9]{0,8})$`)
	refAddress  = regexp.MustCompile(`^https?://([\w.:-]+)/([A-Za-z0-9][\w-]{0,99})/([\w.-]{1,100})/(?:issues|pull)/([1-9][0-9]{0,8})(?:[/?#].*)?$`)
	refAttempt  = regexp.MustCompile(`^[\w./-]*#|^[0-9]+$|^https?://[^/]+/[^/]+/[^/]+/(?:issues|pull)/`)
	loginForm   = regexp.MustCompile(`^@([A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?)$`)
	becauseForm = regexp.MustCompile(`(?i)^because(?:[:,\s]+|$)`)
)

// Refs reads the references at the beginning of s, #12, owner/repo#12 or an
// address of an issue or pull request, with commas or "and" between them if the
// person likes. Each is returned once; rest is what follows. A word that was
// meant as one and cannot be read is an error, so that no half of a list is
// taken; none at all is no error.
func Refs(s string) (refs []Ref, rest string, err error) {
	seen := map[Ref]bool{}
	rest = strings.TrimSpace(s)
	for rest != "" {
		word, tail := cutWord(rest)
		if strings.EqualFold(word, "and") && len(refs) > 0 && refAttempt.MatchString(tail) {
			rest = tail
			continue
		}
		for i, part := range strings.Split(strings.Trim(word, ",;"), ",") {
			if i == 0 && !refAttempt.MatchString(part) {
				return refs, rest, nil
			}
			ref, ok := parseRef(strings.TrimRight(part, ".;:"))
			if !ok {
				return nil, "", fmt.Errorf("%s is not an issue or pull request: write #12, owner/repo#12 or its address", quote(part))
			}
			if !seen[ref] {
				seen[ref] = true
				refs = append(refs, ref)
			}
		}
		if len(refs) > maxRefs {
			return nil, "", fmt.Errorf("more than %d references in one command: write several commands", maxRefs)
		}
		rest = tail
	}
	return refs, rest, nil
}

func parseRef(word string) (Ref, bool) {
	var host string
	m := refForm.FindStringSubmatch(word)
	if m == nil {
		if m = refAddress.FindStringSubmatch(word); m == nil {
			return Ref{}, false
		}
		host, m = strings.ToLower(m[1]), m[1:]
	}
	n, err := strconv.Atoi(m[3])
	if err != nil || m[2] == "." || m[2] == ".." {
		return Ref{}, false
	}
	return Ref{Host: host, Owner: m[1], Repo: m[2], Number: n}, true
}

// maxLink is the longest address taken, in bytes.
const maxLink = 2000

var (
	// A link's host is a name, an address or [IPv6]; never user:password@.
	linkForm = regexp.MustCompile(`^https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][\w\-.~:/?#\[\]@!$&'()*+,;=%]*)?$`)
	// linkAttempt is what a person would call a link.
	linkAttempt = regexp.MustCompile(`(?i)^<?(?:[a-z][a-z0-9+.-]*://|www\.|https?:|mailto:|javascript:|data:)`)
	linkNamed   = regexp.MustCompile(`^\[[^\[\]]*\]\(([^\s()]*)\)`)
)

// Link reads an address at the beginning of s: bare, as <address>, or as
// [words](address). rest is what follows. If s begins with no address found is
// false and rest is s. Only https is taken, without a user and password in it,
// and at most 2,000 bytes.
func Link(s string) (link, rest string, found bool, err error) {
	s = strings.TrimSpace(s)
	word, rest := cutWord(s)
	if m := linkNamed.FindStringSubmatch(s); m != nil {
		word, rest = m[1], strings.TrimSpace(s[len(m[0]):])
	}
	if !linkAttempt.MatchString(word) {
		return "", s, false, nil
	}
	word = strings.TrimRight(word, ",;")
	if strings.HasPrefix(word, "<") {
		word = strings.TrimSuffix(word[1:], ">")
	}
	switch {
	case len(word) > maxLink:
		return "", "", false, fmt.Errorf("the link has %d characters and at most %d are taken: write a shorter one", len(word), maxLink)
	case !linkForm.MatchString(word):
		return "", "", false, fmt.Errorf("%s is not a link that I can keep: write one that begins with https://", quote(word))
	}
	return word, rest, true, nil
}

// Links reads the addresses at the beginning of s as Link does, up to the first
// word that is none.
func Links(s string) (links []string, rest string, err error) {
	for {
		link, tail, found, err := Link(s)
		if err != nil {
			return nil, "", err
		}
		if !found {
			return links, tail, nil
		}
		links, s = append(links, link), tail
	}
}

// User reads a person's name at the beginning of s, as @ada, and returns it
// without the @. rest is what follows.
func User(s string) (login, rest string, err error) {
	word, rest := cutWord(s)
	word = strings.TrimRight(word, ",.:;")
	m := loginForm.FindStringSubmatch(word)
	switch {
	case word == "":
		return "", "", errors.New("a person is missing: write their name as @ada")
	case m == nil:
		return "", "", fmt.Errorf("%s is not a person: write their name as @ada", quote(word))
	}
	return m[1], rest, nil
}

// dateMeant matches what follows "on" or "until" where a date was meant, however
// it is written. Other words belong to a sentence: "a bug on mainnet".
var dateMeant = regexp.MustCompile(`(?i)^(?:[^a-z\s]*[0-9]\S*|(?:(?:this|next|last)\s+)?(?:` +
	`today|tonight|tomorrow|yesterday|week|month|year|meeting` +
	`|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday` +
	`|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july` +
	`|august|september|october|november|december)[.,;:]*)(?:\s|$)`)

// KeywordDate finds "on 2026-12-08" or "until 2026-12-20" in s and returns the
// date and s without the two words. A date written otherwise is an error, never
// taken for prose: a waiver meant to end would last. After "because" the words
// are a reason and are left alone, but for a date at the very end.
func KeywordDate(s, keyword string) (date calendar.Date, rest string, found bool, err error) {
	s = strings.TrimSpace(s)
	reason := false
	for at := 0; at < len(s); {
		word, tail := cutWord(s[at:])
		reason = reason || strings.EqualFold(strings.TrimRight(word, ":,"), "because")
		if strings.EqualFold(word, keyword) && dateMeant.MatchString(tail) {
			value, after := cutWord(tail)
			date, err = parseDate(strings.TrimRight(value, ".,;:"))
			switch {
			case err == nil && (!reason || after == ""):
				return date, strings.TrimSpace(s[:at] + after), true, nil
			case err != nil && !reason:
				return calendar.Date{}, "", false, fmt.Errorf("%w (a reason goes after because)", err)
			}
		}
		at = len(s) - len(tail)
	}
	return calendar.Date{}, s, false, nil
}

// parseDate reads a date, and says in a sentence what is none.
func parseDate(word string) (calendar.Date, error) {
	date, err := calendar.ParseDate(word)
	if errors.Is(err, calendar.ErrNoDate) {
		err = fmt.Errorf("%s is %w", quote(word), err)
	}
	return date, err
}

// maxReason is how many characters a reason may have: it is told in replies,
// tables and the ledger.
const maxReason = 500

// Reason reads s as a reason. A "because" before it is dropped, so that the
// bot's own sentence can supply it.
func Reason(s string) (string, error) {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(s[len(becauseForm.FindString(s)):])
	switch n := utf8.RuneCountInString(s); {
	case !strings.ContainsFunc(s, meaningful):
		return "", errors.New("the reason is missing: end the line with because and the reason")
	case n > maxReason:
		return "", fmt.Errorf("the reason has %d characters and at most %d are kept: shorten it, or link to the longer story", n, maxReason)
	}
	return s, nil
}

func meaningful(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// quote repeats a person's words in an error, bounded, and as code so that they
// mention nobody and link nowhere.
func quote(s string) string {
	const most = 60
	s = strings.ReplaceAll(s, "`", "'")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "`" + s + "`"
}
