package config

import "strings"

// The standard variables of OpenTelemetry that decide whether traces are sent,
// and where. The rest of them are read by its own library.
const (
	otelEndpoint       = "OTEL_EXPORTER_OTLP_ENDPOINT"
	otelTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	otelProtocol       = "OTEL_EXPORTER_OTLP_PROTOCOL"
	otelTracesProtocol = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
	otelExporter       = "OTEL_TRACES_EXPORTER"
	otelDisabled       = "OTEL_SDK_DISABLED"
)

// tracesURL returns where traces are sent. A collector's root stands for its
// usual path.
func (r *settingsReader) tracesURL() string {
	get := func(env string) string {
		v, _ := r.lookup(env)
		return strings.TrimSpace(v)
	}
	env, v := otelTracesEndpoint, get(otelTracesEndpoint)
	if v == "" {
		env, v = otelEndpoint, get(otelEndpoint)
	}
	exporter := strings.ToLower(get(otelExporter))
	if v == "" || strings.EqualFold(get(otelDisabled), "true") || exporter == "none" {
		return ""
	}
	u, err := webAddress(v)
	if err != nil {
		r.fault(env, "is no address of a collector: write one such as http://localhost:4318, and what it asks for into OTEL_EXPORTER_OTLP_HEADERS")
		return ""
	}
	if exporter != "" && exporter != "otlp" {
		r.fault(otelExporter, "is %s: write otlp, or none", quote(exporter))
	}
	for _, name := range []string{otelTracesProtocol, otelProtocol} {
		if protocol := get(name); protocol != "" {
			if protocol != "http/protobuf" {
				r.fault(name, "is %s: write http/protobuf, the one that is spoken here, and the collector's port for it, mostly 4318", quote(protocol))
			}
			break
		}
	}
	if env == otelEndpoint {
		u = u.JoinPath("v1", "traces")
	}
	return u.String()
}
