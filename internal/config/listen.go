package config

import (
	"strconv"
	"strings"
)

// listen reads an address to listen on, if there is one.
func (r *settingsReader) listen(env string) string {
	v := r.value(env)
	if v == "" {
		return ""
	}
	colon := strings.LastIndexByte(v, ':')
	host := v[:max(0, colon)]
	_, err := strconv.ParseUint(v[colon+1:], 10, 16)
	bracketed := strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]")
	if colon < 0 || err != nil || strings.ContainsAny(host, "/ ") || strings.Contains(host, ":") && !bracketed {
		r.fault(env, "is %s: write host:port or :port, as in :8080", quote(v))
	}
	return v
}

// metricsListen keeps the metrics off the port that the world outside reaches.
func (r *settingsReader) metricsListen(webhooks string) string {
	v := r.listen(envMetricsListen)
	port := v[strings.LastIndexByte(v, ':')+1:]
	if v != "" && port != "0" && port == webhooks[strings.LastIndexByte(webhooks, ':')+1:] {
		r.fault(envMetricsListen, "has the port of %s: take another one, as in 127.0.0.1:9090, which only Prometheus reaches", envListen)
	}
	return v
}
