// Package rebuild says what a repository's Line is when all that is left of it is
// what GitHub shows: the signed snapshots on our pages, and labels, milestones,
// assignees and comments. It is pure; the shell reads GitHub and records the result.
//
//	World (what GitHub shows) → From → Result (items, settled keys, what is not proved)
//
// A snapshot proves an item if one of our keys has signed it for that very issue and
// it is the newest one: the departures board lists a digest of each, and GitHub knows
// who edited a comment last. What is not proved is taken from labels, milestones and
// assignees, and named with the line that sets it right.
//
// A tour: world.go (what is read), rebuild.go (the order of things), judge.go (which
// snapshot is believed), visible.go (what labels tell where none is), fill.go (what
// GitHub shows beside), links.go (the links that people typed), handled.go (which commands were decided before), spent.go
// (names and numbers that must not come again).
package rebuild
