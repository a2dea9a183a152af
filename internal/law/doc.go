// Package law holds the rules that the repository keeps about itself, as tests.
//
// It has no code of its own. Each test reads the tree with go/parser, so that
// a broken law names the file and line that breaks it:
//
//   - which package may import which, and what the core may import at all;
//   - no clock in the core: time is a value in the event;
//   - files of at most 400 lines and functions of at most 80;
//   - a doc comment on every package and every exported name;
//   - nothing at the root beyond what the layout names.
//
// A new package below internal is given its layer in imports_test.go.
package law
