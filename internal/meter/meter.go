package meter

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/command"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Options say what a meter reads, and where it traces. The zero Options read
// nothing and trace nothing.
type Options struct {
	// Deliveries are the outcomes of webhooks, which are told as 0 from the start.
	Deliveries []string
	// Traces gets the spans; nil is none.
	Traces *Traces
	// Log hears of what cannot be told.
	Log zerolog.Logger
}

// A Meter counts. It is safe for concurrent use.
type Meter struct {
	metrics
	traces   *Traces
	log      zerolog.Logger
	registry *prometheus.Registry
	table    []Metric
	verbs    map[string]bool
	budgets  *budgets
}

var _ bot.Watch = (*Meter)(nil)

// New returns a meter with a registry of its own.
func New(o Options) *Meter {
	m := &Meter{
		traces: o.Traces, log: o.Log, registry: prometheus.NewRegistry(), verbs: map[string]bool{},
	}
	m.define()
	m.budgets = newBudgets(&m.metrics)
	m.registry.MustRegister(
		m.budgets, collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	// What an alert waits for is told as 0: a first one would not be seen as a rise.
	for _, outcome := range o.Deliveries {
		m.deliveries.WithLabelValues(outcome)
	}
	m.decisions.WithLabelValues(string(process.Dead), dead)
	for _, c := range command.Table() {
		m.verbs[c.Name] = true
	}
	return m
}

// Read has the meter read the backlog from the database whenever it is asked for
// its numbers. It is to be called once at most.
func (m *Meter) Read(t bot.Tally) { m.registry.MustRegister(&backlog{&m.metrics, t, m.log}) }

// Handler answers Prometheus, a few at a time. What cannot be read is left out:
// the rest is told all the same.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	})
}

// Received counts a webhook: what became of it, and how long its answer took.
func (m *Meter) Received(outcome string, took time.Duration) {
	m.deliveries.WithLabelValues(outcome).Inc()
	m.webhook.Observe(took.Seconds())
}

// Recovered counts what was found again though its webhook never came: n of a
// kind, which is a word of a list that the caller knows beforehand.
func (m *Meter) Recovered(kind string, n int) { m.recovered.WithLabelValues(kind).Add(float64(n)) }

// Repaired counts what somebody had changed of ours and was put right: n of a
// kind, which is a word of a list that the caller knows beforehand.
func (m *Meter) Repaired(kind string, n int) { m.repaired.WithLabelValues(kind).Add(float64(n)) }

// readFor is how long the database may take.
const readFor = 2 * time.Second

// A backlog reads what waits in the database when Prometheus asks.
type backlog struct {
	*metrics
	tally bot.Tally
	log   zerolog.Logger
}

// Describe names what Collect tells.
func (b *backlog) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.databaseUp, b.inbox, b.inboxAge, b.waiting} {
		to <- d
	}
}

// Collect reads the database. One that is away is told as such.
func (b *backlog) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), readFor)
	defer cancel()
	now := time.Now()
	got, err := b.tally.Backlog(ctx, now)
	if err != nil {
		b.log.Debug().Err(err).Msg("the backlog cannot be counted")
		tell(b.databaseUp, 0)
		return
	}
	tell(b.databaseUp, 1)
	tell(b.inbox, float64(got.Undecided))
	age := 0.0
	if !got.Oldest.IsZero() {
		age = max(0, now.Sub(got.Oldest).Seconds())
	}
	tell(b.inboxAge, age)
	tell(b.waiting, float64(got.Pending), "pending")
	tell(b.waiting, float64(got.Waiting), "waiting")
	tell(b.waiting, float64(got.Dead), "dead")
}
