// Package pgtest gives tests a real PostgreSQL: a throwaway cluster made of
// the programs that Debian installs, with a database for each test.
//
// A cluster outlives the test process by no more than a moment, however that
// process ends: a small shell waits for the other end of a pipe to close, stops
// the server and removes its folder. As root, which PostgreSQL refuses to run
// as, the server gets the account that the package came with.
//
// Where PostgreSQL is not installed the test is skipped with a line that says
// so; with CI=true in the environment it fails instead.
package pgtest
