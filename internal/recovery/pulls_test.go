package recovery

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stationmaster-bot/stationmaster/internal/bot"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

const (
	// mergedPull was merged at a moment, and was last changed ten minutes ago.
	mergedPull = `{"number":7,"node_id":"PR7","body":"Faster.\nFeature: #12","user":{"login":"ada","type":"User"},"state":"closed",
		"merged_at":%q,"updated_at":"2026-12-01T11:50:00Z","base":{"repo":{"full_name":"acme/upgrades"}}}`
	// early is before the last round.
	early = "2026-12-01T09:00:00Z"
)

// texts is the history of the pull request's text: each a time, an editor and a text,
// the newest first. "-" stands for a text that is not kept.
func texts(versions ...[3]string) map[string]string {
	var nodes []string
	for _, v := range versions {
		diff, editor := fmt.Sprintf("%q", v[2]), fmt.Sprintf(`{"login":%q,"__typename":"User"}`, v[1])
		if v[2] == "-" {
			diff = "null"
		}
		if v[1] == "" {
			editor = "null"
		}
		nodes = append(nodes, fmt.Sprintf(`{"editedAt":"2026-12-01T%sZ","diff":%s,"editor":%s}`, v[0], diff, editor))
	}
	return map[string]string{"PR7": `{"id":"PR7","userContentEdits":{"nodes":[` + strings.Join(nodes, ",") + `]}}`}
}

func TestATextThatNamesAFeatureAfterItsMergeIsTold(t *testing.T) {
	late := [3]string{"11:20:00", "mara", "Faster.\nFeature: #12"}
	first := [3]string{"08:00:00", "ada", "Faster."}
	for _, tt := range []struct {
		name   string
		merged string
		edits  map[string]string
		err    error
		linked bool
		want   []string // the beginnings of what is told
		says   []string // in the last of it
	}{
		{"merged long ago, edited now", early, texts(late, first), nil, false, []string{"edited/1796124000/"},
			[]string{`"login":"mara"`, `"from":"Faster."`, `"merged":true`, `"updated_at":"2026-12-01T11:20:00Z"`}},
		{"merged long ago, edited by a deleted account", early, texts([3]string{"11:20:00", "", late[2]}, first), nil, false, []string{"edited/1796124000/"},
			[]string{`"sender":{"login":"","type":""}`}},
		{"edited back again", early, texts([3]string{"11:30:00", "bo", "Faster."}, late, first), nil, false, []string{"edited/1796124000/", "edited/1796124600/"},
			[]string{`"login":"bo"`}},
		{"never edited", early, texts(), nil, false, nil, nil},
		{"edited long ago", early, texts([3]string{"09:30:00", "mara", late[2]}, first), nil, false, nil, nil},
		{"edited before a merge that was missed", "2026-12-01T11:30:00Z", texts(late, first), nil, false, []string{"closed/"}, []string{`Feature: #12`}},
		{"merged and edited while nobody listened", "2026-12-01T11:10:00Z", texts(late, first), nil, false, []string{"closed/", "edited/1796124000/"}, []string{`"login":"mara"`}},
		{"merged and edited within a second", "2026-12-01T11:20:00Z", texts(late, first), nil, false, []string{"closed/", "edited/1796124000/"}, []string{`"login":"mara"`}},
		{"a version that is not kept", early, texts(late, [3]string{"08:00:00", "ada", "-"}), nil, false, []string{"edited/1796125800/"},
			[]string{`"sender":{"login":"","type":""}`, `"from":""`}},
		{"no history, and linked before", early, nil, nil, true, nil, nil},
		{"a history that may not be read", early, nil, bot.Never{Cause: "not accessible"}, false, []string{"edited/1796125800/"}, []string{`"sender":{"login":"","type":""}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStation()
			f := &process.Item{ID: "issue/12", Kind: process.Feature, F: &process.FeatureFacts{}, Shown: process.Shown{Number: 12}}
			if tt.linked {
				f.F.Pulls = []process.Pull{{Repo: "Acme/Upgrades", Number: 7, Merged: true}}
			}
			s.line = s.line.With([]*process.Item{f})
			s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
			g := &github{edits: tt.edits, noEdit: tt.err, lists: map[bot.Listing][]string{
				bot.Pulls:  {fmt.Sprintf(mergedPull, tt.merged)},
				bot.Issues: {`{"number":12,"state":"open","created_at":"2026-01-01T11:30:00Z","updated_at":"2026-01-01T11:59:00Z"}`},
			}}
			round(t, newWatch(g, s))
			if len(s.told) != len(tt.want) {
				t.Fatalf("told of %v, want %v", s.told, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(s.told[i], process.SweptPrefix+repo+"/pull/7/"+want) {
					t.Errorf("told of %s in place %d, want %s", s.told[i], i, want)
				}
			}
			for _, want := range tt.says {
				if last := s.payloads[len(s.payloads)-1]; !strings.Contains(last, want) {
					t.Errorf("%s is not in %s", want, last)
				}
			}
		})
	}
}

func TestAMissedMergeIsToldWithTheTextOfItsMoment(t *testing.T) {
	s := newStation()
	s.marks[repo+" swept"] = Reach(noon.Add(-time.Hour), time.Now())
	g := &github{lists: map[bot.Listing][]string{bot.Pulls: {fmt.Sprintf(mergedPull, "2026-12-01T11:10:00Z")}},
		edits: texts([3]string{"11:20:00", "mara", "Faster.\nFeature: #12"}, [3]string{"08:00:00", "ada", "Faster."})}
	round(t, newWatch(g, s))
	if len(s.payloads) != 2 || strings.Contains(s.payloads[0], "#12") || !strings.Contains(s.payloads[1], "#12") {
		t.Errorf("told %v", s.payloads)
	}
}

func TestTextsAreReadOnlyOfPullRequestsThatHaveChanged(t *testing.T) {
	s := newStation()
	s.marks[repo+" swept"] = Reach(noon, time.Now())
	g := &github{lists: map[bot.Listing][]string{bot.Pulls: {fmt.Sprintf(mergedPull, early)}}, noEdit: errors.New("asked for")}
	round(t, newWatch(g, s))
	if len(s.told) != 0 {
		t.Errorf("told of %v", s.told)
	}
}
