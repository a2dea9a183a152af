package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/stationmaster-bot/stationmaster/internal/meter"
)

var (
	ourMetric = regexp.MustCompile(`\bstationmaster_\w+`)
	ourLabel  = regexp.MustCompile(`\b(\w+)=~?"`)
)

func TestTheSampleAlertsAskForWhatIsMeasured(t *testing.T) {
	data, err := os.ReadFile("../../deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For string
				Labels           struct{ Severity string }
				Annotations      struct{ Summary, Description string }
			}
		}
	}
	if err := yaml.Load(data, &file, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	known := map[string]meter.Metric{}
	for _, m := range meter.Table() {
		known[m.Name] = m
	}
	rules := 0
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			rules++
			if r.Alert == "" || r.Labels.Severity == "" || r.Annotations.Summary == "" || !strings.HasSuffix(r.Annotations.Description, ".") {
				t.Errorf("%s lacks a word", r.Alert)
			}
			if strings.Count(r.Expr, "(") != strings.Count(r.Expr, ")") || strings.Count(r.Expr, "{") != strings.Count(r.Expr, "}") {
				t.Errorf("%s: brackets do not close in %s", r.Alert, r.Expr)
			}
			labels := map[string]bool{"job": true}
			for _, name := range ourMetric.FindAllString(r.Expr+r.Annotations.Description, -1) {
				m, ok := known[strings.TrimSuffix(name, "_bucket")]
				if !ok || strings.HasSuffix(name, "_bucket") && m.Kind != "histogram" {
					if m, ok = known[name]; !ok {
						t.Errorf("%s: there is no %s", r.Alert, name)
					}
				}
				for _, l := range m.Labels {
					labels[l] = true
				}
			}
			for _, l := range ourLabel.FindAllStringSubmatch(r.Expr, -1) {
				if !labels[l[1]] {
					t.Errorf("%s: nothing it asks for has a label %s", r.Alert, l[1])
				}
			}
		}
	}
	if rules == 0 {
		t.Error("there are no alerts")
	}
}
