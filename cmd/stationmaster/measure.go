package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/hook"
	"github.com/stationmaster-bot/stationmaster/internal/meter"
)

// metricsPath is where Prometheus asks.
const metricsPath = "/metrics"

// flushing is how long the last traces may take to leave.
const flushing = 3 * time.Second

// measure makes what counts and traces.
func (st *station) measure(ctx context.Context) error {
	if address := st.settings.TracesURL; address != "" {
		var err error
		if st.traces, err = meter.NewTraces(ctx, address, st.log); err != nil {
			return err
		}
	}
	var outcomes []string
	for _, o := range hook.Outcomes {
		outcomes = append(outcomes, string(o))
	}
	st.meter = meter.New(meter.Options{Deliveries: outcomes, Traces: st.traces, Log: st.log})
	return nil
}

func (st *station) received(o hook.Outcome, took time.Duration) { st.meter.Received(string(o), took) }

// serveMetrics answers Prometheus on an address of its own, if there is one, and
// returns what ends that and sends the last traces.
func (st *station) serveMetrics(ctx context.Context) (quiet func(context.Context) error, err error) {
	quiet = func(closing context.Context) error {
		closing, cancel := context.WithTimeout(closing, flushing)
		defer cancel()
		if err := st.traces.Close(closing); err != nil {
			st.log.Warn().Err(err).Msg("the last traces are lost")
		}
		return nil
	}
	if st.settings.MetricsListen == "" {
		return quiet, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", st.settings.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s for metrics: %w", st.settings.MetricsListen, err)
	}
	st.metrics = listener.Addr().String()
	st.log.Info().Str("addr", st.metrics).Str("path", metricsPath).Msg("listening for Prometheus")
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, st.meter.Handler())
	server := newServer(mux)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	flush := quiet
	return func(closing context.Context) error {
		err := errors.Join(flush(closing), server.Shutdown(closing))
		if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
			err = errors.Join(err, stopped)
		}
		return err
	}, nil
}
