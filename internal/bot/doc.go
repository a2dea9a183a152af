// Package bot is the loop: a delivery comes in, is decided, recorded and
// carried out.
//
//	Receive → inbox → Translator → events → GitHub.Answer → Decide
//	        → Store.Record (ledger, items, actions, keys: one transaction)
//	        → GitHub.Do → receipt → Decide → …
//
// The package declares the small interfaces it needs in ports.go and
// ports_*.go; packages store, hub and hook implement them, and import this
// package for those types alone. One worker per installation decides, so order
// and numbering need no locks; it sends actions off in goroutines of their own,
// in order per issue and in parallel across issues.
//
// A tour: bot.go (the door, and what keeps workers going), worker.go (one
// worker's loop), intake.go and turn.go (deliveries become turns, label bursts
// settle, questions are answered), decide.go and batch.go (turns are decided, and
// recorded together), yard.go (which action may leave next), dispatch.go,
// carry.go and deed.go (it leaves, is tried, and comes back with a receipt),
// owed.go (its end is written down with what comes next), retry.go (what failed
// is run again), compare.go (what no webhook told of, and drift), snapshot.go
// (what a page carries so that a lost record can be rebuilt), guard.go (nothing
// is done where GitHub knows more than the record).
package bot
