package scenario

import (
	"fmt"
	"regexp"
	"strings"
)

// A Script is a file of stories.
type Script struct {
	Stories []Story
}

// A Story is a title and its steps, those told before every story included.
type Story struct {
	Title string
	Line  int
	Steps []Step
}

// A Step is one phrase at its place in the file.
type Step struct {
	Line int
	Text string
	do   func(*telling) error
	// given is for what the world is like before anything is done.
	given bool
}

// A Fault is a line that is no phrase, or half of one.
type Fault struct {
	File    string
	Line    int
	Message string
}

// Error names the place and what is wrong.
func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// Faults are all faults of a file.
type Faults []Fault

// Error lists the faults, one a line.
func (f Faults) Error() string {
	var lines []string
	for _, one := range f {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// arrow parts an act from what is expected of it.
var arrow = regexp.MustCompile(`\s+(?:→|=>)\s+`)

// Parse reads a file of stories; the error is [Faults] with all that is wrong.
func Parse(file, text string) (Script, error) {
	p := &parser{file: file}
	for i, line := range strings.Split(text, "\n") {
		p.line(i+1, strings.TrimRight(line, " \t\r"))
	}
	p.finish()
	if len(p.faults) > 0 {
		return Script{}, p.faults
	}
	return p.script, nil
}

type parser struct {
	file   string
	script Script
	shared []Step
	open   *block // a comment whose lines follow, indented
	faults Faults
}

// A block is a comment of several lines.
type block struct {
	at    int
	text  string
	build func(lines []typed) (func(*telling) error, error)
	lines []typed
}

// typed is one line of a comment and what is expected of it.
type typed struct {
	text   string
	expect []*expectation // nil: whatever, but done
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, Fault{p.file, line, fmt.Sprintf(format, args...)})
}

func (p *parser) line(n int, text string) {
	trimmed := strings.TrimSpace(text)
	if p.open != nil && trimmed != "" && strings.HasPrefix(text, " ") {
		said, expect, err := split(trimmed)
		if err != nil {
			p.fault(n, "%v", err)
		}
		p.open.lines = append(p.open.lines, typed{said, expect})
		return
	}
	if trimmed == "" || strings.HasPrefix(trimmed, "#") {
		return
	}
	p.shut()
	if title, ok := strings.CutPrefix(trimmed, "scenario "); ok {
		p.script.Stories = append(p.script.Stories, Story{Title: title, Line: n, Steps: append([]Step(nil), p.shared...)})
		return
	}
	for part := range strings.SplitSeq(trimmed, ";") {
		p.phrase(n, strings.TrimSpace(part))
	}
}

// phrase finds the one phrase that the text is.
func (p *parser) phrase(n int, text string) {
	said, expect, err := split(text)
	if err != nil {
		p.fault(n, "%v", err)
		return
	}
	for _, ph := range phrases {
		m := ph.form.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		if ph.block != nil {
			p.open = &block{at: n, text: text, build: func(lines []typed) (func(*telling) error, error) { return ph.block(m[1:], lines) }}
			return
		}
		do, err := ph.make(m[1:], expect)
		if err != nil {
			p.fault(n, "%v", err)
			return
		}
		p.add(Step{Line: n, Text: text, do: do, given: strings.HasPrefix(text, "given ")})
		return
	}
	p.fault(n, "no phrase of a story: %q", text)
}

func (p *parser) add(s Step) {
	if last := len(p.script.Stories) - 1; last >= 0 {
		p.script.Stories[last].Steps = append(p.script.Stories[last].Steps, s)
		return
	}
	p.shared = append(p.shared, s)
}

// shut ends a comment of several lines.
func (p *parser) shut() {
	b := p.open
	p.open = nil
	if b == nil {
		return
	}
	if len(b.lines) == 0 {
		p.fault(b.at, "the lines of the comment are missing: indent them below")
		return
	}
	do, err := b.build(b.lines)
	if err != nil {
		p.fault(b.at, "%v", err)
		return
	}
	p.add(Step{Line: b.at, Text: b.text, do: do})
}

func (p *parser) finish() {
	p.shut()
	if len(p.script.Stories) == 0 && len(p.shared) > 0 {
		p.script.Stories = []Story{{Title: "as told", Line: 1, Steps: p.shared}}
	}
	for _, s := range p.script.Stories {
		if len(s.Steps) == 0 {
			p.fault(s.Line, "the story %q tells nothing", s.Title)
		}
	}
	if len(p.script.Stories) == 0 && len(p.faults) == 0 {
		p.fault(1, "the file tells no story")
	}
}

// split parts a phrase from what is expected of it.
func split(text string) (string, []*expectation, error) {
	at := arrow.FindAllStringIndex(text, -1)
	if len(at) == 0 {
		return text, nil, nil
	}
	last := at[len(at)-1]
	var expect []*expectation
	for part := range strings.SplitSeq(text[last[1]:], " / ") {
		e, err := parseExpectation(part)
		if err != nil {
			return text, nil, err
		}
		expect = append(expect, e)
	}
	return text[:last[0]], expect, nil
}
