// Package bot is the loop: a delivery comes in, is decided, recorded and
// carried out.
//
//	Receive → inbox → Translator → events → GitHub.Answer → Decide
//	        → Store.Record (ledger, items, actions, keys: one transaction)
//	        → GitHub.Do → receipt → Decide → …
//
// The package declares the small interfaces it needs in ports.go and
// ports_store.go; packages store, hub and hook implement them, and import this
// package for those types alone. One worker per installation decides, so order
// and numbering need no locks; one executor beside it carries out actions, in
// order per issue and in parallel across issues.
package bot
