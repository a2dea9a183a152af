package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/palantir/go-githubapp/githubapp"
	"github.com/rs/zerolog"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
)

// MaxBody is GitHub's own bound on a payload, in bytes: it sends no larger ones.
const MaxBody = 25 << 20

// Options say how webhooks are taken in.
type Options struct {
	// Secrets sign the deliveries. Several let a secret be changed without a
	// gap; none, or an empty one, is refused.
	Secrets []string
	// Inbox stores deliveries durably.
	Inbox bot.Inbox
	// World tells what is none of ours, so that it need not be stored.
	World World
	// MaxBody is the largest body taken, in bytes; 0 means [MaxBody].
	MaxBody int64
	// Told is told what became of each request, and how long it took until the
	// answer was written; nil is nobody.
	Told func(Outcome, time.Duration)
	// Logger gets a line for each delivery refused or not stored.
	Logger zerolog.Logger
	// Now is the machine's clock; nil means the real one.
	Now func() time.Time
}

// New returns the handler that GitHub posts its webhooks to. It answers
//
//	200  stored durably, now or before (a redelivery has its old id); or a ping
//	202  none of ours, and forgotten
//	400  no event, no sound delivery id, or no JSON
//	401  no SHA-256 signature by one of the secrets; SHA-1 alone is none
//	405  not a POST
//	413  larger than MaxBody
//	503  could not be stored, or not in time; GitHub keeps it for redelivery
func New(o Options) (http.Handler, error) {
	if o.Inbox == nil {
		return nil, errors.New("hook: no inbox")
	}
	if o.MaxBody <= 0 {
		o.MaxBody = MaxBody
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Told == nil {
		o.Told = func(Outcome, time.Duration) {}
	}
	d := &door{world: o.World, maxBody: o.MaxBody, told: o.Told, log: o.Logger, places: make(chan struct{}, mostAtOnce), large: make(chan struct{}, mostLarge), quiet: o.Logger.Level(max(o.Logger.GetLevel(), zerolog.WarnLevel))}
	for _, secret := range o.Secrets {
		if strings.TrimSpace(secret) == "" {
			return nil, errors.New("hook: a webhook secret is empty: unsigned deliveries would be believed")
		}
		d.locks = append(d.locks, newLock(secret, o))
	}
	if len(d.locks) == 0 {
		return nil, errors.New("hook: no webhook secret: unsigned deliveries would be believed")
	}
	return d, nil
}

// A door stands before go-githubapp's dispatchers and lets in only what they
// can be trusted with: they take one secret each, believe SHA-1, and bound
// nothing.
type door struct {
	locks   []lock
	world   World
	maxBody int64
	told    func(Outcome, time.Duration)
	log     zerolog.Logger
	quiet   zerolog.Logger // for the dispatchers, which tell of every delivery
	places  chan struct{}  // of signed deliveries that are unpacked and stored at once
	large   chan struct{}  // of payloads that are larger than usual
}

// mostAtOnce is how many signed deliveries are unpacked and stored at once. A few
// are enough for the disk and the processors; what waits meanwhile is a payload
// alone, without what it takes to read it.
const mostAtOnce = 32

// mostLarge is how many payloads beyond usualBody are in memory at once. Anybody can
// send such, signed or not; GitHub seldom does.
const mostLarge = 4

// longestWait is how long a delivery waits to be read, and to be stored, while others
// are; patience is how long GitHub waits for the answer.
const (
	longestWait = 8 * time.Second
	patience    = 10 * time.Second
)

// waits takes a place, and reports whether there was one in time.
func waits(ctx context.Context, places chan struct{}) bool {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	select {
	case places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// lock is one secret and the dispatcher for what it signs.
type lock struct {
	secret     []byte
	dispatcher http.Handler
}

func newLock(secret string, o Options) lock {
	var all []githubapp.EventHandler
	for _, h := range handlers(nil) {
		all = append(all, h)
	}
	return lock{[]byte(secret), githubapp.NewEventDispatcher(all, secret,
		githubapp.WithScheduler(&scheduler{inbox: o.Inbox, world: o.World, now: o.Now}),
		githubapp.WithErrorCallback(onError),
		githubapp.WithResponseCallback(onResponse),
	)}
}

var (
	deliveryForm  = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,100}$`)
	eventForm     = regexp.MustCompile(`^[a-z0-9_]{1,100}$`)
	signatureForm = regexp.MustCompile(`^sha256=[0-9a-fA-F]{64}$`)
)

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, became := time.Now(), Unread
	r = r.WithContext(context.WithValue(r.Context(), becameKey{}, &became))
	defer func() { d.told(became, time.Since(began)) }()
	status, why := d.enter(w, r)
	if status == 0 {
		return
	}
	became = refusals[status]
	d.log.Warn().Int("status", status).Str("from", r.RemoteAddr).Msg("webhook refused: " + why)
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	http.Error(w, why, status)
}

// usualBody bounds the room that is made for a payload because its sender says how
// long it is. What is longer, or does not say, takes it as it comes, a few at a time.
const usualBody = 64 << 10

// ping is the event by which GitHub tries whether a webhook can be reached.
const ping = "ping"

// enter hands a sound request on, or says with which status it is refused.
func (d *door) enter(w http.ResponseWriter, r *http.Request) (status int, why string) {
	signature := r.Header.Get("X-Hub-Signature-256")
	switch {
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, "webhooks are posted"
	case !deliveryForm.MatchString(r.Header.Get("X-GitHub-Delivery")):
		return http.StatusBadRequest, "X-GitHub-Delivery is missing or no delivery id"
	case !eventForm.MatchString(r.Header.Get("X-GitHub-Event")):
		return http.StatusBadRequest, "X-GitHub-Event is missing or no event"
	case !signatureForm.MatchString(signature):
		return http.StatusUnauthorized, "X-Hub-Signature-256 is missing or no signature"
	case r.ContentLength > d.maxBody:
		return http.StatusRequestEntityTooLarge, "the payload is too large"
	}
	if r.ContentLength < 0 || r.ContentLength > usualBody {
		if !waits(r.Context(), d.large) {
			return http.StatusServiceUnavailable, "too many large payloads at once: redeliver it"
		}
		defer func() { <-d.large }()
	}
	// Not every writer has a deadline; those of servers do.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience))
	var read bytes.Buffer
	read.Grow(int(min(max(r.ContentLength, 0), usualBody)) + bytes.MinRead) // so that it need not grow in steps
	_, err := read.ReadFrom(http.MaxBytesReader(w, r.Body, d.maxBody))
	body := read.Bytes()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, "the payload is too large"
	case err != nil:
		return http.StatusBadRequest, "the payload could not be read"
	}
	dispatcher := d.match(body, signature)
	if dispatcher == nil {
		return http.StatusUnauthorized, "the signature does not match"
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !waits(r.Context(), d.places) { // nobody without a secret comes this far
		return http.StatusServiceUnavailable, "the delivery could not be stored in time: redeliver it"
	}
	defer func() { <-d.places }()
	if why := d.passes(r.Header.Get("X-GitHub-Event"), body); why != "" {
		settle(r.Context(), Ignored)
		answer(http.StatusAccepted, "none of ours: "+why)(w, r)
		return 0, ""
	}
	dispatcher.ServeHTTP(w, r.WithContext(d.quiet.WithContext(r.Context())))
	return 0, ""
}

// passes says why a delivery is none of ours, as most are: they tell of what we did.
// These are not unpacked a second time. Of what it cannot read it says nothing.
func (d *door) passes(event string, body []byte) (why string) {
	env, err := open(body)
	if err != nil || event == ping {
		return ""
	}
	return d.world.dull(event, env)
}

// match returns the dispatcher whose secret signed the body. It tries all of
// them in constant time, so that nothing is learnt from how long it takes.
func (d *door) match(body []byte, signature string) http.Handler {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil {
		return nil
	}
	var found http.Handler
	for _, l := range d.locks {
		mac := hmac.New(sha256.New, l.secret)
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), given) && found == nil {
			found = l.dispatcher
		}
	}
	return found
}

// onError answers what the dispatcher or the scheduler did not take.
func onError(w http.ResponseWriter, r *http.Request, err error) {
	log := zerolog.Ctx(r.Context())
	if errors.Is(err, errNotStored) {
		settle(r.Context(), NotStored)
		log.Error().Err(err).Msg("webhook not stored")
		w.Header().Set("Retry-After", "10")
		http.Error(w, "the delivery could not be stored: redeliver it", http.StatusServiceUnavailable)
		return
	}
	log.Warn().Err(err).Msg("webhook refused: unreadable")
	http.Error(w, "the payload cannot be read", http.StatusBadRequest)
}

// onResponse acknowledges. The scheduler has said in the context what became of
// the delivery.
func onResponse(w http.ResponseWriter, r *http.Request, event string, _ bool) {
	if say := githubapp.GetResponder(r.Context()); say != nil {
		say(w, r)
		return
	}
	settle(r.Context(), Ignored)
	if event == ping {
		answer(http.StatusOK, "pong")(w, r)
		return
	}
	answer(http.StatusAccepted, "none of ours")(w, r)
}

func respond(ctx context.Context, status int, words string) {
	githubapp.SetResponder(ctx, answer(status, words))
}

func answer(status int, words string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, words+"\n") //nolint:gosec // plain text, and all of it ours
	}
}
