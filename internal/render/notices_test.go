package render

import (
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// A chat hears of a comment with the comment's own arguments.
func TestEveryCommentThatChatsHearOfHasWordsForThem(t *testing.T) {
	r, heard := bundled(t), map[string]bool{}
	for _, sample := range samples {
		news, words := process.Telling(sample)
		if words.Empty() {
			continue
		}
		heard[words.Key] = true
		text, err := r.Render(words.With("item", karst))
		if err != nil || !strings.HasPrefix(text, "**") {
			t.Errorf("%s as %s: %q, %v", sample.Key, news, text, err)
		}
	}
	if len(heard) < 12 {
		t.Errorf("only of %d kinds of comments there are samples", len(heard))
	}
}
