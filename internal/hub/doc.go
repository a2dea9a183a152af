// Package hub is the way out to GitHub: the only package that writes there. It
// implements bot.GitHub.
//
// From the inside out:
//
//   - wire.go, etag.go and budget.go are the chain of http.RoundTrippers that
//     every request passes: it names us, stays on GitHub's host, turns limits
//     into bot.Later, asks whether a page has changed before it is sent again,
//     and keeps to GitHub's own limits before they are met.
//   - hub.go makes the clients, one for each installation and with it one token.
//   - do.go is the table of deeds; labels.go, comments.go, issues.go and
//     milestones.go hold them, each a function that is safe to repeat.
//   - find.go looks whether a deed of unknown outcome was done after all.
//   - answer.go and roles.go look up what a decision has to know.
//   - errors.go says what an answer of GitHub's means: wait, never, or unknown.
//
// go-github puts names into addresses as they are; here each is escaped, so that
// removing the label "c#" does not remove "c".
package hub
