package hook

import "context"

// label handles changes of a repository's own list of labels. What issues bear
// is told by their own webhooks.
type label struct{ *translation }

// Handles names the webhook.
func (label) Handles() []string { return []string{"label"} }

func (label) actions() []string { return []string{"created", "deleted", "edited"} }

// Handle tells the world, which may remember that the label exists.
func (h label) Handle(context.Context, string, string, []byte) error {
	if h.world.Relabelled != nil {
		h.world.Relabelled(h.from.Installation.ID, h.from.Repository.FullName)
	}
	return h.skip("the list of labels, which the process does not read")
}
