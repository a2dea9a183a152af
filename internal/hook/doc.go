// Package hook takes GitHub's webhooks in and says what they mean.
//
// It has two halves that meet only in the inbox between them:
//
//   - [New] makes the HTTP handler. It bounds the body, checks the signature,
//     stores the delivery durably and only then acknowledges it; it decides
//     nothing and translates nothing, so that GitHub never waits for us.
//   - A [Translator] turns a stored delivery into events of the release
//     process. Each kind of webhook has a file of its own with a small
//     go-githubapp handler in it: issues.go, issue_comment.go,
//     pull_request.go, label.go, push.go. A new one is such a file and a line
//     in handlers.
//
// What a payload says of GitHub's side is taken over as it stands. Whether it
// matters, and what follows, is for package process to decide.
package hook
