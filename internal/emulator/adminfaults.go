package emulator

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/emulator/fault"
)

// adminFaults shows and changes what goes wrong:
//
//	GET    faults         the rules in force, and how often each kind struck
//	PUT    faults         {"seed": 7, "rules": ["api.502=0.05", …]} in place of those
//	POST   faults         {"rule": "api.502=1,times=1"} besides those
//	DELETE faults         ends all
//	DELETE faults/{id}    ends one
//	GET    faults/struck  what struck, oldest first; ?last=50 the last of it
//	GET    faults/kinds   what there is
func (g *GitHub) adminFaults(r *http.Request, parts []string) *reply {
	below := ""
	if len(parts) > 1 {
		below = parts[1]
	}
	switch {
	case len(parts) > 2:
	case r.Method == http.MethodGet && below == "struck":
		return g.adminStruck(r)
	case r.Method == http.MethodGet && below == "kinds":
		return ok(show(fault.Kinds, showKind))
	case r.Method == http.MethodDelete && below != "":
		if id, err := strconv.Atoi(below); err == nil && g.RemoveFault(id) {
			return noContent()
		}
		return fail(http.StatusNotFound, "No fault has the id "+below+".")
	case below != "":
	case r.Method == http.MethodGet:
		return ok(g.Faults())
	case r.Method == http.MethodPut:
		return g.adminSetFaults(r)
	case r.Method == http.MethodPost:
		return g.adminAddFault(r)
	case r.Method == http.MethodDelete:
		g.ClearFaults()
		return noContent()
	}
	return fail(http.StatusNotFound, "The admin API has no "+r.Method+" "+r.URL.Path)
}

// adminSetFaults keeps the seed if none is given.
func (g *GitHub) adminSetFaults(r *http.Request) *reply {
	var ask struct {
		Seed  *int64   `json:"seed"`
		Rules []string `json:"rules"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	seed := int64(g.Faults().Seed)
	if ask.Seed != nil {
		seed = *ask.Seed
	}
	var rules []fault.Rule
	var faults []error
	for _, text := range ask.Rules {
		rule, err := fault.Parse(text)
		rules, faults = append(rules, rule), append(faults, err)
	}
	err := errors.Join(faults...)
	if err == nil {
		err = g.SetFaults(seed, rules...)
	}
	if err != nil {
		return fail(http.StatusUnprocessableEntity, err.Error())
	}
	return ok(g.Faults())
}

func (g *GitHub) adminAddFault(r *http.Request) *reply {
	var ask struct {
		Rule string `json:"rule"`
	}
	if bad := read(r, &ask); bad != nil {
		return bad
	}
	rule, err := fault.Parse(ask.Rule)
	if err == nil {
		_, err = g.AddFault(rule)
	}
	if err != nil {
		return fail(http.StatusUnprocessableEntity, err.Error())
	}
	return &reply{status: http.StatusCreated, body: g.Faults()}
}

func (g *GitHub) adminStruck(r *http.Request) *reply {
	struck := append([]fault.Strike{}, g.Strikes()...)
	if last := r.URL.Query().Get("last"); last != "" {
		n, err := strconv.Atoi(last)
		if err != nil || n < 0 {
			return fail(http.StatusUnprocessableEntity, `"last" is a number.`)
		}
		struck = struck[max(0, len(struck)-n):]
	}
	return ok(struck)
}

// kindView describes a kind of fault.
type kindView struct {
	Kind     fault.Kind   `json:"kind"`
	About    string       `json:"about"`
	Delivery bool         `json:"delivery"`         // strikes deliveries and not requests
	Effect   fault.Effect `json:"effect,omitempty"` // the defaults of what it takes
	By       string       `json:"by,omitempty"`
	Within   string       `json:"within,omitempty"`
	Status   bool         `json:"status"` // takes 403 or 429
}

func showKind(t fault.Trait) kindView {
	v := kindView{Kind: t.Kind, About: t.About, Delivery: t.Delivery, Effect: t.Effect, Status: t.Status}
	if t.By != (fault.Span{}) {
		v.By = t.By.String()
	}
	if t.Within != 0 {
		v.Within = t.Within.String()
	}
	return v
}

// settingsView is how the emulator behaves beside its faults.
type settingsView struct {
	Latency     string `json:"latency"`
	Limits      bool   `json:"limits"`
	LimitStatus int    `json:"limit_status"` // 0: 403 and 429 by turns
	SearchDelay string `json:"search_delay"` // on the world's clock
}

// adminSettings is GET settings, and PATCH settings with any of its keys.
func (g *GitHub) adminSettings(r *http.Request) *reply {
	var ask struct {
		Latency     *string `json:"latency"`
		Limits      *bool   `json:"limits"`
		LimitStatus *int    `json:"limit_status"`
		SearchDelay *string `json:"search_delay"`
	}
	if r.Method == http.MethodPatch {
		if bad := read(r, &ask); bad != nil {
			return bad
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	latency := g.latency
	if ask.Latency != nil {
		var err error
		if latency, err = fault.ParseSpan(*ask.Latency); err != nil || latency.Least < 0 {
			return fail(http.StatusUnprocessableEntity, `"latency" is a length of time such as 50ms, or two such as 20ms..200ms.`)
		}
	}
	if s := ask.LimitStatus; s != nil && *s != 0 && *s != http.StatusForbidden && *s != http.StatusTooManyRequests {
		return fail(http.StatusUnprocessableEntity, `"limit_status" is 403, 429, or 0 for both by turns.`)
	}
	delay := g.opts.SearchDelay
	if ask.SearchDelay != nil {
		var err error
		if delay, err = time.ParseDuration(*ask.SearchDelay); err != nil || delay < 0 {
			return fail(http.StatusUnprocessableEntity, `"search_delay" is a length of time such as 30s.`)
		}
	}
	g.latency, g.opts.SearchDelay = latency, delay
	if ask.Limits != nil && *ask.Limits != g.opts.Limits {
		g.opts.Limits = *ask.Limits
		clear(g.meters) // they were made for the other way
	}
	if ask.LimitStatus != nil {
		g.opts.LimitStatus = *ask.LimitStatus
	}
	return ok(settingsView{latency.String(), g.opts.Limits, g.opts.LimitStatus, delay.String()})
}
