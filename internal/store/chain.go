package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A Head is the last line of a repository's ledger; the zero Head is the start.
type Head struct {
	Seq  int64
	Hash string
}

// line is the form in which an entry is kept. The order of its fields and the
// names in it are part of the hash: append, never rename.
type line struct {
	Repo         string           `json:"repo"`
	Seq          int64            `json:"seq"`
	Installation int64            `json:"installation"`
	At           time.Time        `json:"at"`
	Process      string           `json:"process,omitempty"`
	Event        process.Event    `json:"event"`
	Answers      process.Answers  `json:"answers"`
	Decision     process.Decision `json:"decision"`
	Deliveries   []int64          `json:"deliveries,omitempty"`
	Finished     *process.Result  `json:"finished,omitempty"`
}

// Seal makes the next line after head: the JSON to be kept, byte for byte, and
// the head from then on. The error is a bot.ErrUnfit.
func Seal(head Head, installation int64, e bot.Entry) (body []byte, next Head, err error) {
	next.Seq = max(head.Seq, e.After) + 1
	body, err = canonical(line{
		Repo: e.Repo, Seq: next.Seq, Installation: installation, At: e.At.UTC(), Process: e.Process,
		Event: e.Event, Answers: e.Answers, Decision: e.Decision, Deliveries: e.Deliveries, Finished: e.Finished,
	})
	if err != nil {
		return nil, Head{}, fmt.Errorf("write down %s of %s: %w: %w", e.Event.Key, e.Repo, bot.ErrUnfit, err)
	}
	next.Hash = Hash(head.Hash, body)
	return body, next, nil
}

// Hash is the SHA-256 of a line that follows on prev, in lower-case hex.
func Hash(prev string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(prev + "\n"))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Unseal reads a line back.
func Unseal(body []byte, prev, hash string) (bot.LedgerEntry, error) {
	var l line
	if err := json.Unmarshal(body, &l); err != nil {
		return bot.LedgerEntry{}, fmt.Errorf("read a line of the ledger: %w", err)
	}
	return bot.LedgerEntry{
		Entry: bot.Entry{
			Repo: l.Repo, Event: l.Event, Answers: l.Answers, Decision: l.Decision, Process: l.Process,
			At: l.At, Deliveries: l.Deliveries, Finished: l.Finished,
		},
		Seq: l.Seq, Installation: l.Installation, Prev: prev, Hash: hash, Body: body,
	}, nil
}

// Check says what is wrong with a line that should follow on head, and returns
// the head after it. Before a rebuilding numbers may be missing: those lines are
// lost, and what they came to was found at GitHub.
func Check(head Head, repo string, seq int64, body []byte, prev, hash string) (Head, error) {
	var l line
	switch err := json.Unmarshal(body, &l); {
	case seq <= head.Seq, seq != head.Seq+1 && l.Event.What != process.Rebuilt:
		return head, fmt.Errorf("ledger of %s: line %d is missing", repo, head.Seq+1)
	case prev != head.Hash:
		return head, fmt.Errorf("ledger of %s: line %d does not follow on the one before", repo, seq)
	case hash != Hash(prev, body):
		return head, fmt.Errorf("ledger of %s: line %d has been changed since it was written", repo, seq)
	case err != nil || l.Repo != repo || l.Seq != seq:
		return head, fmt.Errorf("ledger of %s: line %d belongs elsewhere", repo, seq)
	}
	return Head{Seq: seq, Hash: hash}, nil
}

// canonical is JSON that is the same for the same value: fields in the order of
// their type, maps by sorted keys, nothing escaped that need not be.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
