package config

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// form is how a value is written. says completes "… is not".
type form struct {
	matches func(string) bool
	says    string
}

func pattern(expression, says string) form {
	return form{regexp.MustCompile(`\A(?:` + expression + `)\z`).MatchString, says}
}

const loginPattern = `[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?`

var (
	roleName       = pattern(`[a-z](?:[a-z-]{0,38}[a-z])?`, "a role: write lower-case letters and hyphens, as in release-manager")
	login          = pattern(loginPattern, "a login: write it without @, as in ada")
	botLogin       = pattern(loginPattern+`(?:\[bot\])?`, "a login: write it without @, as in renovate[bot]")
	teamName       = pattern(`(?:`+loginPattern+`/)?[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9_])?`, "a team: write its slug, as in core-engineers or org/core-engineers")
	repositoryName = pattern(loginPattern+`/[A-Za-z0-9._-]{0,99}[A-Za-z0-9_-]`, "a repository: write owner/name")
	upgradeNumber  = pattern(`[1-9][0-9]{0,5}[A-Za-z]?`, "an upgrade number: write one such as 17 or 15a")
	hardforkName   = pattern(`[A-Za-z](?:[A-Za-z0-9 .-]*[A-Za-z0-9])?`, "a hardfork name: write letters, digits, hyphens and single words, as in Karst")
	chainName      = pattern(`[A-Za-z0-9](?:[A-Za-z0-9._-]{0,58}[A-Za-z0-9])?`, "a chain: write a word without spaces, as in base-sepolia")
	labelPrefix    = pattern(`[A-Za-z0-9][A-Za-z0-9 ._:/-]*`, "a prefix for labels: write letters, digits and any of . _ : / -, as in train/")
	proposalKind   = pattern(`[a-z][a-z0-9-]{0,38}`, "a kind of proposal: write lower-case letters, digits and hyphens, as in maintenance")
	channelName    = pattern(`[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?`, "the name of a channel: write lower-case letters, digits and hyphens, as in release-ops")
	feedToken      = pattern(`[A-Za-z0-9_-]{16,200}`, "a token: write 16 to 200 letters, digits, hyphens and underscores, as openssl rand -hex 16 makes them")
	reason         = form{isReason, "a reason: write a few words in one line, at most 100 characters"}
	permission     = form{func(v string) bool { return slices.Contains(Permissions, v) }, "a permission: write one of " + strings.Join(Permissions, ", ")}
	processPath    = form{isProcessPath, "a path in this repository to a .yml file, as in .github/process.yml"}
	anyText        = form{func(string) bool { return true }, ""} // read further on
	httpsLink      = form{isHTTPS, "a link: write one that begins with https://"}
)

func isProcessPath(v string) bool {
	ext := path.Ext(v)
	return (ext == ".yml" || ext == ".yaml") && path.Clean(v) == v && !path.IsAbs(v) && !strings.HasPrefix(v, "../") &&
		!strings.ContainsAny(v, "\\:*?\"<>|") && len(v) <= 200
}

func isReason(v string) bool {
	return strings.TrimSpace(v) != "" && !strings.ContainsAny(v, "\r\n") && utf8.RuneCountInString(v) <= 100
}

func isHTTPS(v string) bool {
	u, err := url.Parse(v)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && len(v) <= 2000 && u.String() == v
}
