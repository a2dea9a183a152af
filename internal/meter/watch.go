package meter

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// Keys of what a span says.
const (
	keyDelivery     = attribute.Key("github.delivery")
	keyWebhook      = attribute.Key("github.event")
	keyRepo         = attribute.Key("stationmaster.repo")
	keyInstallation = attribute.Key("stationmaster.installation")
	keyEvent        = attribute.Key("stationmaster.event")
	keyAction       = attribute.Key("stationmaster.action")
	keyOutcome      = attribute.Key("stationmaster.outcome")
	keyOutcomes     = attribute.Key("stationmaster.outcomes")
	keyRules        = attribute.Key("stationmaster.rules")
	keyChanged      = attribute.Key("stationmaster.changed")
	keyActions      = attribute.Key("stationmaster.actions")
	keyAttempt      = attribute.Key("stationmaster.attempt")
	keyUrgent       = attribute.Key("stationmaster.urgent")
	keyWaited       = attribute.Key("stationmaster.waited_seconds")
)

// deliveryKey is where a context keeps the delivery that a decision is about, for
// the actions that follow from it.
type deliveryKey struct{}

// Deciding begins the span of a decision.
func (m *Meter) Deciding(ctx, cause context.Context, e process.Event) context.Context {
	if m.traces == nil {
		return ctx
	}
	if e.Delivery == "" && cause != nil {
		e.Delivery, _ = cause.Value(deliveryKey{}).(string)
	}
	ctx = context.WithValue(ctx, deliveryKey{}, e.Delivery)
	return m.traces.begin(ctx, cause, "decide "+string(e.What),
		keyDelivery.String(e.Delivery), keyRepo.String(e.Repo), keyEvent.String(e.Key))
}

// Decided counts a decision and ends its span.
func (m *Meter) Decided(ctx context.Context, e bot.Entry, waited time.Duration) {
	outcome := came(e)
	m.decisions.WithLabelValues(string(e.Event.What), outcome).Inc()
	var outcomes, rules []string
	for _, p := range e.Decision.Parts {
		verb := p.Line.Verb
		if !m.verbs[verb] {
			verb = "unknown"
		}
		m.commands.WithLabelValues(verb, string(p.Outcome.State)).Inc()
		outcomes = append(outcomes, verb+" "+string(p.Outcome.State))
		rules = append(rules, p.Outcome.Rules()...)
	}
	if outcome != skipped && e.Event.What != process.Receipt {
		m.decideWait.Observe(waited.Seconds())
	}
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(keyOutcome.String(outcome), keyOutcomes.StringSlice(outcomes), keyRules.StringSlice(rules),
		keyChanged.Int(len(e.Decision.Changed)), keyActions.Int(len(e.Decision.Actions)), keyWaited.Float64(waited.Seconds()))
	if e.Event.What == process.Dead {
		span.SetStatus(codes.Error, "the decision failed")
	}
	span.End()
}

// Outcomes of decisions that have no lines of their own, beside "recorded".
const (
	skipped = "skipped"
	dead    = "dead"
)

// worst orders the states of command lines: a decision about several came out as
// its worst one did.
var worst = []process.State{process.Refused, process.Puzzled, process.Done, process.Answered, process.Already}

// came says in a word how a decision came out.
func came(e bot.Entry) string {
	states := map[process.State]bool{}
	for _, p := range e.Decision.Parts {
		states[p.Outcome.State] = true
		if p.Outcome.Bad() && p.Outcome.State != process.Puzzled {
			states[process.Refused] = true
		}
	}
	for _, s := range worst {
		if states[s] {
			return string(s)
		}
	}
	switch d := e.Decision; {
	case e.Event.What == process.Dead:
		return dead
	case d.Skipped != "", len(d.Changed) == 0 && len(d.Actions) == 0:
		return skipped
	}
	return "recorded"
}

// Acting begins the span of an attempt at an action.
func (m *Meter) Acting(ctx, cause context.Context, w bot.Work) context.Context {
	if m.traces == nil {
		return ctx
	}
	delivery := ""
	if cause != nil {
		delivery, _ = cause.Value(deliveryKey{}).(string)
	}
	ctx = context.WithValue(ctx, deliveryKey{}, delivery)
	return m.traces.begin(ctx, cause, "act "+string(w.Action.Do),
		keyDelivery.String(delivery), keyRepo.String(w.Repo), keyInstallation.Int64(w.Installation),
		keyAction.String(w.Action.Key), keyAttempt.Int(w.Attempt+1), keyUrgent.Bool(w.Action.Urgent))
}

// Acted counts an attempt at an action and ends its span.
func (m *Meter) Acted(ctx context.Context, w bot.Work, t bot.Try) {
	m.actions.WithLabelValues(string(w.Action.Do), string(t.Came)).Inc()
	m.actionTook.WithLabelValues(string(w.Action.Do)).Observe(t.Took.Seconds())
	if t.Came == bot.CameDone || t.Came == bot.CameDead {
		m.actionWait.WithLabelValues(urgency(w.Action.Urgent)).Observe(t.Waited.Seconds())
	}
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(keyOutcome.String(string(t.Came)), keyWaited.Float64(t.Waited.Seconds()))
	if t.Came == bot.CameAgain || t.Came == bot.CameDead {
		span.SetStatus(codes.Error, "the action failed")
	}
	span.End()
}
