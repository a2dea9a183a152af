package render

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"text/template"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Renderer turns texts and items into Markdown. It is safe for use by many
// goroutines at once.
type Renderer struct {
	set   *template.Template
	where map[string]string
	// plain are texts without arguments, which are always the same: what roles and
	// networks are called, the titles of sections, most options.
	plain sync.Map // key → Markdown
	// agendas are the topics of each repository's agenda as last rendered.
	agendas sync.Map // repository → map[topicKey]saidTopic
}

// New reads all templates of the file system and checks them: a template that
// does not parse, calls an unknown function, names a missing template or is
// defined twice is a fault with its file and line, and all faults are returned
// at once.
func New(fsys fs.FS) (*Renderer, error) {
	r := &Renderer{}
	funcs := r.functions()
	l := &loader{
		set:   template.New("").Option("missingkey=error").Funcs(funcs),
		funcs: funcs,
		where: map[string]string{},
	}
	if err := l.load(fsys); err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	r.set, r.where = l.set, l.where
	return r, nil
}

// Render returns a text as Markdown, "" for the zero Text, cut at the end of a
// line if it is longer than GitHub takes. An unknown key, or
// an argument that the template asks for and the text lacks, is an error.
func (r *Renderer) Render(t process.Text) (string, error) {
	out, err := r.text(t)
	return cut(string(out), maxBody), err
}

func (r *Renderer) defines(key string) bool {
	_, ok := r.where[key]
	return ok
}

// text renders a text within another. The reply to commands has a view of its own.
func (r *Renderer) text(t process.Text) (Markdown, error) {
	if t.Empty() {
		return "", nil
	}
	if t.Key == replyKey {
		return r.replyText(t.Args)
	}
	if !r.defines(t.Key) {
		return "", fmt.Errorf("say %q: no template defines it", t.Key)
	}
	if len(t.Args) > 0 {
		return r.execute(t.Key, t.Args)
	}
	if said, ok := r.plain.Load(t.Key); ok {
		return said.(Markdown), nil
	}
	said, err := r.execute(t.Key, t.Args)
	if err == nil {
		r.plain.Store(t.Key, said)
	}
	return said, err
}

// execute runs a template on arguments or on a view, made harmless.
func (r *Renderer) execute(name string, view any) (Markdown, error) {
	data, err := converter{say: r.text}.value(view, 0)
	if err != nil {
		return "", fmt.Errorf("say %q: %w", name, err)
	}
	var b strings.Builder
	b.Grow(256) // most are a sentence
	if err := r.set.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return Markdown(tidy(b.String())), nil
}

// tidy removes the space that control lines of templates leave behind: at the ends
// of lines, and all but one of several blank lines.
func tidy(s string) string {
	if !strings.Contains(s, "\n") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimRight(line, " \t"); line == "" {
			blank = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if blank {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line)
		blank = false
	}
	return strings.TrimSpace(b.String())
}
