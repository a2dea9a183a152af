// Package command is what people type: the grammar that turns a comment into
// lines of verb and words, and the table of commands that give them a meaning.
// All of it is pure; a comment is a value, and so is what a command decides.
package command

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxBody is how many characters of a comment are read; GitHub accepts no
// longer comment, but a payload may claim one.
const maxBody = 65536

// maxVerb bounds what counts as a verb; anything longer is prose or noise.
const maxVerb = 64

// Line is one slash command as a person typed it, not yet understood: whether
// its verb exists and what its words mean is the command's own business.
type Line struct {
	// Text is the line as typed, without the space around it.
	Text string
	// Verb is the word after the slash; A to Z are folded to lower case.
	Verb string
	// Rest is what follows the verb, without --dry-run and the space around it.
	Rest string
	// DryRun says that --dry-run stood among the words.
	DryRun bool
	// Hash identifies the line's words. Space between them and the case of the
	// verb do not matter to it.
	Hash string
	// Ordinal counts the earlier lines of the comment with the same Hash.
	Ordinal int
}

// Parse returns the commands of a comment in the order in which they stand. A
// command is a slash and a verb at the start of a line, after at most three
// spaces, with the end of the line or white space behind it; so /usr/bin/env is
// none. What GitHub does not show as plain text is not read: code blocks and
// spans, block quotes with their lazy continuation, HTML comments, and raw HTML
// that quotes or preforms. Lists, headings and <details> are read.
//
// Any body is accepted. Invalid UTF-8 and NUL read as U+FFFD; of a body that is
// Truncated the first 65,536 characters count, without a line that the bound
// cuts, since half of "/board #123" would be another command.
func Parse(body string) []Line {
	body, _ = normalise(body)
	var lines []Line
	seen := map[string]int{}
	for _, text := range visibleAttempts(body) {
		line := parseLine(text)
		line.Ordinal = seen[line.Hash]
		seen[line.Hash]++
		lines = append(lines, line)
	}
	return lines
}

// Truncated reports whether Parse reads only the beginning of the body.
func Truncated(body string) bool {
	_, cut := normalise(body)
	return cut
}

// Unread reports whether what Parse does not read of a Truncated body has lines
// that look like commands: their author must be told.
func Unread(body string) bool {
	text, cut := normalise(body)
	if !cut {
		return false
	}
	read := strings.Count(text, "\n")
	for line := range strings.SplitSeq(lineEnds.Replace(body), "\n") {
		if read--; read >= 0 {
			continue
		}
		if _, _, ok := splitVerb(strings.TrimSpace(line)); ok {
			return true
		}
	}
	return false
}

// Added returns the commands of after that an edit added to before. Two equal
// lines are told apart by their Ordinal, so a line typed once more counts as
// one more, and changing the text around a command adds nothing.
func Added(before, after string) []Line {
	had := map[string]int{}
	for _, line := range Parse(before) {
		had[line.Hash]++
	}
	return slices.DeleteFunc(Parse(after), func(line Line) bool { return line.Ordinal < had[line.Hash] })
}

// normalise makes a body safe to read: valid UTF-8 without a byte order mark or
// NUL, line feeds alone at line ends, and at most maxBody characters, cut at the
// end of a line.
func normalise(body string) (text string, cut bool) {
	body = strings.TrimPrefix(body, "\ufeff")
	characters := 0
	for i := range body {
		if characters == maxBody {
			body, cut = body[:i], true
			break
		}
		characters++
	}
	if cut {
		body = body[:strings.LastIndexAny(body, "\r\n")+1]
	}
	body = strings.ToValidUTF8(body, "\ufffd")
	return lineEnds.Replace(body), cut
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\ufffd")

// parseLine reads a line that splitVerb has accepted.
func parseLine(text string) Line {
	verb, rest, _ := splitVerb(text)
	line := Line{Text: text, Verb: lowerASCII(verb)}
	line.Rest, line.DryRun = dropDryRun(rest)

	words := append([]string{line.Verb}, strings.Fields(line.Rest)...)
	if line.DryRun {
		words = append(words, "--dry-run")
	}
	sum := sha256.Sum256([]byte(strings.Join(words, " ")))
	line.Hash = hex.EncodeToString(sum[:8])
	return line
}

// splitVerb takes a trimmed line apart; ok is false if the line is no attempt at
// a command. Letters of any script are taken, so that a verb with a foreign look-alike
// in it is answered with the right spelling instead of silence.
func splitVerb(text string) (verb, rest string, ok bool) {
	after, ok := strings.CutPrefix(text, "/")
	if !ok {
		return "", "", false
	}
	verb, rest = after, ""
	if end := strings.IndexFunc(after, unicode.IsSpace); end >= 0 {
		verb, rest = after[:end], strings.TrimSpace(after[end:])
	}
	first, _ := utf8.DecodeRuneInString(verb)
	if !unicode.IsLetter(first) || utf8.RuneCountInString(verb) > maxVerb {
		return "", "", false
	}
	for _, r := range verb {
		if r != '-' && !unicode.IsLetter(r) {
			return "", "", false
		}
	}
	return verb, rest, true
}

// lowerASCII folds A to Z and nothing else: Unicode would fold the Kelvin sign
// to k, and a look-alike would run.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// dropDryRun removes --dry-run wherever it stands as a word, with the space
// behind it. Phones turn two hyphens into a dash; to run a command for real
// because of that would be a bad surprise.
func dropDryRun(rest string) (string, bool) {
	var kept strings.Builder
	found := false
	for rest != "" {
		word, tail := cutWord(rest)
		end := len(rest) - len(tail)
		switch strings.ToLower(word) {
		case "--dry-run", "—dry-run", "–dry-run":
			found = true
		default:
			kept.WriteString(rest[:end])
		}
		rest = tail
	}
	return strings.TrimSpace(kept.String()), found
}

// cutWord splits off the first word; the remainder starts with a word too.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimSpace(s[end:])
}
