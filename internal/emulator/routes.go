package emulator

import "net/http"

const (
	get   = http.MethodGet
	post  = http.MethodPost
	patch = http.MethodPatch
	put   = http.MethodPut
	del   = http.MethodDelete
)

// What the App needs, as X-Accepted-GitHub-Permissions names it: alternatives
// between semicolons. An issue's routes take pull requests too, with either
// permission.
const (
	readMeta    = "metadata=read"
	readIssues  = "issues=read"
	writeIssues = "issues=write"
	readEither  = "issues=read; pull_requests=read"
	writeEither = "issues=write; pull_requests=write"
	readPulls   = "pull_requests=read"
	writePulls  = "pull_requests=write"
	readFiles   = "contents=read"
	writeFiles  = "contents=write"
	readMembers = "members=read"
)

const (
	oneRepo    = "/repos/{owner}/{repo}"
	oneIssue   = oneRepo + "/issues/{#number}"
	oneComment = oneRepo + "/issues/comments/{#comment_id}"
	onePull    = oneRepo + "/pulls/{#number}"
	oneTeam    = "/orgs/{org}/teams/{team_slug}"
	oneInstall = "/app/installations/{#installation_id}"
	oneMile    = oneRepo + "/milestones/{#milestone_number}"
)

// table is all that the emulator answers. The role is a person's; people's
// rights that depend on more than a role are the handler's matter.
var table = compile([]route{
	// The App, by its JWT.
	{get, "/app", byApp, "", noRole, plain, getApp, nil},
	{get, "/app/installations", byApp, "", noRole, plain, listInstallations, nil},
	{get, oneInstall, byApp, "", noRole, plain, getInstallation, nil},
	{post, oneInstall + "/access_tokens", byApp, "", noRole, plain, createToken, nil},
	{get, oneRepo + "/installation", byApp, "", noRole, plain, getRepoInstallation, nil},
	{get, "/orgs/{org}/installation", byApp, "", noRole, plain, getOrgInstallation, nil},
	{get, "/app/hook/config", byApp, "", noRole, plain, getHookConfig, nil},
	{patch, "/app/hook/config", byApp, "", noRole, plain, updateHookConfig, nil},
	{get, "/app/hook/deliveries", byApp, "", noRole, plain, listDeliveries, nil},
	{get, "/app/hook/deliveries/{#delivery_id}", byApp, "", noRole, plain, getDelivery, nil},
	{post, "/app/hook/deliveries/{#delivery_id}/attempts", byApp, "", noRole, plain, redeliver, nil},

	// An installation, by its token.
	{get, "/installation/repositories", byInstallation, readMeta, noRole, plain, listInstallationRepos, nil},
	{del, "/installation/token", byInstallation, "", noRole, plain, revokeToken, nil},

	// People, organisation, teams.
	{get, "/user", byPerson, "", noRole, plain, getMe, nil},
	{get, "/users/{username}", byAnyone, "", noRole, plain, getUser, nil},
	{get, "/rate_limit", byAnyone, "", noRole, gratis, getRateLimit, nil},
	{get, "/meta", byAnyone, "", noRole, plain, getMeta, nil},
	{get, "/orgs/{org}", byAnyone, "", noRole, plain, getOrg, nil},
	{get, "/orgs/{org}/members", byMember, readMembers, noRole, plain, listOrgMembers, nil},
	{get, "/orgs/{org}/members/{username}", byMember, readMembers, noRole, plain, isOrgMember, nil},
	{get, "/orgs/{org}/teams", byMember, readMembers, noRole, plain, listTeams, nil},
	{get, oneTeam, byMember, readMembers, noRole, plain, getTeam, nil},
	{get, oneTeam + "/members", byMember, readMembers, noRole, plain, listTeamMembers, nil},
	{get, oneTeam + "/memberships/{username}", byMember, readMembers, noRole, plain, getTeamMembership, nil},

	// Repositories.
	{get, oneRepo, byAnyone, readMeta, canRead, plain, getRepo, nil},
	{get, oneRepo + "/collaborators", byMember, readMeta, canWrite, plain, listCollaborators, nil},
	{get, oneRepo + "/collaborators/{username}", byMember, readMeta, canRead, plain, isCollaborator, nil},
	{get, oneRepo + "/collaborators/{username}/permission", byMember, readMeta, canRead, plain, getPermission, nil},
	{get, oneRepo + "/assignees", byAnyone, readIssues, canRead, plain, listAssignees, nil},
	{get, oneRepo + "/assignees/{assignee}", byAnyone, readIssues, canRead, plain, checkAssignee, nil},
	{get, oneRepo + "/contents", byAnyone, readFiles, canRead, plain, getContents, nil},
	{get, oneRepo + "/contents/{path...}", byAnyone, readFiles, canRead, plain, getContents, nil},
	{put, oneRepo + "/contents/{path...}", byMember, writeFiles, canWrite, plain, putContents, nil},

	// Issues. The fixed names come before the numbers.
	{get, oneRepo + "/issues", byAnyone, readEither, canRead, plain, listIssues, nil},
	{post, oneRepo + "/issues", byMember, writeIssues, canRead, content, createIssue, nil},
	{get, oneRepo + "/issues/comments", byAnyone, readEither, canRead, plain, listRepoComments, nil},
	{get, oneComment, byAnyone, readEither, canRead, plain, getComment, nil},
	{patch, oneComment, byMember, writeEither, canRead, plain, updateComment, nil},
	{del, oneComment, byMember, writeEither, canRead, plain, deleteComment, nil},
	{get, oneComment + "/reactions", byAnyone, readEither, canRead, plain, listReactions, nil},
	{post, oneComment + "/reactions", byMember, writeEither, canRead, plain, createReaction, nil},
	{del, oneComment + "/reactions/{#reaction_id}", byMember, writeEither, canRead, plain, deleteReaction, nil},
	{get, oneRepo + "/issues/events", byAnyone, readEither, canRead, plain, listRepoEvents, nil},
	{get, oneRepo + "/issues/events/{#event_id}", byAnyone, readEither, canRead, plain, getRepoEvent, nil},
	{get, oneIssue, byAnyone, readEither, canRead, plain, getIssue, nil},
	{patch, oneIssue, byMember, writeEither, canRead, plain, updateIssue, nil},
	{put, oneIssue + "/lock", byMember, writeEither, canTriage, plain, lockIssue, nil},
	{del, oneIssue + "/lock", byMember, writeEither, canTriage, plain, unlockIssue, nil},
	{post, oneIssue + "/assignees", byMember, writeEither, canTriage, plain, addAssignees, nil},
	{del, oneIssue + "/assignees", byMember, writeEither, canTriage, plain, removeAssignees, nil},
	{get, oneIssue + "/comments", byAnyone, readEither, canRead, plain, listComments, nil},
	{post, oneIssue + "/comments", byMember, writeEither, canRead, content, createComment, nil},
	{get, oneIssue + "/events", byAnyone, readEither, canRead, plain, listIssueEvents, nil},
	{get, oneIssue + "/timeline", byAnyone, readEither, canRead, plain, getTimeline, nil},
	{get, oneIssue + "/reactions", byAnyone, readIssues, canRead, plain, listReactions, nil},
	{post, oneIssue + "/reactions", byMember, writeIssues, canRead, plain, createReaction, nil},
	{del, oneIssue + "/reactions/{#reaction_id}", byMember, writeIssues, canRead, plain, deleteReaction, nil},

	// Labels and milestones.
	{get, oneRepo + "/labels", byAnyone, readEither, canRead, plain, listLabels, nil},
	{post, oneRepo + "/labels", byMember, writeEither, canWrite, plain, createLabel, nil},
	{get, oneRepo + "/labels/{name}", byAnyone, readEither, canRead, plain, getLabel, nil},
	{patch, oneRepo + "/labels/{name}", byMember, writeEither, canWrite, plain, updateLabel, nil},
	{del, oneRepo + "/labels/{name}", byMember, writeEither, canWrite, plain, deleteLabel, nil},
	{get, oneIssue + "/labels", byAnyone, readEither, canRead, plain, listIssueLabels, nil},
	{post, oneIssue + "/labels", byMember, writeEither, canTriage, plain, addIssueLabels, nil},
	{put, oneIssue + "/labels", byMember, writeEither, canTriage, plain, setIssueLabels, nil},
	{del, oneIssue + "/labels", byMember, writeEither, canTriage, plain, clearIssueLabels, nil},
	{del, oneIssue + "/labels/{name}", byMember, writeEither, canTriage, plain, removeIssueLabel, nil},
	{get, oneRepo + "/milestones", byAnyone, readEither, canRead, plain, listMilestones, nil},
	{post, oneRepo + "/milestones", byMember, writeEither, canWrite, plain, createMilestone, nil},
	{get, oneMile, byAnyone, readEither, canRead, plain, getMilestone, nil},
	{patch, oneMile, byMember, writeEither, canWrite, plain, updateMilestone, nil},
	{del, oneMile, byMember, writeEither, canWrite, plain, deleteMilestone, nil},
	{get, oneMile + "/labels", byAnyone, readEither, canRead, plain, listMilestoneLabels, nil},

	// Pull requests.
	{get, oneRepo + "/pulls", byAnyone, readPulls, canRead, plain, listPulls, nil},
	{post, oneRepo + "/pulls", byMember, writePulls, canRead, content, createPull, nil},
	{get, onePull, byAnyone, readPulls, canRead, plain, getPull, nil},
	{patch, onePull, byMember, writePulls, canRead, plain, updatePull, nil},
	{get, onePull + "/files", byAnyone, readPulls, canRead, plain, listPullFiles, nil},
	{get, onePull + "/merge", byAnyone, readFiles, canRead, plain, isMerged, nil},
	{put, onePull + "/merge", byMember, writeFiles, canWrite, content, mergePull, nil},
})
