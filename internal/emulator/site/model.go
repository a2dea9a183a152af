package site

import "time"

// What the API answers, as far as the pages show it.

type user struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

type label struct {
	Name        string `json:"name"`
	Color       string `json:"color"`
	Description string `json:"description"`
}

type milestone struct {
	Number       int        `json:"number"`
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	State        string     `json:"state"`
	DueOn        *time.Time `json:"due_on"`
	OpenIssues   int        `json:"open_issues"`
	ClosedIssues int        `json:"closed_issues"`
}

// Total is how many issues it has, and one at least: a bar needs an end.
func (m milestone) Total() int { return max(1, m.OpenIssues+m.ClosedIssues) }

// Percent is how much of it is done.
func (m milestone) Percent() int {
	if all := m.OpenIssues + m.ClosedIssues; all > 0 {
		return 100 * m.ClosedIssues / all
	}
	return 0
}

type issue struct {
	Number      int        `json:"number"`
	Title       string     `json:"title"`
	Body        string     `json:"body"`
	State       string     `json:"state"`
	StateReason string     `json:"state_reason"`
	Locked      bool       `json:"locked"`
	LockReason  string     `json:"active_lock_reason"`
	NodeID      string     `json:"node_id"`
	Draft       bool       `json:"draft"`
	User        user       `json:"user"`
	Labels      []label    `json:"labels"`
	Assignees   []user     `json:"assignees"`
	Milestone   *milestone `json:"milestone"`
	Comments    int        `json:"comments"`
	CreatedAt   time.Time  `json:"created_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	Reactions   reactions  `json:"reactions"`
	HTMLURL     string     `json:"html_url"`
	SubIssues   struct {
		Total     int `json:"total"`
		Completed int `json:"completed"`
	} `json:"sub_issues_summary"`
	Pull *struct {
		MergedAt *time.Time `json:"merged_at"`
	} `json:"pull_request"`
}

// pull is what a pull request has beyond its issue.
type pull struct {
	Number    int        `json:"number"`
	State     string     `json:"state"`
	Draft     bool       `json:"draft"`
	Mergeable *bool      `json:"mergeable"`
	MergedAt  *time.Time `json:"merged_at"`
	MergedBy  *user      `json:"merged_by"`
	Head      branch     `json:"head"`
	Base      branch     `json:"base"`
}

// changedFile is a file that a pull request changes.
type changedFile struct {
	Name      string `json:"filename"`
	Was       string `json:"previous_filename"`
	Status    string `json:"status"`
	Additions int    `json:"additions"`
	Deletions int    `json:"deletions"`
	Patch     string `json:"patch"`
}

type branch struct {
	Label string `json:"label"`
	Ref   string `json:"ref"`
	SHA   string `json:"sha"`
}

// entry is anything in an issue's timeline, a comment included.
type entry struct {
	ID          int64      `json:"id"`
	Event       string     `json:"event"`
	Actor       user       `json:"actor"`
	CreatedAt   time.Time  `json:"created_at"`
	Label       *label     `json:"label"`
	Milestone   *milestone `json:"milestone"`
	Assignee    *user      `json:"assignee"`
	StateReason string     `json:"state_reason"`
	LockReason  string     `json:"lock_reason"`
	CommitID    string     `json:"commit_id"`
	Rename      *struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"rename"`
	Source *struct {
		Issue struct {
			issue
			Repository struct {
				FullName string `json:"full_name"`
			} `json:"repository"`
		} `json:"issue"`
	} `json:"source"`

	// A comment's.
	Body        string    `json:"body"`
	Association string    `json:"author_association"`
	Reactions   reactions `json:"reactions"`
	NodeID      string    `json:"node_id"`
	Pin         *struct{} `json:"pin"`
	Minimized   *struct {
		Reason string `json:"reason"`
	} `json:"minimized"`
}

type reactions struct {
	PlusOne  int `json:"+1"`
	MinusOne int `json:"-1"`
	Laugh    int `json:"laugh"`
	Hooray   int `json:"hooray"`
	Confused int `json:"confused"`
	Heart    int `json:"heart"`
	Rocket   int `json:"rocket"`
	Eyes     int `json:"eyes"`
}

// reaction is one emoji, how often it was given, and by whom.
type reaction struct {
	Content, Emoji, Name string
	Count                int
	Who                  string // logins; empty if that was not asked
	Mine                 bool   // the acting person gave it too
}

// All lists every reaction in GitHub's order, the ungiven ones with zero.
func (r reactions) All() []reaction {
	return []reaction{
		{Content: "+1", Emoji: "👍", Name: "thumbs up", Count: r.PlusOne},
		{Content: "-1", Emoji: "👎", Name: "thumbs down", Count: r.MinusOne},
		{Content: "laugh", Emoji: "😄", Name: "laugh", Count: r.Laugh},
		{Content: "hooray", Emoji: "🎉", Name: "hooray", Count: r.Hooray},
		{Content: "confused", Emoji: "😕", Name: "confused", Count: r.Confused},
		{Content: "heart", Emoji: "❤️", Name: "heart", Count: r.Heart},
		{Content: "rocket", Emoji: "🚀", Name: "rocket", Count: r.Rocket},
		{Content: "eyes", Emoji: "👀", Name: "eyes", Count: r.Eyes},
	}
}
