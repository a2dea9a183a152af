// Package snapshot is what a living page carries at its end, hidden: where its
// item stands, signed, so that a lost database can be rebuilt from GitHub and one
// that an old backup brought back is found out.
//
//	an item of the Line → Take → Snapshot → Keys.Seal → a comment nobody sees
//	a page's body → Find → Keys.Open → Snapshot → Restore → the item
//
// A tour: snapshot.go has the value, bare.go the list of all that it may hold of an
// item (what is not on that list never leaves the database), veil.go how names of
// other repositories are hidden, board.go what the departures board says of all
// others, seal.go and keys.go the form in which it is written, signed and read.
//
// The signature says that we wrote it, and for which issue of which repository. It
// does not say that it is the newest one: people who may edit comments can put an
// older one back. The board's list and the history of edits tell that.
package snapshot
