package snapshot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Veil keeps the names of other repositories out of snapshots, and finds them
// again: an id that is made of one becomes the number of the issue that bears it,
// a pull request elsewhere a digest that only a key can make.
type Veil struct {
	// Repo is the tracking repository, owner/name.
	Repo string
	// Number returns the issue of an id, 0 for none; Named the id of an issue's
	// item, "" for none.
	Number func(process.ID) int
	Named  func(issue int) process.ID
	// Pulls are those, in any repository, that a digest may stand for.
	Pulls []process.Pull
	// Key is the secret of the digests.
	Key Key
}

// elsewhere is the part of an id, or of a key made of one, that names a repository.
var (
	elsewhere = regexp.MustCompile(`pull/[^/\s]+/[^/\s]+/[0-9]+`)
	hidden    = regexp.MustCompile(`#[0-9]+`)
)

// hide replaces what names a repository; ok is false when nothing can stand for it.
func (v Veil) hide(s string) (string, bool) {
	ok := true
	s = elsewhere.ReplaceAllStringFunc(s, func(id string) string {
		n := v.Number(process.ID(id))
		ok = ok && n > 0
		return "#" + strconv.Itoa(n)
	})
	return s, ok && !strings.Contains(s, "pull/")
}

func (v Veil) show(s string) (string, bool) {
	ok := true
	s = hidden.ReplaceAllStringFunc(s, func(ref string) string {
		n, err := strconv.Atoi(ref[1:])
		if err != nil {
			n = 0
		}
		id := v.Named(n)
		ok = ok && id != ""
		return string(id)
	})
	return s, ok
}

// foreign begins what stands in place of another repository's name.
const foreign = "~"

func (v Veil) hidePull(p process.Pull) (process.Pull, bool) {
	p.Title = ""
	if strings.EqualFold(p.Repo, v.Repo) {
		p.Repo = ""
		return p, true
	}
	p.Repo, p.Number = v.mark(p), 0
	return p, true
}

func (v Veil) showPull(p process.Pull) (process.Pull, bool) {
	p.Title = ""
	if p.Repo == "" {
		p.Repo = v.Repo
		return p, p.Number > 0
	}
	for _, c := range v.Pulls {
		if v.mark(c) == p.Repo {
			p.Repo, p.Number = c.Repo, c.Number
			return p, true
		}
	}
	return p, false
}

// mark stands for a pull request of another repository.
func (v Veil) mark(p process.Pull) string {
	mac := hmac.New(sha256.New, v.Key.Secret)
	fmt.Fprintf(mac, "stationmaster-pull:v1:%s#%d", strings.ToLower(p.Repo), p.Number)
	return foreign + hex.EncodeToString(mac.Sum(nil)[:8])
}

// pullForm is how people and pages write a pull request.
var pullForm = regexp.MustCompile(`([A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+)(?:#|/pull/|/issues/|/)([0-9]{1,9})\b`)

// PullsIn returns what in a text may be a pull request. It is generous: a digest
// tells which of them was meant.
func PullsIn(text string) []process.Pull {
	var out []process.Pull
	for _, m := range pullForm.FindAllStringSubmatch(text, maxCandidates) {
		if n, err := strconv.Atoi(m[2]); err == nil {
			out = append(out, process.Pull{Repo: m[1], Number: n})
		}
	}
	return out
}

// maxCandidates bounds what is tried of one text.
const maxCandidates = 500
