package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// ChangeApp makes an App ask for other permissions and events, as its owner
// would in its settings; nil leaves either as it is. Nothing changes for an
// installation until somebody accepts on its page. It fails if there is no
// such App or if an event lacks its permission.
func (g *GitHub) ChangeApp(slug string, permissions map[string]string, events []string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.st.appBySlug(slug)
	if a == nil {
		return fmt.Errorf("emulator: no App %q", slug)
	}
	m := manifest{Permissions: a.perms, Events: a.events}
	if permissions != nil {
		m.Permissions = maps.Clone(permissions)
		m.Permissions["metadata"] = "read"
	}
	if events != nil {
		m.Events = slices.Clone(events)
	}
	if faults := m.accessFaults(); len(faults) > 0 {
		return fmt.Errorf("emulator: %s", sentence(faults))
	}
	a.perms, a.events = m.Permissions, m.Events
	return nil
}

// adminApp is POST apps/{slug} with {"permissions": {…}, "events": […]}.
func (g *GitHub) adminApp(r *http.Request, parts []string) *reply {
	var ask struct {
		Permissions map[string]string `json:"permissions"`
		Events      []string          `json:"events"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	if len(parts) != 2 {
		return fail(http.StatusNotFound, "The path is apps/{slug}.")
	}
	if err := g.ChangeApp(parts[1], ask.Permissions, ask.Events); err != nil {
		return fail(http.StatusUnprocessableEntity, err.Error())
	}
	return noContent()
}
