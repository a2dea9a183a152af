package process

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/calendar"
)

// An issue form's answers come by their headings in lower case. People edit
// them freely: what cannot be read is left out, and the status asks for it.

// formLayers reads the layers: "L1", "L1, L2".
func formLayers(form map[string]string) []string {
	var out []string
	answer := strings.ToLower(form["layers"])
	for _, l := range []string{"l1", "l2"} {
		if strings.Contains(answer, l) {
			out = append(out, l)
		}
	}
	return out
}

var (
	formPull  = regexp.MustCompile(`(?:([A-Za-z0-9][\w.-]*/[\w.-]+)(?:#|/pull/)|(?:^|\s)#)([1-9][0-9]{0,8})\b`)
	formLogin = regexp.MustCompile(`^\s*@?([A-Za-z0-9][A-Za-z0-9-]{0,38})\s*$`)
)

// maxFormPulls bounds what one form may have looked up.
const maxFormPulls = 20

// formPulls reads the pull requests: owner/repo#7, an address, or #7 of the
// tracking repository.
func formPulls(form map[string]string, repo string) []Pull {
	var out []Pull
	for _, m := range formPull.FindAllStringSubmatch(form["pull requests"], maxFormPulls) {
		number, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		p := Pull{Repo: m[1], Number: number}
		if p.Repo == "" {
			p.Repo = repo
		}
		out = append(out, p)
	}
	return out
}

// formOwner reads who answers for the feature, "" for its author.
func formOwner(form map[string]string) string {
	if m := formLogin.FindStringSubmatch(form["owner"]); m != nil {
		return m[1]
	}
	return ""
}

// formDate reads the day on which an Alphanet leaves; zero when there is none.
func formDate(form map[string]string) calendar.Date {
	date, err := calendar.ParseDate(strings.TrimSpace(form["date"]))
	if err != nil {
		return calendar.Date{}
	}
	return date
}
