package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"
)

// Installations returns the ids of all installations of the App.
func (h *Hub) Installations(ctx context.Context) ([]int64, error) {
	h.mu.Lock()
	client, err := h.creator.NewAppClient()
	h.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("hub: client of the App: %w", err)
	}
	var out []int64
	for o := (&github.ListOptions{PerPage: 100}); ; {
		page, resp, err := client.Apps.ListInstallations(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("hub: list installations: %w", verdict(err))
		}
		for _, in := range page {
			out = append(out, in.GetID())
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		o.Page = resp.NextPage
	}
}

// Repositories returns the repositories of an installation, as owner/name.
func (h *Hub) Repositories(ctx context.Context, installation int64) ([]string, error) {
	client, err := h.client(installation)
	if err != nil {
		return nil, fmt.Errorf("hub: client of installation %d: %w", installation, err)
	}
	ctx = withFare(ctx, fare{budget: h.budgets.of(installation)})
	var out []string
	for o := (&github.ListOptions{PerPage: 100}); ; {
		page, resp, err := client.Apps.ListRepos(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("hub: list repositories of installation %d: %w", installation, verdict(err))
		}
		for _, r := range page.Repositories {
			out = append(out, r.GetFullName())
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		o.Page = resp.NextPage
	}
}
