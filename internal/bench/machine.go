package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// A Machine is where figures were measured: they mean little without it.
type Machine struct {
	System   string  `json:"system"`
	Cores    int     `json:"cores"`
	MemoryGB float64 `json:"memory_gb,omitempty"` // 0 where it cannot be told
	Load     string  `json:"load,omitempty"`      // of the machine before the run
	Go       string  `json:"go"`
	Commit   string  `json:"commit,omitempty"` // that the program was built from
}

// String is the machine in one line.
func (m Machine) String() string {
	parts := []string{m.System, fmt.Sprintf("cores: %d", m.Cores)}
	if m.MemoryGB > 0 {
		parts = append(parts, fmt.Sprintf("memory: %.0f GB", m.MemoryGB))
	}
	if m.Load != "" {
		parts = append(parts, "load before: "+m.Load)
	}
	parts = append(parts, m.Go)
	if m.Commit != "" {
		parts = append(parts, "commit "+m.Commit)
	}
	return strings.Join(parts, " · ")
}

func thisMachine() Machine {
	m := Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version()}
	if kb, ok := field("/proc/meminfo", "MemTotal:"); ok {
		m.MemoryGB = float64(kb) / (1 << 20)
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(load), " ")
		m.Load = first
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				m.Commit = s.Value[:min(len(s.Value), 12)] + m.Commit
			case s.Key == "vcs.modified" && s.Value == "true":
				m.Commit += " with changes"
			}
		}
	}
	return m
}

// field reads a number from a file of lines such as "VmRSS:  1234 kB"; not ok
// where there is no such file.
func field(file, name string) (n int64, ok bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(data) {
		if rest, found := bytes.CutPrefix(line, []byte(name)); found {
			_, err := fmt.Sscan(string(rest), &n)
			return n, err == nil
		}
	}
	return 0, false
}
