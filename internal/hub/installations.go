package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"
)

// Repositories returns the repositories, as owner/name, that the installation
// may work in. Archived ones are left out: nothing can be written there.
func (h *Hub) Repositories(ctx context.Context, installation int64) ([]string, error) {
	client, err := h.client(installation)
	if err != nil {
		return nil, fmt.Errorf("hub: client of installation %d: %w", installation, err)
	}
	t := &trip{h: h, client: client}
	ctx = withFare(ctx, fare{budget: h.budgets.of(installation)})
	var names []string
	for page := 1; page != 0; {
		var list github.ListRepositories
		resp, err := t.callRoot(ctx, get, fmt.Sprintf("installation/repositories?per_page=100&page=%d", page), nil, &list)
		if err != nil {
			return nil, fmt.Errorf("hub: list repositories: %w", verdict(err))
		}
		for _, r := range list.Repositories {
			if !r.GetArchived() && r.GetFullName() != "" {
				names = append(names, r.GetFullName())
			}
		}
		page = resp.NextPage
	}
	return names, nil
}

// Installations returns the ids of the App's installations that are not
// suspended.
func (h *Hub) Installations(ctx context.Context) ([]int64, error) {
	client, err := h.appClient()
	if err != nil {
		return nil, err
	}
	var ids []int64
	for opts := (&github.ListOptions{PerPage: 100}); ; {
		list, resp, err := client.Apps.ListInstallations(ctx, opts)
		if err != nil {
			return nil, fmt.Errorf("hub: list installations: %w", verdict(err))
		}
		for _, i := range list {
			if i.SuspendedAt == nil {
				ids = append(ids, i.GetID())
			}
		}
		if resp.NextPage == 0 {
			return ids, nil
		}
		opts.Page = resp.NextPage
	}
}
