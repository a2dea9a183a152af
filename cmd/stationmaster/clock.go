package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// followClock returns a clock that keeps to the one at the address: the admin
// address of an emulator. The offset is read now, and then twice a second; while
// the other does not answer the last offset serves.
func followClock(ctx context.Context, address string) (func() time.Time, error) {
	if !strings.HasSuffix(strings.TrimRight(address, "/"), "/clock") {
		address = strings.TrimRight(address, "/") + "/clock"
	}
	client := &http.Client{Timeout: 5 * time.Second}
	var offset atomic.Int64
	read := func() error {
		now, err := readClock(ctx, client, address)
		if err == nil {
			offset.Store(int64(time.Until(now)))
		}
		return err
	}
	if err := read(); err != nil {
		return nil, fmt.Errorf("follow the clock at %s: %w", address, err)
	}
	go func() {
		beat := time.NewTicker(500 * time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				_ = read() // the last offset serves
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() time.Time { return time.Now().Add(time.Duration(offset.Load())).UTC() }, nil
}

func readClock(ctx context.Context, client *http.Client, address string) (time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return time.Time{}, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return time.Time{}, err
	}
	defer resp.Body.Close()
	var answer struct{ Now time.Time }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&answer); err != nil || answer.Now.IsZero() {
		return time.Time{}, fmt.Errorf("it answered %s", resp.Status)
	}
	return answer.Now, nil
}
