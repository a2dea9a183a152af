package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
)

// The contract: every answer and every webhook of the emulator is held to
// GitHub's published description, its schemas closed (package contract says
// how). Nothing here looks at content: only an exercise's own checks do.
//
// To add a route to the contract, add an exercise beside those of its area, in
// contract_<area>_test.go; a new area is a file with a table and one line in
// areas below. An exercise gets a new world each, and tells a story over the
// wire as different people:
//
//	{"a milestone is made and closed", func(d *driver) {
//		m := d.ask("maintainer", "POST "+up+"/milestones", `{"title":"M"}`, 201)
//		d.ask("maintainer", "PATCH "+up+"/milestones/"+m.text("number"), `{"state":"closed"}`, 200)
//		d.ask("outsider", "POST "+up+"/milestones", `{"title":"N"}`, 403)
//	}},
//
// Whom an exercise may ask as: a persona of the seed ("maintainer", "engineer",
// "reviewer", "security", "outsider"), "bot" (a fresh installation token),
// "app" (the App's JWT), "nobody", or "Bearer …" as it is.
//
// A route of the table fails the test unless some exercise was granted it; an
// event and action that the package can send fails it unless one was delivered.
// Where GitHub describes less than it serves, package contract has the list.
var areas = []area{
	{"app", appExercises},
	{"people", peopleExercises},
	{"repository", repositoryExercises},
	{"issues", issueExercises},
	{"comments", commentExercises},
	{"labels", labelExercises},
	{"milestones", milestoneExercises},
	{"kin", kinExercises},
	{"search", searchExercises},
	{"commits", commitExercises},
	{"checks", checkExercises},
	{"deployments", deploymentExercises},
	{"pulls", pullExercises},
	{"reviews", reviewExercises},
	{"organisation", organisationExercises},
	{"protocol", protocolExercises},
	{"moves", moveExercises},
	{"logins", loginExercises},
}

// area is the exercises of one file.
type area struct {
	name      string
	exercises []exercise
}

// exercise is one story, told over the wire to a world of its own.
type exercise struct {
	name string
	tell func(*driver)
}

// The seeded repositories' paths.
const (
	up   = "/repos/" + orgLogin + "/" + trackingRepo
	code = "/repos/" + orgLogin + "/" + codeRepo
)

func TestTheEmulatorKeepsGitHubsContract(t *testing.T) {
	d := contract.Load(t)
	sends := sendable(t, d)
	log := &tally{events: kinds(sends), routes: map[string]int{}, faults: map[string]int{}}
	watch := contract.NewWatch(d, log.fault)
	for _, a := range areas {
		for _, e := range a.exercises {
			t.Run(a.name+"/"+e.name, func(t *testing.T) { e.tell(newDriver(t, watch, log)) })
		}
	}
	for _, f := range slices.Sorted(maps.Keys(log.faults)) {
		t.Errorf("%d times: %s", log.faults[f], f)
	}
	if t.Failed() {
		return // what was not reached would only hide what is wrong
	}
	for _, rt := range table {
		if log.routes[rt.name()] == 0 {
			t.Errorf("%s: no exercise was granted it", rt.name())
		}
	}
	events := watch.Events()
	for _, e := range sends {
		if events[e] == 0 {
			t.Errorf("webhook %s: no exercise made it happen", e)
		}
	}
	for _, m := range d.Unneeded() {
		t.Errorf("the exception for %s is not needed any more, or not exercised", m)
	}
	answers := 0
	for _, n := range watch.Operations() {
		answers += n
	}
	t.Logf("validated %d operations (%d routes, %d answers) and %d events",
		len(watch.Operations()), len(log.routes), answers, len(events))
}

// tally collects what all exercises came to.
type tally struct {
	events []string       // to which the App of every exercise subscribes
	routes map[string]int // granted, by the route table's name

	mu     sync.Mutex // answers and webhooks are checked side by side
	faults map[string]int
}

func (y *tally) fault(f string) {
	if strings.Contains(f, "\n") {
		f = fmt.Sprintf("%q", f)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.faults[f]++
}

// kinds are the events without their actions, but for those that come to every
// App unasked.
func kinds(events []string) []string {
	var out []string
	for _, e := range events {
		kind, _, _ := strings.Cut(e, ".")
		if kind != "ping" && kind != "github_app_authorization" && !strings.HasPrefix(kind, "installation") {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// everyPermission is all that the routes ask of an App, each at its highest.
func everyPermission() map[string]string {
	rank := []string{"", "read", "write", "admin"}
	have := map[string]string{}
	for _, rt := range table {
		for _, one := range strings.FieldsFunc(rt.perm, func(r rune) bool { return r == ';' || r == ',' }) {
			name, level, _ := strings.Cut(strings.TrimSpace(one), "=")
			if slices.Index(rank, level) > slices.Index(rank, have[name]) {
				have[name] = level
			}
		}
	}
	return have
}
