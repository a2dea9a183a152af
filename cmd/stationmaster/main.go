// Command stationmaster drives a protocol's release process through GitHub
// issues and labels.
//
//	stationmaster serve       the bot, against github.com or any GitHub API
//	stationmaster migrate     bring the database's schema up to date
//	stationmaster jobs        what has failed, and running it again
//	stationmaster ledger      check the history, or print it
//	stationmaster backup      copy the SQLite file while it is in use
//	stationmaster restore     put a copy in its place, in use or not
//	stationmaster rebuild     make a lost record anew from what GitHub shows
//	stationmaster demo        a GitHub and the bot together, to click through
//	stationmaster emulator    a GitHub to develop any bot against
//	stationmaster replay      decide recorded deliveries and print why
//	stationmaster graph       print the process as a Mermaid map
//	stationmaster check       check process and repository files
//	stationmaster bench       measure the bot on this machine
//	stationmaster timetable   print the coming year of a repository's calendar
//
// main.go has the command line; each subcommand has a file of its own;
// station.go puts the parts of the bot together for all of them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones for calendars, wherever the program runs

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Serve    serveCmd    `cmd:"" help:"Run the bot."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date, which serve also does by itself."`
	Jobs     jobsCmd     `cmd:"" help:"What has failed, and running it again."`
	Ledger   ledgerCmd   `cmd:"" help:"Check the history, or print it."`
	Backup   backupCmd   `cmd:"" help:"Copy the SQLite database, while a server works on it, into a new file."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup in place of the SQLite database, which is kept, while a server works on it or not."`
	Rebuild  rebuildCmd  `cmd:"" help:"Make a repository's record anew from what GitHub shows, after the database was lost."`
	Demo     demoCmd     `cmd:"" help:"Run a GitHub and the bot together, play a script, and stay up."`
	Emulator emulatorCmd `cmd:"" help:"Run a GitHub to develop any bot against."`
	Replay   replayCmd   `cmd:"" help:"Decide recorded deliveries without writing anything, and print why."`
	Graph    graphCmd    `cmd:"" help:"Print the process as a Mermaid map."`
	Check    checkCmd    `cmd:"" help:"Check process and repository files."`
	Bench    benchCmd    `cmd:"" help:"Measure the bot on this machine, as a process of its own against an emulated GitHub."`

	Timetable timetableCmd `cmd:"" help:"Print the coming year: trains, meetings, cut-offs, freezes and holidays."`
}

// console is where a subcommand reads and writes.
type console struct {
	out, err io.Writer
	env      func(string) (string, bool)
}

// A usageError is a fault in what was asked for: exit 2.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks a second time does not want to wait
	code := run(ctx, os.Args[1:], &console{out: os.Stdout, err: os.Stderr, env: os.LookupEnv})
	stop()
	os.Exit(code)
}

// run is the program: 0 when all went well, 1 when not, 2 when it was asked for
// something it cannot do.
func run(ctx context.Context, args []string, c *console) int {
	var line cli
	code := -1
	parser, err := kong.New(&line, kong.Name("stationmaster"), kong.Description("The train leaves on schedule."),
		kong.Writers(c.out, c.err), kong.Exit(func(n int) { code = n }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
	if err != nil {
		fmt.Fprintln(c.err, "stationmaster:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if code >= 0 {
		return code // help was asked for
	}
	if err != nil {
		fmt.Fprintf(c.err, "stationmaster: %v\nstationmaster --help tells what there is.\n", err)
		return 2
	}
	err = parsed.Run()
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(c.err, err)
		return 2
	default:
		fmt.Fprintln(c.err, "stationmaster:", redact(err.Error()))
		return 1
	}
}
