package recovery

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A notice is something that has happened, told as its webhook would have told it.
type notice struct {
	at       time.Time
	d        bot.Delivery
	explains int // the issue whose drift it explains; 0 for none
}

// notice adds one about the tracking repository. The name is that of what happened:
// the same thing found again is the same delivery.
func (s *sweep) notice(at time.Time, event, action string, by account, name string, parts map[string]any) {
	s.noticeIn(s.Repo, at, event, action, by, name, parts)
}

func (s *sweep) noticeIn(repo string, at time.Time, event, action string, by account, name string, parts map[string]any) {
	payload := map[string]any{
		"action":       action,
		"sender":       by,
		"installation": map[string]any{"id": s.Installation},
		"repository":   map[string]any{"full_name": repo},
	}
	maps.Copy(payload, parts)
	text, err := json.Marshal(payload)
	if err != nil {
		s.Log.Error().Err(err).Str("found", name).Msg("what was found cannot be told")
		return
	}
	s.notices = append(s.notices, notice{at: at, d: bot.Delivery{
		ID: process.SweptPrefix + strings.ToLower(repo) + "/" + name, Event: event, Installation: s.Installation, Repo: repo, Payload: text,
	}})
}

// object reads an object, so that some of it can be told otherwise.
func object(raw json.RawMessage) map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal(raw, &out) // it has been read before
	return out
}

// changed is an object with the text that it had, at the moment when it got it.
func changed(raw json.RawMessage, at time.Time, text string) map[string]any {
	out := object(raw)
	out["updated_at"], out["body"] = at, text
	return out
}

// moved is an object as of a moment.
func moved(raw json.RawMessage, at time.Time) map[string]any {
	out := object(raw)
	out["updated_at"] = at
	return out
}

// from tells what a text was before.
func from(text string) map[string]any {
	return map[string]any{"body": map[string]any{"from": text}}
}

// digest names texts.
func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
