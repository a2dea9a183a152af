package hook

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stationmaster-bot/stationmaster/internal/process"
)

func pull(action string, pairs ...any) obj {
	return payload(action, ada, "pull_request", aPull(pairs...))
}

func TestEachPullRequestActionSaysWhatHappened(t *testing.T) {
	merged := []any{"state", "closed", "merged", true, "merged_at", "2026-12-03T00:00:00Z"}
	tests := []struct {
		name string
		p    obj
		what process.What
		key  string
	}{
		{"merged", pull("closed", merged...), process.PullMerged, "pull/acme/protocol/7/merged"},
		{"closed", pull("closed", "state", "closed", "closed_at", "2026-12-03T00:00:00Z"), process.PullClosed,
			"pull/acme/protocol/7/closed/1796256000"},
		{"opened", pull("opened"), process.PullOpened, ""},
		{"reopened", pull("reopened"), process.PullOpened, ""},
		{"edited", pull("edited"), process.PullOpened, ""},
		{"synchronize", pull("synchronize"), process.PullOpened, ""},
	}
	openedKey := one(t, "pull_request", pull("opened")).Key
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := one(t, "pull_request", tt.p)
			if tt.key == "" {
				tt.key = openedKey
			}
			if e.What != tt.what || e.Key != tt.key {
				t.Errorf("got %s %s, want %s %s", e.What, e.Key, tt.what, tt.key)
			}
			want := &process.PullRequest{Repo: "acme/protocol", Number: 7, Title: "Add faster exits", Author: "ada",
				Merged: tt.what == process.PullMerged, Labels: []string{"feature"},
				Names: []process.PullRef{{Repo: "acme/protocol", Number: 12, Feature: true}}}
			if diff := cmp.Diff(want, e.Pull); diff != "" {
				t.Error(diff)
			}
		})
	}
	if k := one(t, "pull_request", pull("edited", "body", "Feature: #13")).Key; k == openedKey {
		t.Error("another feature named has the old key")
	}
}

func TestAPullRequestMayNameAFeatureAfterItsMerge(t *testing.T) {
	merged := []any{"state", "closed", "merged", true, "body", "Fixes #3\nFeature: #12"}
	late := pull("edited", merged...).with("changes", obj{"body": obj{"from": "fixes #3"}})
	e := one(t, "pull_request", late)
	if e.What != process.PullMerged || e.Key == "pull/acme/protocol/7/merged" || len(e.Pull.Names) != 1 || e.Pull.Names[0].Number != 12 {
		t.Errorf("got %s %s %v", e.What, e.Key, e.Pull.Names)
	}
	again := pull("edited", append(merged, "title", "Retitled since", "labels", []any{})...).with("changes", obj{"body": obj{"from": "fixes #3"}})
	if o := one(t, "pull_request", again); o.Key != e.Key {
		t.Errorf("found later under another title it is %s, not %s", o.Key, e.Key)
	}
	none(t, "pull_request", late.with("changes", obj{"body": obj{"from": "Feature: #12, closes #3"}}), "names no further")
	none(t, "pull_request", late.with("changes", obj{"title": obj{"from": "x"}}), "leaves its text")
	none(t, "pull_request", pull("edited", "state", "closed"), "closed unmerged")
	none(t, "pull_request", pull("labeled"), "no action that is handled")
}

func TestABareFeatureNumberMeansTheTrackingRepository(t *testing.T) {
	tt := newTeller()
	tt.world.Tracking = func(installation int64, repo string) string {
		if installation != 77 || repo != "acme/protocol" {
			t.Errorf("asked for %s of %d", repo, installation)
		}
		return "acme/tracking"
	}
	events := tt.all(t, "pull_request", pull("opened", "body", "Feature: #12\nFixes #4"))
	want := []process.PullRef{{Repo: "acme/tracking", Number: 12, Feature: true}, {Repo: "acme/protocol", Number: 4}}
	if diff := cmp.Diff(want, events[0].Pull.Names); diff != "" {
		t.Error(diff)
	}
}

func TestWhichFeaturesABodyNames(t *testing.T) {
	const own, far = "acme/protocol", "other/repo"
	feature := func(repo string, n int) process.PullRef { return process.PullRef{Repo: repo, Number: n, Feature: true} }
	closes := func(repo string, n int) process.PullRef { return process.PullRef{Repo: repo, Number: n} }
	tests := []struct {
		name, body string
		want       []process.PullRef
	}{
		{"nothing", "Just words about feature #12", nil},
		{"a feature", "Words\nFeature: #12", []process.PullRef{feature(own, 12)}},
		{"in any case, bold or in a list", "* feature: #12\n\n**FEATURE:** #13", []process.PullRef{feature(own, 12), feature(own, 13)}},
		{"elsewhere", "Feature: other/repo#12", []process.PullRef{feature(far, 12)}},
		{"by its address", "Feature: https://github.com/other/repo/issues/12", []process.PullRef{feature(far, 12)}},
		{"on another GitHub", "Feature: https://evil.example/other/repo/issues/12", nil},
		{"several on a line", "Feature: #12, other/repo#3 and #4 as agreed", []process.PullRef{feature(own, 12), feature(far, 3), feature(own, 4)}},
		{"not in mid-line", "This Feature: #12", nil},
		{"half a number", "Feature: #12x", nil},
		{"closing keywords", "close #1 closes #2 closed #3 fix #4 fixes #5 fixed #6 resolve #7 resolves: #8 Resolved other/repo#9.",
			[]process.PullRef{closes(own, 1), closes(own, 2), closes(own, 3), closes(own, 4), closes(own, 5), closes(own, 6),
				closes(own, 7), closes(own, 8), closes(far, 9)}},
		{"closing by an address", "(fixes https://github.com/other/repo/issues/9)", []process.PullRef{closes(far, 9)}},
		{"no keywords", "prefixes #1 closet #2 unfixed #3 pre-fix #4 fixing #5", nil},
		{"the feature counts before the close", "Closes #12\nFeature: #12", []process.PullRef{feature(own, 12)}},
		{"code, quotes and comments", "`Feature: #1`\n\n    Feature: #2\n\n```\nFeature: #3\n```\n> Feature: #4\nfixes #5\n\n<!-- Feature: #6 -->\n\n<!--\nFeature: #7\n\nfixes #8\n-->\n\nbut <!-- fixes #9 --> fixes `#10`", nil},
		{"below a comment of a template", "<!-- name it -->\nFeature: #12", []process.PullRef{feature(own, 12)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := one(t, "pull_request", pull("opened", "body", tt.body))
			if diff := cmp.Diff(tt.want, e.Pull.Names); diff != "" {
				t.Error(diff)
			}
		})
	}
}
