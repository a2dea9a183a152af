package emulator

import (
	"errors"
	"slices"
	"strings"
)

// query is a parsed search: a test, the words that make up the score, and
// where to look.
type query struct {
	test   test
	texts  []textTerm
	terms  []string // every qualifier, normalised: is:pr, label:bug
	scopes []string // the repositories and owners named
	where  []string // of in:, empty for everywhere
	sort   string
	order  string
}

// test is a condition on what the index knows.
type test func(*searchDoc) bool

// textTerm is a word or phrase, as spaced makes it.
type textTerm struct {
	phrase string
	not    bool
}

var errUnbalanced = errors.New("The search has unbalanced parentheses or an operator without an operand.") //nolint:staticcheck // GitHub's words to the client

// parseQuery reads GitHub's search language: words, "phrases", qualifiers,
// -negation, NOT, AND, OR and parentheses. Me is who @me stands for.
func parseQuery(text string, me *account) (*query, error) {
	q := &query{}
	p := &queryParser{q: q, tokens: tokens(text), me: me}
	for _, tok := range p.tokens {
		q.where = append(q.where, inValues(tok)...)
	}
	t, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = errUnbalanced
	}
	q.test = t
	return q, err
}

// inValues are the fields of an in: qualifier.
func inValues(tok string) []string {
	key, val, has := strings.Cut(tok, ":")
	if !has || !strings.EqualFold(key, "in") {
		return nil
	}
	return strings.Split(strings.ToLower(val), ",")
}

func (q *query) fits(d *searchDoc) bool { return q.test(d) }

func (q *query) says(term string) bool { return slices.Contains(q.terms, term) }

func (q *query) words() string {
	var all []string
	for _, t := range q.texts {
		all = append(all, strings.TrimSpace(t.phrase))
	}
	return strings.Join(all, " ")
}

// score counts how often the words occur; in the title they weigh more.
func (q *query) score(d *searchDoc) float64 {
	score := 1.0
	for _, t := range q.texts {
		if !t.not {
			score += 3*float64(strings.Count(d.title, t.phrase)) + float64(strings.Count(d.body, t.phrase)) +
				float64(strings.Count(d.comments, t.phrase))/2
		}
	}
	return score
}

// tokens splits a query at spaces outside of quotes, and at parentheses.
func tokens(text string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	quoted := false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
			b.WriteRune(r)
		case !quoted && (r == ' ' || r == '\t' || r == '\n' || r == '+'):
			flush()
		case !quoted && (r == '(' || r == ')'):
			flush()
			out = append(out, string(r))
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// queryParser is a recursive descent over the tokens.
type queryParser struct {
	q      *query
	tokens []string
	me     *account
}

// next takes the next token if it is the one wanted.
func (p *queryParser) next(want string) bool {
	if len(p.tokens) == 0 || p.tokens[0] != want {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *queryParser) or() (test, error) {
	left, err := p.and()
	for err == nil && p.next("OR") {
		var right test
		a := left
		if right, err = p.and(); err == nil {
			left = func(d *searchDoc) bool { return a(d) || right(d) }
		}
	}
	return left, err
}

// and joins what follows up to an OR or the end. Repositories and owners named
// beside each other are alternatives.
func (p *queryParser) and() (test, error) {
	var all, anywhere []test
	for len(p.tokens) > 0 && p.tokens[0] != "OR" && p.tokens[0] != ")" {
		if p.next("AND") {
			continue
		}
		t, isScope, err := p.one(false)
		if err != nil {
			return nil, err
		}
		if isScope {
			anywhere = append(anywhere, t)
		} else {
			all = append(all, t)
		}
	}
	if len(all)+len(anywhere) == 0 {
		return nil, errUnbalanced
	}
	return func(d *searchDoc) bool {
		fits := func(t test) bool { return t(d) }
		return (len(anywhere) == 0 || slices.ContainsFunc(anywhere, fits)) &&
			!slices.ContainsFunc(all, func(t test) bool { return !t(d) })
	}, nil
}

// one reads a term, a negation or what stands in parentheses. A scope is a
// repository or an owner to look in.
func (p *queryParser) one(not bool) (t test, isScope bool, err error) {
	switch {
	case len(p.tokens) == 0:
		return nil, false, errUnbalanced
	case p.next("NOT"):
		t, _, err = p.one(!not)
		return t, false, err
	case p.next("("):
		if t, err = p.or(); err == nil && !p.next(")") {
			err = errUnbalanced
		}
		return negated(t, not), false, err
	}
	tok := p.tokens[0]
	p.tokens = p.tokens[1:]
	if rest, is := strings.CutPrefix(tok, "-"); is && rest != "" {
		tok, not = rest, !not
	}
	t, isScope, err = p.term(tok, not)
	return negated(t, not), isScope && !not, err
}

func negated(t test, not bool) test {
	if !not || t == nil {
		return t
	}
	return func(d *searchDoc) bool { return !t(d) }
}
