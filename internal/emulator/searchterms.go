package emulator

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// qualifiers are what may stand before a colon. A value is in lower case.
var qualifiers = map[string]func(d *searchDoc, val string) bool{
	"author": func(d *searchDoc, v string) bool { return d.author == v },
	"assignee": func(d *searchDoc, v string) bool {
		return slices.Contains(d.assignees, v) || v == "*" && len(d.assignees) > 0
	},
	"mentions":  func(d *searchDoc, v string) bool { return slices.Contains(d.mentioned, v) },
	"commenter": func(d *searchDoc, v string) bool { return slices.Contains(d.commented, v) },
	"involves":  (*searchDoc).involves,
	"milestone": func(d *searchDoc, v string) bool { return d.milestone == v || v == "*" && d.milestone != "" },
	"state":     func(d *searchDoc, v string) bool { return d.state == v },
	"reason":    func(d *searchDoc, v string) bool { return d.reason == v },
	"draft":     func(d *searchDoc, v string) bool { return d.pull && strconv.FormatBool(d.draft) == v },
	"head":      func(d *searchDoc, v string) bool { return d.pull && strings.HasPrefix(d.head, v) },
	"base":      func(d *searchDoc, v string) bool { return d.pull && strings.HasPrefix(d.base, v) },
	"archived":  func(_ *searchDoc, v string) bool { return v == "false" },
	"repo":      func(d *searchDoc, v string) bool { return strings.ToLower(d.issue.repo.fullName()) == v },
	"org":       (*searchDoc).ownedBy,
	"user":      (*searchDoc).ownedBy,
	"is":        (*searchDoc).is,
	"type":      (*searchDoc).is,
	"no":        (*searchDoc).lacks,
	"label": func(d *searchDoc, v string) bool {
		return slices.ContainsFunc(strings.Split(v, ","), func(one string) bool {
			return slices.Contains(d.labels, strings.Trim(one, `"`))
		})
	},
}

// times are the qualifiers that take a day, a moment or a range of them.
var times = map[string]func(*searchDoc) time.Time{
	"created": func(d *searchDoc) time.Time { return d.created },
	"updated": func(d *searchDoc) time.Time { return d.updated },
	"closed":  func(d *searchDoc) time.Time { return d.closed },
	"merged":  func(d *searchDoc) time.Time { return d.mergedAt },
}

func (d *searchDoc) ownedBy(login string) bool {
	return strings.EqualFold(d.issue.repo.org.login, login)
}

func (d *searchDoc) is(what string) bool {
	switch what {
	case "issue":
		return !d.pull
	case "pr", "pull-request":
		return d.pull
	case "merged":
		return d.merged
	case "unmerged":
		return d.pull && !d.merged
	case "draft":
		return d.draft
	case "locked":
		return d.locked
	case "unlocked":
		return !d.locked
	case "public":
		return !d.issue.repo.private
	case "private":
		return d.issue.repo.private
	}
	return d.state == what
}

func (d *searchDoc) lacks(what string) bool {
	switch what {
	case "label":
		return len(d.labels) == 0
	case "assignee":
		return len(d.assignees) == 0
	case "milestone":
		return d.milestone == ""
	}
	return false
}

// term reads a qualifier or a text. What looks like a qualifier and is none is
// a text, as it is for GitHub.
func (p *queryParser) term(tok string, not bool) (t test, isScope bool, err error) {
	key, val, has := strings.Cut(tok, ":")
	key, val = strings.ToLower(key), strings.ToLower(strings.Trim(val, `"`))
	if !has || val == "" || strings.HasPrefix(tok, `"`) {
		return p.text(tok, not), false, nil
	}
	switch at := times[key]; {
	case key == "in":
		return func(*searchDoc) bool { return true }, false, nil
	case key == "sort":
		p.q.sort, p.q.order, _ = strings.Cut(val, "-")
		return func(*searchDoc) bool { return true }, false, nil
	case at != nil:
		t, err := timeTest(val, at)
		return t, false, err
	case key == "comments":
		t, err := countTest(val)
		return t, false, err
	}
	fits := qualifiers[key]
	if fits == nil {
		return p.text(tok, not), false, nil
	}
	if val == "@me" && p.me != nil {
		val = strings.ToLower(p.me.login)
	}
	if slug, isApp := strings.CutPrefix(val, "app/"); isApp {
		val = slug + "[bot]"
	}
	p.note(key, val)
	return func(d *searchDoc) bool { return fits(d, val) }, key == "repo" || key == "org" || key == "user", nil
}

// note remembers what the query says, for the checks that GitHub makes.
func (p *queryParser) note(key, val string) {
	if key == "type" || val == "pull-request" {
		key, val = "is", strings.TrimSuffix(strings.Replace(val, "pull-request", "pr", 1), " ")
	}
	p.q.terms = append(p.q.terms, key+":"+val)
	if key == "repo" || key == "org" || key == "user" {
		p.q.scopes = append(p.q.scopes, val)
	}
}

// text looks for a word or a phrase where in: says, everywhere otherwise.
func (p *queryParser) text(tok string, not bool) test {
	phrase := spaced(tok)
	p.q.texts = append(p.q.texts, textTerm{phrase, not})
	q := p.q
	return func(d *searchDoc) bool {
		for where, text := range map[string]string{"title": d.title, "body": d.body, "comments": d.comments} {
			if (len(q.where) == 0 || slices.Contains(q.where, where)) && strings.Contains(text, phrase) {
				return true
			}
		}
		return false
	}
}

// countTest reads a number of comments: 3, >3, >=3, <3, <=3, 3..5.
func countTest(val string) (test, error) {
	number := func(s string) (from, to int, err error) {
		n, err := strconv.Atoi(s)
		return n, n, err
	}
	from, to, err := bounds(val, number, func(n int) int { return n + 1 }, func(n int) int { return n - 1 })
	return func(d *searchDoc) bool {
		return (from == nil || d.commentCount >= *from) && (to == nil || d.commentCount <= *to)
	}, err
}

// timeTest reads a time in the same forms; a day is all of its moments.
func timeTest(val string, of func(*searchDoc) time.Time) (test, error) {
	step := time.Second
	from, to, err := bounds(val, readDay,
		func(t time.Time) time.Time { return t.Add(step) }, func(t time.Time) time.Time { return t.Add(-step) })
	return func(d *searchDoc) bool {
		at := of(d)
		return !at.IsZero() && (from == nil || !at.Before(*from)) && (to == nil || !at.After(*to))
	}, err
}

var errBadRange = errors.New("The search has a date or a number that cannot be read.") //nolint:staticcheck // words to the client

// readDay reads a day or a moment, as its first and last second.
func readDay(s string) (from, to time.Time, err error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day, day.Add(24*time.Hour - time.Second), nil
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	return t, t, err
}

// bounds reads >a, >=a, <a, <=a, a..b, *..b, a..* or a. One is a single value
// with its first and last point; nil is no bound.
func bounds[T any](val string, one func(string) (T, T, error), up, down func(T) T) (from, to *T, err error) {
	read := func(s string) (lo, hi T) {
		if err != nil {
			return lo, hi
		}
		if lo, hi, err = one(s); err != nil {
			err = errBadRange
		}
		return lo, hi
	}
	if a, b, isRange := strings.Cut(val, ".."); isRange {
		if a != "*" {
			lo, _ := read(a)
			from = &lo
		}
		if b != "*" {
			_, hi := read(b)
			to = &hi
		}
		return from, to, err
	}
	rest := strings.TrimLeft(val, "<>=")
	lo, hi := read(rest)
	switch val[:len(val)-len(rest)] {
	case ">":
		lo = up(hi)
		return &lo, nil, err
	case ">=":
		return &lo, nil, err
	case "<":
		hi = down(lo)
		return nil, &hi, err
	case "<=":
		return nil, &hi, err
	case "":
		return &lo, &hi, err
	}
	return nil, nil, errBadRange
}
