package command

import (
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Suggest returns the name that a mistyped verb most likely means, the first
// listed of equals. It finds none if more than two letters differ, or more than
// a third of the shorter word: "scope" is not "rescope". A suggestion is told,
// never run.
func Suggest(verb string, names []string) (name string, ok bool) {
	best := 0
	for _, candidate := range names {
		shorter := min(utf8.RuneCountInString(verb), utf8.RuneCountInString(candidate))
		distance := levenshtein.Distance(verb, candidate, nil)
		if distance > min(2, shorter/3) || ok && distance >= best {
			continue
		}
		name, best, ok = candidate, distance, true
	}
	return name, ok
}
