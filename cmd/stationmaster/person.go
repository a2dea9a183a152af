package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/stationmaster-bot/stationmaster/internal/emulator"
)

// A person acts in the emulated GitHub through its REST API, as anybody would.
type person struct {
	login, token string
	base         string // of the API
	client       *http.Client
}

// people returns the personas of the emulator, by persona.
func people(c emulator.Credentials) map[string]*person {
	logins := map[string]string{"engineer": "ada", "reviewer": "rui", "security": "sasha", "maintainer": "mara", "outsider": "otto"}
	out := map[string]*person{}
	for persona, token := range c.Users {
		out[persona] = &person{login: logins[persona], token: token, base: c.BaseURL, client: &http.Client{}}
	}
	return out
}

// do sends one request and reads the answer into out, which may be nil.
func (p *person) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("User-Agent", "stationmaster-demo")
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, strings.TrimSpace(string(data)))
	}
	if out == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, out)
}

// issue is what the demo and the tests look at of an issue.
type issue struct {
	Number    int    `json:"number"`
	Title     string `json:"title"`
	Body      string `json:"body"`
	State     string `json:"state"`
	HTMLURL   string `json:"html_url"`
	Milestone *struct {
		Title string `json:"title"`
	} `json:"milestone"`
	Labels []struct {
		Name string `json:"name"`
	} `json:"labels"`
	Assignees []struct {
		Login string `json:"login"`
	} `json:"assignees"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
	PullRequest *struct{} `json:"pull_request"`
}

// labels returns the names of the issue's labels.
func (i issue) labels() []string {
	out := make([]string, 0, len(i.Labels))
	for _, l := range i.Labels {
		out = append(out, l.Name)
	}
	return out
}

// has reports whether the issue has all the labels.
func (i issue) has(labels ...string) bool {
	all := " " + strings.Join(i.labels(), " ") + " "
	for _, l := range labels {
		if !strings.Contains(all, " "+l+" ") {
			return false
		}
	}
	return true
}

// comment is a comment on an issue.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}
