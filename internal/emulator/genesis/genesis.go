// Package genesis reads the file that says with what an emulated GitHub begins:
// an organisation with its people, teams and repositories, what is in those,
// and the App. Every fault is named with its line and column, all at once.
package genesis

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// World is what an emulator begins with.
type World struct {
	Org    Org
	App    App
	Repos  []Repo   // at least one
	People []Person // at least one
}

// Org is the organisation that owns all repositories.
type Org struct{ Login, Name, Description string }

// App is the GitHub App, installed on the organisation.
type App struct {
	Slug, Name  string
	Permissions map[string]string // "issues": "write"; nil takes the emulator's
	Events      []string          // nil takes the emulator's
	On          []string          // repositories; nil is all
}

// Repo is a repository and what is in it.
type Repo struct {
	Name, Description string
	Public            bool
	Files             map[string]string // by path
	Labels            []Label           // beside those that GitHub puts into every new one
	Milestones        []Milestone
	Issues            []Issue // numbered from 1
}

// Label is a label; without a colour it is grey.
type Label struct{ Name, Color, Description string }

// Milestone is an open milestone; Due may be zero.
type Milestone struct {
	Title, Description string
	Due                time.Time
}

// Issue is an issue.
type Issue struct {
	Title, Body string
	By          string // a login; the first person's if empty
	Labels      []string
	Milestone   string // its title
	Assignees   []string
	Closed      bool
	Comments    []Comment
}

// Comment is what somebody said on an issue.
type Comment struct{ By, Body string }

// Person is somebody whom one can act as.
type Person struct {
	Login, Name string
	Role        string // in every repository: read, triage, write, maintain or admin
	Outsider    bool   // no member of the organisation
	Teams       []string
}

// Fault is what is wrong at one place of a file.
type Fault struct {
	Line, Column int
	Text         string
}

// Faults are all that is wrong with a file, in its order.
type Faults []Fault

// Error lists the faults, a line for each.
func (f Faults) Error() string {
	var lines []string
	for _, one := range f {
		lines = append(lines, fmt.Sprintf("%d:%d: %s", one.Line, one.Column, one.Text))
	}
	return strings.Join(lines, "\n")
}

// Named gives each line of an error of [Parse] the file's name.
func Named(name string, err error) error {
	var f Faults
	if !errors.As(err, &f) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return errors.New(name + ":" + strings.ReplaceAll(f.Error(), "\n", "\n"+name+":"))
}

// Parse reads a world from YAML, or JSON, which is YAML too. The error is
// [Faults].
func Parse(data []byte) (*World, error) {
	r := &reader{}
	w := &World{Org: Org{Login: "acme"}, App: App{Slug: "stationmaster"}}
	if root := r.parse(data); root != nil {
		r.world(root, w)
	}
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b Fault) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, r.faults
	}
	return w, nil
}
