package process

import (
	"slices"
	"strconv"
	"strings"
)

// A number is digits and perhaps one letter: 17, 15a. Case does not matter.

// ParseNumber reads an upgrade number as people write it ("17", "#17", "15A")
// and returns it in its one form; ok is false when it is none.
func ParseNumber(s string) (number string, ok bool) {
	s = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	n, letter := splitNumber(s)
	if n <= 0 || n > 99999 || len(letter) > 1 || letter != "" && (letter < "a" || letter > "z") {
		return "", false
	}
	return strconv.Itoa(n) + letter, true
}

func splitNumber(s string) (n int, letter string) {
	i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if i < 0 {
		i = len(s)
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil {
		return 0, s
	}
	return n, s[i:]
}

// CompareNumbers orders upgrade numbers as people do: 9 < 15 < 15a < 15b < 16.
func CompareNumbers(a, b string) int {
	an, al := splitNumber(strings.ToLower(a))
	bn, bl := splitNumber(strings.ToLower(b))
	if an != bn {
		return an - bn
	}
	return strings.Compare(al, bl)
}

// NumberHolder says who has an upgrade number: the train, or spent is true when
// it was used before the bot came, or a proposal has borne it. Both are zero when
// it is free (B3).
func (p *Process) NumberHolder(l *Line, number string) (holder *Item, spent bool) {
	spent = slices.ContainsFunc(p.Settings.Taken, func(s string) bool { return CompareNumbers(s, number) == 0 })
	for _, it := range l.Trains() {
		if it.T.Number != "" && CompareNumbers(it.T.Number, number) == 0 {
			holder = it
		}
		spent = spent || it.T.Bears(number)
	}
	return holder, spent && holder == nil
}

// Bears reports whether a proposal of the train has ever borne the number.
func (tr *TrainFacts) Bears(number string) bool {
	return slices.ContainsFunc(tr.Proposals, func(p Proposal) bool { return CompareNumbers(p.Number, number) == 0 })
}

// NextNumber suggests the number after the highest one known, letters aside, or
// the configured next one while that is free (B8).
func (p *Process) NextNumber(l *Line) string {
	if next := p.Settings.Next; next != "" {
		if holder, spent := p.NumberHolder(l, next); holder == nil && !spent {
			return next
		}
	}
	highest := 0
	see := func(s string) {
		if n, _ := splitNumber(s); n > highest {
			highest = n
		}
	}
	for _, s := range p.Settings.Taken {
		see(s)
	}
	see(p.Settings.Next)
	for _, it := range l.Trains() {
		see(it.T.Number)
		for _, p := range it.T.Proposals {
			see(p.Number)
		}
	}
	return strconv.Itoa(highest + 1)
}

// assignNumber gives a departing upgrade its number (B8); one that comes back,
// or was reserved, keeps it.
func assignNumber(t *Turn, it *Item) {
	if it.Kind != Upgrade || it.T.Number != "" {
		return
	}
	it.T.Number = t.P.NextNumber(t.line)
	it.Note(t.Now(), t.By(), Say("note.number", "number", it.T.Number))
}

// HardforkHolder returns the train that has a hardfork name, nil if it is free.
func HardforkHolder(l *Line, name string) (holder *Item) {
	for _, it := range l.Trains() {
		if it.T.Hardfork != "" && strings.EqualFold(it.T.Hardfork, name) {
			holder = it
		}
	}
	return holder
}

// NextHardfork returns the next free name of the configured list, "" when it
// has come to its end (B9).
func (p *Process) NextHardfork(l *Line) string {
	for _, name := range p.Settings.Hardforks {
		if HardforkHolder(l, name) == nil {
			return name
		}
	}
	return ""
}

// assignHardfork gives a departing upgrade with an L2 feature its name (F5).
func assignHardfork(t *Turn, it *Item) {
	if it.Kind != Upgrade || it.T.Hardfork != "" || it.T.NoHardfork != "" {
		return
	}
	if name := t.P.NextHardfork(t.line); name != "" {
		it.T.Hardfork = name
		it.Note(t.Now(), t.By(), Say("note.hardfork", "name", name))
	}
}
