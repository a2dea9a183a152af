package store

// MostCounted is how many of a kind a store counts for a bot.Backlog: enough to
// see that far too much waits, and few enough to be counted every few seconds.
const MostCounted = 100_000
