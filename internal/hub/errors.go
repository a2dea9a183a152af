package hub

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

const (
	// freshToken is how long to wait when GitHub does not know a token that it
	// has just given out; that takes it some seconds.
	freshToken = 2 * time.Second
	// noEntry is how long to wait when GitHub gives no token at all: the App's
	// key, or the installation, is for an operator to mend.
	noEntry = 5 * time.Minute
)

// verdict says what an error means for a deed: [bot.Later] or [bot.Never] if it
// was not done, or else the error itself, whose outcome nobody knows.
func verdict(err error) error {
	var (
		later    bot.Later
		never    bot.Never
		limit    *github.RateLimitError
		abuse    *github.AbuseRateLimitError
		accepted *github.AcceptedError
		entry    *ghinstallation.HTTPError
		refused  *github.ErrorResponse
	)
	switch {
	case err == nil, errors.As(err, &accepted):
		return nil
	case errors.As(err, &later):
		return later
	case errors.As(err, &never):
		return never
	case errors.As(err, &limit):
		return bot.Later{Until: limit.Rate.Reset.Add(time.Second), Cause: limit.Message}
	case errors.As(err, &abuse):
		return bot.Later{Until: time.Now().Add(max(abuse.GetRetryAfter(), aMinute)), Cause: abuse.Message}
	case errors.As(err, &entry):
		return noToken(entry)
	case errors.As(err, &refused):
		return refusedVerdict(refused)
	}
	return err
}

// noToken is for a request that never left, as there was no token for it.
func noToken(entry *ghinstallation.HTTPError) error {
	later := bot.Later{Until: time.Now().Add(freshToken), Cause: "no token: " + entry.Error()}
	if entry.RootCause == nil && entry.Response != nil {
		_ = entry.Response.Body.Close()
		if entry.Response.StatusCode < http.StatusInternalServerError {
			later.Until = time.Now().Add(noEntry)
		}
	}
	return later
}

func refusedVerdict(e *github.ErrorResponse) error {
	status := e.Response.StatusCode
	switch {
	case status == http.StatusUnauthorized:
		return bot.Later{Until: time.Now().Add(freshToken), Cause: words(e)}
	case status == http.StatusNotFound, status == http.StatusGone:
		return bot.Never{Cause: words(e), Gone: true}
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusConflict:
		return fmt.Errorf("%s", words(e))
	}
	return bot.Never{Cause: words(e)}
}

// words says what GitHub answered, in its own words.
func words(e *github.ErrorResponse) string {
	said := fmt.Sprintf("GitHub answered %d", e.Response.StatusCode)
	if e.Message != "" {
		said += ": " + strings.Join(strings.Fields(e.Message), " ")
	}
	var parts []string
	for _, one := range e.Errors {
		part := one.Message
		if part == "" {
			part = strings.Join(strings.Fields(one.Resource+" "+one.Field+" "+one.Code), " ")
		}
		parts = append(parts, part)
	}
	if len(parts) > 0 {
		said += " (" + strings.Join(parts, "; ") + ")"
	}
	return clip(said, 500)
}

// statusOf returns the status of GitHub's refusal, 0 if it is none.
func statusOf(err error) int {
	var refused *github.ErrorResponse
	if errors.As(err, &refused) && refused.Response != nil {
		return refused.Response.StatusCode
	}
	return 0
}

// exists reports whether GitHub refused to make what is there already.
func exists(err error) bool {
	var refused *github.ErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	for _, one := range refused.Errors {
		if one.Code == "already_exists" {
			return true
		}
	}
	return false
}
