package site

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// templateFolder is where a repository keeps its issue forms.
const templateFolder = ".github/ISSUE_TEMPLATE"

// issueForm is a way to open an issue that a repository offers: a form, or a
// text to begin with.
type issueForm struct {
	File      string    `yaml:"-"` // feature.yml
	Name      string    `yaml:"name"`
	About     string    `yaml:"description"`
	OldAbout  string    `yaml:"about"` // as Markdown templates call it
	Title     string    `yaml:"title"`
	Labels    oneOrMany `yaml:"labels"`
	Assignees oneOrMany `yaml:"assignees"`
	Fields    []field   `yaml:"body"`
	Text      string    `yaml:"-"` // of a Markdown template
	Fault     string    `yaml:"-"` // why it cannot be used; empty if it can
}

// field is one element of a form.
type field struct {
	Kind       string `yaml:"type"` // markdown, input, textarea, dropdown, checkboxes
	ID         string `yaml:"id"`
	Attributes struct {
		Label       string   `yaml:"label"`
		Description string   `yaml:"description"`
		Placeholder string   `yaml:"placeholder"`
		Value       string   `yaml:"value"`
		Render      string   `yaml:"render"`
		Multiple    bool     `yaml:"multiple"`
		Options     []choose `yaml:"options"`
		Default     *int     `yaml:"default"`
	} `yaml:"attributes"`
	Validations struct {
		Required bool `yaml:"required"`
	} `yaml:"validations"`

	// What the page shows beside, and what was answered.
	Name   string        `yaml:"-"` // of the form's field
	HTML   template.HTML `yaml:"-"` // a markdown element, or the description
	Answer string        `yaml:"-"`
	Picked []string      `yaml:"-"`
	Fault  string        `yaml:"-"`
}

// choose is an option: a word of a dropdown, a box with what it says.
type choose struct {
	Label    string `yaml:"label"`
	Required bool   `yaml:"required"`
}

// UnmarshalYAML takes an option as a word, too.
func (c *choose) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		c.Label = n.Value
		return nil
	}
	type plain choose
	return n.Decode((*plain)(c))
}

// oneOrMany is a list, or one text with commas in it.
type oneOrMany []string

// UnmarshalYAML takes either.
func (l *oneOrMany) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return n.Decode((*[]string)(l))
	}
	for one := range strings.SplitSeq(n.Value, ",") {
		if one = strings.TrimSpace(one); one != "" {
			*l = append(*l, one)
		}
	}
	return nil
}

// readForm reads one file of the folder. What cannot be used says why.
func readForm(file, text string) issueForm {
	f := issueForm{File: file}
	var err error
	if path.Ext(file) == ".md" {
		front, body, found := strings.Cut(strings.TrimPrefix(lines(text), "---\n"), "\n---\n")
		if !found {
			front, body = "", text
		}
		err = yaml.Unmarshal([]byte(front), &f)
		f.Text = strings.TrimLeft(body, "\n")
	} else if err = yaml.Unmarshal([]byte(text), &f); err == nil {
		err = f.check()
	}
	if err != nil {
		f.Fault = strings.Join(strings.Fields(err.Error()), " ")
	}
	f.Name, f.About = cmp.Or(f.Name, file), cmp.Or(f.About, f.OldAbout)
	return f
}

// check finds what GitHub would not take, and names the fields.
func (f *issueForm) check() error {
	if len(f.Fields) == 0 {
		return errors.New("it has no body")
	}
	for at := range f.Fields {
		x := &f.Fields[at]
		x.Name = "answer-" + strconv.Itoa(at)
		switch x.Kind {
		case "markdown", "input", "textarea":
		case "dropdown", "checkboxes":
			if len(x.Attributes.Options) == 0 {
				return fmt.Errorf("body[%d] has no options", at)
			}
		default:
			return fmt.Errorf("body[%d] has the unknown type %q", at, x.Kind)
		}
		if x.Kind != "markdown" && x.Attributes.Label == "" {
			return fmt.Errorf("body[%d] has no label", at)
		}
	}
	return nil
}

// contact is a link beside the forms, of config.yml.
type contact struct {
	Name  string `yaml:"name"`
	URL   string `yaml:"url"`
	About string `yaml:"about"`
}

// offers are the ways to open an issue in a repository.
type offers struct {
	Owner, Repo string
	Forms       []issueForm
	Blank       bool
	Contacts    []contact
}

// offers reads the repository's forms; without any there is the blank issue.
func (v *visit) offers() (*offers, error) {
	o := &offers{Owner: v.r.PathValue("owner"), Repo: v.r.PathValue("repo"), Blank: true}
	var found []struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	err := v.get(v.repoPath()+"/contents/"+templateFolder, &found)
	var no *refusal
	if errors.As(err, &no) && no.Status == http.StatusNotFound {
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	for _, file := range found {
		if ext := path.Ext(file.Name); file.Type != "file" || !slices.Contains([]string{".yml", ".yaml", ".md"}, ext) {
			continue
		}
		text, err := v.fileText(templateFolder+"/"+file.Name, "")
		if err != nil {
			return nil, err
		}
		if strings.TrimSuffix(file.Name, path.Ext(file.Name)) == "config" {
			o.configure(text)
			continue
		}
		o.Forms = append(o.Forms, readForm(file.Name, text))
	}
	return o, nil
}

func (o *offers) configure(text string) {
	var c struct {
		Blank    *bool     `yaml:"blank_issues_enabled"`
		Contacts []contact `yaml:"contact_links"`
	}
	if yaml.Unmarshal([]byte(text), &c) == nil {
		o.Contacts = c.Contacts
		o.Blank = c.Blank == nil || *c.Blank
	}
}

// form reads the form that a file name names; nil if it is not there or of no use.
func (v *visit) form(file string) (*issueForm, error) {
	if file == "" {
		return nil, nil
	}
	o, err := v.offers()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(o.Forms, func(f issueForm) bool { return f.File == file && f.Fault == "" })
	if at < 0 {
		return nil, &refusal{Status: http.StatusNotFound, Message: "There is no issue form " + file}
	}
	return &o.Forms[at], nil
}

// chooseForm offers what there is; if that is the blank issue alone, it is it.
func (v *visit) chooseForm() error {
	o, err := v.offers()
	if err != nil {
		return err
	}
	if len(o.Forms) == 0 {
		http.Redirect(v.w, v.r, v.repoPage()+"/issues/new?"+v.r.URL.RawQuery, http.StatusSeeOther)
		return nil
	}
	return v.show(http.StatusOK, "choose", "issues", "New issue", o)
}
