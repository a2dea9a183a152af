package notify

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// unreached are the words of Go's own errors before anything could be sent.
var unreached = []string{"dial tcp", "dial udp", "no such host", "connection refused", "tls: failed to verify", "x509:", "tls: first record"}

// answered finds the status with which a server refused, as Go's client words it.
var answered = regexp.MustCompile(`\b([45]\d\d) ([A-Z][A-Za-z' -]+)`)

// outcome tells what a failure means. The library hands its errors on as words
// alone, with the address in them at times: so they are read here, and none of
// them leaves. Several says that others may have heard it before the failure.
func outcome(err error, several bool) error {
	text := err.Error()
	status := 0
	if m := answered.FindStringSubmatch(text); m != nil {
		if code, err := strconv.Atoi(m[1]); err == nil && strings.HasPrefix(m[2], http.StatusText(code)) {
			status = code
		}
	}
	cause := "the channel's server failed"
	if status != 0 {
		cause = "the channel's server answered " + strconv.Itoa(status) + " " + http.StatusText(status)
	}
	for _, words := range unreached {
		if strings.Contains(text, words) {
			cause, status = "the channel's server cannot be reached", http.StatusServiceUnavailable
		}
	}
	switch {
	case several:
		return errors.New(cause)
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return bot.Unsent{Cause: cause}
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		return bot.Never{Cause: cause}
	}
	return errors.New(cause)
}
