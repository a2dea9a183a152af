package trial

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

// (f) The disk with the database is full for a while, again and again. Webhooks
// are refused meanwhile, and nothing that was taken is lost.
func TestAFullDiskLosesAndDoublesNothing(t *testing.T) {
	begins(t)
	disk := smallDisk(t, whole(512, 24))
	tr := startTrial(t, records{file: filepath.Join(disk, "bot.db")}, theScript(), 1, false)
	full := 0
	tr.isAsInCalmWeather(tr.plays(tr.helps, func(ctx context.Context) error {
		for _, share := range shares(whole(20, 2), 40) {
			if !tr.reaches(ctx, share) {
				return nil
			}
			before := tr.bots.front.answered(http.StatusServiceUnavailable)
			filler, err := fills(disk)
			if err != nil {
				return err
			}
			// Soon all people wait for answers; somebody who does not goes on talking.
			refused := until(ctx, patience, "webhooks are refused", func() (bool, error) {
				if tr.bots.front.answered(http.StatusServiceUnavailable) > before {
					return true, nil
				}
				return false, tr.chats(ctx)
			})
			if err := os.Remove(filler); err != nil {
				return err
			}
			if refused != nil && ctx.Err() == nil {
				return refused
			}
			full++
		}
		return nil
	}))
	t.Logf("the disk was full %d times; %d webhooks were answered 503", full, tr.bots.front.answered(http.StatusServiceUnavailable))
	if full == 0 {
		t.Error("it was never full")
	}
}

// chats says something that is no command and in no script.
func (tr *trial) chats(ctx context.Context) error {
	n, err := tr.number(ctx, firstAlphanet)
	if err != nil {
		return err
	}
	at := fmt.Sprintf("issues/%d/comments", n)
	return tr.as(ctx, "security", http.MethodPost, at, map[string]string{"body": "What a day. " + strings.Repeat("It rains. ", 500)}, nil)
}

// smallDisk mounts a disk of so many megabytes for the test.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		pgtest.Missing(t, "a small disk cannot be mounted, which needs root: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fills the disk to its last byte, and returns the file to be removed.
func fills(disk string) (string, error) {
	f, err := os.OpenFile(filepath.Join(disk, "filler"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return "", err
		}
	}
	return f.Name(), nil
}
