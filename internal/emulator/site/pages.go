package site

import (
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// pages are the templates by name, each with the frame around it.
type pages map[string]*template.Template

// loadPages reads every page there is in the folder: a new one needs no line
// anywhere but in the table of routes. What pages share lies in parts.
func loadPages() (pages, error) {
	shared, err := template.New("frame.html").Funcs(funcs).ParseFS(files, "pages/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("what pages share: %w", err)
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	out := pages{}
	for _, file := range names {
		one, err := shared.Clone()
		if err == nil {
			one, err = one.ParseFS(files, file)
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", file, err)
		}
		out[strings.TrimSuffix(path.Base(file), ".html")] = one
	}
	return out, nil
}

var funcs = template.FuncMap{
	"chip":   chip,
	"face":   face,
	"code":   inlineCode,
	"path":   url.PathEscape,
	"query":  url.QueryEscape,
	"dict":   dict,
	"plural": plural,
	"short":  func(sha string) string { return sha[:min(7, len(sha))] },
}

// dict gives a template several values under names.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, isName := pairs[i].(string)
		if !isName {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
