package trial

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

var (
	part = flag.Float64("trial.part", 0.02, "how much of the whole is played: 1 is 200 issues, some 2,000 commands and 100 kills in each test")
	seed = flag.Uint64("trial.seed", 1, "another script, and other moments of trouble")
)

func TestMain(m *testing.M) {
	// Most of a trial's time is waiting, so more of them than processors go on side
	// by side; -parallel still decides where it is given.
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	code := m.Run()
	if workshop != "" {
		_ = os.RemoveAll(workshop)
	}
	os.Exit(code)
}

// workshop is the folder with the program; "" until it is built.
var workshop string

// binary builds the program once and returns its path.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "trial-")
	if err != nil {
		return "", err
	}
	workshop = dir
	path := filepath.Join(dir, "stationmaster")
	out, err := exec.Command("go", "build", "-o", path, "github.com/stationmaster-bot/stationmaster/cmd/stationmaster").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

// whole scales a number of the whole trial to the part that is played.
func whole(n int, least int) int { return max(least, int(float64(n)**part+0.5)) }

// spell scales a length of the whole trial.
func spell(d, least time.Duration) time.Duration {
	return max(least, min(d, time.Duration(float64(d)**part)))
}

// begins starts a test that needs processes.
func begins(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts and kills processes for some seconds")
	}
	if *part <= 0 || *part > 1 {
		t.Fatalf("-trial.part is %v: write a part of the whole, such as 0.1 or 1", *part)
	}
	t.Parallel()
	t.Logf("part %v, seed %d", *part, *seed)
	began := time.Now()
	t.Cleanup(func() { t.Logf("took %.1f s", time.Since(began).Seconds()) })
}

// dice for one purpose; they fall the same for the same seed.
func dice(purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(*seed, purpose)) }

// must is for what cannot fail in a test that works.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
