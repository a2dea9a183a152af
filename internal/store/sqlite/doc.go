// Package sqlite keeps the store in one SQLite file, with nothing to install.
//
// One goroutine writes, with synchronous=FULL. What is asked of it while it
// waits for the disk becomes one transaction with one fsync: so many webhooks
// at once cost hardly more than one, and a single one waits for nobody. Reads
// have connections of their own and wait for no writer. A second process that
// opens the same file is refused, unless it opens it beside the first: then it may
// read, and put something into the inbox.
//
// backup.go copies the file. carry.go brings a copy's content into a file without
// losing what was received: live.go into one that is at work, restore.go into one
// that takes its place. watch.go notices what others have written.
package sqlite
