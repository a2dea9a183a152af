package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

// settled returns when nothing moves any more; while the bot is down, when
// GitHub has given up on it.
func (w *wholeWorld) settled() error {
	if w.asleep {
		return w.w.github.Settle(w.ctx)
	}
	return w.w.settled(w.ctx)
}

// sleeps stops the bot, or starts another one on what the first has left; then
// somebody redelivers the webhooks that were lost meanwhile, in their order.
func (w *wholeWorld) sleeps(down bool) error {
	if down {
		if err := w.settled(); err != nil {
			return err
		}
		w.w.stop()
		w.asleep = true
		err := <-w.w.stopped
		w.w.stopped <- nil // for whoever closes the world
		return err
	}
	last := w.w.station
	again, err := newStation(w.ctx, last.settings, last.world, last.log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(w.ctx)
	w.w.station, w.w.stop, w.w.stopped = again, stop, make(chan error, 1)
	listening := make(chan string, 1)
	go func() { w.w.stopped <- again.run(running, func(addr string) { listening <- addr }) }()
	select {
	case addr := <-listening:
		w.w.home = "http://" + addr
		w.w.github.SetWebhookURL(w.w.home + hookPath)
	case err := <-w.w.stopped:
		return err
	}
	w.asleep = false
	return w.catchUp()
}

// catchUp redelivers what nobody took, and tells the bot the time.
func (w *wholeWorld) catchUp() error {
	for _, d := range w.w.github.Deliveries() {
		if d.StatusCode != 0 {
			continue
		}
		req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.w.home+hookPath, bytes.NewReader(d.Payload))
		if err != nil {
			return err
		}
		for k, v := range d.RequestHeaders {
			req.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode >= http.StatusMultipleChoices {
			return fmt.Errorf("%s was not taken: %s", d.Event, resp.Status)
		}
	}
	if err := w.settled(); err != nil {
		return err
	}
	return w.w.advance(w.ctx, w.w.github.Now())
}
