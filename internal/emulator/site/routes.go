package site

import "net/http"

// routes are all pages and all buttons. Addresses are GitHub's own where it
// has the page, and below /-/ otherwise.
var routes = []struct {
	pattern string
	do      func(*visit) error
}{
	{"GET /{$}", (*visit).home},
	{"GET /{owner}", (*visit).account},
	{"GET /apps/{slug}", (*visit).account},
	{"GET /{owner}/{repo}", (*visit).home},
	{"GET /{owner}/{repo}/issues", (*visit).listIssues},
	{"POST /{owner}/{repo}/issues", (*visit).createIssue},
	{"GET /{owner}/{repo}/issues/new", (*visit).newIssue},
	{"GET /{owner}/{repo}/issues/new/choose", (*visit).chooseForm},
	{"GET /{owner}/{repo}/issues/{number}", (*visit).showIssue},
	{"POST /{owner}/{repo}/issues/{number}/edit", (*visit).editIssue},
	{"POST /{owner}/{repo}/issues/{number}/comment", (*visit).comment},
	{"POST /{owner}/{repo}/issues/{number}/edit-comment", (*visit).editComment},
	{"POST /{owner}/{repo}/issues/{number}/tick", (*visit).tick},
	{"POST /{owner}/{repo}/issues/{number}/react", (*visit).react},
	{"GET /{owner}/{repo}/issues/{number}/edits", (*visit).showEdits},
	{"POST /{owner}/{repo}/issues/{number}/tuck", (*visit).tuck},
	{"POST /{owner}/{repo}/issues/{number}/pin", (*visit).pin},
	{"POST /{owner}/{repo}/issues/{number}/lock", (*visit).lock},
	{"POST /{owner}/{repo}/issues/{number}/transfer", (*visit).transfer},
	{"POST /{owner}/{repo}/issues/{number}/delete", (*visit).deleteIssue},
	{"POST /{owner}/{repo}/issues/{number}/labels", (*visit).setLabels},
	{"POST /{owner}/{repo}/issues/{number}/assignees", (*visit).setAssignees},
	{"POST /{owner}/{repo}/issues/{number}/milestone", (*visit).setMilestone},
	{"GET /{owner}/{repo}/labels", (*visit).listLabels},
	{"POST /{owner}/{repo}/labels", (*visit).changeLabel},
	{"GET /{owner}/{repo}/milestones", (*visit).listMilestones},
	{"POST /{owner}/{repo}/milestones", (*visit).changeMilestone},
	{"GET /{owner}/{repo}/milestone/{number}", (*visit).showMilestone},
	{"GET /{owner}/{repo}/blob/{ref}/{path...}", (*visit).showFile},
	{"GET /{owner}/{repo}/pulls", (*visit).listPulls},
	{"POST /{owner}/{repo}/pulls", (*visit).createPull},
	{"GET /{owner}/{repo}/compare", (*visit).newPull},
	{"GET /{owner}/{repo}/pull/{number}", (*visit).showIssue},
	{"GET /{owner}/{repo}/pull/{number}/files", (*visit).showPullFiles},
	{"POST /{owner}/{repo}/pull/{number}/merge", (*visit).merge},
	{"GET /-/deliveries", (*visit).listDeliveries},
	{"GET /-/delivery", (*visit).showDelivery},
	{"POST /-/redeliver", (*visit).redeliver},
	{"GET /-/faults", (*visit).showFaults},
	{"POST /-/faults", (*visit).changeFaults},
	{"POST /-/clock", (*visit).moveClock},
	{"POST /-/persona", (*visit).actAs},
	{"GET /", func(*visit) error { return &refusal{Status: http.StatusNotFound} }},
}
