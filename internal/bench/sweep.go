package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// sweep measures a comparison of all features with GitHub: when none has changed,
// and when somebody has labelled each.
func (s *session) sweep(ctx context.Context) error {
	t, err := s.found(ctx, s.Features)
	if err != nil {
		return err
	}
	b, err := t.settled(ctx) // what a first start has to do
	if err != nil {
		return err
	}
	if err := errors.Join(t.dismiss(b), t.hooks(ctx, "")); err != nil {
		return err
	}
	t.sweep, t.level = "1h", "debug"
	for _, c := range []struct {
		name   string
		before func(context.Context) error
		budget string
	}{
		{"none changed", func(context.Context) error { return nil }, fmt.Sprint(s.Features/100 + 10)},
		{"all changed", t.labelAll, ""},
	} {
		if err := errors.Join(t.slow(ctx, 0), c.before(ctx), t.slow(ctx, t.Latency)); err != nil {
			return err
		}
		took, requests, err := t.compared(ctx)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("sweep of %d features, %s", s.Features, c.name)
		s.add(one(name, float64(took.Milliseconds()), "ms", ""))
		s.add(one(name+", requests", float64(requests), "", c.budget))
	}
	return nil
}

// labelAll has somebody put a label on each feature, of which no webhook tells.
func (t *town) labelAll(ctx context.Context) error {
	t.Log.Info().Int("features", t.past.Features).Msg("features are labelled")
	return fewAtATime(t.past.Features, func(i int) error {
		return t.do(ctx, maintainer, http.MethodPost, fmt.Sprintf("/repos/%s/issues/%d/labels", t.repo(), i+1), map[string][]string{"labels": {"seen"}}, nil)
	})
}

// compared starts a bot, and returns what its first comparison took: from the list of
// the issues on, for what comes before it has to do with the start. That it finds
// something to mend is a fault: then that was measured too.
func (t *town) compared(ctx context.Context) (took time.Duration, requests int, err error) {
	w, err := t.wire(ctx)
	if err != nil {
		return 0, 0, err
	}
	b, err := t.serve(ctx)
	if err != nil {
		return 0, 0, err
	}
	for {
		line, err := b.says(ctx, " comparison with GitHub")
		if err != nil {
			return 0, 0, err
		}
		ended := time.Now()
		var round struct {
			Repos int
			Busy  bool
		}
		switch err := json.Unmarshal([]byte(line), &round); {
		case err != nil:
			return 0, 0, err
		case !strings.Contains(line, "is over"):
			return 0, 0, errors.New("there is something to mend: " + line)
		case round.Busy || round.Repos == 0: // who starts has other things to do first
			continue
		}
		all, err := w.since(ctx, b.began)
		if err != nil {
			return 0, 0, err
		}
		first := slices.IndexFunc(all, func(q request) bool { return strings.HasSuffix(q.path, "/repos/"+t.repo()+"/issues") })
		if first < 0 {
			return 0, 0, b.fault("it compares without a list of the issues")
		}
		return ended.Sub(all[first].from), len(all) - first, t.dismiss(b)
	}
}
