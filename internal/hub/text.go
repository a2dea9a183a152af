package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxBody is how many characters of a body we send; GitHub's own limit is a
// little higher, and beyond it an edit is lost without a word.
const (
	maxBody  = 60000
	maxTitle = 256
)

const cutLine = "\n\n_(cut here: this text is longer than GitHub takes)_\n"

// mostChars is how many characters a body may have at GitHub, with some to spare.
const mostChars = 65000

// compose puts the hidden marker in front of a body and the tail behind it, and
// makes the body fit.
func compose(marker, body, tail string) string {
	head := ""
	if marker = markerOf(marker); marker != "" {
		head = "<!-- stationmaster:" + marker + " -->\n"
	}
	body = valid(body)
	if tail != "" {
		tail = "\n\n" + tail
	}
	if room := min(maxBody, mostChars-len(tail)) - utf8.RuneCountInString(head); utf8.RuneCountInString(body) > room {
		body = firstRunes(body, room-utf8.RuneCountInString(cutLine))
		if end := strings.LastIndexByte(body, '\n'); end > len(body)/2 {
			body = body[:end]
		}
		body += cutLine
	}
	return head + body + tail
}

var notInMarkers = regexp.MustCompile(`[^a-z0-9/_.#-]`)

// markerOf writes a marker in the letters that markers have.
func markerOf(marker string) string {
	marker = notInMarkers.ReplaceAllString(strings.ToLower(marker), "-")
	if len(marker) > 200 {
		sum := sha256.Sum256([]byte(marker))
		marker = marker[:180] + "#" + hex.EncodeToString(sum[:8])
	}
	return marker
}

// marked reports whether a body that we wrote begins with the marker.
func marked(body, marker string) bool {
	return marker != "" && markerIn(body) == markerOf(marker)
}

var markerForm = regexp.MustCompile(`^<!-- stationmaster:([a-z0-9/_.#-]{1,200}) -->[ \t]*(?:\r?\n|$)`)

// markerIn returns the marker that a body begins with, "" for none.
func markerIn(body string) string {
	if m := markerForm.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// titled makes a title fit.
func titled(title string) string {
	return clip(strings.Join(strings.Fields(valid(title)), " "), maxTitle)
}

// clip cuts a text to so many characters, the last being an ellipsis.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return firstRunes(s, most-1) + "…"
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// valid replaces what is no UTF-8, and NUL.
func valid(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}
