// Package sqlite keeps the store in one SQLite file, with nothing to install.
//
// One goroutine writes, with synchronous=FULL. What is asked of it while it
// waits for the disk becomes one transaction with one fsync: so many webhooks
// at once cost hardly more than one, and a single one waits for nobody. Reads
// have connections of their own and wait for no writer. A second process that
// opens the same file is refused, unless it opens it beside the first: then it may
// read, and put something into the inbox.
//
// backup.go copies the file, restore.go puts a copy in its place, and live.go its
// content into a file that is at work; watch.go notices what others have written.
package sqlite
