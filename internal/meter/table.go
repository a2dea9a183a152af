package meter

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// A Metric is one line of the table of all that is measured here.
type Metric struct {
	Name   string   // as Prometheus has it
	Kind   string   // counter, gauge, histogram
	Labels []string // their names
	Help   string   // what it tells
}

// Table returns all metrics of our own, in the order in which they are to be read.
// Those of the process and of Go itself come on top.
func Table() []Metric { return New(Options{}).table }

const namespace = "stationmaster"

// Buckets are seconds. A webhook is acknowledged, and a request answered, in
// milliseconds or not at all; people wait seconds, and behind a limit an hour.
var (
	quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}
	slow  = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}
)

// metrics are those that are counted as things happen.
type metrics struct {
	deliveries  *prometheus.CounterVec
	webhook     prometheus.Observer
	decisions   *prometheus.CounterVec
	commands    *prometheus.CounterVec
	decideWait  prometheus.Observer
	actions     *prometheus.CounterVec
	actionTook  prometheus.ObserverVec
	actionWait  prometheus.ObserverVec
	requests    *prometheus.CounterVec
	requestTook prometheus.ObserverVec
	requestWait prometheus.ObserverVec
	limits      prometheus.Counter
	recovered   *prometheus.CounterVec
	repaired    *prometheus.CounterVec

	databaseUp, inbox, inboxAge, waiting *prometheus.Desc // read from the database
	budgetLeft, budgetLimit, blocked     *prometheus.Desc // kept by installation
}

// define makes them all. The order is the table's.
func (m *Meter) define() {
	m.deliveries = m.counter("deliveries_total", "webhooks by what became of them; `not-stored` was answered 503, for GitHub to keep", "outcome")
	m.webhook = m.histogram("webhook_seconds", "how long a webhook waited for its answer; GitHub hangs up after ten seconds", quick).WithLabelValues()
	m.inbox = m.gauge("inbox_deliveries", "deliveries that nobody has decided yet, of all installations")
	m.inboxAge = m.gauge("inbox_oldest_seconds", "age of the oldest of them; 0 when there is none")
	m.decisions = m.counter("decisions_total", "decisions by what happened and how it came out; `dead` ones failed and were set aside", "what", "outcome")
	m.commands = m.counter("commands_total", "command lines by how they came out; those nobody knows are `unknown`", "command", "outcome")
	m.decideWait = m.histogram("decision_wait_seconds", "how long a delivery waited until it was decided, the settling of labels included", slow).WithLabelValues()
	m.actions = m.counter("actions_total", "attempts at something to be done at GitHub or told a chat: `done`, `again` (a retry follows), `later` (told to wait), `dead`, `unfinished`", "do", "outcome")
	m.actionTook = m.histogram("action_seconds", "how long one attempt took", quick, "do")
	m.actionWait = m.histogram("action_wait_seconds", "how long it was from the decision until its action was done, or dead: the wait that people see", slow, "urgency")
	m.waiting = m.gauge("actions", "actions that are `pending`, that are `waiting` for their next try, and that are `dead`, of all installations", "state")
	m.requests = m.counter("github_requests_total", "requests to GitHub by route and status; `none` is no answer", "route", "status")
	m.requestTook = m.histogram("github_request_seconds", "how long GitHub took to answer", quick, "route")
	m.requestWait = m.histogram("github_wait_seconds", "how long a request waited for its turn, or was put off", slow, "urgency")
	m.limits = m.counter("github_limits_total", "times that a limit of GitHub's was met, or would have been").WithLabelValues()
	m.blocked = m.gauge("github_blocked_until_timestamp_seconds", "when requests that are put off may go on; 0 when none are", "installation")
	m.budgetLeft = m.gauge("github_budget_left", "requests left of the primary limit", "installation", "resource")
	m.budgetLimit = m.gauge("github_budget_limit", "the primary limit, of requests an hour", "installation", "resource")
	m.recovered = m.counter("recovered_total", "what was found again though its webhook never came", "kind")
	m.repaired = m.counter("repaired_total", "what somebody had changed of ours, and was put right", "kind")
	m.databaseUp = m.gauge("database_up", "1 if the database could be read just now; else the numbers from it are missing")
}

func (m *Meter) note(kind, name, help string, labels []string) string {
	name = namespace + "_" + name
	m.table = append(m.table, Metric{Name: name, Kind: kind, Labels: slices.Clone(labels), Help: help})
	return name
}

func (m *Meter) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: m.note("counter", name, help, labels), Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

func (m *Meter) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: m.note("histogram", name, help, labels), Help: help, Buckets: buckets,
	}, labels)
	m.registry.MustRegister(v)
	return v
}

// gauge describes one that a collector reads when it is asked.
func (m *Meter) gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(m.note("gauge", name, help, labels), help, labels, nil)
}
