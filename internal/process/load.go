package process

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// A Fault is one thing wrong in a file, with its place (from 1; 0 when unknown).
type Fault struct {
	Line, Column int
	Message      string
}

// Faults are all faults of a file, in the order of their places.
type Faults []Fault

// Error lists the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fmt.Sprintf("%d:%d: %s", fault.Line, fault.Column, fault.Message)
	}
	return strings.Join(lines, "\n")
}

// maxFile bounds a process file, in bytes.
const maxFile = 256 << 10

// A file is a process file as written.
type file struct {
	Name   string            `yaml:"name"`
	Start  string            `yaml:"start"`
	Nodes  map[string]*Node  `yaml:"nodes"`
	Levers map[string]string `yaml:"levers"`
}

// Load reads a process file and checks it completely against the tables: each
// unknown gate, role, node, command, effect, predicate or checklist, each node
// that cannot be reached or from which no end can, and two stages with one
// label are [Faults] with line and column, all at once.
func Load(data []byte, tables Tables, checklists map[string]ChecklistDef, settings Settings) (*Process, error) {
	if len(data) > maxFile {
		return nil, Faults{{Message: fmt.Sprintf("the file is larger than %d bytes", maxFile)}}
	}
	var f file
	if err := yaml.Load(data, &f, yaml.WithKnownFields()); err != nil {
		return nil, yamlFaults(err)
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return nil, yamlFaults(err)
	}
	sum := sha256.Sum256(data)
	p := &Process{
		Name: f.Name, Hash: hex.EncodeToString(sum[:6]), Start: f.Start, Nodes: f.Nodes, Levers: f.Levers,
		Checklists: checklists, Tables: tables, Settings: settings, maps: &sync.Map{},
	}
	if p.Nodes == nil {
		p.Nodes = map[string]*Node{}
	}
	p.place(&root)
	if faults := p.check(places(child(&root, ""))); len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b Fault) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, faults
	}
	return p, nil
}

func yamlFaults(err error) Faults {
	var many *yaml.LoadErrors
	if errors.As(err, &many) {
		var out Faults
		for _, e := range many.Errors {
			out = append(out, Fault{Line: e.Mark.Line, Column: e.Mark.Column, Message: e.Message})
		}
		if len(out) > 0 {
			return out
		}
	}
	return Faults{{Message: err.Error()}}
}

// place takes names, order and positions from the tree of the file.
func (p *Process) place(root *yaml.Node) {
	nodes := child(child(root, ""), "nodes")
	if nodes == nil {
		return
	}
	for i := 0; i+1 < len(nodes.Content); i += 2 {
		key, value := nodes.Content[i], nodes.Content[i+1]
		n := p.Nodes[key.Value]
		if n == nil {
			n = &Node{}
			p.Nodes[key.Value] = n
		}
		n.Name, n.Line, n.Column = key.Value, key.Line, key.Column
		p.Order = append(p.Order, n.Name)
		moves := child(value, "moves")
		for j := 0; moves != nil && j+1 < len(moves.Content); j += 2 {
			name := moves.Content[j].Value
			m, ok := n.Moves[name]
			if !ok {
				continue // a part of a key that is no name, or of a value that is no mapping
			}
			n.MoveOrder = append(n.MoveOrder, name)
			m.Name = name
			n.Moves[name] = m
		}
	}
}

// A place is where something stands in the file.
type place struct{ line, column int }

// places are those of the file's own keys and, as "levers/…", of its levers.
func places(top *yaml.Node) map[string]place {
	out := map[string]place{}
	if top == nil {
		return out
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		out[top.Content[i].Value] = place{top.Content[i].Line, top.Content[i].Column}
	}
	if levers := child(top, "levers"); levers != nil {
		for i := 0; i+1 < len(levers.Content); i += 2 {
			out["levers/"+levers.Content[i].Value] = place{levers.Content[i].Line, levers.Content[i].Column}
		}
	}
	return out
}

// child returns the value of a key in a mapping, or the document's content for
// the key "".
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	if key == "" {
		if len(n.Content) == 0 {
			return nil
		}
		return n.Content[0]
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
