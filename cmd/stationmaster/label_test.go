package main

import (
	"sync"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// ourLabels are the bot's fixed labels. Worlds begin with them: to make them
// one by one takes the bot longer than most tests.
var ourLabels = sync.OnceValue(func() []emulator.Label {
	p, err := loadProcess(templates.Files, nil, process.Settings{})
	if err != nil {
		panic(err) // the bundled process is tested elsewhere
	}
	var out []emulator.Label
	for _, name := range p.FixedLabels() {
		color, description := labelStyle(name)
		out = append(out, emulator.Label{Name: name, Color: color, Description: description})
	}
	return out
})

// repositoryLabels are those of the tracking repository, by name.
func (e *town) repositoryLabels(t *testing.T) map[string]emulator.Label {
	t.Helper()
	var all []emulator.Label
	e.sees(t, "/labels?per_page=100", &all)
	out := map[string]emulator.Label{}
	for _, l := range all {
		out[l.Name] = l
	}
	return out
}

const makesALabel = "POST /repos/{owner}/{repo}/labels"

func TestTheBotMakesAllItsLabels(t *testing.T) {
	e := newTestWorld(t, func(o *worldOptions) { o.github.Labels = nil })
	e.board(t)
	there := e.repositoryLabels(t)
	for _, want := range ourLabels() {
		if got := there[want.Name]; got != want {
			t.Errorf("%s is %+v, not %+v", want.Name, got, want)
		}
	}
	if made := e.world.github.Requests().ByRoute[makesALabel]; made < len(ourLabels()) {
		t.Errorf("only %d were made by the bot", made)
	}
	e.nobodyFailed(t)
}

func TestTheBotMakesNoLabelThatIsThere(t *testing.T) {
	e := newTestWorld(t)
	e.board(t)
	if made := e.world.github.Requests().ByRoute[makesALabel]; made != 0 {
		t.Errorf("%d labels were made anew", made)
	}
}
