// Package recovery finds what the bot was not told. GitHub sends a webhook once and
// never again by itself; what is lost then would be lost for good.
//
// A round has two parts. First GitHub's log of deliveries, which reaches back three
// days, is held against the inbox: what was not acknowledged and is not there is
// asked for again, under its own id. Then each tracking repository is held against
// the record: issues, comments and pull requests that have changed since the last
// round are told as their webhooks would have told them, in the order in which they
// happened, with the person who did it, who is read from the events and from
// the history of edited texts. What is told twice is one event, as its key names
// what happened. What is left, and what nobody's act explains, is drift: it is put
// right.
//
// deliveries.go asks for webhooks again; sweep.go goes through one repository,
// read.go reads what has changed in it, pulls.go its pull requests, and gone.go what
// is not there any more; notice.go makes a webhook of an object; explain.go finds who pulled a lever, and
// edits.go who typed or ticked.
package recovery
