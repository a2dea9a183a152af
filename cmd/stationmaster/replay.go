package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
	"github.com/stationmaster-bot/stationmaster/internal/hook"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/templates"
)

// replayCmd decides recorded deliveries one after another on an empty line, and
// prints what was decided and why. Nothing is asked of GitHub and nothing is
// written: who has which role is told by --role.
type replayCmd struct {
	Files  []string          `arg:"" help:"Recorded deliveries, one JSON a file: {\"event\", \"delivery\", \"payload\"}."`
	Config string            `placeholder:"FILE" help:"The repository's stationmaster.yml."`
	Role   map[string]string `placeholder:"LOGIN=ROLE,…" help:"Who has which roles, as ada=engineer,security; a role nobody names could not be checked."`
	Bot    string            `default:"stationmaster[bot]" help:"The App's own login."`
	JSON   bool              `name:"json" help:"Print the decisions as JSON, one a line."`
}

// recorded is one delivery as a file holds it.
type recorded struct {
	Event    string          `json:"event"`
	Delivery string          `json:"delivery"`
	Payload  json.RawMessage `json:"payload"`
}

// Run decides and prints.
func (r *replayCmd) Run(c *console) error {
	settings := config.Absent()
	if r.Config != "" {
		data, err := os.ReadFile(r.Config)
		if err != nil {
			return usageError{err}
		}
		if settings, err = config.LoadRepository(data); err != nil {
			return usageError{fmt.Errorf("%s", located(r.Config, err))}
		}
	}
	p, err := loadProcess(templates.Files, nil, settingsOf(settings))
	if err != nil {
		return err
	}
	words, err := render.New(templates.Files)
	if err != nil {
		return err
	}
	translator := hook.NewTranslator(hook.World{Bot: func() string { return r.Bot }})
	lines := map[string]*process.Line{}
	for _, name := range r.Files {
		events, err := events(translator, name)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", name, err)}
		}
		fmt.Fprintf(c.out, "%s: events: %d\n", name, len(events))
		for _, e := range events {
			if lines[e.Repo] == nil {
				lines[e.Repo] = process.NewLine(e.Repo)
			}
			d := process.Decide(p, lines[e.Repo], e, r.answers(p, lines[e.Repo], e))
			lines[e.Repo].Put(d.Changed...)
			if err := r.print(c.out, words, e, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// events reads a recorded delivery.
func events(t *hook.Translator, name string) ([]process.Event, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var in recorded
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	var where struct {
		Installation struct {
			ID int64 `json:"id"`
		} `json:"installation"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(in.Payload, &where); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return t.Translate(bot.Delivery{ID: in.Delivery, Event: in.Event, Installation: where.Installation.ID, Repo: where.Repository.FullName, Payload: in.Payload})
}

// answers gives the roles of the command line to all that is asked.
func (r *replayCmd) answers(p *process.Process, l *process.Line, e process.Event) process.Answers {
	a := process.Answers{Roles: map[string]map[process.Role]process.Verdict{}, Issue: e.Issue, Trouble: "Replay asks nobody: tell who has which role with --role"}
	for login, roles := range process.Ask(p, l, e).Roles {
		has, told := r.Role[login]
		known := map[process.Role]process.Verdict{}
		for _, role := range roles {
			all := []process.Role{role}
			if role == process.AllRoles || role == process.AnyRole {
				all = p.Settings.Roles
			}
			for _, one := range all {
				known[one] = process.Unknown
				if told {
					known[one] = process.No
				}
				for h := range strings.SplitSeq(has, ",") {
					if strings.TrimSpace(h) == string(one) {
						known[one] = process.Yes
					}
				}
			}
		}
		a.Roles[login] = known
	}
	return a
}

// print shows a decision: outcomes with their reasons, then what would be done.
func (r *replayCmd) print(out io.Writer, words *render.Renderer, e process.Event, d process.Decision) error {
	if r.JSON {
		return json.NewEncoder(out).Encode(map[string]any{"event": e.Key, "decision": d})
	}
	fmt.Fprintf(out, "  %s (%s)\n", e.Key, e.What)
	if d.Skipped != "" {
		fmt.Fprintf(out, "    skipped: %s\n", d.Skipped)
	}
	for _, part := range d.Parts {
		head, err := words.Render(part.Outcome.Head)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "    %s: %s\n", part.Line.Text, oneLine(string(part.Outcome.State), part.Outcome.Rule, head))
		if err := tree(out, words, part.Outcome.Why, "      "); err != nil {
			return err
		}
	}
	for _, it := range d.Changed {
		fmt.Fprintf(out, "    %s is at %s\n", it.ID, it.Stage)
	}
	for _, a := range d.Actions {
		fmt.Fprintf(out, "    would %s\n", oneLine(string(a.Do), a.Label, a.Title, a.Words.Key, a.Login, a.Reaction, where(a)))
	}
	return nil
}

// where says on which issue an action is done.
func where(a process.Action) string {
	switch {
	case a.Item != "":
		return "on " + string(a.Item)
	case a.Issue != 0:
		return fmt.Sprintf("on %s#%d", a.Repo, a.Issue)
	}
	return ""
}

// oneLine puts words beside one another, whatever lines they came in.
func oneLine(words ...string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// tree prints a tree of reasons, a line each.
func tree(out io.Writer, words *render.Renderer, why process.Why, indent string) error {
	if why.Gate == "" && len(why.Of) == 0 {
		return nil
	}
	evidence := ""
	if !why.Evidence.Empty() {
		var err error
		if evidence, err = words.Render(why.Evidence); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s%s\n", indent, oneLine(string(why.Verdict), why.Gate, why.Rule, evidence))
	for _, part := range why.Of {
		if err := tree(out, words, part, indent+"  "); err != nil {
			return err
		}
	}
	return nil
}
