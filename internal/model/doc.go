// Package model holds tests only: a small model of how leases, the inbox and
// actions work together, all of whose interleavings and mishaps are gone through,
// and a walk that holds the real stores to the model.
//
// A state is a value: what the store has, what GitHub has, what is on the way
// between them, and what each replica believes. A step is one thing that can
// happen next. The search visits every state that steps lead to, the nearest
// first, so that what breaks a property is shown by the shortest way there, in
// words. Replicas that differ in name alone are one. With -whole the tests go
// through larger scenes too, of millions of states, which takes minutes.
//
// # What holds
//
//   - What was acknowledged is decided, and once.
//   - Deliveries are decided in order of arrival.
//   - Nothing is written under an old epoch.
//   - No comment, issue or milestone is made twice.
//   - A chat is told at most once, and once more for each time that a person
//     wants it again.
//   - All that is so too when a backup is brought back, of the ledger as it is then.
//   - An issue ends with the label that was decided last.
//   - From every state a good end can be reached: nothing is stuck, and nothing
//     goes round for ever.
//
// # What is in the model, and where the code does it
//
//	GitHub sends a webhook, loses it, sends it twice, is asked again   hook, the recovery from GitHub's log
//	receive, store, acknowledge; a 503 that was stored all the same   bot.Receive, the stores' inbox.go
//	the lock and the epoch; take, lose, recall, give back             the stores' leases.go, session.go, beat.go
//	death; a standstill, and going on unaware; a lost session         bot.supervise, shift.heed, session.check
//	a write fails, or is done and nobody hears                        the stores' batch and writer
//	decide, then ledger, key, actions and delivery in one write       bot/decide.go, the stores' ledger.go
//	mark, send, effect, answer, receipt; one at a time for an issue   bot/carry.go, dispatch.go, yard.go
//	an end that is owed, and written with the next mark or by itself  bot/owed.go
//	no answer: a pause, the search, taken over or done again          carrier.again, shift.admit, hub.Find
//	a refusal for now, the last attempt, a dead action revived        carrier.carry, shift.revive
//	a chat that is not told again                                     bot/notify.go
//	a label that drifted is put right                                 the sweep
//	a backup is made, and brought back under whoever works            the file's backup.go, carry.go, watch.go
//	what comes again after that may be done                           Delivery.Again, Entry.MayBeDone
//
// # What is taken for granted
//
//   - The database is one thing after another, and keeps what it has confirmed.
//   - A request has had its effect, or never will, before a pause is over that
//     began after it left: Timing.FindAfter is longer than GitHub ever takes.
//   - A replica that runs finds out that its session is gone before the pause of
//     its successor is over: patience is shorter than Timing.FindAfter. One that
//     stands still does not.
//   - A file is one replica's, and what that finds out of a restoring it does before
//     a pause of its own begins.
//   - A search sees what has had its effect: it reads lists, not GitHub's index.
//
// # What is not in it
//
//   - Numbers, dates, settling labels and living pages: what is decided, and not
//     how it is kept. Their tests are in packages process and bot.
//   - Shares of installations: which replica should have a lease is a wish, and
//     any may take a free one here.
//   - What a restoring does beside the store: that a ledger is behind GitHub's pages
//     and waits to be rebuilt, that recovery finds an act by comparison, and that
//     what was there cannot be read, so that its inbox is gone. A database of
//     PostgreSQL is restored by its own tools.
//   - A delivery of which several events come, or one for several repositories: it
//     is settled with the last, and half decided until then.
//   - The clocks of several machines: nothing is compared across them.
//
// # What is left
//
// GitHub takes no key by which it would refuse a request that has come before.
// So a replica that stands still between the mark and the request, for longer
// than its successor's pause, doubles a comment or an issue when it goes on. The
// test of the gaps shows that this is the only way. A label that was on its way
// when its replica died can land after its successor's; the sweep puts it right.
package model
