package site

import (
	"html/template"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// contents are the pages' own parts by template. A new page needs a line here,
// so that it too is tried with what people may write.
func contents() map[string]any {
	return map[string]any{
		"choose": new(offers), "deliveries": new(deliveryList), "delivery": new(deliveryView), "edits": new(editsView),
		"error": new(fault), "faults": new(faultsPage), "file": new(fileView), "files": new(issueView), "form": new(formView), "issue": new(issueView),
		"labels": new(labelsPage), "listing": new(listing), "milestones": new(milestonesPage),
		"new-issue": new(draft), "new-pull": new(draft),
	}
}

// names are never anybody's free text: paths of ours, and names that GitHub
// lets nobody choose so that they could do harm.
var names = map[string]string{"Act": "/acme/upgrades/issues/1", "Owner": "acme", "Repo": "upgrades"}

// stuff puts a text into everything that can hold one, down to the last slice.
// What is HTML already is made by functions that the other fuzz tests try.
func stuff(v reflect.Value, text string, depth int) {
	if depth == 0 || !v.CanSet() && v.Kind() != reflect.Struct { // what is embedded has fields to set
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[template.HTML]() {
			v.SetString(text)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(2)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		stuff(v.Elem(), text, depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		stuff(v.Index(0), text, depth-1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		stuff(value, text, depth-1)
		v.SetMapIndex(reflect.ValueOf(text).Convert(v.Type().Key()), value)
	case reflect.Struct:
		for i := range v.NumField() {
			if ours, is := names[v.Type().Field(i).Name]; is {
				v.Field(i).SetString(ours)
			} else {
				stuff(v.Field(i), text, depth-1)
			}
		}
	}
}

func TestEveryPageIsTriedWithWhatPeopleWrite(t *testing.T) {
	all, err := loadPages()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all {
		if contents()[name] == nil {
			t.Errorf("page %s has no line in contents()", name)
		}
	}
}

func FuzzNoTextBreaksOutOfAPage(f *testing.F) {
	all, err := loadPages()
	if err != nil {
		f.Fatal(err)
	}
	pages := slices.Sorted(maps.Keys(all))
	for _, text := range []string{`"><script>alert(1)</script>`, `' onfocus=alert(1) autofocus x='`, "javascript:alert(1)",
		"</textarea></main><footer>", "`</code>`<img src=x onerror=alert(1)>", "//evil.example/x", "{{.}}\x00&lt;b&gt;"} {
		for at := range pages {
			f.Add(uint8(at), text)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		name := pages[int(which)%len(pages)]
		content := contents()[name]
		stuff(reflect.ValueOf(content).Elem(), text, 9)
		page := frame{Tab: name, Page: content}
		stuff(reflect.ValueOf(&page.Title).Elem(), text, 1)
		stuff(reflect.ValueOf(&page.People).Elem(), text, 3)
		page.Back, page.Acting, page.Next = text, person{text, text, true}, &departure{text, text, text}
		var out strings.Builder
		if err := all[name].ExecuteTemplate(&out, "frame", page); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tree, err := html.Parse(strings.NewReader(out.String()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range tree.Descendants() {
			checkNode(t, name, text, n)
		}
	})
}

// never are elements that no page of ours has.
var never = []string{"script", "style", "iframe", "object", "embed", "img", "base", "footer", "video", "audio", "math"}

// checkNode fails on what only a text that broke out could have made.
func checkNode(t *testing.T, page, text string, n *html.Node) {
	if n.Type == html.CommentNode || n.Type == html.ElementNode && slices.Contains(never, n.Data) {
		t.Errorf("%s: %q became <%s>", page, text, n.Data)
	}
	if n.Data == "main" && (n.Parent == nil || n.Parent.Data != "body") {
		t.Errorf("%s: %q moved the page's main part", page, text)
	}
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "formaction", a.Key == "srcdoc":
			t.Errorf("%s: %q gave <%s %s=%q>", page, text, n.Data, a.Key, a.Val)
		case (a.Key == "href" || a.Key == "action") && strings.HasPrefix(value, "javascript:"):
			t.Errorf("%s: %q gave <%s %s=%q>", page, text, n.Data, a.Key, a.Val)
		case a.Key == "action" && (!strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//")):
			t.Errorf("%s: %q sends a form to %q", page, text, a.Val)
		}
	}
}
