// Package meter counts and traces what the bot does, and tells Prometheus and an
// OpenTelemetry collector.
//
// A [Meter] is a bot.Watch, a hub.Meter and the listener of the webhooks' door at
// once: they tell it, and it changes nothing. Its metrics are one table, in
// table.go; the README's is made from it. What stands in the database is read when
// Prometheus asks. Labels come from lists that are known beforehand: routes are
// GitHub's own templates, and neither people nor repositories are named.
//
// [Traces] sends spans, one for each webhook, decision, attempt at an action and
// request to GitHub. Nil sends none and costs nothing.
package meter
