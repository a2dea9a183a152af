// Package storetest is the conformance suite of bot.Store: what every adapter
// must do, whatever it keeps its rows in.
package storetest
