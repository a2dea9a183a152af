package snapshot

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Place is the issue whose page carries a snapshot. A node id is "" while nobody
// has told it.
type Place struct {
	Repo  string `json:"repo"` // owner/name, as it was called
	Home  string `json:"home,omitempty"`
	Issue int    `json:"issue"`
	Node  string `json:"node,omitempty"`
}

// Same reports whether two places are one issue. Node ids decide where both have
// them, for repositories are renamed; the names do where not.
func (p Place) Same(o Place) bool {
	repo := strings.EqualFold(p.Repo, o.Repo)
	if p.Home != "" && o.Home != "" {
		repo = p.Home == o.Home
	}
	if p.Node != "" && o.Node != "" && p.Node != o.Node {
		return false
	}
	return repo && p.Issue == o.Issue
}

// A Snapshot is where one item stands, as of one line of the ledger.
type Snapshot struct {
	Place
	// Seq is the last line of the repository's ledger that had been written.
	Seq int64 `json:"seq"`
	// At is the world's time when the page was written, Written the machine's.
	At      time.Time `json:"at"`
	Written time.Time `json:"written"`
	// Process is the hash of the process in force then.
	Process string `json:"process,omitempty"`
	// Item is what [Take] leaves of it: enumerations, numbers, dates, ids and the
	// logins of those whose yes counts; no free text, and of other repositories no
	// names.
	Item *process.Item `json:"item"`
	// Sum is a digest of Item as it was before anything was left out.
	Sum string `json:"sum,omitempty"`
	// Board is what the departures board says of all others; nil elsewhere.
	Board *Board `json:"board,omitempty"`
	// Left names the parts that were left out, for the page has room for so much.
	Left []string `json:"left,omitempty"`
}

// Of makes the snapshot of an item of the Line. When and where it is written is for
// the caller to add.
func Of(it *process.Item, v Veil) Snapshot {
	return Snapshot{Process: it.Process, Item: Take(it, v), Sum: Sum(it, v)}
}

// Sum is a short digest of what a snapshot says of an item, the same whatever key
// signs it.
func Sum(it *process.Item, v Veil) string {
	left := bare(it, lens{
		text: v.hide,
		pull: func(p process.Pull) (process.Pull, bool) {
			if p, _ = v.hidePull(p); p.Repo != "" {
				p.Repo = foreign
			}
			return p, true
		},
		code: func(was, _ *process.FeatureFacts) string { return kept(was) },
	})
	body, err := json.Marshal(left)
	if err != nil {
		return "" // an item is always JSON; this fits nothing
	}
	sum := sha256.Sum256(body)
	return base64.RawStdEncoding.EncodeToString(sum[:6])
}

// Take is what a snapshot holds of an item of the Line. Names of other repositories
// are hidden by the veil.
func Take(it *process.Item, v Veil) *process.Item {
	return bare(it, lens{
		text: v.hide, pull: v.hidePull,
		code: func(was, _ *process.FeatureFacts) string { return kept(was) },
	})
}

// Restore makes the item anew from what Take has left of it. What GitHub shows, the
// texts that people wrote and the history are for others to add. Lost counts the
// linked pull requests that nobody could name.
func Restore(left *process.Item, v Veil) (it *process.Item, lost int) {
	it = bare(left, lens{
		text: v.show,
		pull: func(p process.Pull) (process.Pull, bool) {
			p, ok := v.showPull(p)
			if !ok {
				lost++
			}
			return p, ok
		},
		code: func(was, now *process.FeatureFacts) string {
			if was.Passed.Code != sameCode {
				return was.Passed.Code
			}
			return now.CodeDigest()
		},
	})
	return it, lost
}

// Codes of a pass: what was merged then is what is merged now, or no longer.
const (
	sameCode  = "same"
	otherCode = "changed"
)

func kept(f *process.FeatureFacts) string {
	if f.Passed.Code == f.CodeDigest() {
		return sameCode
	}
	return otherCode
}
