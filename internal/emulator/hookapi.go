package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// hookConfigView shows where webhooks go; the secret is masked.
type hookConfigView struct {
	ContentType string `json:"content_type"`
	InsecureSSL string `json:"insecure_ssl"`
	Secret      string `json:"secret,omitempty"`
	URL         string `json:"url"`
}

func (h hookConfig) view() hookConfigView {
	v := hookConfigView{ContentType: h.contentType, InsecureSSL: h.insecure, URL: h.url}
	if h.secret != "" {
		v.Secret = "********"
	}
	return v
}

func getHookConfig(c *call) *reply { return ok(c.who.app.hook.view()) }

func updateHookConfig(c *call) *reply {
	var ask struct {
		URL         *string         `json:"url"`
		ContentType *string         `json:"content_type"`
		Secret      *string         `json:"secret"`
		InsecureSSL json.RawMessage `json:"insecure_ssl"`
	}
	if bad := c.decode(&ask); bad != nil {
		return bad
	}
	h := &c.who.app.hook
	if ask.ContentType != nil {
		if hookMedia[*ask.ContentType] == "" {
			return invalid(badValue("Hook", "content_type", *ask.ContentType))
		}
		h.contentType = *ask.ContentType
	}
	if ask.Secret != nil {
		h.secret = *ask.Secret
	}
	if len(ask.InsecureSSL) > 0 {
		h.insecure = strings.Trim(string(ask.InsecureSSL), `"`) // a string or a number
	}
	if ask.URL != nil {
		c.gh.setHookURL(c.who.app, *ask.URL)
	}
	return ok(h.view())
}

// deliveryItem is a delivery in the log's list.
type deliveryItem struct {
	ID             int64   `json:"id"`
	GUID           string  `json:"guid"`
	DeliveredAt    string  `json:"delivered_at"`
	Redelivery     bool    `json:"redelivery"`
	Duration       float64 `json:"duration"` // seconds
	Status         string  `json:"status"`
	StatusCode     int     `json:"status_code"`
	Event          string  `json:"event"`
	Action         *string `json:"action"`
	InstallationID *int64  `json:"installation_id"`
	RepositoryID   *int64  `json:"repository_id"`
	ThrottledAt    *string `json:"throttled_at"`
}

// deliveryView is a delivery by itself, with what was sent and answered.
type deliveryView struct {
	deliveryItem
	URL      string           `json:"url"`
	Request  deliveryRequest  `json:"request"`
	Response deliveryResponse `json:"response"`
}

type deliveryRequest struct {
	Headers map[string]string `json:"headers"`
	Payload json.RawMessage   `json:"payload"`
}

type deliveryResponse struct {
	Headers map[string]string `json:"headers"`
	Payload *string           `json:"payload"`
}

func showDeliveryItem(d *Delivery) deliveryItem {
	v := deliveryItem{ID: d.ID, GUID: d.GUID, DeliveredAt: d.At.UTC().Format("2006-01-02T15:04:05.000Z"),
		Redelivery: d.Redelivery, Duration: float64(d.Duration.Milliseconds()) / 1000, Status: d.Status,
		StatusCode: d.StatusCode, Event: d.Event, Action: orNull(d.Action)}
	if !d.Done {
		v.Status = "pending"
	}
	if d.InstallationID != 0 {
		v.InstallationID = &d.InstallationID
	}
	if d.RepositoryID != 0 {
		v.RepositoryID = &d.RepositoryID
	}
	v.ThrottledAt = stampOrNull(d.ThrottledAt)
	return v
}

func showDelivery(d *Delivery) deliveryView {
	return deliveryView{showDeliveryItem(d), d.URL, deliveryRequest{d.RequestHeaders, d.Payload},
		deliveryResponse{d.ResponseHeaders, orNull(d.ResponseBody)}}
}

// listDeliveries lists the log, newest first. It is paged by a cursor, the id
// of the last delivery seen, so that new deliveries do not shift the pages.
func listDeliveries(c *call) *reply {
	c.gh.forget()
	log, size := c.gh.st.log, c.pageSize()
	cursor, err := strconv.ParseInt(c.query.Get("cursor"), 10, 64)
	if c.query.Get("cursor") != "" && err != nil {
		return invalid(badValue("Hook", "cursor", c.query.Get("cursor")))
	}
	out := []deliveryItem{}
	for at := len(log) - 1; at >= 0; at-- {
		d := log[at]
		if d.AppID != c.who.app.id || cursor != 0 && d.ID >= cursor || !matches(d, c.query.Get("status")) {
			continue
		}
		if len(out) == size {
			c.out.Set("Link", c.link("cursor", itoa(out[size-1].ID), "next"))
			break
		}
		out = append(out, showDeliveryItem(d))
	}
	return ok(out)
}

// matches applies the list's filter by outcome.
func matches(d *Delivery, status string) bool {
	good := d.StatusCode >= 200 && d.StatusCode < 400
	switch status {
	case "success":
		return good
	case "failure":
		return d.Done && !good
	default:
		return true
	}
}

func (c *call) deliveryOf() *Delivery {
	c.gh.forget()
	for _, d := range c.gh.st.log {
		if d.ID == c.num("#delivery_id") && d.AppID == c.who.app.id {
			return d
		}
	}
	return nil
}

func getDelivery(c *call) *reply {
	d := c.deliveryOf()
	if d == nil {
		return notFound()
	}
	return ok(showDelivery(d))
}

// redeliver sends a delivery once more, under the same delivery id.
func redeliver(c *call) *reply {
	d := c.deliveryOf()
	if d == nil {
		return notFound()
	}
	c.gh.enqueue(&Delivery{AppID: d.AppID, GUID: d.GUID, Event: d.Event, Action: d.Action, Payload: d.Payload,
		InstallationID: d.InstallationID, RepositoryID: d.RepositoryID, Redelivery: true})
	return &reply{status: http.StatusAccepted, body: struct{}{}}
}
