package hub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// maxLabel is how many characters a label's name may have.
const maxLabel = 50

// addLabel puts a label on, and makes it first if the repository has none of
// that name: GitHub would make a grey one.
func addLabel(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if err := t.ensureLabels(ctx, d.Label); err != nil {
		return process.Result{}, err
	}
	_, err := t.call(ctx, post, issuePath(d)+"/labels", map[string][]string{"labels": {d.Label}}, nil)
	return process.Result{Number: d.Number}, err
}

// removeLabel takes one label off; that it is not there is as good.
func removeLabel(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if err := checkLabel(d.Label); err != nil {
		return process.Result{}, err
	}
	_, err := t.call(ctx, del, issuePath(d)+"/labels/"+url.PathEscape(d.Label), nil, nil)
	var refused *github.ErrorResponse
	if errors.As(err, &refused) && refused.Message == "Label does not exist" {
		err = nil
	}
	return process.Result{Number: d.Number}, err
}

func checkLabel(name string) error {
	if n := utf8.RuneCountInString(name); n > maxLabel {
		return bot.Never{Cause: fmt.Sprintf("the label %s has %d characters and GitHub takes %d", name, n, maxLabel)}
	}
	if strings.TrimSpace(name) == "" || !sound(name) || !utf8.ValidString(name) {
		return bot.Never{Cause: fmt.Sprintf("%q cannot be the name of a label", name)}
	}
	return nil
}

// ensureLabels makes those labels that the repository does not have.
func (t *trip) ensureLabels(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := checkLabel(name); err != nil {
			return err
		}
		known, err := t.h.labels.has(ctx, t, name)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if err := t.createLabel(ctx, name); err != nil {
			return err
		}
		t.h.labels.add(t.fullName(), name)
	}
	return nil
}

// grey is the colour of a label that GitHub made because somebody used it.
const grey = "ededed"

// makeLabels makes the labels that are missing, and gives those that GitHub made
// by itself their colour and description. What people have coloured stays.
func makeLabels(ctx context.Context, t *trip, d bot.Deed) (process.Result, error) {
	if err := t.ensureLabels(ctx, d.Labels...); err != nil {
		return process.Result{}, err
	}
	ours := map[string]string{}
	for _, name := range d.Labels {
		ours[strings.ToLower(name)] = name
	}
	for page := 1; page != 0; {
		var labels []*github.Label
		resp, err := t.call(ctx, get, fmt.Sprintf("labels?per_page=100&page=%d", page), nil, &labels)
		if err != nil {
			return process.Result{}, err
		}
		for _, l := range labels {
			if ours[strings.ToLower(l.GetName())] == "" || l.GetColor() != grey || l.GetDescription() != "" {
				continue
			}
			if _, err := t.call(ctx, patch, "labels/"+url.PathEscape(l.GetName()), t.style(l.GetName()), nil); err != nil {
				return process.Result{}, err
			}
		}
		page = resp.NextPage
	}
	return process.Result{}, nil
}

// style is how a label of the name looks.
func (t *trip) style(name string) map[string]string {
	color, description := grey, ""
	if t.h.opts.LabelStyle != nil {
		color, description = t.h.opts.LabelStyle(name)
	}
	return map[string]string{"color": strings.TrimPrefix(color, "#"), "description": clip(description, 100)}
}

func (t *trip) createLabel(ctx context.Context, name string) error {
	ask := t.style(name)
	ask["name"] = name
	_, err := t.call(ctx, post, "labels", ask, nil)
	if exists(err) {
		return nil
	}
	return err
}

func (t *trip) fullName() string { return t.owner + "/" + t.repo }

// A labelBook remembers which labels repositories have, without regard to case.
// It is forgotten when a webhook says that a list changed.
type labelBook struct {
	mu   sync.Mutex
	have map[string]map[string]bool // repository → labels; nil until asked for
}

// mostLabels bounds the pages that are read of a repository's labels.
const mostLabels = 20 * 100

// has reports whether the repository has the label. The first question reads
// the whole list, so that a new pipeline costs one request and not dozens.
func (b *labelBook) has(ctx context.Context, t *trip, name string) (bool, error) {
	repo := strings.ToLower(t.fullName())
	b.mu.Lock()
	have, known := b.have[repo]
	found := have[strings.ToLower(name)]
	b.mu.Unlock()
	if known {
		return found, nil
	}
	have = map[string]bool{}
	for page := 1; page != 0 && len(have) < mostLabels; {
		var labels []*github.Label
		resp, err := t.call(ctx, get, fmt.Sprintf("labels?per_page=100&page=%d", page), nil, &labels)
		if err != nil {
			return false, err
		}
		for _, l := range labels {
			have[strings.ToLower(l.GetName())] = true
		}
		page = resp.NextPage
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.have == nil {
		b.have = map[string]map[string]bool{}
	}
	b.have[repo] = have
	return have[strings.ToLower(name)], nil
}

func (b *labelBook) add(repo, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if have := b.have[strings.ToLower(repo)]; have != nil {
		have[strings.ToLower(name)] = true
	}
}

func (b *labelBook) forget(repo string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.have, strings.ToLower(repo))
}
