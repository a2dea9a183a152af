package config

import (
	"net/url"
	"strings"
)

// Channel is a place where chats are told something: a name that repositories
// use, and the secret address that only the server has.
type Channel struct {
	Name string
	// Repo is the only repository, owner/name, that may use it; empty is any.
	Repo string
	URL  Secret
}

const (
	channelForm = "write NAME=address, or NAME@owner/repo=address for one repository alone, as in ops=generic+https://chat.example/hook"
	maxChannels = 200
)

// channels reads one channel a line; what begins with # and empty lines are left
// out. No fault repeats an address.
func (r *settingsReader) channels() []Channel {
	env, text := envNotifyURLs, r.value(envNotifyURLs)
	if file := r.value(envNotifyURLsFile); file != "" {
		if text != "" {
			r.fault(envNotifyURLs, "and %s are both set: keep one of them", envNotifyURLsFile)
			return nil
		}
		data, err := r.readFile(file)
		if err != nil {
			r.fault(envNotifyURLsFile, "cannot be read: %v", err)
			return nil
		}
		env, text = envNotifyURLsFile, string(data)
	}
	var out []Channel
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c, ok := channel(line)
		key := c.Name + "@" + strings.ToLower(c.Repo)
		switch {
		case !ok:
			r.fault(env, "has no channel in line %d: %s", i+1, channelForm)
		case seen[key]:
			r.fault(env, "has the channel of line %d twice: give it another name, or keep one of the two", i+1)
		case len(out) == maxChannels:
			r.fault(env, "has more than %d channels", maxChannels)
			return out
		default:
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// channel reads NAME=address or NAME@owner/repo=address.
func channel(line string) (c Channel, ok bool) {
	left, address, found := strings.Cut(line, "=")
	name, repo, bound := strings.Cut(strings.TrimSpace(left), "@")
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	ok = found && channelName.matches(name) && (!bound || repositoryName.matches(repo)) && err == nil && u.Scheme != ""
	return Channel{Name: name, Repo: repo, URL: NewSecret(address)}, ok
}
