package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/config"
)

// files is what the registry reads of GitHub.
type files interface {
	File(ctx context.Context, installation int64, repo, path string) ([]byte, error)
	Repositories(ctx context.Context, installation int64) ([]string, error)
}

// A registry knows which repositories are tracking ones and by which process.
// It reads their configuration from GitHub and keeps it until a push touches
// it, or for a while. A configuration with faults leaves the last good one in
// force. Without any configuration in the installation every repository is one
// where the bot may be commanded.
type registry struct {
	github    files
	templates fs.FS
	log       zerolog.Logger
	keep      time.Duration

	mu    sync.Mutex
	known map[int64]*register
}

// register is one installation's part.
type register struct {
	read  time.Time
	names []string             // of all its repositories
	repos map[string]*tracking // by lower-case name; nil where none is declared
}

// tracking is a repository with its process.
type tracking struct {
	name    string
	tracked *bot.Tracked
	path    string // of its own process file, "" for the bundled one
}

var _ bot.Processes = (*registry)(nil)

func newRegistry(github files, templates fs.FS, log zerolog.Logger) *registry {
	return &registry{github: github, templates: templates, log: log, keep: 10 * time.Minute, known: map[int64]*register{}}
}

// Process implements [bot.Processes].
func (r *registry) Process(ctx context.Context, installation int64, repo string) (*bot.Tracked, error) {
	t, err := r.tracking(ctx, installation, repo)
	if err != nil || t == nil {
		return nil, err
	}
	return t.tracked, nil
}

func (r *registry) tracking(ctx context.Context, installation int64, repo string) (*tracking, error) {
	reg, err := r.register(ctx, installation)
	if err != nil {
		return nil, err
	}
	return reg.repos[strings.ToLower(repo)], nil
}

// Tracking implements [bot.Processes].
func (r *registry) Tracking(ctx context.Context, installation int64, repo string) ([]string, error) {
	reg, err := r.register(ctx, installation)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, t := range reg.repos {
		if t == nil {
			continue
		}
		p := t.tracked.Process.Settings
		named := slices.ContainsFunc(p.Code, func(c string) bool { return strings.EqualFold(c, repo) })
		if strings.EqualFold(t.name, repo) || p.Configured && (named || len(p.Code) == 0) {
			out = append(out, t.name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// declared returns the repositories that have a configuration.
func (r *registry) declared(ctx context.Context, installation int64) ([]string, error) {
	reg, err := r.register(ctx, installation)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, t := range reg.repos {
		if t != nil && t.tracked.Process.Settings.Configured {
			out = append(out, t.name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// main returns the tracking repository that "Feature: #12" in a pull request
// of repo means: the only one that it may name, else repo itself.
func (r *registry) main(installation int64, repo string) string {
	r.mu.Lock()
	reg := r.known[installation]
	r.mu.Unlock()
	if reg == nil {
		return ""
	}
	names, err := r.Tracking(context.Background(), installation, repo)
	if err != nil || len(names) != 1 {
		return ""
	}
	return names[0]
}

// pushed forgets an installation's configuration when a push touched it.
func (r *registry) pushed(installation int64, repo string, paths []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reg := r.known[installation]
	if reg == nil {
		return
	}
	own, troubled := "", false
	if t := reg.repos[strings.ToLower(repo)]; t != nil {
		own, troubled = t.path, t.tracked.Process.Settings.Trouble != ""
	}
	// A faulty configuration may name a file that the one in force does not.
	if troubled || len(paths) == 0 || slices.Contains(paths, config.RepositoryPath) || own != "" && slices.Contains(paths, own) {
		reg.read = time.Time{}
	}
}

// register returns an installation's register, read anew when it is old. If it
// cannot be read the old one serves.
func (r *registry) register(ctx context.Context, installation int64) (*register, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.known[installation]
	if old != nil && time.Since(old.read) < r.keep {
		return old, nil
	}
	fresh, err := r.readAll(ctx, installation, old)
	if err != nil {
		if old != nil {
			r.log.Warn().Err(err).Int64("installation", installation).Msg("the configuration could not be read again; the last one serves")
			return old, nil
		}
		return nil, err
	}
	r.known[installation] = fresh
	return fresh, nil
}

func (r *registry) readAll(ctx context.Context, installation int64, old *register) (*register, error) {
	names, err := r.github.Repositories(ctx, installation)
	if err != nil {
		return nil, err
	}
	out := &register{read: time.Now(), names: names, repos: map[string]*tracking{}}
	declared := false
	for _, name := range names {
		t, err := r.readOne(ctx, installation, name)
		var faults error
		if errors.As(err, new(config.Faults)) || errors.Is(err, errProcess) {
			faults = err
		} else if err != nil {
			return nil, err
		}
		if faults != nil {
			r.log.Error().Err(faults).Str("repo", name).Msg("the configuration has faults")
			if old != nil && old.repos[strings.ToLower(name)] != nil {
				t = old.repos[strings.ToLower(name)]
			} else if t, err = r.make(name, config.DefaultRepository(), nil); err != nil {
				return nil, err
			}
			t = t.troubled(faults)
		}
		declared = declared || t != nil
		out.repos[strings.ToLower(name)] = t
	}
	if declared {
		return out, nil
	}
	for _, name := range names {
		if out.repos[strings.ToLower(name)], err = r.make(name, config.Absent(), nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// errProcess says that a repository's own process file cannot be used.
var errProcess = errors.New("process file")

// readOne reads a repository's configuration; nil when it has none.
func (r *registry) readOne(ctx context.Context, installation int64, name string) (*tracking, error) {
	data, err := r.github.File(ctx, installation, name, config.RepositoryPath)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil //nolint:nilnil // no configuration is an answer
	}
	if err != nil {
		return nil, err
	}
	c, err := config.LoadRepository(data)
	if err != nil {
		return nil, err
	}
	var own []byte
	if c.Process != "" {
		own, err = r.github.File(ctx, installation, name, c.Process)
		if errors.Is(err, bot.ErrNotFound) {
			return nil, fmt.Errorf("%w %s: there is none", errProcess, c.Process)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.make(name, c, own)
}

func (r *registry) make(name string, c config.Repository, own []byte) (*tracking, error) {
	p, err := loadProcess(r.templates, own, settingsOf(c))
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", errProcess, c.Process, err)
	}
	return &tracking{name: name, tracked: &bot.Tracked{Process: p, Roles: rolesOf(c)}, path: c.Process}, nil
}

// troubled returns the tracking repository with the faults of its newest
// configuration, so that its departures page can show them.
func (t *tracking) troubled(faults error) *tracking {
	next, tracked, p := *t, *t.tracked, *t.tracked.Process
	p.Settings.Trouble = faults.Error()
	tracked.Process, next.tracked = &p, &tracked
	return &next
}
