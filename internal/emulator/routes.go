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
	readAdmin   = "administration=read"

	readChecks   = "checks=read"
	writeChecks  = "checks=write"
	readDeploys  = "deployments=read"
	writeDeploys = "deployments=write"
)

const (
	oneRepo    = "/repos/{owner}/{repo}"
	oneIssue   = oneRepo + "/issues/{#number}"
	oneComment = oneRepo + "/issues/comments/{#comment_id}"
	onePull    = oneRepo + "/pulls/{#number}"
	oneReview  = onePull + "/reviews/{#review_id}"
	oneTeam    = "/orgs/{org}/teams/{team_slug}"
	oneInstall = "/app/installations/{#installation_id}"
	oneMile    = oneRepo + "/milestones/{#milestone_number}"
	oneCommit  = oneRepo + "/commits/{ref}"
	oneRun     = oneRepo + "/check-runs/{#check_run_id}"
	oneSuite   = oneRepo + "/check-suites/{#check_suite_id}"
	oneDeploy  = oneRepo + "/deployments/{#deployment_id}"
)

// table is all that the emulator answers. The role is a person's; people's
// rights that depend on more than a role are the handler's matter.
var table = compile([]line{
	// The App, by its JWT.
	{get, "/app", byApp, "", noRole, plain, getApp},
	{get, "/app/installations", byApp, "", noRole, plain, listInstallations},
	{get, oneInstall, byApp, "", noRole, plain, getInstallation},
	{post, oneInstall + "/access_tokens", byApp, "", noRole, plain, createToken},
	{del, oneInstall, byApp, "", noRole, plain, deleteInstallation},
	{put, oneInstall + "/suspended", byApp, "", noRole, plain, suspendInstallation},
	{del, oneInstall + "/suspended", byApp, "", noRole, plain, unsuspendInstallation},
	{get, "/apps/{app_slug}", byAnyone, "", noRole, plain, getAppBySlug},
	{get, oneRepo + "/installation", byApp, "", noRole, plain, getRepoInstallation},
	{get, "/orgs/{org}/installation", byApp, "", noRole, plain, getOrgInstallation},
	{get, "/app/hook/config", byApp, "", noRole, plain, getHookConfig},
	{patch, "/app/hook/config", byApp, "", noRole, plain, updateHookConfig},
	{get, "/app/hook/deliveries", byApp, "", noRole, plain, listDeliveries},
	{get, "/app/hook/deliveries/{#delivery_id}", byApp, "", noRole, plain, getDelivery},
	{post, "/app/hook/deliveries/{#delivery_id}/attempts", byApp, "", noRole, plain, redeliver},

	{post, "/app-manifests/{code}/conversions", byAnyone, "", noRole, open, convertManifest},

	// An App, by its client id and secret, about people's tokens.
	{post, "/applications/{client_id}/token", byClient, "", noRole, plain, checkUserToken},
	{patch, "/applications/{client_id}/token", byClient, "", noRole, plain, resetUserToken},
	{del, "/applications/{client_id}/token", byClient, "", noRole, plain, deleteUserToken},
	{del, "/applications/{client_id}/grant", byClient, "", noRole, plain, deleteGrant},

	// An installation, by its token.
	{get, "/installation/repositories", byInstallation, readMeta, noRole, plain, listInstallationRepos},
	{del, "/installation/token", byInstallation, "", noRole, plain, revokeToken},

	// People, organisation, teams.
	{get, "/user", byPerson, "", noRole, plain, getMe},
	{get, "/user/installations", byPerson, "", noRole, plain, listUserInstallations},
	{get, "/user/installations/{#installation_id}/repositories", byPerson, "", noRole, plain, listUserInstallationRepos},
	{get, "/users/{username}", byAnyone, "", noRole, plain, getUser},
	{get, "/rate_limit", byAnyone, "", noRole, gratis, getRateLimit},
	{get, "/meta", byAnyone, "", noRole, plain, getMeta},
	{get, "/orgs/{org}", byAnyone, "", noRole, plain, getOrg},
	{get, "/orgs/{org}/members", byMember, readMembers, noRole, plain, listOrgMembers},
	{get, "/orgs/{org}/members/{username}", byMember, readMembers, noRole, plain, isOrgMember},
	{get, "/orgs/{org}/teams", byMember, readMembers, noRole, plain, listTeams},
	{get, oneTeam, byMember, readMembers, noRole, plain, getTeam},
	{get, oneTeam + "/members", byMember, readMembers, noRole, plain, listTeamMembers},
	{get, oneTeam + "/memberships/{username}", byMember, readMembers, noRole, plain, getTeamMembership},
	{put, oneTeam + "/memberships/{username}", byMember, "members=write", noRole, plain, putTeamMember},
	{del, oneTeam + "/memberships/{username}", byMember, "members=write", noRole, plain, deleteTeamMember},
	{get, oneTeam + "/repos", byMember, readMembers, noRole, plain, listTeamRepos},
	{get, oneTeam + "/repos/{owner}/{repo}", byMember, readMembers, canRead, plain, getTeamRepo},
	{put, oneTeam + "/repos/{owner}/{repo}", byMember, "members=write", canAdmin, plain, putTeamRepo},
	{del, oneTeam + "/repos/{owner}/{repo}", byMember, "members=write", canAdmin, plain, deleteTeamRepo},
	{get, oneTeam + "/teams", byMember, readMembers, noRole, plain, listChildTeams},
	{post, "/orgs/{org}/teams", byMember, "members=write", noRole, plain, createTeam},
	{get, "/orgs/{org}/memberships/{username}", byMember, readMembers, noRole, plain, getOrgMembership},

	// What REST has not.
	{post, "/graphql", byMember, "", noRole, graph, serveGraphQL},

	// Repositories.
	{get, oneRepo, byAnyone, readMeta, canRead, plain, getRepo},
	{patch, oneRepo, byMember, "administration=write", canAdmin, plain, updateRepo},
	{post, oneRepo + "/dispatches", byMember, writeFiles, canWrite, plain, dispatchRepo},
	{get, "/orgs/{org}/repos", byAnyone, readMeta, noRole, plain, listOrgRepos},
	{get, "/user/repos", byPerson, "", noRole, plain, listMyRepos},
	{get, oneRepo + "/collaborators", byMember, readMeta, canWrite, plain, listCollaborators},
	{get, oneRepo + "/collaborators/{username}", byMember, readMeta, canRead, plain, isCollaborator},
	{get, oneRepo + "/collaborators/{username}/permission", byMember, readMeta, canRead, plain, getPermission},
	{get, oneRepo + "/teams", byMember, readAdmin, canRead, plain, listRepoTeams},
	{get, oneRepo + "/assignees", byAnyone, readIssues, canRead, plain, listAssignees},
	{get, oneRepo + "/assignees/{assignee}", byAnyone, readIssues, canRead, plain, checkAssignee},
	{get, oneRepo + "/contents", byAnyone, readFiles, canRead, plain, getContents},
	{get, oneRepo + "/contents/{path...}", byAnyone, readFiles, canRead, plain, getContents},
	{put, oneRepo + "/contents/{path...}", byMember, writeFiles, canWrite, plain, putContents},

	// Commits and branches.
	{get, oneRepo + "/commits", byAnyone, readFiles, canRead, plain, listCommits},
	{get, oneCommit, byAnyone, readFiles, canRead, plain, getCommit},
	{get, oneRepo + "/compare/{basehead}", byAnyone, readFiles, canRead, plain, compareCommits},
	{get, oneRepo + "/branches", byAnyone, readFiles, canRead, plain, listBranches},
	{get, oneRepo + "/branches/{branch}", byAnyone, readFiles, canRead, plain, getBranch},
	{get, oneRepo + "/git/ref/{ref...}", byAnyone, readFiles, canRead, plain, getRef},
	{get, oneRepo + "/git/matching-refs/{ref...}", byAnyone, readFiles, canRead, plain, listMatchingRefs},
	{post, oneRepo + "/git/refs", byMember, writeFiles, canWrite, plain, createRef},

	// What is said of commits.
	{post, oneRepo + "/statuses/{sha}", byMember, "statuses=write", canWrite, plain, createStatus},
	{get, oneCommit + "/statuses", byAnyone, "statuses=read", canRead, plain, listStatuses},
	{get, oneCommit + "/status", byAnyone, "statuses=read", canRead, plain, getCombinedStatus},
	{post, oneRepo + "/check-runs", byInstallation, writeChecks, noRole, plain, createCheckRun},
	{get, oneRun, byAnyone, readChecks, canRead, plain, getCheckRun},
	{patch, oneRun, byInstallation, writeChecks, noRole, plain, updateCheckRun},
	{get, oneRun + "/annotations", byAnyone, readChecks, canRead, plain, listAnnotations},
	{post, oneRun + "/rerequest", byMember, writeChecks, canWrite, plain, rerequestRun},
	{get, oneCommit + "/check-runs", byAnyone, readChecks, canRead, plain, listRunsForRef},
	{get, oneCommit + "/check-suites", byAnyone, readChecks, canRead, plain, listSuitesForRef},
	{post, oneRepo + "/check-suites", byInstallation, writeChecks, noRole, plain, createCheckSuite},
	{get, oneSuite, byAnyone, readChecks, canRead, plain, getCheckSuite},
	{get, oneSuite + "/check-runs", byAnyone, readChecks, canRead, plain, listRunsForSuite},
	{post, oneSuite + "/rerequest", byInstallation, writeChecks, noRole, plain, rerequestSuite},
	{get, oneRepo + "/deployments", byAnyone, readDeploys, canRead, plain, listDeployments},
	{post, oneRepo + "/deployments", byMember, writeDeploys, canWrite, plain, createDeployment},
	{get, oneDeploy, byAnyone, readDeploys, canRead, plain, getDeployment},
	{del, oneDeploy, byMember, writeDeploys, canWrite, plain, deleteDeployment},
	{get, oneDeploy + "/statuses", byAnyone, readDeploys, canRead, plain, listDeployStatuses},
	{post, oneDeploy + "/statuses", byMember, writeDeploys, canWrite, plain, createDeployStatus},
	{get, oneDeploy + "/statuses/{#status_id}", byAnyone, readDeploys, canRead, plain, getDeployStatus},

	// Issues. The fixed names come before the numbers.
	{get, oneRepo + "/issues", byAnyone, readEither, canRead, plain, listIssues},
	{post, oneRepo + "/issues", byMember, writeIssues, canRead, content, createIssue},
	{get, oneRepo + "/issues/comments", byAnyone, readEither, canRead, plain, listRepoComments},
	{get, oneComment, byAnyone, readEither, canRead, plain, getComment},
	{patch, oneComment, byMember, writeEither, canRead, plain, updateComment},
	{del, oneComment, byMember, writeEither, canRead, plain, deleteComment},
	{put, oneComment + "/pin", byMember, writeEither, canTriage, plain, pinComment},
	{del, oneComment + "/pin", byMember, writeEither, canTriage, plain, unpinComment},
	{get, oneComment + "/reactions", byAnyone, readEither, canRead, plain, listReactions},
	{post, oneComment + "/reactions", byMember, writeEither, canRead, plain, createReaction},
	{del, oneComment + "/reactions/{#reaction_id}", byMember, writeEither, canRead, plain, deleteReaction},
	{get, oneRepo + "/issues/events", byAnyone, readEither, canRead, plain, listRepoEvents},
	{get, oneRepo + "/issues/events/{#event_id}", byAnyone, readEither, canRead, plain, getRepoEvent},
	{get, oneIssue, byAnyone, readEither, canRead, plain, getIssue},
	{patch, oneIssue, byMember, writeEither, canRead, plain, updateIssue},
	{put, oneIssue + "/lock", byMember, writeEither, canWrite, plain, lockIssue},
	{del, oneIssue + "/lock", byMember, writeEither, canWrite, plain, unlockIssue},
	{post, oneIssue + "/assignees", byMember, writeEither, canTriage, plain, addAssignees},
	{del, oneIssue + "/assignees", byMember, writeEither, canTriage, plain, removeAssignees},
	{get, oneIssue + "/comments", byAnyone, readEither, canRead, plain, listComments},
	{post, oneIssue + "/comments", byMember, writeEither, canRead, content, createComment},
	{get, oneIssue + "/events", byAnyone, readEither, canRead, plain, listIssueEvents},
	{get, oneIssue + "/timeline", byAnyone, readEither, canRead, plain, getTimeline},
	{get, oneIssue + "/reactions", byAnyone, readIssues, canRead, plain, listReactions},
	{post, oneIssue + "/reactions", byMember, writeIssues, canRead, plain, createReaction},
	{del, oneIssue + "/reactions/{#reaction_id}", byMember, writeIssues, canRead, plain, deleteReaction},

	// Sub-issues and dependencies.
	{get, oneIssue + "/parent", byAnyone, readIssues, canRead, plain, getParentIssue},
	{get, oneIssue + "/sub_issues", byAnyone, readIssues, canRead, plain, listSubIssues},
	{post, oneIssue + "/sub_issues", byMember, writeIssues, canTriage, content, addSubIssue},
	{del, oneIssue + "/sub_issue", byMember, writeIssues, canTriage, content, removeSubIssue},
	{patch, oneIssue + "/sub_issues/priority", byMember, writeIssues, canTriage, content, moveSubIssue},
	{get, oneIssue + "/dependencies/blocked_by", byAnyone, readIssues, canRead, plain, listBlockedBy},
	{post, oneIssue + "/dependencies/blocked_by", byMember, writeIssues, canTriage, content, addBlockedBy},
	{del, oneIssue + "/dependencies/blocked_by/{#issue_id}", byMember, writeIssues, canTriage, content, removeBlockedBy},
	{get, oneIssue + "/dependencies/blocking", byAnyone, readIssues, canRead, plain, listBlocking},

	{get, "/issues", byMember, readEither, noRole, plain, listMyIssues},
	{get, "/orgs/{org}/issues", byMember, readEither, noRole, plain, listOrgIssues},
	{get, "/search/issues", byAnyone, readEither, noRole, searching, searchIssues},

	// Labels and milestones.
	{get, oneRepo + "/labels", byAnyone, readEither, canRead, plain, listLabels},
	{post, oneRepo + "/labels", byMember, writeEither, canWrite, plain, createLabel},
	{get, oneRepo + "/labels/{name}", byAnyone, readEither, canRead, plain, getLabel},
	{patch, oneRepo + "/labels/{name}", byMember, writeEither, canWrite, plain, updateLabel},
	{del, oneRepo + "/labels/{name}", byMember, writeEither, canWrite, plain, deleteLabel},
	{get, oneIssue + "/labels", byAnyone, readEither, canRead, plain, listIssueLabels},
	{post, oneIssue + "/labels", byMember, writeEither, canTriage, plain, addIssueLabels},
	{put, oneIssue + "/labels", byMember, writeEither, canTriage, plain, setIssueLabels},
	{del, oneIssue + "/labels", byMember, writeEither, canTriage, plain, clearIssueLabels},
	{del, oneIssue + "/labels/{name}", byMember, writeEither, canTriage, plain, removeIssueLabel},
	{get, oneRepo + "/milestones", byAnyone, readEither, canRead, plain, listMilestones},
	{post, oneRepo + "/milestones", byMember, writeEither, canWrite, plain, createMilestone},
	{get, oneMile, byAnyone, readEither, canRead, plain, getMilestone},
	{patch, oneMile, byMember, writeEither, canWrite, plain, updateMilestone},
	{del, oneMile, byMember, writeEither, canWrite, plain, deleteMilestone},
	{get, oneMile + "/labels", byAnyone, readEither, canRead, plain, listMilestoneLabels},

	// Pull requests.
	{get, oneRepo + "/pulls", byAnyone, readPulls, canRead, plain, listPulls},
	{post, oneRepo + "/pulls", byMember, writePulls, canRead, content, createPull},
	{get, onePull, byAnyone, readPulls, canRead, plain, getPull},
	{patch, onePull, byMember, writePulls, canRead, plain, updatePull},
	{get, onePull + "/files", byAnyone, readPulls, canRead, plain, listPullFiles},
	{get, onePull + "/commits", byAnyone, readPulls, canRead, plain, listPullCommits},
	{get, onePull + "/reviews", byAnyone, readPulls, canRead, plain, listReviews},
	{post, onePull + "/reviews", byMember, writePulls, canRead, content, createReview},
	{get, oneReview, byAnyone, readPulls, canRead, plain, getReview},
	{post, oneReview + "/events", byMember, writePulls, canRead, plain, submitReview},
	{put, oneReview + "/dismissals", byMember, writePulls, canWrite, plain, dismissReview},
	{get, onePull + "/requested_reviewers", byAnyone, readPulls, canRead, plain, listReviewers},
	{post, onePull + "/requested_reviewers", byMember, writePulls, canTriage, content, requestReviewers},
	{del, onePull + "/requested_reviewers", byMember, writePulls, canTriage, plain, removeReviewers},
	{get, onePull + "/merge", byAnyone, readFiles, canRead, plain, isMerged},
	{put, onePull + "/merge", byMember, writeFiles, canWrite, content, mergePull},
})
