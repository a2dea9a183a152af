package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// functions returns what templates may call. Names that text/template has
// already and that would print unsafely are not among the allowed ones.
func (r *Renderer) functions() template.FuncMap {
	return template.FuncMap{
		"code":    codeOf,
		"typed":   typed,
		"paste":   paste,
		"cell":    cell,
		"capital": capital,
		"ref":     func(v any) Markdown { return Markdown(printed(v)) },
		"named":   named,
		"titled":  titled,
		"bold":    bold,
		"network": r.network,
		"link":    link,
		"linked":  linked,
		"pull":    pull,
		"onePull": onePull,
		"day":     func(v any) Markdown { return Markdown(longDay(raw(v))) },
		"moment":  longMoment,
		"ago":     ago,
		"window":  window,
		"mention": mention,
		"who":     r.who,
		"role":    r.role,
		"roles":   r.roles,
		"rule":    r.rule,
		"ruled":   r.ruled,
		"gate":    r.gate,
		"kind":    r.kind,
		"ended":   r.ended,
		"first":   first,
		"rest":    rest,
		"icon":    icon,
		"count":   count,
		"task":    task,
		"list":    func(v any) Markdown { return join(v, "and") },
		"either":  func(v any) Markdown { return join(v, "or") },
		"say":     r.word,
		"has":     has,
		"layers":  layers,
		"without": without,
		"add":     func(a, b int) int { return a + b },
	}
}

// builtins are the functions of text/template that templates may call; html,
// js, urlquery and call are left out.
var builtins = map[string]any{
	"and": 0, "or": 0, "not": 0, "len": 0, "index": 0, "slice": 0, "print": 0, "printf": 0,
	"eq": 0, "ne": 0, "lt": 0, "le": 0, "gt": 0, "ge": 0,
}

// known returns the names that a template may call, for the parser.
func known(funcs template.FuncMap) map[string]any {
	names := maps.Clone(builtins)
	maps.Copy(names, funcs)
	return names
}

// word says a text without arguments, by its key.
func (r *Renderer) word(key string) (Markdown, error) { return r.text(process.Text{Key: key}) }

// who names a person without telling them.
func (r *Renderer) who(v any) (Markdown, error) {
	if login := raw(v); login != "" {
		return Markdown(Words(strings.TrimPrefix(login, "@")).String()), nil
	}
	return r.word("who.nobody")
}

// role names a role as people do; one that only the configuration knows goes by
// the name it has there.
func (r *Renderer) role(v any) (Markdown, error) { return r.wordOr("role."+raw(v), raw(v)) }

// roles names several roles: "security or a maintainer".
func (r *Renderer) roles(v any) (Markdown, error) {
	var names []any
	seen := map[Markdown]bool{}
	for _, item := range items(v) {
		if raw(item) == "" {
			continue
		}
		name, err := r.role(item)
		if err != nil {
			return "", err
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return r.word("role.none")
	}
	return join(names, "or"), nil
}

// rule cites a rule by its id and in words; an id of an adopter's own process
// has no words here.
func (r *Renderer) rule(v any) (Markdown, error) {
	id := raw(v)
	if id == "" {
		return "", nil
	}
	words, err := r.ruled(v)
	if err != nil || words == "" {
		return Markdown("Rule " + Words(id).String() + "."), err
	}
	return Markdown("Rule "+id+": ") + words, nil
}

// ruled says what a rule says, without its id.
func (r *Renderer) ruled(v any) (Markdown, error) {
	if key := "rule." + raw(v); r.defines(key) {
		return r.word(key)
	}
	return "", nil
}

// gate names a gate as the pages do.
func (r *Renderer) gate(v any) (Markdown, error) {
	return r.wordOr("gate."+raw(v), strings.ReplaceAll(raw(v), "-", " "))
}

// kind says what an issue is: "a feature".
func (r *Renderer) kind(v any) (Markdown, error) { return r.wordOr("kind."+raw(v), raw(v)) }

// network names a network as it stands in a sentence: "the Betanet".
func (r *Renderer) network(v any) (Markdown, error) { return r.wordOr("network."+raw(v), raw(v)) }

// ended says how a journey ended; an end of an adopter's own process goes by
// its title.
func (r *Renderer) ended(v, title any) (Markdown, error) { return r.wordOr("end."+raw(v), raw(title)) }

// wordOr says the text of a key, or else words that somebody else chose.
func (r *Renderer) wordOr(key, words string) (Markdown, error) {
	if r.defines(key) {
		return r.word(key)
	}
	return Markdown(Words(words).String()), nil
}

// icons are what stands for a verdict or for the outcome of a command.
var icons = map[string]Markdown{
	string(process.Yes):      "✅",
	string(process.No):       "🚧",
	string(process.Unknown):  "❔",
	string(process.Waived):   "⏭️",
	string(process.Done):     "🚀",
	string(process.Already):  "👌",
	string(process.Answered): "💬",
	string(process.Refused):  "😕",
	string(process.Puzzled):  "😕",
}

func icon(v any) Markdown { return icons[raw(v)] }

// count says a number of things: "1 item", "3 items".
func count(n any, unit string) (Markdown, error) {
	number, ok := n.(int)
	if !ok {
		return "", fmt.Errorf("%v is no number of %ss", n, unit)
	}
	if number == 1 {
		return Markdown("1 " + unit), nil
	}
	return Markdown(fmt.Sprintf("%d %ss", number, unit)), nil
}

// join prints a list as people say it: "a, b and c".
func join(v any, last string) Markdown {
	var parts []string
	for _, item := range items(v) {
		if s := printed(item); s != "" {
			parts = append(parts, s)
		}
	}
	if n := len(parts); n > 1 {
		return Markdown(strings.Join(parts[:n-1], ", ") + " " + last + " " + parts[n-1])
	}
	return Markdown(strings.Join(parts, ""))
}

// layers names the layers that a feature changes: "L1 and L2".
func layers(v any) Markdown {
	var names []any
	for _, item := range items(v) {
		names = append(names, Words(strings.ToUpper(raw(item))))
	}
	return join(names, "and")
}

// without returns a list without the one value.
func without(v any, value string) []any {
	return slices.DeleteFunc(slices.Clone(items(v)), func(item any) bool { return raw(item) == value })
}

// has reports whether an argument was given and is not empty, for texts that
// are said with and without it.
func has(args any, name string) bool {
	m, ok := args.(map[string]any)
	if !ok {
		return false
	}
	truth, _ := template.IsTrue(m[name])
	return truth
}
