package process

import (
	"slices"
	"strconv"
	"strings"
)

// Questions is what must be known before an event can be decided.
type Questions struct {
	// Roles to look up: login → roles. AllRoles asks for every configured one,
	// AnyRole whether there is one: the look-ups may end with the first yes.
	Roles map[string][]Role `json:"roles,omitempty"`
	// Pulls to look at: pull requests that a command names and the Line does
	// not know yet.
	Pulls []Pull `json:"pulls,omitempty"`
	// Issue asks for the subject issue as it is now.
	Issue int `json:"issue,omitempty"`
}

// AllRoles in a question stands for every configured role.
const AllRoles Role = "*"

// Need adds roles of a person to the questions.
func (q *Questions) Need(login string, roles ...Role) {
	login = strings.ToLower(login)
	if login == "" {
		return
	}
	if q.Roles == nil {
		q.Roles = map[string][]Role{}
	}
	for _, r := range roles {
		if r != Owner && !slices.Contains(q.Roles[login], r) {
			q.Roles[login] = append(q.Roles[login], r)
		}
	}
}

// Empty reports whether nothing is asked.
func (q Questions) Empty() bool { return len(q.Roles) == 0 && len(q.Pulls) == 0 && q.Issue == 0 }

// Answers are what the shell found out. What is missing could not be checked.
type Answers struct {
	// Roles: login (lower case) → role → verdict.
	Roles map[string]map[Role]Verdict `json:"roles,omitempty"`
	// Pulls found, by "owner/name#7" in lower case.
	Pulls map[string]PullRequest `json:"pulls,omitempty"`
	// Issue as it is now; nil when it was not asked for or not found.
	Issue *Issue `json:"issue,omitempty"`
	// Trouble says in GitHub's words what could not be looked up.
	Trouble string `json:"trouble,omitempty"`
}

// pullKey is the name of a pull request in Answers.Pulls.
func pullKey(repo string, number int) string {
	return strings.ToLower(repo) + "#" + strconv.Itoa(number)
}

// Role returns whether the person has the role. [Owner] is not looked up here.
func (a Answers) Role(login string, role Role) Verdict {
	if v, ok := a.Roles[strings.ToLower(login)][role]; ok {
		return v
	}
	return Unknown
}

// Any returns whether the person has any role at all; it wants [AnyRole] or
// [AllRoles] to have been asked.
func (a Answers) Any(login string) Verdict {
	roles, ok := a.Roles[strings.ToLower(login)]
	if !ok {
		return Unknown
	}
	verdict := No
	for _, v := range roles {
		switch v {
		case Yes:
			return Yes
		case Unknown:
			verdict = Unknown
		}
	}
	return verdict
}
