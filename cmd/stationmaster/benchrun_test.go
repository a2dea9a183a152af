package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stationmaster-bot/stationmaster/internal/bench"
	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
)

// Everything is measured a little: what comes out is not looked at, only that it
// comes.
func TestTheBenchMeasuresTheBot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	t.Setenv(runAsProgram, "1") // in the processes that it starts
	var out, told bytes.Buffer
	code := run(t.Context(), []string{"bench", "--json", "--for", "100ms", "--rates", "50,100", "--burst", "20", "--commands", "2", "--features", "30"},
		&console{out: &out, err: &told, env: os.LookupEnv})
	if code != 0 {
		t.Fatalf("it ends with %d:\n%s", code, &told)
	}
	var report bench.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + told.String())
	if err := report.Write(testLog{t}); err != nil {
		t.Error(err)
	}
	for _, begins := range []string{
		"start to first", "acknowledgement, one at a time", "acknowledgement at 50", "acknowledgement at 100", "acknowledgement in a burst of 20",
		"command to last write", "of it the bot's own", "requests of /status", "requests of /depart", "burst of 20", "memory idle", "memory with 30 features",
		"sweep of 30 features, none changed", "sweep of 30 features, all changed, requests", "rebuild of 30 features",
		"burst of 20 commands on 3 replicas", "takeover from",
	} {
		found := false
		for _, f := range report.Figures {
			if strings.HasPrefix(f.Name, begins) {
				found = f.Value != nil || f.P50 != nil || f.Note != ""
			}
		}
		if !found {
			t.Errorf("there is no figure %q", begins)
		}
	}
	if report.Machine.Cores == 0 || report.Machine.Go == "" {
		t.Errorf("the machine is %+v", report.Machine)
	}
}

// testLog is a test's log as something to write to.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) { l.t.Log(string(p)); return len(p), nil }

// What the bench makes on a server it takes away again.
func TestTheBenchLeavesNoDatabaseBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	c := pgtest.Shared(t)
	t.Setenv(runAsProgram, "1")
	t.Setenv("STATIONMASTER_DATABASE_URL", "postgres://127.0.0.1:1/production") // of the bot at work here, which is left alone
	var out, told bytes.Buffer
	env := func(name string) (string, bool) { return c.URL("postgres"), name == "STATIONMASTER_BENCH_DATABASE_URL" }
	if code := run(t.Context(), []string{"bench", "start", "replicas", "--burst", "20"}, &console{out: &out, err: &told, env: env}); code != 0 {
		t.Fatalf("it ends with %d:\n%s", code, &told)
	}
	for _, figure := range []string{"start to first acknowledgement", "on 3 replicas", "takeover from"} {
		if !strings.Contains(out.String(), figure) || strings.Contains(out.String(), "not measured") {
			t.Errorf("%s is missing:\n%s", figure, &out)
		}
	}
	db := must(pgx.Connect(t.Context(), c.URL("postgres")))
	defer db.Close(t.Context())
	var left int
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname LIKE 'stationmaster_bench_%'").Scan(&left); err != nil || left != 0 {
		t.Error(left, err)
	}
}

func TestTheBenchSaysWhatItCannotDo(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"joy"}, `"joy" is nothing that is measured: there are start`},
		{[]string{"--burst", "0"}, "--burst must be more than nothing"},
		{[]string{"--database-url", "postgres://u:secret@h/d"}, "STATIONMASTER_BENCH_DATABASE_URL"},
	} {
		var out, told bytes.Buffer
		code := run(t.Context(), append([]string{"bench"}, c.args...), &console{out: &out, err: &told, env: func(string) (string, bool) { return "", false }})
		if code != 2 || !strings.Contains(told.String(), c.want) || strings.Contains(told.String(), "secret") {
			t.Errorf("%v ends with %d and says %s", c.args, code, &told)
		}
	}
}
