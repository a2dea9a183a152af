package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// actAs remembers as whom the visitor acts.
func (v *visit) actAs() error {
	name := v.r.PostFormValue("persona")
	if !v.actAsNamed(name) {
		return &refusal{Status: http.StatusUnprocessableEntity, Message: "Nobody here is called " + name}
	}
	http.SetCookie(v.w, &http.Cookie{ //nolint:gosec // not Secure: the site speaks plain HTTP on its own machine
		Name: personaCookie, Value: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(v.w, v.r, v.back(), http.StatusSeeOther)
	return nil
}

// moveClock moves the world's time forward, by a length or to a date.
func (v *visit) moveClock() error {
	ask := map[string]string{}
	if by := v.r.PostFormValue("advance"); by != "" {
		ask["advance"] = by
	} else {
		to, err := time.Parse("2006-01-02T15:04", v.r.PostFormValue("to"))
		if err != nil {
			return &refusal{Status: http.StatusUnprocessableEntity, Message: "That is no date and time"}
		}
		ask["to"] = to.UTC().Format(time.RFC3339)
	}
	if err := v.admin(http.MethodPost, "/clock", ask, nil); err != nil {
		return err
	}
	return v.done(v.back())
}

// delivery is a line of the delivery log.
type delivery struct {
	ID          int64     `json:"id"`
	GUID        string    `json:"guid"`
	DeliveredAt time.Time `json:"delivered_at"`
	Redelivery  bool      `json:"redelivery"`
	Duration    float64   `json:"duration"` // seconds
	Status      string    `json:"status"`
	StatusCode  int       `json:"status_code"`
	Event       string    `json:"event"`
	Action      string    `json:"action"`
}

// Good reports whether the bot took it.
func (d delivery) Good() bool { return d.StatusCode >= 200 && d.StatusCode < 400 }

// Took is how long the answer took.
func (d delivery) Took() string { return fmt.Sprintf("%.0f ms", d.Duration*1000) }

// At is when it left, as the log has it.
func (d delivery) At() string { return d.DeliveredAt.UTC().Format("2 Jan 15:04:05.000") }

// deliveryList is the page of the delivery log, the newest first.
type deliveryList struct {
	Rows  []delivery
	Older string
}

const deliveriesPerPage = 50

// asApp is the App's credential; empty if the site has none.
func (v *visit) asApp() (string, error) {
	if v.s.AppID == 0 {
		return "", nil
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(v.s.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("the App's private key: %w", err)
	}
	now := time.Now()
	claims := jwt.RegisteredClaims{Issuer: strconv.FormatInt(v.s.AppID, 10),
		IssuedAt: jwt.NewNumericDate(now.Add(-time.Minute)), ExpiresAt: jwt.NewNumericDate(now.Add(5 * time.Minute))}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign as the App: %w", err)
	}
	return "Bearer " + token, nil
}

func (v *visit) listDeliveries() error {
	auth, err := v.asApp()
	if err != nil {
		return err
	}
	cursor := v.r.URL.Query().Get("cursor")
	var page deliveryList
	if auth != "" {
		a, err := v.ask(http.MethodGet, fmt.Sprintf("/api/v3/app/hook/deliveries?per_page=%d&cursor=%d", deliveriesPerPage+1, number(cursor)), auth, nil)
		if err != nil {
			return err
		}
		if err := decode(a, &page.Rows); err != nil {
			return err
		}
	} else if page.Rows, err = v.adminDeliveries(number(cursor)); err != nil {
		return err
	}
	if len(page.Rows) > deliveriesPerPage {
		page.Rows = page.Rows[:deliveriesPerPage]
		page.Older = strconv.FormatInt(page.Rows[deliveriesPerPage-1].ID, 10)
	}
	return v.show(http.StatusOK, "deliveries", "deliveries", "Webhook deliveries", page)
}

// adminDeliveries cuts a page out of the admin API's log.
func (v *visit) adminDeliveries(before int) ([]delivery, error) {
	var log []delivery
	if err := v.admin(http.MethodGet, "/deliveries", nil, &log); err != nil {
		return nil, err
	}
	slices.SortFunc(log, func(a, b delivery) int { return int(b.ID - a.ID) })
	if before > 0 {
		log = slices.DeleteFunc(log, func(d delivery) bool { return d.ID >= int64(before) })
	}
	return log[:min(len(log), deliveriesPerPage+1)], nil
}

// deliveryView is a delivery by itself.
type deliveryView struct {
	delivery
	URL     string `json:"url"`
	Request struct {
		Headers map[string]string `json:"headers"`
		Payload json.RawMessage   `json:"payload"`
	} `json:"request"`
	Response struct {
		Headers map[string]string `json:"headers"`
		Payload string            `json:"payload"`
	} `json:"response"`
	CanRepeat bool `json:"-"`
}

// Payload is what was sent, indented for reading.
func (d deliveryView) Payload() string {
	var b bytes.Buffer
	if json.Indent(&b, d.Request.Payload, "", "  ") != nil {
		return string(d.Request.Payload)
	}
	return b.String()
}

func (v *visit) showDelivery() error {
	id, err := strconv.ParseInt(v.r.URL.Query().Get("id"), 10, 64)
	if err != nil {
		return &refusal{Status: http.StatusNotFound}
	}
	auth, err := v.asApp()
	if err != nil {
		return err
	}
	var d deliveryView
	if auth != "" {
		a, err := v.ask(http.MethodGet, "/api/v3/app/hook/deliveries/"+strconv.FormatInt(id, 10), auth, nil)
		if err != nil {
			return err
		}
		if err := decode(a, &d); err != nil {
			return err
		}
		d.CanRepeat = true
	} else if err := v.adminDelivery(id, &d); err != nil {
		return err
	}
	return v.show(http.StatusOK, "delivery", "deliveries", "Delivery of "+d.Event, d)
}

func (v *visit) adminDelivery(id int64, d *deliveryView) error {
	var log []deliveryView
	if err := v.admin(http.MethodGet, "/deliveries", nil, &log); err != nil {
		return err
	}
	at := slices.IndexFunc(log, func(d deliveryView) bool { return d.ID == id })
	if at < 0 {
		return &refusal{Status: http.StatusNotFound}
	}
	*d = log[at]
	return nil
}

// redeliver sends a delivery once more, as the App's owner would.
func (v *visit) redeliver() error {
	id, err := strconv.ParseInt(v.r.PostFormValue("id"), 10, 64)
	if err != nil {
		return &refusal{Status: http.StatusNotFound}
	}
	auth, err := v.asApp()
	if err != nil {
		return err
	}
	if auth == "" {
		return &refusal{Status: http.StatusNotImplemented, Message: "This site was started without the App's key and cannot deliver again"}
	}
	if _, err := v.ask(http.MethodPost, "/api/v3/app/hook/deliveries/"+strconv.FormatInt(id, 10)+"/attempts", auth, nil); err != nil {
		return err
	}
	return v.done("/-/deliveries")
}
