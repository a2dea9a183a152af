package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// A phrase is one form of a line, and what it makes of its parts.
type phrase struct {
	form  *regexp.Regexp
	make  func(parts []string, e []*expectation) (func(*telling) error, error)
	block func(parts []string, lines []typed) (func(*telling) error, error)
}

// words of a form in angle brackets stand for these.
var words = strings.NewReplacer(
	"<who>", `([a-z]+)`, "<name>", `([a-z][\w.-]*)`, "<pull>", `([\w.-]+/[\w.-]+#\d+)`, "<date>", `(\d{4}-\d\d-\d\d)`,
	"<words>", `(.+)`, "<options>", `(.*)`, "<title>", `"([^"]*)"`, "<stage>", `([a-z0-9-]+)`, "<time>", `(\d\d:\d\d)`,
)

func form(text string) *regexp.Regexp { return regexp.MustCompile("^" + words.Replace(text) + "$") }

// phrases are all phrases of a story, the first that fits being taken.
var phrases = []phrase{
	{form: form(`on <date>(?: <time>)?`), make: clock},
	{form: form(`given no configuration`), make: given(func(s *Setup, _ string) error { s.Absent = true; return nil })},
	{form: form(`given hardforks <words>`), make: given(func(s *Setup, w string) error { s.Hardforks = strings.Fields(w); return nil })},
	{form: form(`given numbers taken <words>`), make: given(takenNumbers)},
	{form: form(`given next number <words>`), make: given(func(s *Setup, w string) error { s.Next = w; return nil })},
	{form: form(`given chains <words>`), make: given(chains)},
	{form: form(`given code <words>`), make: given(func(s *Setup, w string) error { s.Code = strings.Fields(w); return nil })},
	{form: form(`given alphanets <words>`), make: given(alphanets)},
	{form: form(`given meetings <words>`), make: given(meetings)},
	{form: form(`given enough <words>`), make: given(func(s *Setup, w string) (err error) { s.Enough, err = strconv.Atoi(w); return err })},

	{form: form(`given reminders <words>`), make: given(reminders)},

	{form: form(`feature <name> <title> by <who>(?: layers <words>)?`), make: feature},
	{form: form(`train <name> (alphanet|upgrade)(?: <date>)?`), make: train},
	{form: form(`<who> opens <name> <title><options>`), make: opens},
	{form: form(`<who> (opens|merges|closes) <pull><options>`), make: pulls},

	{form: form(`<who> on <name>:`), block: comments(Comments)},
	{form: form(`<who> on <name>: <words>`), make: comment(Comments)},
	{form: form(`<who> edits on <name>:`), block: comments(Edits)},
	{form: form(`<who> edits on <name>: <words>`), make: comment(Edits)},
	{form: form(`<who> deletes(?: remark (\S+))? on <name>`), make: deletesRemark},

	{form: form(`<who> labels <name> <words>`), make: labels},
	{form: form(`<who> sets the milestone of <name> to (nothing|"[^"]*"|[a-z][\w.-]*)`), make: milestone},
	{form: form(`<who> (assigns|unassigns) <who> (?:to|from) <name>`), make: assigns},
	{form: form(`<who> (ticks|unticks) (all|"[^"]*") on <name>(?: with (\S+))?`), make: ticks},
	{form: form(`<who> (closes|reopens|deletes|transfers|locks) <name>`), make: simple},
	{form: form(`<who> edits the text of <name>`), make: retexts},
	{form: form(`<who> changes (alphanets|meetings) to <words>`), make: recalendars},
	{form: form(`<who> retitles <name> <title>`), make: retitles},
	{form: form(`<who> has roles? <words>`), make: roles},
	{form: form(`look-ups (work|fail)`), make: lookUps},
	{form: form(`the bot (is down|is back)`), make: sleeps},
	{form: form(`it is told again`), make: again},

	{form: form(`<name> passes an alphanet`), make: passes},
	{form: form(`<name> carries <words> to <stage>`), make: carries},
	{form: form(`<name> goes on to <stage>`), make: goesOn},

	{form: form(`then milestone <title> <options>`), make: thenMilestone},
	{form: form(`then <title> is opened(?: (once))? as <name>`), make: thenOpened},
	{form: form(`then <pull> hears (\S+)(?: (once|never))?`), make: thenPull},
	{form: form(`then <name> <words>`), make: thenItem},
}

func clock(p []string, _ []*expectation) (func(*telling) error, error) {
	at := p[0] + " 09:00"
	if p[1] != "" {
		at = p[0] + " " + p[1]
	}
	when, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		return nil, err
	}
	return func(t *telling) error { return t.advance(when) }, nil
}

func given(set func(*Setup, string) error) func([]string, []*expectation) (func(*telling) error, error) {
	return func(p []string, _ []*expectation) (func(*telling) error, error) {
		value := ""
		if len(p) > 0 {
			value = p[0]
		}
		if err := set(&Setup{}, value); err != nil {
			return nil, err
		}
		return func(t *telling) error {
			return set(&t.setup, value)
		}, nil
	}
}

// takenNumbers reads "1-16 12a".
func takenNumbers(s *Setup, w string) error {
	for _, part := range strings.Fields(w) {
		from, to, run := strings.Cut(part, "-")
		if !run {
			s.Taken = append(s.Taken, part)
			continue
		}
		a, err1 := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || b < a {
			return fmt.Errorf("%q is no run of numbers", part)
		}
		for n := a; n <= b; n++ {
			s.Taken = append(s.Taken, strconv.Itoa(n))
		}
	}
	return nil
}

func chains(s *Setup, w string) error {
	words := strings.Fields(w)
	if len(words) < 2 {
		return fmt.Errorf("%q: write the network and its chains", w)
	}
	if s.Chains == nil {
		s.Chains = map[string][]string{}
	}
	s.Chains[words[0]] = words[1:]
	return nil
}

// alphanets reads "FREQ=MONTHLY;BYDAY=2TU from 2026-11-10 10:00 in Europe/Berlin
// ahead 2", with / for ; because that parts phrases.
func alphanets(s *Setup, w string) error {
	m := regexp.MustCompile(`^(\S+) from (\S+(?: \d\d:\d\d)?) in (\S+)(?: ahead (\d))?$`).FindStringSubmatch(w)
	if m == nil {
		return fmt.Errorf("%q: write RULE from DATE in ZONE, with / in place of ; in the rule", w)
	}
	s.Alphanets = Alphanets{Rule: strings.ReplaceAll(m[1], "/", ";"), Start: m[2], Zone: m[3], Ahead: 1}
	if m[4] != "" {
		s.Alphanets.Ahead, _ = strconv.Atoi(m[4])
	}
	_, err := calendar.ParseRecurrence(s.Alphanets.Rule, s.Alphanets.Zone, s.Alphanets.Start)
	return err
}

func feature(p []string, e []*expectation) (func(*telling) error, error) {
	name, title, who, layers := p[0], p[1], p[2], p[3]
	return func(t *telling) error {
		if err := t.open(name, Act{Who: who, Deed: Opens, Title: title, Labels: []string{"kind/feature"}}, e); err != nil {
			return err
		}
		if layers == "" {
			return nil
		}
		return t.says(who, name, "/layers "+layers)
	}, nil
}

func train(p []string, e []*expectation) (func(*telling) error, error) {
	name, kind, date := p[0], p[1], p[2]
	return func(t *telling) error {
		if err := t.open(name, Act{Who: "mara", Deed: Opens, Title: name}, nil); err != nil {
			return err
		}
		return t.act(Act{Who: "mara", Deed: Comments, Issue: t.names[name], Body: strings.TrimSpace("/train " + kind + " " + date)}, e)
	}, nil
}

// opens reads the options " labelled a b" and " answering layers=L1, date=…".
func opens(p []string, e []*expectation) (func(*telling) error, error) {
	a := Act{Who: p[0], Deed: Opens, Title: p[2]}
	rest, answers, _ := strings.Cut(p[3], " answering ")
	for _, pair := range clauses(answers) {
		if key, value, ok := strings.Cut(pair, "="); ok {
			if a.Form == nil {
				a.Form = map[string]string{}
			}
			a.Form[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	if labels, ok := strings.CutPrefix(strings.TrimSpace(rest), "labelled "); ok {
		a.Labels = strings.Fields(labels)
	} else if strings.TrimSpace(rest) != "" {
		return nil, fmt.Errorf("%q: write labelled …, answering …", rest)
	}
	return func(t *telling) error { return t.open(p[1], a, e) }, nil
}

// pulls reads "of otto", "naming pectra", "closing pectra" and "labelled feature".
func pulls(p []string, e []*expectation) (func(*telling) error, error) {
	who, verb := p[0], p[1]
	repo, number, _ := strings.Cut(p[2], "#")
	n, _ := strconv.Atoi(number)
	deed := map[string]Deed{"opens": OpensPull, "merges": MergesPull, "closes": ClosesPull}[verb]
	pull := Pull{Repo: repo, Number: n, Title: "Change " + p[2]}
	var naming, closing []string
	opts := strings.Fields(p[3])
	for i := 0; i+1 < len(opts); i += 2 {
		switch opts[i] {
		case "of":
			pull.Author = opts[i+1]
		case "naming":
			naming = append(naming, opts[i+1])
		case "closing":
			closing = append(closing, opts[i+1])
		case "labelled":
			pull.Labels = append(pull.Labels, opts[i+1])
		default:
			return nil, fmt.Errorf("%q is no option of a pull request", opts[i])
		}
	}
	if len(opts)%2 != 0 {
		return nil, fmt.Errorf("%q: options come in pairs", p[3])
	}
	return func(t *telling) error {
		a := Act{Who: who, Deed: deed, Pull: pull}
		var err error
		if a.Pull.Names, err = t.numbers(naming); err != nil {
			return err
		}
		if a.Pull.Closing, err = t.numbers(closing); err != nil {
			return err
		}
		return t.act(a, e)
	}, nil
}

func comment(deed Deed) func([]string, []*expectation) (func(*telling) error, error) {
	return func(p []string, e []*expectation) (func(*telling) error, error) {
		return comments(deed)(p[:2], []typed{{p[2], e}})
	}
}

func comments(deed Deed) func([]string, []typed) (func(*telling) error, error) {
	return func(p []string, lines []typed) (func(*telling) error, error) {
		return func(t *telling) error {
			n, err := t.number(p[1])
			if err != nil {
				return err
			}
			var body []string
			expect := []*expectation{}
			for _, l := range lines {
				body = append(body, t.named(l.text))
				switch {
				case len(lines) > 1 && len(l.expect) == 1 && l.expect[0].state == "nothing":
				case l.expect != nil:
					expect = append(expect, l.expect...)
				case strings.HasPrefix(l.text, "/"):
					expect = append(expect, nil)
				}
			}
			return t.act(Act{Who: p[0], Deed: deed, Issue: n, Body: strings.Join(body, "\n")}, expect)
		}, nil
	}
}

func deletesRemark(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error {
		n, err := t.number(p[2])
		if err != nil {
			return err
		}
		return t.act(Act{Who: p[0], Deed: DeletesRemark, Issue: n, Name: p[1]}, nil)
	}, nil
}

func labels(p []string, e []*expectation) (func(*telling) error, error) {
	a := Act{Who: p[0], Deed: Labels}
	for _, w := range strings.Fields(p[2]) {
		switch w[0] {
		case '+':
			a.Add = append(a.Add, w[1:])
		case '-':
			a.Remove = append(a.Remove, w[1:])
		default:
			return nil, fmt.Errorf("%q: write +label or -label", w)
		}
	}
	return onItem(p[1], a, e), nil
}

// onItem does an act on an issue by its name.
func onItem(name string, a Act, expect []*expectation) func(*telling) error {
	return func(t *telling) error {
		n, err := t.number(name)
		if err != nil {
			return err
		}
		a.Issue = n
		return t.act(a, expect)
	}
}

func milestone(p []string, e []*expectation) (func(*telling) error, error) {
	who, name, to := p[0], p[1], p[2]
	return func(t *telling) error {
		a := Act{Who: who, Deed: Sets}
		switch {
		case to == "nothing":
		case strings.HasPrefix(to, `"`):
			a.Name = strings.Trim(to, `"`)
		default:
			train, err := t.issue(to)
			if err != nil {
				return err
			}
			a.Name = train.Ticket
		}
		return onItem(name, a, e)(t)
	}, nil
}

func assigns(p []string, e []*expectation) (func(*telling) error, error) {
	return onItem(p[3], Act{Who: p[0], Deed: Assigns, On: p[1] == "assigns", Name: p[2]}, e), nil
}

func ticks(p []string, _ []*expectation) (func(*telling) error, error) {
	a := Act{Who: p[0], Deed: Ticks, On: p[1] == "ticks", Link: p[4]}
	if p[2] != "all" {
		a.Name = strings.Trim(p[2], `"`)
	}
	return onItem(p[3], a, nil), nil
}

// retexts changes the body of an issue of the bot's by hand, and no box in it.
func retexts(p []string, _ []*expectation) (func(*telling) error, error) {
	return onItem(p[1], Act{Who: p[0], Deed: Ticks, On: true}, nil), nil
}

func simple(p []string, _ []*expectation) (func(*telling) error, error) {
	return onItem(p[2], Act{Who: p[0], Deed: Deed(p[1])}, nil), nil
}

func retitles(p []string, _ []*expectation) (func(*telling) error, error) {
	return onItem(p[1], Act{Who: p[0], Deed: Retitles, Title: p[2]}, nil), nil
}

func roles(p []string, _ []*expectation) (func(*telling) error, error) {
	if _, known := Personas[p[0]]; !known {
		return nil, fmt.Errorf("nobody is called %s", p[0])
	}
	held := strings.Fields(p[1])
	if slices.Equal(held, []string{"nothing"}) {
		held = nil
	}
	return func(t *telling) error { return t.act(Act{Who: p[0], Deed: HasRoles, Roles: held}, nil) }, nil
}

func lookUps(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error { return t.act(Act{Deed: LookUps, On: p[0] == "work"}, nil) }, nil
}

// sleeps stops the bot, or starts it again: GitHub then delivers what it could not.
func sleeps(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error { return t.act(Act{Deed: Sleeps, On: p[0] == "is down"}, nil) }, nil
}

func again(_ []string, e []*expectation) (func(*telling) error, error) {
	if e == nil {
		e = []*expectation{{state: "nothing"}}
	}
	return func(t *telling) error { return t.act(Act{Deed: Again}, e) }, nil
}
