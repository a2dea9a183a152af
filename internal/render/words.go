package render

import (
	"strings"
	"unicode"
)

// Words are what a person wrote: a title, a reason, a name. They print as plain
// text in any place of a Markdown document: they mention nobody, link nowhere,
// command nothing and make no structure.
type Words string

// String returns the words made harmless, at most 300 characters of them.
func (w Words) String() string { return escape(plain(string(w), maxWords)) }

const (
	maxWords = 300 // characters of a person's words that are repeated
	maxCode  = 500 // characters of a line to paste
)

// zeroWidth parts two characters without showing. GitHub's own dependabot puts
// it after an @: a backslash or a code span does not survive the plain text of
// a reply by mail.
const zeroWidth = "\u200b"

// plain folds a text to one line of at most most characters: white space of any
// kind is one space; control and format characters go, and with them whatever
// turns the direction of writing or hides.
func plain(s string, most int) string {
	var b strings.Builder
	b.Grow(min(len(s), most))
	space, n := false, 0
	var before rune
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case unicode.IsSpace(r):
			space = n > 0
			continue
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r) && !joins(before, r):
			continue
		}
		if n+1 >= most {
			b.WriteRune('…')
			break
		}
		if space {
			b.WriteByte(' ')
			space, n = false, n+1
		}
		b.WriteRune(r)
		before, n = r, n+1
	}
	return b.String()
}

// joins reports whether r is the joiner inside one emoji of several parts.
func joins(before, r rune) bool {
	const joiner, firstSymbol = '\u200d', '\u2190'
	return r == joiner && before >= firstSymbol
}

// escape makes one line of plain text harmless. It may stand at the start of a
// line, in a table's cell, between emphasis or as a link's text, and inside raw
// HTML, where backslashes escape nothing: hence entities for what HTML reads.
func escape(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	text := []rune(s)
	for i, r := range text {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString(ampersand(after(text, i)))
		case '@':
			b.WriteString("@" + zeroWidth)
		case '\\', '`', '*', '[', ']', '|', '~', '$':
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			if r == ' ' || wordly(r) { // most are
				b.WriteRune(r)
			} else {
				b.WriteString(inPlace(text, i))
			}
		}
	}
	return b.String()
}

// broken parts what a mail program, quoting a code span in the clear, would
// make a mention or a link of.
func broken(s string) string {
	var b strings.Builder
	text := []rune(s)
	for i, r := range text {
		next := after(text, i)
		if r == '.' && endsIn(text[:i], "www") {
			b.WriteString(zeroWidth)
		}
		b.WriteRune(r)
		if r == '@' || (r == '#' || r == '-') && isDigit(next) || r == ':' && next == '/' {
			b.WriteString(zeroWidth)
		}
	}
	return b.String()
}

// ampersand keeps the sign from beginning an entity: &#64; is an @ to GitHub.
func ampersand(next rune) string {
	if next == '#' || unicode.IsLetter(next) {
		return "&amp;"
	}
	return "&"
}

// inPlace escapes characters that mean something only where they stand.
func inPlace(text []rune, i int) string {
	r, next := text[i], after(text, i)
	switch {
	case r == '#' && isDigit(next): // #12, owner/repo#12
		return "#" + zeroWidth
	case r == '-' && isDigit(next) && endsIn(text[:i], "gh"): // GH-12
		return "-" + zeroWidth
	case r == ':' && next == '/': // https://…
		return ":" + zeroWidth
	case r == '.' && endsIn(text[:i], "www"):
		return zeroWidth + "."
	case r == '_' && (i == 0 || !wordly(text[i-1]) || !wordly(next)):
		return `\_`
	case (r == '.' || r == ')') && onlyDigits(text[:i]): // 1. 2)
		return `\` + string(r)
	case i == 0 && (strings.ContainsRune("#-+=/", r) || r == ':' && next == '-'):
		return `\` + string(r) // a heading, a list, a rule, a command, a table
	}
	return string(r)
}

// after returns the character behind text[i], 0 at the end.
func after(text []rune, i int) rune {
	if i+1 < len(text) {
		return text[i+1]
	}
	return 0
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func onlyDigits(text []rune) bool {
	for _, r := range text {
		if !isDigit(r) {
			return false
		}
	}
	return len(text) > 0
}

// endsIn reports whether the text ends in the word, without regard to case.
func endsIn(text []rune, word string) bool {
	n := len(text) - len(word)
	return n >= 0 && strings.EqualFold(string(text[n:]), word)
}
