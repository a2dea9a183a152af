package render

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// speakers are the packages that say things.
var speakers = []string{"process", "command", "gate", "agenda", "rebuild", "render"}

// composed are the keys that the speakers put together from parts.
var composed = []string{"did.unstable", "did.redeploy", "issue.alphanet", "issue.upgrade"}

// A saying is one place in the sources where a text is said: its key, and the
// names of the arguments if they stand there one by one.
type saying struct {
	key   string
	names []string
	known bool // the names are all there are
	place token.Position
}

var keyForm = regexp.MustCompile(`^[a-z]+\.[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$`)

// areas are the beginnings of the keys of texts, which tell them from other
// words with a full stop in them.
func areas(r *Renderer) map[string]bool {
	out := map[string]bool{}
	for key := range r.where {
		area, _, _ := strings.Cut(key, ".")
		out[area] = true
	}
	return out
}

// sayings reads every key in the sources of the speakers.
func sayings(t *testing.T, r *Renderer) []saying {
	t.Helper()
	var out []saying
	known := areas(r)
	fset := token.NewFileSet()
	for _, dir := range speakers {
		files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no sources (%v)", dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := parser.ParseFile(fset, file, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if s, ok := sayingOf(n); ok && known[areaOf(s.key)] {
						s.place = fset.Position(n.Pos())
						out = append(out, s)
					}
				case *ast.BasicLit:
					if key := literal(n); keyForm.MatchString(key) && known[areaOf(key)] {
						out = append(out, saying{key: key, place: fset.Position(n.Pos())})
					}
				}
				return true
			})
		}
	}
	return out
}

func areaOf(key string) string {
	area, _, _ := strings.Cut(key, ".")
	return area
}

// sayingOf reads a call with a key and alternating names and values.
func sayingOf(call *ast.CallExpr) (saying, bool) {
	for i, arg := range call.Args {
		key := literal(arg)
		if !keyForm.MatchString(key) {
			continue
		}
		s := saying{key: key, known: !call.Ellipsis.IsValid() && !adds(call)}
		for j := i + 1; j < len(call.Args); j += 2 {
			name := literal(call.Args[j])
			if name == "" {
				s.known = false
			}
			s.names = append(s.names, name)
		}
		return s, true
	}
	return saying{}, false
}

// adds reports whether the function called is one that may add arguments of its
// own to a text.
func adds(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "With"
}

func literal(n ast.Node) string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func TestEverythingSaidHasWords(t *testing.T) {
	r := bundled(t)
	for _, s := range sayings(t, r) {
		if s.key != replyKey && !r.defines(s.key) {
			t.Errorf("%s: %q has no words below templates/", s.place, s.key)
		}
	}
}

func TestEveryWordIsSaid(t *testing.T) {
	r := bundled(t)
	used := map[string]bool{}
	for _, s := range sayings(t, r) {
		used[s.key] = true
	}
	for _, key := range composed {
		used[key] = true
	}
	for name := range r.where {
		for _, ref := range mentioned(r.set.Lookup(name).Root) {
			used[ref.name] = true
		}
	}
	for _, text := range fixed(r) {
		used[text.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(r.where)) {
		if !used[key] {
			t.Errorf("%s: %q is never said", r.where[key], key)
		}
	}
}

// A text is said with the arguments that its words ask for: each place in the
// sources is tried with the sample of its key, cut down to the names given there.
func TestEveryPlaceGivesTheArgumentsThatItsWordsNeed(t *testing.T) {
	r := bundled(t)
	byKey := map[string][]process.Text{}
	for _, s := range samples {
		byKey[s.Key] = append(byKey[s.Key], s)
	}
	for _, s := range sayings(t, r) {
		if !s.known {
			continue
		}
		for _, sample := range byKey[s.key] {
			args := process.Args{}
			for _, name := range s.names {
				if v, ok := sample.Args[name]; ok {
					args[name] = v
				}
			}
			if len(args) < len(s.names) {
				continue // another way of saying it
			}
			if _, err := r.Render(process.Text{Key: s.key, Args: args}); err != nil {
				t.Errorf("%s: %v", s.place, err)
			}
		}
	}
}

func TestEveryTextHasASample(t *testing.T) {
	r := bundled(t)
	sampled := map[string]bool{}
	for _, text := range append(slices.Clone(samples), fixed(r)...) {
		sampled[text.Key] = true
	}
	for _, s := range sayings(t, r) {
		if r.defines(s.key) && !sampled[s.key] && !slices.Contains([]string{"reply", "page"}, areaOf(s.key)) {
			t.Errorf("%s: %q has no sample in samples_test.go, so nobody has read it aloud", s.place, s.key)
		}
	}
}

func TestEveryRuleHasWords(t *testing.T) {
	r := bundled(t)
	for chapter, last := range map[string]int{"P": 6, "F": 13, "A": 10, "B": 11, "T": 9, "G": 2, "M": 2, "D": 7} {
		for n := 1; n <= last; n++ {
			id := chapter + strconv.Itoa(n)
			if got, err := r.rule(Words(id)); err != nil || !strings.HasPrefix(string(got), "Rule "+id+": ") {
				t.Errorf("%s is cited as %q, %v", id, got, err)
			}
		}
	}
}
