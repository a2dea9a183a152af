package config

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// LoadRepository reads a repository's file, at most 256 KiB. What it does not
// set is as in DefaultRepository. The error is of type Faults and names all that
// is wrong; the settings are then not to be used.
func LoadRepository(data []byte) (Repository, error) {
	f := &file{settings: DefaultRepository()}
	if root := f.parse(data); root != nil && !empty(root) {
		f.repository(root)
	}
	if err := f.faults.report(); err != nil {
		return Repository{}, err
	}
	return f.settings, nil
}

// file reads the nodes of one file into settings.
type file struct {
	reader
	settings Repository
}

func (f *file) repository(root *yaml.Node) {
	s := &f.settings
	f.mapping(root, "the file", map[string]func(*yaml.Node){
		"process":    f.into(&s.Process, "process", processPath),
		"labels":     f.labels,
		"roles":      f.roles,
		"alphanet":   f.alphanet,
		"numbers":    f.numbers,
		"hardforks":  func(n *yaml.Node) { s.Hardforks = f.names(n, "hardforks", f.form(hardforkName)) },
		"chains":     f.chains,
		"code":       func(n *yaml.Node) { s.Code = f.names(n, "code", f.form(repositoryName)) },
		"links":      f.links,
		"meeting":    f.meeting,
		"freezes":    f.freezes,
		"holidays":   f.holidays,
		"lead":       f.lead,
		"governance": f.governance,
		"reminders":  f.reminders,
		"notify":     f.notify,
		"cutoff":     func(*yaml.Node) {}, // below: it is counted from the meeting
		"bots":       func(n *yaml.Node) { s.Bots = f.names(n, "bots", f.form(botLogin)) },
		"enough": func(n *yaml.Node) {
			if v, ok := f.number(n, "enough", 1, 100); ok {
				s.Enough = v
			}
		},
	})
	f.cutoff(root)
	f.remindersZone()
	f.routeRoles(root)
	f.labelLengths(root)
}

// into reads one value of a form.
func (f *file) into(target *string, what string, form form) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if v, ok := f.text(n, what); ok && f.form(form)(n, v) {
			*target = v
		}
	}
}

// form checks a value, and tells what to write instead.
func (f *file) form(form form) func(*yaml.Node, string) bool {
	return func(n *yaml.Node, v string) bool {
		if !form.matches(v) {
			f.fault(n, "%s is not %s", quote(v), form.says)
			return false
		}
		return true
	}
}

// names reads a list of values that differ, even without regard to case.
func (f *file) names(n *yaml.Node, what string, check func(*yaml.Node, string) bool) []string {
	var names []string
	seen := map[string]bool{}
	f.list(n, what, func(item *yaml.Node) {
		v, ok := f.text(item, "each of "+what)
		if !ok || !check(item, v) {
			return
		}
		if seen[strings.ToLower(v)] {
			f.fault(item, "%s is listed twice in %s", quote(v), what)
			return
		}
		seen[strings.ToLower(v)] = true
		names = append(names, v)
	})
	return names
}

func (f *file) labels(n *yaml.Node) {
	f.mapping(n, "labels", map[string]func(*yaml.Node){
		"prefix": f.into(&f.settings.LabelPrefix, "labels.prefix", labelPrefix),
	})
}

// roles replaces the defaults of the roles that the file names.
func (f *file) roles(n *yaml.Node) {
	f.entries(n, "roles", func(key, value *yaml.Node) {
		switch {
		case key.Value == "owner":
			f.fault(key, "owner is no role to give: each feature has its own, by its assignee")
		case f.form(roleName)(key, key.Value):
			f.settings.Roles[key.Value] = f.role(key, value)
		}
	})
}

func (f *file) role(key, n *yaml.Node) Role {
	what := "roles." + key.Value
	var role Role
	if empty(n) {
		f.fault(key, "%s names nobody: give it teams, users or a permission, or leave the role out", what)
		return role
	}
	before := len(f.faults)
	f.mapping(n, what, map[string]func(*yaml.Node){
		"teams":      func(n *yaml.Node) { role.Teams = f.names(n, what+".teams", f.form(teamName)) },
		"users":      func(n *yaml.Node) { role.Users = f.names(n, what+".users", f.form(login)) },
		"permission": f.into(&role.Permission, what+".permission", permission),
	})
	if len(f.faults) == before && len(role.Teams)+len(role.Users) == 0 && role.Permission == "" {
		f.fault(key, "%s names nobody: give it teams, users or a permission, or leave the role out", what)
	}
	return role
}

func (f *file) numbers(n *yaml.Node) {
	numbers := &f.settings.Numbers
	f.mapping(n, "numbers", map[string]func(*yaml.Node){
		"taken": func(n *yaml.Node) {
			for _, v := range f.names(n, "numbers.taken", f.form(upgradeNumber)) {
				numbers.Taken = append(numbers.Taken, strings.ToLower(v))
			}
		},
		"next": f.into(&numbers.Next, "numbers.next", upgradeNumber),
	})
	numbers.Next = strings.ToLower(numbers.Next)
	if numbers.Next != "" && slices.Contains(numbers.Taken, numbers.Next) {
		f.fault(find(n, "next"), "numbers.next is %s, which numbers.taken lists as spent: write the next free one", numbers.Next)
	}
}

func (f *file) chains(n *yaml.Node) {
	chains := &f.settings.Chains
	f.mapping(n, "chains", map[string]func(*yaml.Node){
		"testnet": func(n *yaml.Node) { chains.Testnet = f.names(n, "chains.testnet", f.form(chainName)) },
		"mainnet": func(n *yaml.Node) { chains.Mainnet = f.names(n, "chains.mainnet", f.form(chainName)) },
	})
}

func (f *file) links(n *yaml.Node) {
	links := &f.settings.Links
	f.mapping(n, "links", map[string]func(*yaml.Node){
		"process":    f.into(&links.Process, "links.process", httpsLink),
		"governance": f.into(&links.Governance, "links.governance", httpsLink),
		"releases":   f.into(&links.Releases, "links.releases", httpsLink),
	})
}

// Labels may have 50 characters. longestLabel is the longest that the bundled
// process has.
const (
	maxLabel      = 50
	hardforkLabel = "hardfork/"
	longestLabel  = "stage/alphanet-acceptance"
)

// labelLengths asks whether every label is short enough with the prefix before
// it, which may stand further down in the file than the names.
func (f *file) labelLengths(root *yaml.Node) {
	prefix := utf8.RuneCountInString(f.settings.LabelPrefix)
	if prefix+len(longestLabel) > maxLabel {
		f.fault(find(root, "labels", "prefix"), "labels.prefix has %d characters; with more than %d some labels are longer than GitHub's %d",
			prefix, maxLabel-len(longestLabel), maxLabel)
		return
	}
	list := find(root, "hardforks")
	for _, n := range list.Content {
		if room := maxLabel - prefix - len(hardforkLabel); utf8.RuneCountInString(n.Value) > room {
			f.fault(n, "%s is too long for a label: %d characters are left after %s", quote(n.Value), room,
				quote(f.settings.LabelPrefix+hardforkLabel))
		}
	}
}

// find returns the value at a path of keys, or an empty node.
func find(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		next := &yaml.Node{}
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			if n.Content[i].Value == key {
				next = n.Content[i+1]
			}
		}
		n = next
	}
	return n
}
