// Package agenda writes what a planning meeting has to talk about. Each section
// is one function and one line of the [Table]: it reads its topics from the
// record alone, with the exact question, the options and the command lines that
// they stand for, the facts that bear on it, and what the rules suggest.
//
// Topics are asked for anew each time, so the agenda is never out of date, and
// what nobody decided is on the next one by itself.
package agenda
