package site

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

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
