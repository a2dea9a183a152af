package site

import (
	"net/url"
	"strings"
	"testing"
)

const everyField = `name: Feature
description: Something that travels
title: "[feature] "
labels: kind/feature, layer/l1
assignees: [ada]
body:
  - type: markdown
    attributes: {value: "**Read** this first."}
  - type: input
    id: owner
    attributes: {label: Owner}
  - type: textarea
    id: what
    attributes: {label: What it is, value: by default}
    validations: {required: true}
  - type: textarea
    attributes: {label: Log, render: shell}
  - type: dropdown
    id: layers
    attributes: {label: Layers, multiple: true, options: [L1, L2]}
  - type: dropdown
    attributes: {label: Network, options: [Alphanet, Betanet], default: 1}
  - type: dropdown
    attributes: {label: Size, options: [1, 2]}
  - type: checkboxes
    attributes:
      label: Before
      options:
        - {label: I looked, required: true}
        - {label: I asked}
`

func TestAFormsAnswersBecomeTheTextThatGitHubMakesOfThem(t *testing.T) {
	f := readForm("feature.yml", everyField)
	if f.Fault != "" {
		t.Fatal(f.Fault)
	}
	if strings.Join(f.Labels, "|") != "kind/feature|layer/l1" || strings.Join(f.Assignees, "|") != "ada" {
		t.Errorf("labels %q, assignees %q", f.Labels, f.Assignees)
	}
	if f.answer(url.Values{}) {
		t.Error("without the needed answers it was complete")
	}
	if f.Fields[2].Fault == "" || f.Fields[7].Fault == "" {
		t.Error("the missing answers are not marked")
	}
	complete := f.answer(url.Values{"title": {"T"}, "answer-2": {" It is\r\nfast. "}, "answer-3": {"$ go"},
		"answer-4": {"L1", "L2"}, "answer-5": {""}, "answer-7": {"I looked"}})
	want := "### Owner\n\n_No response_\n\n### What it is\n\nIt is\nfast.\n\n### Log\n\n```shell\n$ go\n```\n\n" +
		"### Layers\n\nL1, L2\n\n### Network\n\nNone\n\n### Size\n\nNone\n\n### Before\n\n- [x] I looked\n- [ ] I asked"
	if got := f.body(); !complete || got != want {
		t.Errorf("complete %v, body\n%s\nwant\n%s", complete, got, want)
	}
}

func TestAFormBeginsWithItsDefaultsAndWithWhatTheAddressSays(t *testing.T) {
	f := readForm("feature.yml", everyField)
	f.begin(url.Values{"owner": {"rui"}, "layers": {"L2"}})
	if f.Title != "[feature] " || f.Fields[1].Answer != "rui" || f.Fields[2].Answer != "by default" ||
		!f.Fields[4].Has("L2") || f.Fields[4].Has("L1") || !f.Fields[5].Has("Betanet") {
		t.Errorf("began as %+v", f)
	}
}

func TestFilesThatAreNoFormsSayWhy(t *testing.T) {
	for name, tc := range map[string]struct{ text, fault string }{
		"not YAML":       {"a: [", "yaml"},
		"no body":        {"name: x", "no body"},
		"unknown type":   {"name: x\nbody: [{type: slider, attributes: {label: a}}]", `unknown type "slider"`},
		"no label":       {"name: x\nbody: [{type: input}]", "no label"},
		"no options":     {"name: x\nbody: [{type: dropdown, attributes: {label: a}}]", "no options"},
		"wrong contents": {"name: x\nbody: {}", "yaml"},
	} {
		if got := readForm("x.yml", tc.text).Fault; !strings.Contains(got, tc.fault) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAMarkdownTemplateGivesTitleLabelsAndText(t *testing.T) {
	f := readForm("bug.md", "---\nname: Bug\nabout: It broke\ntitle: 'bug: '\nlabels: bug\n---\n\nWhat broke?\n")
	if f.Name != "Bug" || f.About != "It broke" || f.Title != "bug: " || len(f.Labels) != 1 || f.Text != "What broke?\n" {
		t.Errorf("read as %+v", f)
	}
	if f := readForm("plain.md", "Only text"); f.Name != "plain.md" || f.Text != "Only text" || f.Fault != "" {
		t.Errorf("read as %+v", f)
	}
}

func FuzzFormsAreReadOrRefused(f *testing.F) {
	f.Add("x.yml", everyField)
	f.Add("x.md", "---\nlabels: [a, b]\n---\ntext")
	f.Fuzz(func(t *testing.T, file, text string) {
		form := readForm(file, text)
		form.begin(url.Values{"owner": {text}})
		form.answer(url.Values{"answer-0": {text}})
		if body := form.body(); form.Fault != "" && strings.Contains(form.Fault, "\n") {
			t.Errorf("the fault has several lines: %q %q", form.Fault, body)
		}
	})
}
