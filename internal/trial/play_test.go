package trial

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A play is one performance of a script in a town.
type play struct {
	*town
	script   *script
	patience time.Duration // with one round of one issue
	desks    int           // threads at the same time

	typed   atomic.Int64 // commands so far
	heard   chan struct{}
	mu      sync.Mutex
	numbers map[string]int   // of the issues, by name
	said    map[string]int64 // comments, by act
}

func newPlay(w *town, s *script) *play {
	return &play{
		town: w, script: s, patience: patience, desks: 16, heard: make(chan struct{}),
		numbers: map[string]int{}, said: map[string]int64{},
	}
}

// runs performs the script from its beginning to its end.
func (p *play) runs(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, ph := range p.script.phases {
		var threads sync.WaitGroup
		desks := make(chan struct{}, p.desks)
		for _, t := range ph.threads {
			desks <- struct{}{}
			threads.Go(func() {
				defer func() { <-desks }()
				if err := p.performs(ctx, t); err != nil {
					cancel(fmt.Errorf("%s: %w", ph.name, err))
				}
			})
		}
		threads.Wait()
		if err := context.Cause(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) performs(ctx context.Context, t *thread) error {
	for _, round := range t.rounds {
		for _, a := range round {
			if err := p.acts(ctx, a); err != nil {
				return fmt.Errorf("%s %s %q: %w", a.name, a.do, a.text, err)
			}
			if n := a.commands(); n > 0 {
				p.count(n)
			}
		}
		for _, a := range round {
			what := fmt.Sprintf("%s is answered: %s %s %q", a.name, a.who, a.do, a.text)
			if err := until(ctx, p.patience, what, func() (bool, error) { return p.answered(ctx, a) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// count tells those who wait for a number of commands.
func (p *play) count(n int) {
	p.typed.Add(int64(n))
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.heard)
	p.heard = make(chan struct{})
}

// reaches waits until so much of all commands has been typed; false when the play
// is over before.
func (p *play) reaches(ctx context.Context, share float64) bool {
	want := int64(share * float64(p.script.commands()))
	for {
		p.mu.Lock()
		heard := p.heard
		p.mu.Unlock()
		if p.typed.Load() >= want {
			return ctx.Err() == nil
		}
		select {
		case <-heard:
		case <-ctx.Done():
			return false
		}
	}
}

var nameForm = regexp.MustCompile(`\{([^}]+)\}`)

// fill puts numbers in the place of names.
func (p *play) fill(ctx context.Context, text string) (string, error) {
	var fault error
	out := nameForm.ReplaceAllStringFunc(text, func(name string) string {
		if name = strings.Trim(name, "{}"); name == "repo" {
			return p.repository()
		}
		n, err := p.number(ctx, name)
		fault = errors.Join(fault, err)
		return fmt.Sprint(n)
	})
	return out, fault
}

// number is that of an issue by its name; one that the bot opened is looked for.
func (p *play) number(ctx context.Context, name string) (int, error) {
	p.mu.Lock()
	n := p.numbers[name]
	p.mu.Unlock()
	if n != 0 {
		return n, nil
	}
	all, err := every[issue](ctx, p.town, "issues?state=all")
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(all, func(is issue) bool { return is.Title == name && is.PullReq == nil })
	if i < 0 {
		return 0, nil
	}
	p.knows(name, all[i].Number)
	return all[i].Number, nil
}

func (p *play) knows(name string, number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.numbers[name] = number
}

// acts does what a person does.
func (p *play) acts(ctx context.Context, a act) error {
	text, err := p.fill(ctx, a.text)
	if err != nil {
		return err
	}
	if a.do == opens {
		return p.opens(ctx, a)
	}
	if a.do == merges || a.do == names {
		return p.merges(ctx, a, text)
	}
	n, err := p.number(ctx, a.on)
	if err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("there is no issue %q", a.on))
	}
	at := fmt.Sprintf("issues/%d", n)
	switch a.do {
	case says:
		return p.says(ctx, a, at, text)
	case rewrites:
		p.mu.Lock()
		id := p.said[a.text]
		p.said[a.name] = id
		p.mu.Unlock()
		return p.as(ctx, a.who, http.MethodPatch, fmt.Sprintf("issues/comments/%d", id), map[string]string{"body": "I am sure.\n\n" + a.more}, nil)
	case labels:
		return p.as(ctx, a.who, http.MethodPost, at+"/labels", map[string][]string{"labels": {text}}, nil)
	case unlabels:
		return p.as(ctx, a.who, http.MethodDelete, at+"/labels/"+url.PathEscape(text), nil, nil)
	case describes:
		return p.as(ctx, a.who, http.MethodPatch, at, map[string]string{"body": text}, nil)
	case ticks:
		return p.ticks(ctx, a, at)
	case advances:
		return p.admin(ctx, http.MethodPost, "/clock", map[string]string{"advance": text}, nil)
	}
	return fmt.Errorf("nobody knows how")
}

func (p *play) says(ctx context.Context, a act, at, text string) error {
	var made comment
	if err := p.as(ctx, a.who, http.MethodPost, at+"/comments", map[string]string{"body": text}, &made); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said[a.name] = made.ID
	return nil
}

func (p *play) opens(ctx context.Context, a act) error {
	var made issue
	in := map[string]any{"title": a.on, "body": "What is wanted.", "labels": strings.Fields(a.text)}
	if err := p.as(ctx, a.who, http.MethodPost, "issues", in, &made); err != nil {
		return err
	}
	p.knows(a.on, made.Number)
	return nil
}

// merges opens a pull request in the code repository and merges it. One that
// names no feature has the label that asks for a tracking issue.
func (p *play) merges(ctx context.Context, a act, body string) error {
	code := "/repos/" + p.code()
	var pull struct{ Number int }
	in := map[string]string{"title": a.more, "body": body, "head": "topic-" + slug(a.on), "base": "main"}
	if a.do == names {
		in["body"] = "What this is for, I say later."
	}
	err := p.as(ctx, a.who, http.MethodPost, code+"/pulls", in, &pull)
	if err == nil && !strings.Contains(body, "Feature:") {
		at := fmt.Sprintf("%s/issues/%d/labels", code, pull.Number)
		err = p.as(ctx, a.who, http.MethodPost, at, map[string][]string{"labels": {"feature"}}, nil)
	}
	if err == nil {
		err = p.as(ctx, a.who, http.MethodPut, fmt.Sprintf("%s/pulls/%d/merge", code, pull.Number), map[string]string{}, nil)
	}
	if err == nil && a.do == names {
		err = p.as(ctx, a.who, http.MethodPatch, fmt.Sprintf("%s/pulls/%d", code, pull.Number), map[string]string{"body": body}, nil)
	}
	return err
}

// ticks ticks all boxes of the issue's newest checklist, when it is there.
func (p *play) ticks(ctx context.Context, a act, at string) error {
	var list comment
	err := until(ctx, p.patience, "there is a checklist", func() (bool, error) {
		all, err := every[comment](ctx, p.town, at+"/comments")
		for _, c := range all {
			if strings.HasPrefix(c.marker(), "checklist/alphanet-acceptance") {
				list = c
			}
		}
		return list.ID != 0, err
	})
	if err != nil {
		return err
	}
	body := strings.ReplaceAll(list.Body, "- [ ] ", "- [x] ")
	return p.as(ctx, a.who, http.MethodPatch, fmt.Sprintf("issues/comments/%d", list.ID), map[string]string{"body": body}, nil)
}

// answered looks whether an act has been decided.
func (p *play) answered(ctx context.Context, a act) (bool, error) {
	n, err := p.number(ctx, a.on)
	if err != nil || n == 0 {
		return false, err
	}
	at := fmt.Sprintf("issues/%d", n)
	if a.commands() > 0 {
		p.mu.Lock()
		id := p.said[a.name]
		p.mu.Unlock()
		var c comment
		err := p.as(ctx, "maintainer", http.MethodGet, fmt.Sprintf("issues/comments/%d", id), nil, &c)
		if err != nil || c.Reactions.Rocket+c.Reactions.Confused == 0 {
			return false, err
		}
	}
	if len(a.has)+len(a.lacks) > 0 || a.owner != "" {
		var is issue
		if err := p.as(ctx, "maintainer", http.MethodGet, at, nil, &is); err != nil {
			return false, err
		}
		there := func(l string) bool { return slices.Contains(is.labels(), l) }
		absent := func(l string) bool { return !there(l) }
		if slices.ContainsFunc(a.has, absent) || slices.ContainsFunc(a.lacks, there) {
			return false, nil
		}
		if a.owner != "" && (len(is.Assignees) != 1 || is.Assignees[0].Login != a.owner) {
			return false, nil
		}
	}
	if len(a.shows) == 0 {
		return true, nil
	}
	all, err := every[comment](ctx, p.town, at+"/comments")
	if err != nil {
		return false, err
	}
	for _, words := range a.shows {
		if !slices.ContainsFunc(all, func(c comment) bool { return c.marker() != "" && strings.Contains(c.Body, words) }) {
			return false, nil
		}
	}
	return true, nil
}
