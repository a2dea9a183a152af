package config

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestChannelsAreNamedALineEach(t *testing.T) {
	const text = "# where we talk\nops = slack://hook:hunter2@webhook\n\nops@acme/upgrades=generic+https://chat.example/hunter2?a=b\n"
	files := func(name string) ([]byte, error) {
		if name == "channels" {
			return []byte(text), nil
		}
		return nil, os.ErrNotExist
	}
	for _, env := range []map[string]string{{envNotifyURLs: text}, {envNotifyURLsFile: "channels"}} {
		s, err := ServerFromEnv(least(env), files)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range s.Channels {
			got = append(got, c.Name+" "+c.Repo+" "+c.URL.Reveal())
		}
		want := []string{"ops  slack://hook:hunter2@webhook", "ops acme/upgrades generic+https://chat.example/hunter2?a=b"}
		if !slices.Equal(got, want) {
			t.Errorf("%v reads as %q", env, got)
		}
		if shown := fmt.Sprintf("%+v %#v", s, s); strings.Contains(shown, "hunter2") {
			t.Errorf("an address is printed in %s", shown)
		}
	}
}

func TestWhatIsNoChannelIsNamedByItsLineAndNotTold(t *testing.T) {
	for text, want := range map[string]string{
		"ops":                                      "no channel in line 1",
		"ops=hunter2":                              "no channel in line 1",
		"ok=a://b\nOps Room=a://hunter2":           "no channel in line 2",
		"ops@acme=a://hunter2":                     "no channel in line 1",
		"ops=a://hunter2\nops=b://hunter2":         "line 2 twice",
		"ops@A/b=a://hunter2\nops@a/B=b://hunter2": "line 2 twice",
		strings.Repeat("x=", 1) + "\x7f://hunter2": "no channel in line 1",
	} {
		_, err := ServerFromEnv(least(map[string]string{envNotifyURLs: text}), noFile)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, env := range []map[string]string{{envNotifyURLsFile: "none"}, {envNotifyURLsFile: "none", envNotifyURLs: "ops=a://b"}} {
		if _, err := ServerFromEnv(least(env), noFile); err == nil {
			t.Errorf("%v is taken", env)
		}
	}
}

func TestRemindersCanBeSwitchedOff(t *testing.T) {
	all, err := LoadRepository([]byte("reminders: off\n"))
	if err != nil || all.Reminders.Owner.Days+all.Reminders.Role.Days+all.Reminders.Agenda.Days != 0 || all.Reminders.Digest.Every != "" {
		t.Errorf("all off: %+v, %v", all.Reminders, err)
	}
	some, err := LoadRepository([]byte("reminders: {owner: 5 business days, role: off, digest: off, quiet: off}\n"))
	if err != nil || some.Reminders.Owner.String() != "5 business days" || some.Reminders.Role.Days != 0 || some.Reminders.Agenda.Days != 28 || some.Reminders.Digest.Every != "" || some.Reminders.QuietFrom != "" {
		t.Errorf("some off: %+v, %v", some.Reminders, err)
	}
}

func TestRemindersGoByTheMeetingsClock(t *testing.T) {
	for text, want := range map[string]string{
		"meeting: {rule: FREQ=MONTHLY;BYDAY=1TU, zone: Asia/Tokyo, start: 2026-12-01}\n":                                   "Asia/Tokyo",
		"alphanet: {rule: FREQ=MONTHLY;BYDAY=1TU, zone: Asia/Tokyo, start: 2026-12-01}\n":                                  "Asia/Tokyo",
		"meeting: {rule: FREQ=MONTHLY;BYDAY=1TU, zone: Asia/Tokyo, start: 2026-12-01}\nreminders: {zone: Europe/Berlin}\n": "Europe/Berlin",
		"": "",
	} {
		if r, err := LoadRepository([]byte(text)); err != nil || r.Reminders.Zone != want {
			t.Errorf("%q: %q, %v", text, r.Reminders.Zone, err)
		}
	}
}
