// Package postgres keeps the store in a PostgreSQL database that any number of
// processes work on at once.
//
// Every process stores webhooks: one goroutine of each writes whatever has
// gathered while the last batch went to the disk. Each installation is decided
// and written for by the one process that holds its lease. A lease is two
// things: an advisory lock of the process's own session, which says who may
// begin, and an epoch in a table, which is checked in every transaction that
// changes anything, so that who has lost the lease and does not know it yet
// writes nothing.
//
// # When a process falls silent
//
// The session is a connection of its own. It says something every quarter of a
// second, hears what others have stored (LISTEN), and sees who else is there.
//
//   - A process that is killed: the server sees the closed socket, its locks are
//     free at once, and the others see it at their next beat.
//   - A process that is stopped, or cut off from the network: the server ends
//     the session after silence, and the transaction at hand after idleTx. No
//     clocks are compared.
//   - The process itself takes its leases for lost if a beat is not answered
//     within patience, which is before the server gives them away.
//
// Installations are spread evenly over the processes that have joined, by a
// function of who is there which all of them compute alike; a lease that is
// another's share is handed over once the work in hand is done.
//
// Session locks and LISTEN need a session of one's own, so a pooler that shares
// connections between transactions is noticed and refused.
package postgres
