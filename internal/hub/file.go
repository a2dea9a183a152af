package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// MaxFile is how large a file may be that [Hub.File] reads, in bytes.
const MaxFile = 1 << 20

// File returns a file of the default branch; see [bot.GitHub].
func (h *Hub) File(ctx context.Context, installation int64, repo, path string) ([]byte, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, part := range parts {
		if !sound(part) {
			return nil, fmt.Errorf("hub: %q is no path of a file", path)
		}
		parts[i] = url.PathEscape(part)
	}
	ctx, t, err := h.begin(ctx, installation, repo, false)
	if err != nil {
		return nil, err
	}
	req, err := t.client.NewRequest(get, "repos/"+url.PathEscape(t.owner)+"/"+url.PathEscape(t.repo)+
		"/contents/"+strings.Join(parts, "/"), nil)
	if err != nil {
		return nil, fmt.Errorf("hub: read %s: %w", path, err)
	}
	req.Header.Set("Accept", "application/vnd.github.raw+json")
	text := bounded{most: MaxFile}
	resp, err := t.client.Do(ctx, req, &text)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return nil, bot.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("hub: read %s of %s: %w", path, repo, verdict(err))
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); !strings.Contains(kind, "raw") {
		return nil, bot.ErrNotFound // the list of a directory
	}
	return text.text.Bytes(), nil
}

// bounded takes only so much.
type bounded struct {
	text bytes.Buffer
	most int
}

// Write fails when the file is too large.
func (b *bounded) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > b.most {
		return 0, errors.New("the file is larger than 1 MiB")
	}
	return b.text.Write(p)
}
