package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// state is the whole world. It is only touched under GitHub.mu. A state file
// holds it as it is, whatever its fields are, as long as they are data; a cache
// is tagged `snapshot:"-"` (package snapshot).
type state struct {
	lastID   int64
	home     home
	app      *app                // the seeded one
	apps     []*app              // all, in the order of their making
	accounts map[string]*account // by lower-case login
	orgs     map[string]*org     // by lower-case login
	repos    map[string]*repo    // by lower-case owner/name
	renamed  map[string]*repo    // by the lower-case owner/name that it had
	repoList []*repo
	installs []*installation
	tokens   map[string]*token
	personas map[string]string // persona → token

	codes       map[string]*loginCode    // by themselves
	renewals    map[string]*refreshToken // by themselves
	conversions map[string]*conversion   // by their codes

	log []*Delivery // oldest first
}

func newState(firstID int64) *state {
	return &state{
		lastID:   firstID,
		accounts: map[string]*account{},
		orgs:     map[string]*org{},
		repos:    map[string]*repo{},
		renamed:  map[string]*repo{},
		tokens:   map[string]*token{},
		personas: map[string]string{},
	}
}

// id gives out a number that no other object of the world has.
func (s *state) id() int64 {
	s.lastID++
	return s.lastID
}

func (s *state) account(login string) *account { return s.accounts[strings.ToLower(login)] }

func (s *state) repo(owner, name string) *repo {
	return s.repos[strings.ToLower(owner+"/"+name)]
}

// org is an organisation with its people and teams.
type org struct {
	*account
	description string
	members     map[*account]bool
	teams       []*team
}

func (o *org) team(slug string) *team {
	for _, t := range o.teams {
		if strings.EqualFold(t.slug, slug) {
			return t
		}
	}
	return nil
}

// repo is a repository with everything in it.
type repo struct {
	id            int64
	org           *org
	name          string
	description   string
	homepage      string
	private       bool
	archived      bool // there to be read only
	defaultBranch string
	created       time.Time
	updated       time.Time
	pushed        time.Time

	people      map[*account]role // direct collaborators
	order       []*account        // the same, in the order they came
	labels      []*label
	mstones     []*milestone
	lastMile    int      // the highest milestone number given
	issues      []*issue // those that are there, by number; pull requests too
	comments    []*comment
	pinned      []*issue
	branches    map[string]*branch
	commits     map[string]*commit // by id; those that began a branch come in when asked for
	statuses    []*commitStatus    // oldest first, like those below
	suites      []*checkSuite
	deployments []*deployment
	rawToken    string // opens /raw addresses, as GitHub's ?token= does

	lastIssue int            // the highest number given
	departed  map[int]*issue // by the number it had: where a transferred issue is now, nil for a deleted one

	cached     []byte  `snapshot:"-"` // the last view, valid for cachedKey
	cachedKey  repoKey `snapshot:"-"`
	openIssues int
}

func (r *repo) fullName() string { return r.org.login + "/" + r.name }

// issue returns issue or pull request n, nil if there is none.
func (r *repo) issue(n int) *issue {
	at, has := slices.BinarySearchFunc(r.issues, n, func(i *issue, n int) int { return i.number - n })
	if !has {
		return nil
	}
	return r.issues[at]
}

// roleOf is what a person may do here, by invitation, organisation or, on a
// public repository, by being anyone at all.
func (r *repo) roleOf(a *account) role {
	if have := max(r.people[a], r.byTeam(a)); have != noRole {
		return have
	}
	if !r.private {
		return canRead
	}
	return noRole
}

// role is a repository role; a higher one includes the lower.
type role int

const (
	noRole role = iota
	canRead
	canTriage
	canWrite
	canMaintain
	canAdmin
)

// String is the role's name as role_name shows it.
func (r role) String() string {
	return [...]string{"none", "read", "triage", "write", "maintain", "admin"}[r]
}

// legacy is the coarser word that the permission field shows.
func (r role) legacy() string {
	return [...]string{"none", "read", "read", "write", "write", "admin"}[r]
}

// nodeID makes the opaque global id of an object from its kind and number.
func nodeID(kind string, id int64) string {
	var b [9]byte
	b[0] = 0x93
	binary.BigEndian.PutUint64(b[1:], uint64(id))
	return kind + "_" + base64.RawURLEncoding.EncodeToString(b[:])
}
