// Package notify tells chats: Slack, Discord, Matrix, e-mail, plain webhooks and
// whatever else has an address that the library knows.
//
// A channel is a name that repositories use, and a secret address that only the
// server has. What is said is the bot's own Markdown made plain: short, with full
// links, and with nothing in it that would call anybody, whatever people wrote.
// Nothing of an address ever gets into an error.
package notify
