package config

import (
	"strings"
	"testing"
)

func TestMetricsHaveAnAddressOfTheirOwnOrNone(t *testing.T) {
	for _, tt := range []struct {
		listen, metrics string
		fine            bool
	}{
		{":8080", "", true},
		{":8080", "127.0.0.1:9090", true},
		{"127.0.0.1:0", "127.0.0.1:0", true}, // two free ports
		{":8080", ":8080", false},
		{"127.0.0.1:8080", "[::1]:8080", false},
		{":8080", "9090", false},
		{":8080", "http://127.0.0.1:9090", false},
	} {
		s, err := ServerFromEnv(least(map[string]string{envListen: tt.listen, envMetricsListen: tt.metrics}), noFile)
		if (err == nil) != tt.fine || tt.fine && s.MetricsListen != tt.metrics {
			t.Errorf("%q beside %q: %q, %v", tt.metrics, tt.listen, s.MetricsListen, err)
		}
		if err != nil && (!strings.Contains(err.Error(), envMetricsListen) || !strings.Contains(err.Error(), "as in ")) {
			t.Errorf("it is not said what to do: %v", err)
		}
	}
}

func TestTracesGoWhereTheStandardVariablesSay(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nothing is set", nil, ""},
		{"a collector", map[string]string{otelEndpoint: "http://localhost:4318"}, "http://localhost:4318/v1/traces"},
		{"a collector below a path", map[string]string{otelEndpoint: "https://otel.example.org/in/"}, "https://otel.example.org/in/v1/traces"},
		{"an address for traces alone", map[string]string{otelEndpoint: "http://a:1", otelTracesEndpoint: "http://b:2/here"}, "http://b:2/here"},
		{"no traces", map[string]string{otelEndpoint: "http://a:1", otelExporter: "none"}, ""},
		{"all switched off", map[string]string{otelEndpoint: "http://a:1", otelDisabled: "TRUE"}, ""},
		{"the protocol that is spoken", map[string]string{otelEndpoint: "http://a:1", otelProtocol: "http/protobuf"}, "http://a:1/v1/traces"},
		{"the one for traces counts", map[string]string{otelEndpoint: "http://a:1", otelProtocol: "grpc", otelTracesProtocol: "http/protobuf"}, "http://a:1/v1/traces"},
	} {
		s, err := ServerFromEnv(least(tt.env), noFile)
		if err != nil || s.TracesURL != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.name, s.TracesURL, err, tt.want)
		}
	}
	for name, env := range map[string]map[string]string{
		"no address":       {otelEndpoint: "localhost:4318"},
		"a password in it": {otelEndpoint: "http://ann:hunter2@localhost:4318"},
		"another protocol": {otelEndpoint: "http://a:1", otelProtocol: "grpc"},
		"another exporter": {otelEndpoint: "http://a:1", otelExporter: "zipkin"},
	} {
		_, err := ServerFromEnv(least(env), noFile)
		if err == nil || !strings.Contains(err.Error(), "write ") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
