package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
	"github.com/palantir/go-githubapp/githubapp"
)

// The bots are one or several at work in a town, behind one front.
type bots struct {
	t     *testing.T
	env   []string
	front *front

	mu  sync.Mutex
	all []*replica
}

// A replica is one process of them.
type replica struct {
	*program
	addr string
}

func newBots(t *testing.T, w *town, env []string) *bots {
	t.Helper()
	b := &bots{t: t, env: env, front: newFront(t)}
	if err := w.admin(t.Context(), http.MethodPost, "/webhook", map[string]string{"url": b.front.url}, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// starts one more, and returns when it works.
func (b *bots) starts() error {
	p, err := starts(b.t, b.env, "serve", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	said, err := p.says(`"listening"`)
	var line struct{ Addr string }
	if err == nil {
		err = json.Unmarshal([]byte(said), &line)
	}
	if err != nil {
		return err
	}
	one := &replica{p, line.Addr}
	b.mu.Lock()
	b.all = append(b.all, one)
	b.mu.Unlock()
	b.front.joins(one.addr)
	_, err = p.says(`"at work"`)
	return err
}

// kills one of them at once; which is the place in the order of their starts.
func (b *bots) kills(which int) {
	b.mu.Lock()
	one := b.all[which]
	b.all = slices.Delete(b.all, which, which+1)
	b.mu.Unlock()
	one.dies()
	b.front.leaves(one.addr)
}

// stop asks all of them to end.
func (b *bots) stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var faults []error
	for _, one := range b.all {
		faults = append(faults, one.stops())
	}
	b.all = nil
	return errors.Join(faults...)
}

// helps has a person look into GitHub's log of deliveries now and then, and send
// again what did not get through, until the context ends.
func (w *town) helps(ctx context.Context) error {
	key, err := os.ReadFile(w.cred.PrivateKeyFile)
	if err != nil {
		return err
	}
	client, err := githubapp.NewClientCreator(w.cred.BaseURL+"/", w.cred.BaseURL+"/graphql", w.cred.AppID, key,
		githubapp.WithClientTimeout(patience), githubapp.WithTransport(spared{w.client.Transport})).NewAppClient()
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil
		}
		if err := redelivers(ctx, client, seen); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// spared is for requests that no fault befalls.
type spared struct{ http.RoundTripper }

func (s spared) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Emulator-Faults", "off")
	return s.RoundTripper.RoundTrip(r)
}

// redelivers asks for what has failed and was not seen before, oldest first.
func redelivers(ctx context.Context, client *github.Client, seen map[int64]bool) error {
	var failed []int64
	for cursor := ""; ; {
		page, resp, err := client.Apps.ListHookDeliveries(ctx, &github.ListCursorOptions{Cursor: cursor, PerPage: 100})
		if err != nil {
			return fmt.Errorf("read the log of deliveries: %w", err)
		}
		fresh := 0
		for _, d := range page {
			if seen[d.GetID()] {
				continue
			}
			fresh++
			if d.GetStatus() == "pending" {
				continue
			}
			seen[d.GetID()] = true
			if code := d.GetStatusCode(); code < 200 || code >= 300 {
				failed = append(failed, d.GetID())
			}
		}
		if cursor = resp.Cursor; cursor == "" || fresh == 0 {
			break
		}
	}
	slices.Reverse(failed)
	for _, id := range failed {
		_, resp, err := client.Apps.RedeliverHookDelivery(ctx, id)
		if err != nil && (resp == nil || resp.StatusCode != http.StatusAccepted) {
			return fmt.Errorf("redeliver %d: %w", id, err)
		}
	}
	return nil
}
