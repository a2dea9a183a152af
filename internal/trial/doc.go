// Package trial puts the program on trial: it has tests and no code of its own.
//
// Each test runs the real binary as processes of their own, an emulated GitHub
// and one or more bots, plays a script of people's acts on it, and lets
// something go wrong all the while: kills, replicas that come and go, webhooks
// that are lost, doubled and late, a GitHub that fails, a database that goes
// away, a disk that is full. In the end the world must be what it is when the
// same script is played in calm weather. No command may be lost, nothing be
// done twice, and no number used twice.
//
// # What can be compared
//
// Two runs of one script meet their people's acts in different moments, so the
// script is made such that these do not matter:
//
//   - The acts on one issue come in rounds. A round begins when all acts of the
//     one before it are answered, as seen at GitHub: by a reaction, a label, a
//     word on the status. So the rounds of one issue are decided in the same order
//     in every run.
//   - The acts within one round are made in one breath and may arrive in any
//     order. Their outcomes do not depend on one another.
//   - Different issues are seen to at the same time, by one thread each. What one
//     issue's acts mean for another (boarding, a departure, the next number) is in
//     phases: a phase begins when all threads of the one before are through, and
//     departures, which take numbers, are one thread.
//
// What still depends on the moment is taken out before the comparison: issues
// are called by their names and not by their numbers, comments by the acts that
// they belong to; times of day, addresses and hidden ids are left out; the lines
// and the words of a living page are compared as sets, and of the ledger what
// people did, by issue.
//
// # Sizes
//
// -trial.part says how much of the whole is played: 1 is 160 features on 200 issues and some
// 2,000 commands in each test, with 100 kills; the default is a fiftieth.
// -trial.seed makes another script, and other moments of trouble.
package trial
