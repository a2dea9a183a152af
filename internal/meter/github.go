package meter

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Answered counts a request to GitHub. A status of 0 is no answer.
func (m *Meter) Answered(route string, status int, took time.Duration) {
	word := "none"
	if status != 0 {
		word = strconv.Itoa(status)
	}
	m.requests.WithLabelValues(route, word).Inc()
	m.requestTook.WithLabelValues(route).Observe(took.Seconds())
}

// Waited counts how long a request waited for its turn.
func (m *Meter) Waited(urgent bool, d time.Duration) {
	m.requestWait.WithLabelValues(urgency(urgent)).Observe(d.Seconds())
}

// Left keeps what is left of an installation's primary limit until it begins anew.
func (m *Meter) Left(installation int64, resource string, left, of int, anew time.Time) {
	m.budgets.left(purse{installation, resource}, share{left: left, of: of, anew: anew})
}

// Held keeps until when an installation's requests are put off; the zero time is
// the end of that.
func (m *Meter) Held(installation int64, until time.Time) {
	if m.budgets.hold(installation, until) {
		m.limits.Inc()
	}
}

func urgency(urgent bool) string {
	if urgent {
		return "urgent"
	}
	return "routine"
}

// budgets is what is known of each installation. What nobody has heard of for an
// hour after its limit began anew is forgotten: another process works for it.
type budgets struct {
	*metrics
	mu     sync.Mutex
	shares map[purse]share
	until  map[int64]time.Time
}

type purse struct {
	installation int64
	resource     string
}

type share struct {
	left, of int
	anew     time.Time
}

func newBudgets(m *metrics) *budgets {
	return &budgets{metrics: m, shares: map[purse]share{}, until: map[int64]time.Time{}}
}

func (b *budgets) left(p purse, s share) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.shares[p]; known.anew.Equal(s.anew) {
		s.left = min(s.left, known.left) // answers overtake one another
	}
	b.shares[p] = s
}

// hold reports whether a limit begins.
func (b *budgets) hold(installation int64, until time.Time) (begins bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.IsZero() {
		delete(b.until, installation)
		return false
	}
	_, on := b.until[installation]
	b.until[installation] = until
	return !on
}

// Describe names what Collect tells.
func (b *budgets) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.budgetLeft, b.budgetLimit, b.blocked} {
		to <- d
	}
}

// Collect tells what is left, as of now.
func (b *budgets) Collect(to chan<- prometheus.Metric) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	now := time.Now()
	blocked := map[int64]float64{}
	for p, s := range b.shares {
		id := strconv.FormatInt(p.installation, 10)
		switch {
		case now.Sub(s.anew) > time.Hour:
			delete(b.shares, p)
			continue
		case !now.Before(s.anew):
			s.left = s.of
		}
		tell(b.budgetLeft, float64(s.left), id, p.resource)
		tell(b.budgetLimit, float64(s.of), id, p.resource)
		blocked[p.installation] = 0
	}
	for installation, until := range b.until {
		if blocked[installation] = 0; until.After(now) {
			blocked[installation] = float64(until.UnixMilli()) / 1000
		}
	}
	for installation, until := range blocked {
		tell(b.blocked, until, strconv.FormatInt(installation, 10))
	}
}
