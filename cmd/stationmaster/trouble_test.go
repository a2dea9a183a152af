package main

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/hub"
	"github.com/stationmaster-bot/stationmaster/internal/process"
	"github.com/stationmaster-bot/stationmaster/internal/render"
	"github.com/stationmaster-bot/stationmaster/templates"
)

func TestAFaultyConfigurationLeavesTheLastGoodOneInForce(t *testing.T) {
	var log bytes.Buffer
	e := newTestWorld(t, func(o *worldOptions) { o.log = zerolog.New(zerolog.SyncWriter(&log)) })
	feature := e.feature(t, "Unimpressed")
	good := e.trouble(t)
	if good != "" {
		t.Errorf("a sound configuration is told to have faults: %s", good)
	}
	for _, c := range []struct{ name, file, text, says string }{
		{"an unknown key", ".github/stationmaster.yml", demoConfig + "\ncolour: red\n", `has no key "colour"`},
		{"a label of 51 characters", ".github/stationmaster.yml", demoConfig + "\nlabels: {prefix: " + strings.Repeat("p", 26) + "}\n", "longer than GitHub's 50"},
		{"no YAML", ".github/stationmaster.yml", "roles: [", "not YAML"},
		{"a process that is not there", ".github/stationmaster.yml", demoConfig + "\nprocess: .github/process.yml\n", "there is none"},
		{"unknown keys in the process", ".github/process.yml", "name: x\nstart: y\ncolour: red\n", "colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			log.Reset()
			e.pushes(t, c.file, c.text)
			e.commands(t, "engineer", feature, "/layers l1 l2").isDone(t)
			e.commands(t, "engineer", feature, "/layers l1").isDone(t)
			if is := e.issue(t, feature); !is.has("kind/feature", "layer/l1") {
				t.Errorf("it has %v", is.labels())
			}
			if !strings.Contains(log.String(), "the configuration has faults") {
				t.Error("nothing is logged")
			}
			if told := e.trouble(t); !strings.Contains(told, c.says) {
				t.Errorf("the departures tell %q, not %q", told, c.says)
			}
		})
	}
	e.pushes(t, ".github/stationmaster.yml", demoConfig)
	if told := e.trouble(t); told != "" {
		t.Errorf("it is mended, and the departures still tell %s", told)
	}
	e.nobodyFailed(t)
}

// trouble is what the departures tell of faults in the configuration, the next
// morning.
func (e *town) trouble(t *testing.T) string {
	t.Helper()
	if err := e.advance(context.Background(), e.world.github.Now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, told, found := strings.Cut(e.board(t).Body, "⚠️ The configuration")
	if !found {
		return ""
	}
	told, _, _ = strings.Cut(told, "\n\n")
	return told
}

func TestATemplateThatFailsStopsNoDecision(t *testing.T) {
	broken := overlaid(t, map[string]string{
		"words/reply.md":   `{{define "reply"}}{{index .parts 99}}{{end}}`,
		"pages/feature.md": `{{template "reply" .}}`,
	})
	e := newTestWorld(t, prepared(func(s *station) (err error) {
		s.bot.Renderer, err = render.New(broken)
		return err
	}))
	feature := e.feature(t, "Speechless")
	a := e.commands(t, "engineer", feature, "/layers l1", "/submit betanet")
	a.says(t, "confused", "could not be rendered")
	if strings.Contains(a.replies[0], "99") {
		t.Errorf("the reply shows the template's own words: %s", a.replies[0])
	}
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	if is := e.issue(t, feature); !is.has("layer/l1", "submitted/alphanet") {
		t.Errorf("it has %v", is.labels())
	}
	if len(e.failures(t)) > 0 {
		t.Error("a decision was set aside for a text's sake")
	}
}

// overlaid are the bundled templates with some files replaced; definitions that
// a file had besides stay, as others name them.
func overlaid(t *testing.T, changes map[string]string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(templates.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templates.Files, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range changes {
		if out[name] == nil {
			t.Fatalf("there is no template %s", name)
		}
		data := text
		if head, rest, ok := strings.Cut(string(out[name].Data), `{{define "reply"}}`); ok {
			_, rest, _ = strings.Cut(rest, "{{define ")
			data = head + text + "\n{{define " + rest
		}
		out[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return out
}

func TestADecisionThatPanicsIsSetAsideAndTheLineGoesOn(t *testing.T) {
	e := newTestWorld(t, prepared(func(s *station) error {
		decide := s.bot.Rules.Decide
		s.bot.Rules.Decide = func(p *process.Process, l *process.Line, e process.Event, a process.Answers) process.Decision {
			for _, line := range e.Lines {
				if line.Rest == "l2" {
					panic("a fault of ours")
				}
			}
			return decide(p, l, e, a)
		}
		return nil
	}))
	feature := e.feature(t, "Explosive")
	e.commands(t, "engineer", feature, "/layers l1").isDone(t)
	e.commands(t, "engineer", feature, "/layers l2")
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	if is := e.issue(t, feature); !is.has("layer/l1", "submitted/alphanet") || is.has("layer/l2") {
		t.Errorf("it has %v", is.labels())
	}
	traces := e.failures(t)
	if len(traces) != 1 || !strings.Contains(traces[0], "a fault of ours") || !strings.Contains(traces[0], "asked comment/") {
		t.Errorf("the ledger has %q", traces)
	}
	if err := e.station.store.Verify(context.Background(), e.cred.Owner+"/"+e.cred.Repo); err != nil {
		t.Error(err)
	}
}

// A roadblock answers look-ups of teams with an error while it is up.
type roadblock struct {
	up   atomic.Bool
	next http.RoundTripper
}

func (r *roadblock) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.up.Load() && strings.Contains(req.URL.Path, "/memberships/") {
		return &http.Response{
			StatusCode: http.StatusInternalServerError, Status: "500 Internal Server Error", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: http.NoBody, Request: req,
		}, nil
	}
	return r.next.RoundTrip(req)
}

func TestARoleThatCannotBeLookedUpClosesTheGateAndSaysSo(t *testing.T) {
	block := &roadblock{next: http.DefaultTransport}
	e := newTestWorld(t, prepared(func(s *station) error {
		h, err := hub.New(hub.Options{
			BaseURL: s.settings.APIURL, AppID: s.settings.AppID, PrivateKey: []byte(s.settings.PrivateKey.Reveal()),
			Transport: block, LabelStyle: labelStyle,
		})
		if err != nil {
			return err
		}
		s.bot.GitHub = h
		_, err = h.Login(context.Background())
		return err
	}))
	feature := e.feature(t, "Unknown hands")
	block.up.Store(true)
	e.commands(t, "engineer", feature, "/submit alphanet").says(t, "confused", "could not be checked", "GitHub answered 500")
	if is := e.issue(t, feature); is.has("submitted/alphanet") {
		t.Error("it was submitted by somebody whose role nobody could check")
	}
	block.up.Store(false)
	e.commands(t, "engineer", feature, "/submit alphanet").isDone(t)
	e.nobodyFailed(t)
}
