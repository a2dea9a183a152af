package main

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runAsProgram makes this test binary the program itself when it is set, so
// that tests can start real processes without building anything.
const runAsProgram = "STATIONMASTER_TEST_RUN_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(runAsProgram) != "" {
		main()
		return
	}
	// Most of a story's time is waiting for labels to settle, so more stories than
	// processors go on side by side; -parallel still decides where it is given.
	if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"stationmaster": main})
}

// TestProgram runs the scripts, each a session at a terminal. With -update the
// golden outputs in them are rewritten.
func TestProgram(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			return nil
		},
		Condition: func(condition string) (bool, error) { return condition == "short" && testing.Short(), nil },
	})
}
