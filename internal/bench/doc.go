// Package bench measures the bot as its users have it: the real program as a
// process of its own, an emulated GitHub as another, and the load from this one.
//
// [Run] makes a town, which is that GitHub with a repository of many features in
// it, records real signed webhooks of what people say there, and plays them back
// to the bot. Load with a rate is open-loop: each delivery leaves at its planned
// time, whatever became of those before it, and its latency counts from then. The
// emulated GitHub's journal tells what that took from what the bot took.
//
// What that GitHub shows is what the bot has on record ([World]), so that a comparison
// of the two finds nothing.
//
// figures.go has the table of what can be measured; a new figure is a function
// and a line there. [Railway] is a repository after many years, for whoever
// measures a part alone with "go test -bench".
package bench
