package site

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// formView is the page of an issue form.
type formView struct {
	issueForm
	Owner, Repo string
	Labels      []label // that the issue will get
	Faults      int
	Preview     template.HTML
}

// showForm shows a form with what was answered so far. A field's description
// may be Markdown, as an element may be whole.
func (v *visit) showForm(status int, f *issueForm, preview template.HTML) error {
	p := formView{issueForm: *f, Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Preview: preview}
	known, err := v.labels()
	if err != nil {
		return err
	}
	for _, name := range f.Labels {
		l := label{Name: name}
		if at := slices.IndexFunc(known, func(k label) bool { return strings.EqualFold(k.Name, name) }); at >= 0 {
			l = known[at]
		}
		p.Labels = append(p.Labels, l)
	}
	for at := range p.Fields {
		x := &p.Fields[at]
		words := x.Attributes.Description
		if x.Kind == "markdown" {
			words = x.Attributes.Value
		}
		x.HTML = v.s.text.render(words, v.setting(""))
		if x.Fault != "" {
			p.Faults++
		}
	}
	return v.show(status, "form", "issues", f.Name, p)
}

// begin fills a form with its own defaults, and with what the address says: a
// field by its id, as at GitHub.
func (f *issueForm) begin(q url.Values) {
	if q.Has("title") {
		f.Title = q.Get("title")
	}
	for at := range f.Fields {
		x := &f.Fields[at]
		x.Answer = x.Attributes.Value
		if x.ID != "" && q.Has(x.ID) {
			x.Answer = q.Get(x.ID)
		}
		switch d := x.Attributes.Default; {
		case x.ID != "" && q.Has(x.ID):
			x.Picked = split(q.Get(x.ID))
		case d != nil && *d >= 0 && *d < len(x.Attributes.Options):
			x.Picked = []string{x.Attributes.Options[*d].Label}
		}
	}
}

// answer fills a form with what was sent, and finds what is missing.
func (f *issueForm) answer(sent url.Values) (complete bool) {
	complete = true
	f.Title = sent.Get("title")
	for at := range f.Fields {
		x := &f.Fields[at]
		x.Answer, x.Picked = strings.TrimSpace(lines(sent.Get(x.Name))), sent[x.Name]
		x.Picked = slices.DeleteFunc(slices.Clone(x.Picked), func(s string) bool { return s == "" })
		if x.Fault = x.missing(); x.Fault != "" {
			complete = false
		}
	}
	return complete
}

func (x *field) missing() string {
	switch {
	case x.Kind == "checkboxes":
		for _, o := range x.Attributes.Options {
			if o.Required && !x.Has(o.Label) {
				return "This box must be ticked: " + o.Label
			}
		}
	case x.Kind == "dropdown" && x.Validations.Required && len(x.Picked) == 0:
		return "One of these must be chosen"
	case x.Kind != "dropdown" && x.Kind != "markdown" && x.Validations.Required && x.Answer == "":
		return "This must be filled in"
	}
	return ""
}

// Has reports whether an option was picked.
func (x field) Has(option string) bool { return slices.Contains(x.Picked, option) }

// body is the issue's text that the answers make: a heading and the answer,
// field by field.
func (f *issueForm) body() string {
	var parts []string
	for _, x := range f.Fields {
		if x.Kind != "markdown" {
			parts = append(parts, "### "+x.Attributes.Label, x.text())
		}
	}
	return strings.Join(parts, "\n\n")
}

// text is one answer as the issue's text has it.
func (x field) text() string {
	switch {
	case x.Kind == "checkboxes":
		var out []string
		for _, o := range x.Attributes.Options {
			mark := "- [ ] "
			if x.Has(o.Label) {
				mark = "- [x] "
			}
			out = append(out, mark+o.Label)
		}
		return strings.Join(out, "\n")
	case x.Kind == "dropdown" && len(x.Picked) == 0:
		return "None"
	case x.Kind == "dropdown":
		return strings.Join(x.Picked, ", ")
	case x.Answer == "":
		return "_No response_"
	case x.Attributes.Render != "":
		return "```" + x.Attributes.Render + "\n" + x.Answer + "\n```"
	default:
		return x.Answer
	}
}

// submitForm opens the issue that a form's answers make, or shows the form
// again with what is missing, or with a preview.
func (v *visit) submitForm(f *issueForm) error {
	complete := f.answer(v.r.PostForm)
	if v.r.PostForm.Has("preview") {
		return v.showForm(http.StatusOK, f, v.s.text.render(f.body(), v.setting("")))
	}
	if !complete {
		return v.showForm(http.StatusUnprocessableEntity, f, "")
	}
	known, err := v.labels()
	if err != nil {
		return err
	}
	names := []string{} // a form makes no labels, as the API would
	for _, l := range known {
		if slices.ContainsFunc(f.Labels, func(name string) bool { return strings.EqualFold(name, l.Name) }) {
			names = append(names, l.Name)
		}
	}
	var made issue
	ask := map[string]any{"title": f.Title, "body": f.body(), "labels": names}
	if len(f.Assignees) > 0 {
		ask["assignees"] = f.Assignees
	}
	v.byForm = true
	if err := v.do(http.MethodPost, v.repoPath()+"/issues", ask, &made); err != nil {
		return err
	}
	return v.done(v.repoPage() + "/issues/" + strconv.Itoa(made.Number))
}
