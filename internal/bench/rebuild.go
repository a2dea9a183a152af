package bench

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// benchKeys sign the snapshots of a town, which is gone when it was measured.
var benchKeys = "bench:" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("The train leaves on schedule. ", 2)))

// rebuild measures how a record is made anew of nothing but what GitHub shows, where
// each feature has a page with a signed snapshot.
func (s *session) rebuild(ctx context.Context) error {
	t, err := s.raise(ctx, s.Features)
	if err != nil {
		return err
	}
	if err := t.signed(ctx); err != nil {
		return err
	}
	w, err := t.wire(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(t.emptied(ctx), t.slow(ctx, t.Latency)); err != nil {
		return err
	}
	p, err := t.rebuilding(ctx)
	if err != nil {
		return err
	}
	most := p.watch()
	proved, err := t.recorded(ctx, p)
	took := time.Since(p.began)
	mb, ok := most()
	if err != nil {
		return err
	}
	if proved < s.Features {
		return p.fault(fmt.Sprintf("it proves %d of %d features", proved, s.Features))
	}
	asked, err := w.since(ctx, p.began)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("rebuild of %d features", s.Features)
	s.add(one(name, float64(took.Milliseconds()), "ms", ""))
	s.add(p.memory(name+", memory at most", mb, ok, ""))
	s.add(one(name+", requests", float64(len(asked)), "", ""))
	return nil
}

// signed has a bot write a page with a snapshot on each feature: its record comes
// from the labels alone, whereupon all pages are to be written.
func (t *town) signed(ctx context.Context) error {
	t.Log.Info().Int("features", t.past.Features).Msg("pages are written")
	t.keys = benchKeys
	if err := t.emptied(ctx); err != nil {
		return err
	}
	p, err := t.rebuilding(ctx)
	if err != nil {
		return err
	}
	if _, err := t.recorded(ctx, p); err != nil {
		return err
	}
	b, err := t.settled(ctx)
	if err != nil {
		return err
	}
	return errors.Join(t.dismiss(b), t.hooks(ctx, ""))
}

// rebuilding starts a rebuild.
func (t *town) rebuilding(ctx context.Context) (*program, error) {
	return t.launch(ctx, t.settings(), "rebuild", t.repo())
}

// proven is what a rebuild says first.
var proven = regexp.MustCompile(`\d+ items, (\d+) proved`)

// recorded waits for the end of a rebuild, and returns how many items were proved.
func (t *town) recorded(ctx context.Context, p *program) (proved int, err error) {
	line, err := p.says(ctx, "proved by their snapshots")
	if err != nil {
		return 0, err
	}
	if m := proven.FindStringSubmatch(line); m != nil {
		_, err = fmt.Sscan(m[1], &proved)
	}
	return proved, errors.Join(err, p.finished(ctx))
}
