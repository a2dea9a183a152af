package emulator

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Credentials are all that a bot, or a test, needs to work with this world.
type Credentials struct {
	BaseURL        string            `json:"base_url"` // ends in /api/v3
	AppID          int64             `json:"app_id"`
	ClientID       string            `json:"client_id"`
	ClientSecret   string            `json:"client_secret"`
	PrivateKeyFile string            `json:"private_key_file"` // absolute; empty until written
	WebhookSecret  string            `json:"webhook_secret"`
	InstallationID int64             `json:"installation_id"` // 0 while there is none
	Owner          string            `json:"owner"`
	Repo           string            `json:"repo"`      // the tracking repository
	CodeRepo       string            `json:"code_repo"` // where pull requests are made
	Users          map[string]string `json:"users"`     // persona → token
	AdminURL       string            `json:"admin_url"` // ends in /_admin
}

// Credentials tell how to reach the world. The addresses are empty until the
// emulator knows its own, by Start, Options.BaseURL or a first request.
func (g *GitHub) Credentials() Credentials {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := Credentials{AppID: g.st.app.id, ClientID: g.st.app.clientID(), ClientSecret: g.st.app.clientSecret,
		WebhookSecret: g.st.app.hook.secret, Owner: g.st.home.org.login,
		Repo: g.st.home.tracking.name, CodeRepo: g.st.home.code.name,
		Users: map[string]string{}}
	if ins := g.st.installsOf(g.st.app); len(ins) > 0 { // it may have been uninstalled
		c.InstallationID = ins[0].id
	}
	if g.root != "" {
		c.BaseURL, c.AdminURL = g.api(), g.root+"/_admin"
	}
	for persona, text := range g.st.personas {
		c.Users[persona] = text
	}
	return c
}

// WriteCredentials writes the credentials as JSON to path and the private key
// beside it, as path without its extension plus .pem. Both are readable by
// their owner only. The JSON appears whole and last, so whoever waits for it
// finds everything in place.
func (g *GitHub) WriteCredentials(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("emulator: credentials file: %w", err)
	}
	c := g.Credentials()
	c.PrivateKeyFile = strings.TrimSuffix(path, filepath.Ext(path)) + ".pem"
	if err := writeWhole(c.PrivateKeyFile, g.PrivateKey()); err != nil {
		return fmt.Errorf("emulator: write the private key: %w", err)
	}
	text, err := json.MarshalIndent(c, "", "  ") //nolint:gosec // secrets are what the file is for
	if err != nil {
		return fmt.Errorf("emulator: encode credentials: %w", err)
	}
	if err := writeWhole(path, append(text, '\n')); err != nil {
		return fmt.Errorf("emulator: write credentials: %w", err)
	}
	return nil
}

// writeWhole puts a file in place in one step. CreateTemp makes it 0600.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
