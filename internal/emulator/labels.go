package emulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxLabelName   = 50
	maxDescription = 100
	maxLabels      = 100 // on one issue
	unknownColor   = "ededed"
)

var hexColor = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

// label is one of a repository's labels.
type label struct {
	id          int64
	name        string
	color       string
	description *string
	standard    bool
}

func (r *repo) label(name string) *label {
	for _, l := range r.labels {
		if strings.EqualFold(l.name, name) {
			return l
		}
	}
	return nil
}

// labelView is a label as GitHub shows it.
type labelView struct {
	ID          int64   `json:"id"`
	NodeID      string  `json:"node_id"`
	URL         string  `json:"url"`
	Name        string  `json:"name"`
	Color       string  `json:"color"`
	Default     bool    `json:"default"`
	Description *string `json:"description"`
}

func (g *GitHub) labelView(r *repo, l *label) labelView {
	return labelView{ID: l.id, NodeID: nodeID("LA", l.id), Name: l.name, Color: l.color,
		URL:     g.api() + "/repos/" + r.fullName() + "/labels/" + url.PathEscape(l.name),
		Default: l.standard, Description: l.description}
}

func (g *GitHub) labelViews(r *repo, ls []*label) []labelView {
	return show(ls, func(l *label) labelView { return g.labelView(r, l) })
}

func listLabels(c *call) *reply { return ok(c.gh.labelViews(c.repo, page(c, c.repo.labels))) }

func getLabel(c *call) *reply {
	l := c.repo.label(c.arg("name"))
	if l == nil {
		return notFound()
	}
	return ok(c.gh.labelView(c.repo, l))
}

// labelAsk is the body of creating and of changing a label.
type labelAsk struct {
	Name        *string       `json:"name"`
	NewName     *string       `json:"new_name"`
	Color       *string       `json:"color"`
	Description field[string] `json:"description"`
}

// check finds what is wrong with a label that l (nil: a new one) would become.
func (q labelAsk) check(r *repo, l *label, name string) []fieldError {
	var errs []fieldError
	if strings.TrimSpace(name) == "" {
		errs = append(errs, missingField("Label", "name"))
	}
	if utf8.RuneCountInString(name) > maxLabelName {
		errs = append(errs, tooLong("Label", "name", maxLabelName))
	}
	if other := r.label(name); other != nil && other != l {
		errs = append(errs, alreadyExists("Label", "name"))
	}
	if q.Color != nil && !hexColor.MatchString(*q.Color) {
		errs = append(errs, badValue("Label", "color", nil))
	}
	if utf8.RuneCountInString(q.Description.val) > maxDescription {
		errs = append(errs, tooLong("Label", "description", maxDescription))
	}
	return errs
}

func createLabel(c *call) *reply {
	var ask labelAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	if ask.Name == nil {
		return wasntSupplied("name")
	}
	if errs := ask.check(c.repo, nil, *ask.Name); errs != nil {
		return invalid(errs...)
	}
	l := &label{id: c.gh.st.id(), name: *ask.Name, color: unknownColor}
	if ask.Color != nil {
		l.color = strings.ToLower(*ask.Color)
	}
	l.describe(ask.Description)
	c.addRepoLabel(l)
	return created(c.gh.labelView(c.repo, l))
}

func (l *label) describe(d field[string]) {
	if d.set {
		l.description = nil
		if !d.null && d.val != "" {
			l.description = &d.val
		}
	}
}

func (c *call) addRepoLabel(l *label) {
	c.repo.labels = append(c.repo.labels, l)
	c.tell("label", "created", map[string]any{"label": c.gh.labelView(c.repo, l)})
}

func updateLabel(c *call) *reply {
	l := c.repo.label(c.arg("name"))
	if l == nil {
		return notFound()
	}
	var ask labelAsk
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	was, name := *l, l.name
	if ask.NewName != nil {
		name = *ask.NewName
	}
	if errs := ask.check(c.repo, l, name); errs != nil {
		return invalid(errs...)
	}
	l.name = name
	if ask.Color != nil {
		l.color = strings.ToLower(*ask.Color)
	}
	l.describe(ask.Description)
	if changes := labelChanges(was, *l); len(changes) > 0 {
		c.tell("label", "edited", map[string]any{"label": c.gh.labelView(c.repo, l), "changes": changes})
	}
	return ok(c.gh.labelView(c.repo, l))
}

// from is how webhooks tell the value before a change.
type from struct {
	From string `json:"from"`
}

func labelChanges(was, is label) map[string]from {
	changes := map[string]from{}
	if was.name != is.name {
		changes["name"] = from{was.name}
	}
	if was.color != is.color {
		changes["color"] = from{was.color}
	}
	if a, b := orEmpty(was.description), orEmpty(is.description); a != b {
		changes["description"] = from{a}
	}
	return changes
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// deleteLabel takes a label off every issue. GitHub then tells each issue's
// followers that it was unlabeled, and no longer says of what.
func deleteLabel(c *call) *reply {
	l := c.repo.label(c.arg("name"))
	if l == nil {
		return notFound()
	}
	c.repo.labels = slices.DeleteFunc(c.repo.labels, func(x *label) bool { return x == l })
	c.tell("label", "deleted", map[string]any{"label": c.gh.labelView(c.repo, l)})
	for _, i := range c.repo.issues {
		if at := slices.Index(i.labels, l); at >= 0 {
			i.labels = slices.Delete(i.labels, at, at+1)
			c.tellIssue(i, "unlabeled", nil)
		}
	}
	return noContent()
}

// labelNames reads labels given as strings or as objects with a name.
type labelNames []string

// UnmarshalJSON accepts a list of both forms.
func (n *labelNames) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*n = labelNames{}
	for _, one := range raw {
		var name string
		if json.Unmarshal(one, &name) != nil {
			var obj struct {
				Name string `json:"name"`
			}
			if err := json.Unmarshal(one, &obj); err != nil {
				return err
			}
			name = obj.Name
		}
		*n = append(*n, name)
	}
	return nil
}

// labelsFor finds the labels named, creating unknown ones in grey as GitHub
// does: a typo makes a label.
func (c *call) labelsFor(names labelNames, have int) ([]*label, *reply) {
	var out []*label
	for _, name := range names {
		if strings.TrimSpace(name) == "" {
			return nil, invalid(missingField("Label", "name"))
		}
		if utf8.RuneCountInString(name) > maxLabelName {
			return nil, invalid(tooLong("Label", "name", maxLabelName))
		}
	}
	if have+len(names) > maxLabels {
		return nil, invalid(fieldError{Resource: "Issue", Field: "labels", Code: "custom",
			Message: "labels is too long (maximum is 100 labels)"})
	}
	for _, name := range names {
		l := c.repo.label(name)
		if l == nil {
			l = &label{id: c.gh.st.id(), name: name, color: unknownColor}
			c.addRepoLabel(l)
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out, nil
}

func listIssueLabels(c *call) *reply {
	return ok(c.gh.labelViews(c.repo, page(c, c.issue.labels)))
}

// askedLabels reads {"labels": […]} or a bare list.
func (c *call) askedLabels() (labelNames, *reply) {
	var bare labelNames
	if json.Unmarshal(c.body, &bare) == nil {
		return bare, nil
	}
	var ask struct {
		Labels labelNames `json:"labels"`
	}
	if bad := c.decode(&ask); bad != nil {
		return nil, bad
	}
	return ask.Labels, nil
}

func addIssueLabels(c *call) *reply {
	names, bad := c.askedLabels()
	if bad != nil {
		return bad
	}
	ls, bad := c.labelsFor(names, len(c.issue.labels))
	if bad != nil {
		return bad
	}
	for _, l := range ls {
		c.addLabel(c.issue, l)
	}
	return ok(c.gh.labelViews(c.repo, c.issue.labels))
}

func setIssueLabels(c *call) *reply {
	names, bad := c.askedLabels()
	if bad != nil {
		return bad
	}
	ls, bad := c.labelsFor(names, 0)
	if bad != nil {
		return bad
	}
	c.replaceLabels(c.issue, ls)
	return ok(c.gh.labelViews(c.repo, c.issue.labels))
}

func clearIssueLabels(c *call) *reply {
	c.replaceLabels(c.issue, nil)
	return noContent()
}

func removeIssueLabel(c *call) *reply {
	l := c.repo.label(c.arg("name"))
	if l == nil || !slices.Contains(c.issue.labels, l) {
		return fail(http.StatusNotFound, "Label does not exist")
	}
	c.dropLabel(c.issue, l)
	return ok(c.gh.labelViews(c.repo, c.issue.labels))
}
