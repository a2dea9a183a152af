package emulator

import (
	"regexp"
	"slices"
	"strings"
)

// prose is a text without what GitHub does not read for references: code and
// HTML comments. Every text that is written passes here, long ones too, for
// which regular expressions take milliseconds.
func prose(text string) string {
	return codeSpan.ReplaceAllString(withoutFences(withoutHidden(text)), "")
}

// withoutHidden drops HTML comments; one without an end goes to the text's.
func withoutHidden(text string) string {
	const begin, end = "<!--", "-->"
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, begin)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, text, _ = strings.Cut(after, end)
	}
}

// withoutFences drops blocks of code, fences included; one without an end goes
// to the text's.
func withoutFences(text string) string {
	if !strings.Contains(text, "```") && !strings.Contains(text, "~~~") {
		return text
	}
	var out strings.Builder
	within := false
	for line := range strings.Lines(text) {
		bare := strings.TrimSuffix(line, "\n")
		rest, fence := fenced(bare)
		switch {
		case within && fence && strings.Trim(rest, " \t") == "":
			within = false
			out.WriteString(line[len(bare):])
		case within:
		case fence:
			within = true
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}

// fenced reports whether a line begins with a fence, and what follows it.
func fenced(line string) (rest string, is bool) {
	inner := strings.TrimLeft(line, " ")
	if len(line)-len(inner) > 3 {
		return "", false
	}
	if rest, is = strings.CutPrefix(inner, "```"); !is {
		rest, is = strings.CutPrefix(inner, "~~~")
	}
	return rest, is
}

// inWords finds the matches of an expression none of which has a space within.
// A match holds one of the signs, so only words that do are looked at.
func inWords(text string, what *regexp.Regexp, signs ...string) [][]string {
	in := func(text string) func(string) bool {
		return func(sign string) bool { return strings.Contains(text, sign) }
	}
	signs = slices.DeleteFunc(signs, func(sign string) bool { return !in(text)(sign) })
	if len(signs) == 0 {
		return nil
	}
	var found [][]string
	for word := range strings.FieldsSeq(text) {
		if slices.ContainsFunc(signs, in(word)) {
			found = append(found, what.FindAllStringSubmatch(word, -1)...)
		}
	}
	return found
}
