// Package templates holds what an adopter may want to change without touching
// Go: processes, checklists, issue forms and every word that the bot says. The
// files are built into the program.
//
//	process/     the release process as a graph
//	checklists/  one file for each stage that has a list
//	forms/       issue forms, to be copied to .github/ISSUE_TEMPLATE
//	words/       short texts, many a file
//	comments/    whole comments, one a file
//	issues/      the bodies of issues that the bot opens
//	pages/       the living status comments and the departures page
package templates

import "embed"

// Files are all the templates, by their paths below this folder.
//
//go:embed process checklists forms words comments issues pages
var Files embed.FS
