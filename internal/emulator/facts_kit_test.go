package emulator_test

import (
	"io"
	"net/http"
	"strings"
)

// once makes a bare request and follows no redirect.
func (w *world) once(method, path, auth, body string, head ...string) (*http.Response, string) {
	w.t.Helper()
	return w.send(method, w.cred.BaseURL+path, auth, body, head...)
}

// send is once for a whole address.
func (w *world) send(method, address, auth, body string, head ...string) (*http.Response, string) {
	w.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	for n := 0; n+1 < len(head); n += 2 {
		req.Header.Set(head[n], head[n+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(text)
}
