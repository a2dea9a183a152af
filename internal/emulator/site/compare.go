package site

import (
	"slices"
	"strings"
)

// maxCompared bounds the table that comparing two texts needs; longer ones are
// shown as wholly changed.
const maxCompared = 1 << 20

// around is how many unchanged lines are shown beside a changed one.
const around = 3

// folded leaves out what is far from every change.
func folded(all []patchLine) []patchLine {
	near := make([]bool, len(all))
	for at, line := range all {
		if line.Kind != "" {
			for i := max(0, at-around); i < min(len(all), at+around+1); i++ {
				near[i] = true
			}
		}
	}
	var out []patchLine
	for at, line := range all {
		switch {
		case near[at]:
			out = append(out, line)
		case at == 0 || near[at-1]:
			out = append(out, patchLine{"place", "⋯"})
		}
	}
	return out
}

// compare shows how one text became another, line by line: the longest common
// sequence stays, the rest was removed or added.
func compare(was, is string) []patchLine {
	a, b := textLines(was), textLines(is)
	if len(a)*len(b) > maxCompared {
		return slices.Concat(marked("removed", "-", a), marked("added", "+", b))
	}
	// common[i][j] is how many lines a[i:] and b[j:] can share.
	common := make([][]int, len(a)+1)
	common[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		common[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []patchLine
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, patchLine{"", "  " + a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			out = append(out, patchLine{"removed", "- " + a[i]})
			i++
		default:
			out = append(out, patchLine{"added", "+ " + b[j]})
			j++
		}
	}
	return folded(slices.Concat(out, marked("removed", "-", a[i:]), marked("added", "+", b[j:])))
}

func textLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(lines(s), "\n"), "\n")
}

func marked(kind, sign string, all []string) []patchLine {
	var out []patchLine
	for _, line := range all {
		out = append(out, patchLine{kind, sign + " " + line})
	}
	return out
}
