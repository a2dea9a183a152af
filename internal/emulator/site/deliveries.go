package site

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

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
	Rows      []delivery
	Events    []string // that the log has, for the form
	Event     string
	Failed    bool
	GUID      string
	Older     string // address of the next page; empty at the end
	CanRepeat bool
}

const deliveriesPerPage = 50

// listDeliveries shows the log, or what the form cuts it down to: one event,
// failures, the attempts to deliver one thing.
func (v *visit) listDeliveries() error {
	q := v.r.URL.Query()
	page := deliveryList{Event: q.Get("event"), Failed: q.Get("failed") != "", GUID: q.Get("guid")}
	log, err := v.deliveryLog()
	if err != nil {
		return err
	}
	page.CanRepeat = v.s.AppID != 0
	before, _ := strconv.ParseInt(q.Get("cursor"), 10, 64) // zero: from the newest
	for _, d := range log {
		if !slices.Contains(page.Events, d.Event) {
			page.Events = append(page.Events, d.Event)
		}
		if before > 0 && d.ID >= before || !page.wants(d) {
			continue
		}
		if len(page.Rows) == deliveriesPerPage {
			page.Older = with(q, "cursor", strconv.FormatInt(page.Rows[deliveriesPerPage-1].ID, 10))
			break
		}
		page.Rows = append(page.Rows, d)
	}
	slices.Sort(page.Events)
	return v.show(http.StatusOK, "deliveries", "deliveries", "Webhook deliveries", page)
}

func (p deliveryList) wants(d delivery) bool {
	return (p.Event == "" || d.Event == p.Event) && (!p.Failed || !d.Good()) && (p.GUID == "" || d.GUID == p.GUID)
}

// deliveryLog reads the whole log, the newest first, as the App if the site
// has its key.
func (v *visit) deliveryLog() ([]delivery, error) {
	auth, err := v.asApp()
	if err != nil {
		return nil, err
	}
	var log []delivery
	if auth == "" {
		err := v.admin(http.MethodGet, "/deliveries", nil, &log)
		slices.SortFunc(log, func(a, b delivery) int { return int(b.ID - a.ID) })
		return log, err
	}
	ask := url.Values{"per_page": {"100"}}
	for range maxPages {
		a, err := v.ask(http.MethodGet, "/api/v3/app/hook/deliveries?"+ask.Encode(), auth, nil)
		if err != nil {
			return nil, err
		}
		var some []delivery
		if err := decode(a, &some); err != nil {
			return nil, err
		}
		log = append(log, some...)
		if len(some) < 100 {
			break
		}
		ask.Set("cursor", strconv.FormatInt(some[len(some)-1].ID, 10))
	}
	return log, nil
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
