// Package store holds what the adapters of bot.Store have in common: how a
// decision becomes a line of the ledger, and how the lines are chained so that
// a later edit shows; and how a database gets its schema.
//
// The adapters are in folders below, sqlite and postgres. Package storetest is
// the conformance suite that every adapter must pass; package pgtest gives tests
// a real PostgreSQL.
package store
