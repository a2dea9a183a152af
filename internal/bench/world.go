package bench

import (
	"encoding/json"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// The people of every town: an engineer, who owns all features, and a maintainer
// with all roles.
const (
	engineer   = "ada"
	maintainer = "mara"
)

// tracking is the repository in which the features are.
const tracking = "upgrades"

// World is what an emulated GitHub has to begin with (a file for its --world) so
// that a bot with the past of a [Railway] on record finds nothing there to mend.
// config is the tracking repository's .github/stationmaster.yml.
func World(past *process.Line, config string) ([]byte, error) {
	type object = map[string]any
	var issues []object
	for n := 1; past.Number(n) != nil; n++ {
		it := past.Number(n)
		is := object{"title": it.Title, "body": "Withdrawals cost less.", "by": engineer, "labels": it.Shown.Labels, "assignees": it.Shown.Assignees}
		if it.Shown.Closed {
			is["state"] = "closed"
		}
		issues = append(issues, is)
	}
	teams := []string{"maintainers", "release-managers", "security", "governance", "protocol"}
	return json.Marshal(object{
		"repos": []object{{"name": tracking, "files": object{".github/stationmaster.yml": config}, "issues": issues}, {"name": "protocol"}},
		"people": []object{
			{"login": engineer, "name": "Ada", "role": "write", "teams": []string{"engineers"}},
			{"login": maintainer, "name": "Mara", "role": "maintain", "teams": teams},
		},
	})
}
