package main

import "regexp"

// secretLike is what must never be written: GitHub's tokens in all their forms,
// the new ones of some 520 characters too, JWTs, private keys, and addresses with
// a password in them.
var secretLike = regexp.MustCompile(`gh[pousr]_[A-Za-z0-9._-]{16,}|github_pat_[A-Za-z0-9_]{20,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*|[a-z]+://[^\s/:@"]*:[^\s"]+@`)
