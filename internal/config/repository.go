// Package config holds what people may set: the repository's
// .github/stationmaster.yml, and the server's settings.
//
// Each default is stated once, in DefaultRepository and in Settings. Reading is
// strict: an unknown key is a fault, and all faults are named at once, those of
// a file with line and column. Nothing here reads the environment or a file; the
// caller hands both in.
package config

import (
	"github.com/stationmaster-bot/stationmaster/internal/calendar"
	"github.com/stationmaster-bot/stationmaster/internal/process"
)

// RepositoryPath is where a tracking repository keeps its file.
const RepositoryPath = ".github/stationmaster.yml"

// Repository is what a tracking repository's file says.
type Repository struct {
	// Declared says that the repository has the file. Without it the bot acts
	// only where it is commanded.
	Declared bool
	// Process is the path of the repository's own process file; empty means the
	// bundled one.
	Process string
	// LabelPrefix stands before every label of the bot.
	LabelPrefix string
	// Roles says who holds which role, by its name.
	Roles map[string]Role
	// Alphanet is the plan of the Alphanets.
	Alphanet Alphanet
	// Schedule is everything that is configured about time; its Alphanets are
	// those of Alphanet.
	Schedule calendar.Schedule
	// Reminders say when somebody is reminded of what waits, and Routes which chats
	// hear what.
	Reminders process.Reminders
	Routes    []process.Route
	// Numbers are the upgrade numbers' past and future.
	Numbers Numbers
	// Hardforks are the names to give, in order.
	Hardforks []string
	// Chains are the chains of each network, for its checklist and activation (T2).
	Chains Chains
	// Code lists the repositories, owner/repo, whose pull requests may name
	// features. Empty means every repository of the installation.
	Code []string
	// Links are addresses that checklists and explanations point to.
	Links Links
	// Bots are the logins whose comments are left alone.
	Bots []string
	// Enough is how many features make a Betanet worth asking about (B1).
	Enough int
}

// Role is who holds a role: members of any of the teams, any of the users, and
// everybody with the permission or a higher one.
type Role struct {
	// Teams are slugs of the organisation's teams, or org/slug.
	Teams []string
	// Users are logins.
	Users []string
	// Permission is a repository permission, one of Permissions, or empty for none.
	Permission string
}

// Alphanet is the plan of the monthly Alphanets (A1).
type Alphanet struct {
	// Recurrence says on which days they depart. Zero means that none is planned.
	Recurrence calendar.Recurrence
	// Ahead is how many future trains are kept open.
	Ahead int
}

// Numbers says which upgrade numbers are spent and which is next. They are
// text in natural order, as in 15a, in lower case.
type Numbers struct {
	// Taken were spent before the bot came.
	Taken []string
	// Next is the one to suggest next; empty means the one after the highest taken.
	Next string
}

// Chains are the names of each network's chains.
type Chains struct {
	Testnet, Mainnet []string
}

// Links are addresses, each empty if not set.
type Links struct {
	// Process is the description of the process that A10 asks to follow.
	Process string
	// Governance is the fuller description of governance (G1).
	Governance string
	// Releases is where releases are published.
	Releases string
}

// The roles that the bundled process knows. A process may ask for sign-offs by
// further ones.
const (
	Engineer       = "engineer"
	Maintainer     = "maintainer"
	ReleaseManager = "release-manager"
	Security       = "security"
	Governance     = "governance"
	Protocol       = "protocol"
)

// Permissions are GitHub's repository permissions from the least to the most.
var Permissions = []string{"read", "triage", "write", "maintain", "admin"}

// DefaultRepository returns the settings of a file that sets nothing: admins and
// maintainers of the repository have all roles, writers and triagers are
// engineers. A role that a file names is held by those it names alone.
func DefaultRepository() Repository {
	roles := map[string]Role{Engineer: {Permission: "triage"}}
	for _, name := range []string{Maintainer, ReleaseManager, Security, Governance, Protocol} {
		roles[name] = Role{Permission: "maintain"}
	}
	return Repository{Declared: true, Roles: roles, Schedule: defaultSchedule(), Reminders: defaultReminders(), Enough: 3}
}

// Absent returns the settings of a repository without the file.
func Absent() Repository {
	r := DefaultRepository()
	r.Declared = false
	return r
}

// aheadWithRule is how many trains are kept open once a rule is given.
const aheadWithRule = 1
