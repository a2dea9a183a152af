package meter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Traces sends spans to a collector, in the background and a bounded number of
// them: one that is away or slow holds up nothing. Nil sends none.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// mostOfAnAttribute is how long what a span says may be, in bytes.
const mostOfAnAttribute = 1000

// NewTraces sends to the address, as OTLP over HTTP. What else there is to say
// (headers, certificates, sampling, the service's name) comes from the standard
// OTEL_ variables of the environment.
func NewTraces(ctx context.Context, address string, log zerolog.Logger) (*Traces, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "stationmaster")),
		resource.WithHost(), resource.WithProcessPID(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("traces: %w", err)
	}
	limits := sdk.NewSpanLimits()
	limits.AttributeValueLengthLimit = mostOfAnAttribute
	otel.SetErrorHandler(&troubles{log: log})
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about), sdk.WithRawSpanLimits(limits))
	return &Traces{provider, provider.Tracer("stationmaster")}, nil
}

// begin starts a span of its own, linked with the one that caused it.
func (t *Traces) begin(ctx, cause context.Context, name string, says ...attribute.KeyValue) context.Context {
	options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithAttributes(says...)}
	if cause != nil {
		if from := trace.SpanContextFromContext(cause); from.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: from}))
		}
	}
	ctx, _ = t.tracer.Start(ctx, name, options...)
	return ctx
}

// nothing is carried to others or taken from them: neither GitHub nor whoever
// posts to the door is part of our traces.
var nothing = propagation.NewCompositeTextMapPropagator()

// Client traces what goes through a transport, each request under the Pattern
// that it has, or its method.
func (t *Traces) Client(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(nothing),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			if r.Pattern == "" {
				return r.Method
			}
			return r.Pattern
		}))
}

// Webhooks traces what is posted to a handler, with the delivery's id.
func (t *Traces) Webhooks(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	named := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trace.SpanFromContext(r.Context()).SetAttributes(
			keyDelivery.String(r.Header.Get("X-GitHub-Delivery")), keyWebhook.String(r.Header.Get("X-GitHub-Event")))
		next.ServeHTTP(w, r)
	})
	return otelhttp.NewHandler(named, "webhook", otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(nothing),
		otelhttp.WithSpanNameFormatter(func(name string, _ *http.Request) string { return name }))
}

// Close sends what is left until the context ends. Nothing is traced after it.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	return nil
}

// troubles logs that spans could not be sent, once a minute at most.
type troubles struct {
	log  zerolog.Logger
	mu   sync.Mutex
	told time.Time
}

// Handle is told of what went wrong.
func (t *troubles) Handle(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.Sub(t.told) >= time.Minute {
		t.told = now
		t.log.Warn().Err(err).Msg("traces are not sent")
	}
}
