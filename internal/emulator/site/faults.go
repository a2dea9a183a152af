package site

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// faultsShown is how much of what struck the page shows.
const faultsShown = 50

// faultKind is a kind of fault as the admin API describes it.
type faultKind struct {
	Kind     string `json:"kind"`
	About    string `json:"about"`
	Delivery bool   `json:"delivery"`
	Effect   string `json:"effect"`
	By       string `json:"by"`
	Within   string `json:"within"`
	Status   bool   `json:"status"`
}

// Example is what may narrow the kind, for the empty field.
func (k faultKind) Example() string {
	switch {
	case k.Delivery:
		return "event=issues.opened"
	case k.Kind == "clock.skew":
		return "by=-2m"
	case k.Effect != "":
		return "effect=after,method=POST"
	default:
		return "route=/repos/**"
	}
}

// faultRule is a fault in force.
type faultRule struct {
	ID     int     `json:"id"`
	Rule   string  `json:"rule"`
	Kind   string  `json:"kind"`
	Chance float64 `json:"chance"`
	Met    int     `json:"met"`
	Struck int     `json:"struck"`
	Left   *int    `json:"left"`
}

// Spent reports whether it will not strike again.
func (r faultRule) Spent() bool { return r.Left != nil && *r.Left == 0 }

// strike is a fault that struck.
type strike struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	On     string    `json:"on"`
	Effect string    `json:"effect"`
	By     string    `json:"by"`
}

// When is the time of the wire, not the world's.
func (s strike) When() string { return s.At.UTC().Format("15:04:05.000") }

// faultsInForce is the admin API's report.
type faultsInForce struct {
	Seed   uint64         `json:"seed"`
	Rules  []faultRule    `json:"rules"`
	Counts map[string]int `json:"counts"`
	Total  int            `json:"total"`
}

// faultsPage shows what goes wrong on purpose.
type faultsPage struct {
	faultsInForce
	Kinds  []faultRow
	Struck []strike // the newest first
}

// faultRow is a kind with what is in force of it.
type faultRow struct {
	faultKind
	Rules  []faultRule
	Struck int
}

func (v *visit) showFaults() error {
	var p faultsPage
	var kinds []faultKind
	if err := v.admin(http.MethodGet, "/faults", nil, &p.faultsInForce); err != nil {
		return err
	}
	if err := v.admin(http.MethodGet, "/faults/kinds", nil, &kinds); err != nil {
		return err
	}
	if err := v.admin(http.MethodGet, fmt.Sprintf("/faults/struck?last=%d", faultsShown), nil, &p.Struck); err != nil {
		return err
	}
	slices.Reverse(p.Struck)
	for _, k := range kinds {
		row := faultRow{faultKind: k, Struck: p.Counts[k.Kind]}
		for _, r := range p.Rules {
			if r.Kind == k.Kind {
				row.Rules = append(row.Rules, r)
			}
		}
		p.Kinds = append(p.Kinds, row)
	}
	return v.show(http.StatusOK, "faults", "faults", "Faults", p)
}

// changeFaults is every button of the page.
func (v *visit) changeFaults() error {
	f := v.r.PostForm
	var err error
	switch f.Get("do") {
	case "set":
		err = v.setFault(f.Get("kind"), f.Get("chance"), f.Get("times"), f.Get("more"))
	case "off":
		err = v.admin(http.MethodDelete, "/faults/"+strconv.Itoa(number(f.Get("id"))), nil, nil)
	case "clear":
		err = v.admin(http.MethodDelete, "/faults", nil, nil)
	case "anew":
		err = v.beginAnew(f.Get("seed"))
	default:
		err = &refusal{Status: http.StatusUnprocessableEntity, Message: "There is no such button"}
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/-/faults", http.StatusSeeOther)
	return nil
}

// setFault puts one rule of a kind in force, in place of those that are. The
// old ones go when the new one is accepted.
func (v *visit) setFault(kind, chance, times, more string) error {
	var was, is faultsInForce
	if err := v.admin(http.MethodGet, "/faults", nil, &was); err != nil {
		return err
	}
	rule := []string{kind + "=" + strings.TrimSpace(chance)}
	if times = strings.TrimSpace(times); times != "" {
		rule = append(rule, "times="+times)
	}
	if more = strings.Trim(more, ", "); more != "" {
		rule = append(rule, more)
	}
	if err := v.admin(http.MethodPost, "/faults", map[string]string{"rule": strings.Join(rule, ",")}, &is); err != nil {
		return err
	}
	for _, r := range was.Rules {
		if r.Kind == kind {
			if err := v.admin(http.MethodDelete, "/faults/"+strconv.Itoa(r.ID), nil, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// beginAnew keeps the rules and forgets what they did, under a seed.
func (v *visit) beginAnew(seed string) error {
	n, err := strconv.ParseInt(strings.TrimSpace(seed), 10, 64)
	if err != nil || n < 0 {
		return &refusal{Status: http.StatusUnprocessableEntity, Message: "A seed is a whole number"}
	}
	var now faultsInForce
	if err := v.admin(http.MethodGet, "/faults", nil, &now); err != nil {
		return err
	}
	rules := []string{}
	for _, r := range now.Rules {
		rules = append(rules, r.Rule)
	}
	return v.admin(http.MethodPut, "/faults", map[string]any{"seed": n, "rules": rules}, nil)
}
