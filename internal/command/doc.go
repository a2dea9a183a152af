// Package command reads and decides slash commands.
//
// grammar*.go turns a comment into lines of verb and words, and has the readers
// of arguments: references, links, people, dates, reasons. Every other file is
// one command: its usage, summary and examples, from which help, the web page,
// the README's table and the tests are made, and the pure function that decides
// it on a [process.Turn]. [Table] lists them.
//
// To add a command: one file that returns a [process.Command], one line in the
// table, and its words in templates/words.
package command
