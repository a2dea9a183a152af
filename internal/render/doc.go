// Package render turns what the core wants to say into Markdown for GitHub.
//
// What is said is data: a process.Text names a template below templates/ and
// brings its arguments. The templates are read from an fs.FS, so an adopter
// changes a sentence without touching Go.
//
//	words/*.md     many short texts a file, each in a define block
//	comments/*.md  one comment a file; comments/missed.md is "comment.missed"
//	issues/*.md    one issue body a file; issues/feature.md is "issue.feature"
//	pages/*.md     the living pages, rendered from the views of this package
//
// Whatever a person wrote is harmless by default. Before a template sees its
// arguments each string in them, however deep, becomes [Words], which print
// without mentions, links back, commands, HTML or Markdown structure; only the
// functions of the templates (code, paste, link, ref, day …) print otherwise,
// and each checks what it prints.
//
// A tour: words.go (making words harmless), values.go (arguments to template
// values), link.go, print.go and sentence.go (the functions of the templates),
// render.go and load.go (reading and running them), reply.go, page.go and the
// view files.
package render
