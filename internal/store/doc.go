// Package store holds what the adapters of bot.Store have in common: how a
// decision becomes a line of the ledger, and how the lines are chained so that
// a later edit shows.
//
// The adapters are in folders below: sqlite today. Package storetest is the
// conformance suite that every adapter must pass.
package store
