package render

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
)

// folders say what the files below them define: "" stands for define blocks
// alone, anything else for one template a file, named by folder and file.
var folders = []struct{ dir, area string }{
	{"words", ""},
	{"comments", "comment"},
	{"issues", "issue"},
	{"pages", "page"},
}

// A loader gathers templates and all that is wrong with them.
type loader struct {
	set    *template.Template
	funcs  template.FuncMap
	where  map[string]string // template → file
	faults []error
}

// load reads every template; the error names each faulty file with its line.
func (l *loader) load(fsys fs.FS) error {
	for _, f := range folders {
		files, err := fs.Glob(fsys, f.dir+"/*.md")
		if err != nil {
			return fmt.Errorf("list %s: %w", f.dir, err)
		}
		for _, file := range files {
			l.file(fsys, file, f.area)
		}
	}
	l.references()
	if len(l.where) == 0 && len(l.faults) == 0 {
		return errors.New("there are no templates: words, comments, issues and pages are missing")
	}
	return errors.Join(l.faults...)
}

func (l *loader) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Errorf(format, args...))
}

// file reads one file. A file of words may hold nothing outside its define
// blocks, for nobody would ever see it.
func (l *loader) file(fsys fs.FS, file, area string) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		l.fault("read %s: %w", file, err)
		return
	}
	trees, err := parse.Parse(file, string(text), "", "", known(l.funcs))
	if err != nil {
		l.fault("%w", err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(trees)) {
		tree := trees[name]
		if name == file {
			if area == "" {
				if !parse.IsEmptyTree(tree.Root) {
					l.fault("template: %s: text outside define is never said", file)
				}
				continue
			}
			name = area + "." + strings.TrimSuffix(path.Base(file), ".md")
			tree.Name = name
		}
		l.define(name, file, tree)
	}
}

func (l *loader) define(name, file string, tree *parse.Tree) {
	if other, ok := l.where[name]; ok {
		l.fault("template: %s: %q is defined in %s already", file, name, other)
		return
	}
	l.where[name] = file
	if _, err := l.set.AddParseTree(name, tree); err != nil {
		l.fault("%s: %w", file, err)
	}
}

// references checks that each {{template "x"}} and {{say "x"}} names a template.
func (l *loader) references() {
	for _, name := range slices.Sorted(maps.Keys(l.where)) {
		t := l.set.Lookup(name)
		if t == nil || t.Tree == nil {
			continue
		}
		for _, ref := range mentioned(t.Root) {
			if _, ok := l.where[ref.name]; !ok {
				place, _ := t.ErrorContext(ref.node)
				l.fault("template: %s: %q is not defined", place, ref.name)
			}
		}
	}
}

// A citation is where one template names another.
type citation struct {
	name string
	node parse.Node
}

// mentioned lists the templates that a tree names in so many letters.
func mentioned(n parse.Node) []citation {
	var out []citation
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, part := range n.Nodes {
			out = append(out, mentioned(part)...)
		}
	case *parse.TemplateNode:
		out = append(out, citation{n.Name, n})
		out = append(out, mentioned(n.Pipe)...)
	case *parse.ActionNode:
		out = mentioned(n.Pipe)
	case *parse.IfNode:
		out = branches(&n.BranchNode)
	case *parse.RangeNode:
		out = branches(&n.BranchNode)
	case *parse.WithNode:
		out = branches(&n.BranchNode)
	case *parse.PipeNode:
		if n == nil {
			return nil
		}
		for _, cmd := range n.Cmds {
			out = append(out, said(cmd)...)
		}
	}
	return out
}

func branches(n *parse.BranchNode) []citation {
	return append(append(mentioned(n.Pipe), mentioned(n.List)...), mentioned(n.ElseList)...)
}

// said finds {{say "key"}} with a literal key, in brackets too.
func said(cmd *parse.CommandNode) []citation {
	var out []citation
	if len(cmd.Args) == 2 {
		id, isCall := cmd.Args[0].(*parse.IdentifierNode)
		key, isText := cmd.Args[1].(*parse.StringNode)
		if isCall && isText && id.Ident == "say" {
			out = append(out, citation{key.Text, key})
		}
	}
	for _, arg := range cmd.Args {
		if pipe, ok := arg.(*parse.PipeNode); ok {
			out = append(out, mentioned(pipe)...)
		}
	}
	return out
}
