package genesis

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// maxFile is the largest file read, in bytes.
const maxFile = 8 << 20

// reader walks the nodes of a YAML document and collects its faults. It reads
// the nodes itself, so that each fault has its place and speaks of the file.
type reader struct {
	faults Faults
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, Fault{max(1, n.Line), max(1, n.Column), fmt.Sprintf(format, args...)})
}

// parse is the root of the only document; nil if there is none to read.
func (r *reader) parse(data []byte) *yaml.Node {
	if len(data) > maxFile {
		r.fault(&yaml.Node{}, "the file has %d bytes; at most %d are read", len(data), maxFile)
		return nil
	}
	var documents []yaml.Node
	if err := yaml.Load(data, &documents, yaml.WithAllDocuments()); err != nil {
		r.syntax(err)
		return nil
	}
	if len(documents) == 0 || len(documents[0].Content) == 0 {
		r.fault(&yaml.Node{}, "the file is empty: it needs repos and people at least")
		return nil
	}
	if len(documents) > 1 {
		r.fault(&documents[1], "a second document begins here: the file holds one, without ---")
		return nil
	}
	root := documents[0].Content[0]
	if r.expanding(root); len(r.faults) > 0 {
		return nil
	}
	return root
}

// syntax names the places of what is no YAML at all.
func (r *reader) syntax(err error) {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	list := []*yaml.LoadError{}
	switch {
	case errors.As(err, &many):
		list = many.Errors
	case errors.As(err, &one):
		list = append(list, one)
	default:
		r.fault(&yaml.Node{}, "this is not YAML: %v", err)
	}
	for _, e := range list {
		r.fault(&yaml.Node{Line: e.Mark.Line, Column: e.Mark.Column}, "this is not YAML: %s", e.Message)
	}
}

// expanding refuses what makes a small file big.
func (r *reader) expanding(n *yaml.Node) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fault(n, "anchors and aliases are not read: write the value out")
		return
	}
	for _, child := range n.Content {
		r.expanding(child)
	}
}

func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// mapping hands each key's value to its field.
func (r *reader) mapping(n *yaml.Node, what string, fields map[string]func(*yaml.Node)) {
	r.entries(n, what, func(key, value *yaml.Node) {
		field := fields[key.Value]
		switch {
		case field == nil:
			r.fault(key, "%s has no key %q: it has %s", what, short(key.Value), strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		case !empty(value):
			field(value)
		}
	})
}

// entries hands over each key once, with its value.
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
			r.fault(key, "the key %q is given twice: keep one of them", short(key.Value))
		default:
			seen[key.Value] = true
			each(key, value)
		}
	}
}

func (r *reader) list(n *yaml.Node, what string, each func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "%s must be a list, as in [one, two]", what)
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

// text reads into s a single value as it is written.
func (r *reader) text(s *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode {
			r.fault(n, "%s must be a single value", what)
			return
		}
		*s = n.Value
	}
}

// texts reads a list of single values, each checked.
func (r *reader) texts(s *[]string, what string, checks ...func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*s = []string{}
		r.list(n, what, func(item *yaml.Node) {
			var one string
			r.text(&one, "each of "+what)(item)
			for _, check := range checks {
				check(item)
			}
			*s = append(*s, one)
		})
	}
}

func (r *reader) flag(b *bool, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.ParseBool(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			r.fault(n, "%s must be true or false", what)
		}
		*b = v
	}
}

// date reads a day, whose noon in UTC is meant, as GitHub's own forms send it.
func (r *reader) date(t *time.Time, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		day, err := time.Parse(time.DateOnly, n.Value)
		if err != nil {
			r.fault(n, "%s must be a date, as in 2026-12-10", what)
		}
		*t = day.Add(12 * time.Hour)
	}
}

// short bounds a word of the file that is repeated.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
