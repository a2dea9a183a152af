package render

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func TestFaultsOfTemplatesNameFileAndLine(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a template cut short", map[string]string{"words/a.md": "{{define \"a.b\"}}\n{{if .x}}\n"}, []string{"words/a.md:3"}},
		{"an unknown function", map[string]string{"words/a.md": "\n{{define \"a.b\"}}{{shout .x}}{{end}}"}, []string{"words/a.md:2", `"shout"`}},
		{"a function that prints unsafely", map[string]string{"words/a.md": `{{define "a.b"}}{{html .x}}{{end}}`}, []string{"words/a.md:1", `"html"`}},
		{"a template that is not there", map[string]string{"words/a.md": "{{define \"a.b\"}}\n{{template \"a.c\" .}}{{end}}"}, []string{"words/a.md:2", `"a.c" is not defined`}},
		{"words that are not there", map[string]string{"words/a.md": "{{define \"a.b\"}}\n{{if .x}}{{say \"a.c\"}}{{end}}{{end}}"}, []string{"words/a.md:2", `"a.c" is not defined`}},
		{"words outside of define", map[string]string{"words/a.md": "lost\n{{define \"a.b\"}}x{{end}}"}, []string{"words/a.md", "never said"}},
		{"words defined twice", map[string]string{"words/a.md": `{{define "a.b"}}x{{end}}`, "words/b.md": `{{define "a.b"}}y{{end}}`}, []string{"words/b.md", "words/a.md already"}},
		{"a comment defined as a word too", map[string]string{"words/a.md": `{{define "comment.x"}}x{{end}}`, "comments/x.md": "y"}, []string{"comments/x.md", "words/a.md already"}},
		{"two faults at once", map[string]string{"words/a.md": "{{nope}}", "pages/b.md": "{{end}}"}, []string{"words/a.md:1", "pages/b.md:1"}},
		{"nothing at all", map[string]string{"readme.md": "x"}, []string{"no templates"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := New(fsys)
			for _, want := range tt.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
		})
	}
}

func TestAMissingArgumentOrKeyIsAnError(t *testing.T) {
	r, err := New(fstest.MapFS{"words/a.md": {Data: []byte("{{define \"a.b\"}}\n{{.x}}{{end}}{{define \"a.c\"}}{{if has . \"x\"}}{{.x}}{{end}}{{end}}{{define \"a.d\"}}{{.x.y}}{{end}}")}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]process.Text{
		`words/a.md:2`:                 process.Say("a.b", "y", 1),
		`no template defines it`:       process.Say("a.x"),
		`map has no entry for key "y"`: process.Say("a.d", "x", map[string]any{}),
		`a template cannot have a`:     process.Say("a.b", "x", func() {}),
	} {
		if _, err := r.Render(want); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: error %v, want %q in it", want.Key, err, text)
		}
	}
	for _, text := range []process.Text{process.Say("a.c"), {}} {
		if got, err := r.Render(text); got != "" || err != nil {
			t.Errorf("%q says %q, %v", text.Key, got, err)
		}
	}
	type ring struct{ Next any }
	endless := &ring{}
	endless.Next = endless
	if _, err := r.Render(process.Say("a.b", "x", endless)); err == nil {
		t.Error("a value nested without end is rendered")
	}
}
