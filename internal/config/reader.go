package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxFile is the largest file read, in bytes.
const maxFile = 256 << 10

// reader walks a YAML document and collects its faults. It reads the nodes
// itself, so that every fault has its position and speaks of the file and not
// of Go types.
type reader struct {
	faults Faults
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, Fault{n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// parse returns the root of the only document in data, or nil for an empty file
// or one with faults.
func (r *reader) parse(data []byte) *yaml.Node {
	if len(data) > maxFile {
		r.faults = append(r.faults, Fault{1, 1, fmt.Sprintf("the file has %d bytes; at most %d are read", len(data), maxFile)})
		return nil
	}
	if line, column, ok := unreadable(string(data)); ok {
		r.faults = append(r.faults, Fault{line, column, "a character here is not text: save the file as UTF-8"})
		return nil
	}
	var documents []yaml.Node
	if err := yaml.Load(data, &documents, yaml.WithAllDocuments()); err != nil {
		r.faults = append(r.faults, syntaxFaults(err)...)
		return nil
	}
	if len(documents) == 0 || len(documents[0].Content) == 0 {
		return nil
	}
	if len(documents) > 1 {
		r.fault(&documents[1], "a second document begins here: the file holds one, without ---")
		return nil
	}
	root := documents[0].Content[0]
	if r.refuseAliases(root); len(r.faults) > 0 {
		return nil
	}
	return root
}

// unreadable finds the first character that is no text: invalid UTF-8, or a
// control character.
func unreadable(text string) (line, column int, found bool) {
	line, column = 1, 1
	for i, c := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		if c == utf8.RuneError && size == 1 || c < ' ' && !strings.ContainsRune("\t\n\r", c) || c == 0x7f {
			return line, column, true
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return 0, 0, false
}

// syntaxFaults gives the position of what is no YAML at all.
func syntaxFaults(err error) Faults {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	list := []*yaml.LoadError{}
	switch {
	case errors.As(err, &many):
		list = many.Errors
	case errors.As(err, &one):
		list = append(list, one)
	default:
		return Faults{{1, 1, "this is not YAML: " + err.Error()}}
	}
	var faults Faults
	for _, e := range list {
		message := "this is not YAML: " + e.Message
		if e.ContextMsg != "" {
			message += " (" + e.ContextMsg + ")"
		}
		faults = append(faults, Fault{max(1, e.Mark.Line), max(1, e.Mark.Column), message})
	}
	return faults
}

// refuseAliases keeps out what makes a small file big, and what a reader of the
// file would have to expand in the head.
func (r *reader) refuseAliases(n *yaml.Node) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fault(n, "anchors and aliases are not read: write the value out")
		return
	}
	for _, child := range n.Content {
		r.refuseAliases(child)
	}
}

// empty reports whether nothing is written after a key, which leaves the default.
func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// mapping hands the value of each key to its field. The keys are the fields'
// alone, once each.
func (r *reader) mapping(n *yaml.Node, what string, fields map[string]func(*yaml.Node)) {
	r.entries(n, what, func(key, value *yaml.Node) {
		field, ok := fields[key.Value]
		if !ok {
			known := slices.Sorted(maps.Keys(fields))
			r.fault(key, "%s has no key %s: it has %s", what, quote(key.Value), strings.Join(known, ", "))
			return
		}
		if !empty(value) {
			field(value)
		}
	})
}

// entries hands over each key that is text, once each, with its value.
func (r *reader) entries(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s must have keys and values, as in key: value", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
			r.fault(key, "a key of %s must be a word", what)
		case seen[key.Value]:
			r.fault(key, "the key %s is given twice: keep one of them", quote(key.Value))
		default:
			seen[key.Value] = true
			each(key, value)
		}
	}
}

// list hands over each item of a list.
func (r *reader) list(n *yaml.Node, what string, each func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "%s must be a list, as in [one, two]", what)
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

// text reads a single value as it is written: 17 and 2026-12-10 are text too.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || empty(n) || n.Value == "" {
		r.fault(n, "%s must be a single value", what)
		return "", false
	}
	return n.Value, true
}

// number reads a whole number between two bounds, ends included.
func (r *reader) number(n *yaml.Node, what string, least, most int) (int, bool) {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < least || v > most {
		r.fault(n, "%s must be a whole number from %d to %d", what, least, most)
		return 0, false
	}
	return v, true
}

// quote repeats a word of the file, bounded.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
