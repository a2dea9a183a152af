package hook

import "strings"

// form reads the answers of an issue form by their headings, in lower case: the
// body is "### heading", a blank line and the answer, for each field. An answer
// that was left out is "". Ticked boxes become "a, b", as GitHub itself writes
// the choices of a dropdown. A body without such headings gives none.
func form(body string) map[string]string {
	if !strings.Contains(body, "### ") {
		return nil
	}
	var answers map[string]string
	var heading string
	var lines []string
	keep := func() {
		if _, twice := answers[heading]; heading == "" || twice {
			return
		}
		if answers == nil {
			answers = map[string]string{}
		}
		answers[heading] = reply(lines)
	}
	fence := ""
	for line := range strings.Lines(strings.ReplaceAll(body, "\r", "")) {
		line = strings.TrimRight(line, "\n")
		if h, ok := strings.CutPrefix(line, "### "); ok && fence == "" {
			keep()
			heading, lines = strings.ToLower(strings.TrimSpace(clean(h))), nil
			continue
		}
		fence = fenceAfter(fence, line)
		lines = append(lines, line)
	}
	keep()
	return answers
}

// fenceAfter follows code fences, in which a heading is only text.
func fenceAfter(fence, line string) string {
	for _, mark := range []string{"```", "~~~"} {
		if strings.HasPrefix(line, mark) {
			switch fence {
			case "":
				return mark
			case mark:
				return ""
			}
		}
	}
	return fence
}

// reply joins the lines of one field.
func reply(lines []string) string {
	text := clean(strings.TrimSpace(strings.Join(lines, "\n")))
	switch text {
	case "_No response_", "None":
		return ""
	}
	var ticked []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		switch choice, done, ok := checkbox(line); {
		case line == "":
		case !ok:
			return text
		case done:
			ticked = append(ticked, choice)
		}
	}
	return strings.Join(ticked, ", ")
}

// checkbox reads "- [x] choice". Forms write a capital X, GitHub's own clicks a
// small one.
func checkbox(line string) (choice string, done, ok bool) {
	for _, open := range []string{"- [ ] ", "- [x] ", "- [X] "} {
		if choice, ok = strings.CutPrefix(line, open); ok {
			return strings.TrimSpace(choice), open[3] != ' ', true
		}
	}
	return "", false, false
}
