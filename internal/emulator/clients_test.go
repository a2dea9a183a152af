package emulator_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/contract"
	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// clientPackages are GitHub's own clients, as npm has them.
var clientPackages = []string{"@octokit/app", "@octokit/rest", "@octokit/webhooks"}

func TestGitHubsOwnClientsWorkUnmodified(t *testing.T) {
	for _, name := range clientPackages {
		contract.Installed(t, name)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		contract.Missing(t, "there is no node to run GitHub's own clients: install nodejs")
	}
	gh, err := emulator.New(emulator.Options{Seed: 1, WebhookSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gh.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = gh.Close() }()
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := gh.WriteCredentials(file); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "clients.mjs", file)
	cmd.Dir = contract.Folder()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if unknown := gh.Unknown(); len(unknown) > 0 {
		t.Errorf("the emulator has no route for %q", unknown)
	}
	t.Logf("%s", strings.TrimSpace(string(said)))
}
