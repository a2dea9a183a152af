package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// A Report is what was measured, and on what machine.
type Report struct {
	Machine Machine  `json:"machine"`
	Figures []Figure `json:"figures"`
}

// A Figure is one thing measured: a single Value, or the spread of many as P50,
// P99 and Max; those that do not apply are nil.
type Figure struct {
	Name  string   `json:"name"`
	Unit  string   `json:"unit,omitempty"`
	Value *float64 `json:"value,omitempty"`
	P50   *float64 `json:"p50,omitempty"`
	P99   *float64 `json:"p99,omitempty"`
	Max   *float64 `json:"max,omitempty"`
	// Budget is what the figure should stay below, or above for what counts a
	// second; "" for none.
	Budget string `json:"budget,omitempty"`
	Note   string `json:"note,omitempty"`
}

// one is a figure of a single value.
func one(name string, value float64, unit, budget string) Figure {
	return Figure{Name: name, Value: &value, Unit: unit, Budget: budget}
}

// spread is a figure of many lengths of time, in milliseconds. Without any it
// says so.
func spread(name string, took []time.Duration, budget string) Figure {
	f := Figure{Name: name, Unit: "ms", Budget: budget}
	if len(took) == 0 {
		f.Note = "nothing was measured"
		return f
	}
	sorted := slices.Sorted(slices.Values(took))
	at := func(q float64) *float64 {
		ms := float64(sorted[int(math.Ceil(q*float64(len(sorted))))-1].Microseconds()) / 1000
		return &ms
	}
	f.P50, f.P99, f.Max = at(0.5), at(0.99), at(1)
	return f
}

// Write prints the report as a table for people.
func (r Report) Write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tvalue / p50\tp99\tmax\tunit\tbudget\t")
	for _, f := range r.Figures {
		first := f.Value
		if first == nil {
			first = f.P50
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, number(first), number(f.P99), number(f.Max), f.Unit, f.Budget, f.Note)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n", r.Machine)
	return err
}

// number has as many digits as can be told apart.
func number(v *float64) string {
	switch {
	case v == nil:
		return ""
	case *v >= 100 || *v == float64(int64(*v)):
		return fmt.Sprintf("%.0f", *v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", *v), ".0")
}
