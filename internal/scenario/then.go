package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A claim is one clause of a "then": how its first word reads, and whether it
// holds of the issue. rest are the words after it.
type claim func(t *telling, it Issue, rest []string) error

// claims are what can be said of an issue, by the first word of the clause.
var claims = map[string]claim{
	"at": func(_ *telling, it Issue, rest []string) error { return exactly("stage", it.family("stage"), rest) },
	"governance": func(_ *telling, it Issue, rest []string) error {
		return exactly("governance", it.family("governance"), rest)
	},
	"audit":  func(_ *telling, it Issue, rest []string) error { return exactly("audit", it.family("audit"), rest) },
	"number": func(_ *telling, it Issue, rest []string) error { return exactly("number", it.family("upgrade"), rest) },
	"hardfork": func(_ *telling, it Issue, rest []string) error {
		return exactly("hardfork", it.family("hardfork"), rest)
	},
	"submitted": func(_ *telling, it Issue, rest []string) error {
		return exactly("submitted", it.family("submitted"), rest)
	},
	"layers": func(_ *telling, it Issue, rest []string) error { return exactly("layers", it.family("layer"), rest) },
	"needs":  func(_ *telling, it Issue, rest []string) error { return exactly("needs", it.family("needs"), rest) },
	"kind":   func(_ *telling, it Issue, rest []string) error { return exactly("kind", it.family("kind"), rest) },
	"owner":  owner,
	"aboard": aboard,
	"label": func(_ *telling, it Issue, rest []string) error {
		return want(slices.Contains(it.Labels, strings.Join(rest, " ")), "labels %q", it.Labels)
	},
	"open":   func(_ *telling, it Issue, _ []string) error { return want(it.Open, "it is closed") },
	"closed": func(_ *telling, it Issue, _ []string) error { return want(!it.Open, "it is open") },
	"held": func(_ *telling, it Issue, _ []string) error {
		return want(slices.Contains(it.Labels, "on-hold"), "it is not")
	},
	"free": func(_ *telling, it Issue, _ []string) error {
		return want(!slices.Contains(it.Labels, "on-hold"), "it is held")
	},
	"untracked": func(_ *telling, it Issue, _ []string) error {
		return want(len(it.family("kind")) == 0, "labels %q", it.Labels)
	},
	"titled": func(_ *telling, it Issue, rest []string) error {
		return want(it.Title == strings.Trim(strings.Join(rest, " "), `"`), "it is titled %q", it.Title)
	},
	"ticket": func(_ *telling, it Issue, rest []string) error {
		return want(it.Ticket == strings.Trim(strings.Join(rest, " "), `"`), "its milestone is %q", it.Ticket)
	},
	"hears":     hears,
	"iteration": iteration,
	"waits":     waits,
	"asks":      asking,
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// exactly compares a family of labels; "nothing" is none of them.
func exactly(what string, have, rest []string) error {
	if slices.Equal(rest, []string{"nothing"}) {
		rest = nil
	}
	rest = slices.Clone(rest)
	slices.Sort(rest)
	slices.Sort(have)
	return want(slices.Equal(have, rest), "%s is %q", what, have)
}

func owner(_ *telling, it Issue, rest []string) error {
	if slices.Equal(rest, []string{"nobody"}) {
		return want(slices.Contains(it.Labels, "needs/owner"), "assigned to %q", it.Assignees)
	}
	return want(slices.Equal(it.Assignees, rest) && !slices.Contains(it.Labels, "needs/owner"), "assigned to %q, labels %q", it.Assignees, it.Labels)
}

func aboard(t *telling, it Issue, rest []string) error {
	if slices.Equal(rest, []string{"nothing"}) {
		return want(it.Milestone == "", "it has the milestone %q", it.Milestone)
	}
	train, err := t.issue(strings.Join(rest, " "))
	if err != nil {
		return err
	}
	return want(it.Milestone != "" && it.Milestone == train.Ticket, "it has the milestone %q, not %q", it.Milestone, train.Ticket)
}

// hears counts the comments whose marker begins so: "hears missed once", "hears
// reply never", "hears checklist/ 2 times".
func hears(_ *telling, it Issue, rest []string) error {
	n := 0
	for _, m := range it.Markers {
		if strings.HasPrefix(m, rest[0]) {
			n++
		}
	}
	switch {
	case len(rest) == 1:
		return want(n > 0, "it heard %q", it.Markers)
	case rest[1] == "once":
		return want(n == 1, "it heard %q", it.Markers)
	case rest[1] == "never":
		return want(n == 0, "it heard %q", it.Markers)
	}
	times, err := strconv.Atoi(rest[1])
	if err != nil {
		return err
	}
	return want(n == times, "%d times: %q", n, it.Markers)
}

func iteration(_ *telling, it Issue, rest []string) error {
	n, err := strconv.Atoi(strings.Join(rest, " "))
	if err != nil {
		return err
	}
	return want(!it.Knows || it.Iteration == n, "it is iteration %d", it.Iteration)
}

// waits compares the gates that are closed: "waits for checklists".
func waits(_ *telling, it Issue, rest []string) error {
	if !it.Knows {
		return nil
	}
	gates := rest[1:]
	if slices.Equal(gates, []string{"nothing"}) {
		gates = nil
	}
	have := slices.Clone(it.Gates)
	slices.Sort(have)
	gates = slices.Sorted(slices.Values(gates))
	return want(slices.Equal(slices.Compact(have), gates), "it waits for %q", have)
}

func thenItem(p []string, _ []*expectation) (func(*telling) error, error) {
	parts := clauses(p[1])
	for _, c := range parts {
		words := strings.Fields(c)
		if len(words) > 0 && (words[0] == "no" || words[0] == "not") {
			words = words[1:]
		}
		if len(words) == 0 || claims[words[0]] == nil {
			return nil, fmt.Errorf("%q is nothing that can be seen", c)
		}
		if words[0] == "hears" && (len(words) < 2 || len(words) > 4) || words[0] == "waits" && len(words) < 3 {
			return nil, fmt.Errorf("%q is not whole", c)
		}
	}
	return func(t *telling) error {
		if p[1] == "gone" {
			return nil
		}
		it, err := t.issue(p[0])
		if err != nil {
			return err
		}
		for _, c := range parts {
			words := strings.Fields(c)
			not := words[0] == "no" || words[0] == "not"
			if not {
				words = words[1:]
			}
			err := claims[words[0]](t, it, words[1:])
			if not && err == nil {
				return fmt.Errorf("%s: it does", c)
			}
			if !not && err != nil {
				return fmt.Errorf("%s: %w", c, err)
			}
		}
		return nil
	}, nil
}

// thenMilestone compares a milestone: `open`, `closed`, `due 2026-12-08`, `gone`.
func thenMilestone(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error {
		if err := t.begin(); err != nil {
			return err
		}
		all, err := t.world.Milestones()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(m Milestone) bool { return m.Title == p[0] })
		if i < 0 {
			return fmt.Errorf("there is none of that title: %v", all)
		}
		words := strings.Fields(p[1])
		for j, w := range words {
			switch {
			case w == "open" && all[i].Closed, w == "closed" && !all[i].Closed:
				return fmt.Errorf("it is not %s", w)
			case w == "due" && (j+1 >= len(words) || all[i].Due != words[j+1]):
				return fmt.Errorf("it is due %q", all[i].Due)
			}
		}
		return nil
	}, nil
}

// thenOpened gives a name to an issue that the bot opened.
func thenOpened(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error {
		all, err := t.issues()
		if err != nil {
			return err
		}
		n := 0
		for _, it := range all {
			if it.Title == p[0] && it.Repo == "" {
				t.names[p[2]] = it.Number
				n++
			}
		}
		if n == 0 || p[1] == "once" && n != 1 {
			return fmt.Errorf("there are %d of that title", n)
		}
		return nil
	}, nil
}

func thenPull(p []string, _ []*expectation) (func(*telling) error, error) {
	return func(t *telling) error {
		all, err := t.issues()
		if err != nil {
			return err
		}
		it := Issue{}
		for _, i := range all {
			if fmt.Sprintf("%s#%d", i.Repo, i.Number) == p[0] {
				it = i
			}
		}
		rest := []string{p[1]}
		if p[2] != "" {
			rest = append(rest, p[2])
		}
		return hears(t, it, rest)
	}, nil
}
