package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/scenario"
)

var (
	agendaMark = regexp.MustCompile(`^<!-- stationmaster:item/meeting/\d+ -->`)
	questioned = regexp.MustCompile(`(?m)^\*\*(\d+\.\d+)\*\* `)
)

// asked are the numbers of what an agenda has to decide, read from its text as a
// person would: a question with boxes below it.
func asked(body string) []string {
	if !agendaMark.MatchString(body) {
		return nil
	}
	var out []string
	found := questioned.FindAllStringSubmatchIndex(body, -1)
	for i, at := range found {
		end := len(body)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		if strings.Contains(body[at[1]:end], "\n- [") {
			out = append(out, body[at[2]:at[3]])
		}
	}
	return out
}

// drafts ticks or unticks one answer on an agenda, "1.2 yes", as the browser
// does: the whole text is sent. Without a name something else is changed in it.
func (w *wholeWorld) drafts(who *person, a scenario.Act) (bool, error) {
	var is issue
	at := fmt.Sprintf("/repos/%s/issues/%d", scenario.Tracking, a.Issue)
	if err := w.as("mara").do(w.ctx, http.MethodGet, at, nil, &is); err != nil || !agendaMark.MatchString(is.Body) {
		return false, err
	}
	body := is.Body
	if a.Name == "" {
		body += "\n\nA word of my own."
	} else if body = redraw(body, a); body == "" {
		return false, fmt.Errorf("#%d has no box %q", a.Issue, a.Name)
	}
	// Whoever ticks may not be let to edit the issue by the emulated API: a click
	// in the browser goes by the same right, so it fails alike.
	return true, who.do(w.ctx, http.MethodPatch, at, map[string]string{"body": body}, nil)
}

// redraw sets one box below the question of a number; "" when there is none.
func redraw(body string, a scenario.Act) string {
	number, option, _ := strings.Cut(a.Name, " ")
	lines := strings.Split(body, "\n")
	in := false
	for i, l := range lines {
		if m := questioned.FindStringSubmatch(l); m != nil {
			in = m[1] == number
		}
		if in && strings.HasPrefix(l, "- [") && strings.HasSuffix(l, "="+option+" -->") {
			mark := " "
			if a.On {
				mark = "x"
			}
			lines[i] = "- [" + mark + l[len("- [ "):]
			return strings.Join(lines, "\n")
		}
	}
	return ""
}

// configures commits another configuration to the tracking repository.
func (w *wholeWorld) configures(who *person, a scenario.Act) error {
	at := "/repos/" + scenario.Tracking + "/contents/" + config.RepositoryPath
	var there struct {
		SHA string `json:"sha"`
	}
	if err := who.do(w.ctx, http.MethodGet, at, nil, &there); err != nil {
		return err
	}
	in := map[string]string{"message": "Change the calendar", "sha": there.SHA, "content": base64.StdEncoding.EncodeToString([]byte(configOf(a.Setup)))}
	if err := who.do(w.ctx, http.MethodPut, at, in, nil); err != nil {
		return err
	}
	return w.settled()
}
