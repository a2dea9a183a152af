package emulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// line is one line of the table: an operation, who may call it and what it
// does.
type line struct {
	method  string
	pattern string
	tokens  tokenKind
	perm    string // the App's, as X-Accepted-GitHub-Permissions shows it
	role    role   // a person's least role in the repository
	flag    flag
	do      func(*call) *reply
}

// route is a line with its pattern split.
type route struct {
	line
	parts []string
	known string // see name
}

// flag marks what the limits must know about a route.
type flag int

const (
	plain     flag = iota
	content        // makes something that people are notified of
	gratis         // never charged
	graph          // GraphQL, with limits of its own
	open           // writes without credentials
	searching      // search, by the minute
)

// name is how the route is counted: the method and GitHub's own pattern.
func (rt *route) name() string { return rt.known }

// compile splits the patterns. In them {name} stands for one part, {#name} for
// a number and {name...} for all the rest.
func compile(lines []line) []*route {
	name := strings.NewReplacer("{#", "{", "...}", "}")
	return show(lines, func(l line) *route {
		return &route{l, strings.Split(l.pattern, "/"), l.method + " " + name.Replace(l.pattern)}
	})
}

// findRoute matches an escaped path against the table; the first match wins.
// The parts are unescaped one by one, so a label named stage/x is one part.
func findRoute(method, path string) (*route, map[string]string) {
	if method == http.MethodHead { // answered like GET, without the body
		method = http.MethodGet
	}
	parts := strings.Split(path, "/")
	for _, rt := range table {
		if rt.method != method {
			continue
		}
		if args := rt.match(parts); args != nil {
			return rt, args
		}
	}
	return nil, nil
}

func (rt *route) match(parts []string) map[string]string {
	last := rt.parts[len(rt.parts)-1]
	open := strings.HasSuffix(last, "...}")
	if len(parts) < len(rt.parts) || len(parts) > len(rt.parts) && !open {
		return nil
	}
	args := map[string]string{}
	for i, want := range rt.parts {
		got := parts[i]
		name, isArg := strings.CutPrefix(want, "{")
		if !isArg {
			if got != want {
				return nil
			}
			continue
		}
		name = strings.TrimSuffix(name, "}")
		if rest, isRest := strings.CutSuffix(name, "..."); isRest {
			name, got = rest, strings.Join(parts[i:], "/")
		} else if got == "" {
			return nil
		}
		val, err := url.PathUnescape(got)
		if err != nil || strings.HasPrefix(name, "#") && !isNumber(val) {
			return nil
		}
		args[name] = val
	}
	return args
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}
