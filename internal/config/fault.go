package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a configuration, with what to write
// instead. Line and Column count from 1; both are 0 where there is no file.
type Fault struct {
	Line, Column int
	Message      string
}

// String returns "3:7: message", or the message alone without a position.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.Message
	}
	return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message)
}

// Faults is all that is wrong, in the order of the file. It is an error that
// reads as one fault a line.
type Faults []Fault

// Error lists the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// maxFaults is how many faults are told: a person mends a few at a time, and the
// list goes into comments and logs.
const maxFaults = 50

// report returns the faults as an error in order, and nil if there are none.
func (f Faults) report() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := len(f) - maxFaults; more > 0 {
		last := f[maxFaults]
		f = append(f[:maxFaults:maxFaults], Fault{last.Line, last.Column, fmt.Sprintf("and %d more faults", more)})
	}
	return f
}
