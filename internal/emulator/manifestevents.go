package emulator

import "strings"

// needs are the permissions, any one of which lets an App subscribe to an
// event. Events that are not here cannot be subscribed to.
var needs = map[string]string{
	"branch_protection_configuration": "administration", "branch_protection_rule": "administration",
	"check_run": "checks", "check_suite": "checks", "code_scanning_alert": "security_events",
	"commit_comment": "contents", "create": "contents", "delete": "contents", "fork": "contents", "gollum": "contents",
	"push": "contents", "release": "contents", "repository_dispatch": "contents", "workflow_dispatch": "contents",
	"custom_property": "organization_custom_properties", "custom_property_values": "organization_custom_properties",
	"dependabot_alert": "vulnerability_alerts", "deploy_key": "deployments", "deployment": "deployments",
	"deployment_protection_rule": "deployments", "deployment_review": "deployments", "deployment_status": "deployments",
	"discussion": "discussions", "discussion_comment": "discussions",
	"issue_comment": "issues", "issue_dependencies": "issues", "issues": "issues", "sub_issues": "issues",
	"label": "metadata", "meta": "metadata", "public": "metadata", "repository": "metadata", "star": "metadata",
	"watch": "metadata", "member": "members", "membership": "members", "organization": "members", "team": "members",
	"team_add": "members", "merge_group": "merge_queues", "milestone": "issues pull_requests",
	"org_block": "organization_administration", "page_build": "pages",
	"personal_access_token_request": "organization_personal_access_token_requests",
	"project":                       "repository_projects organization_projects",
	"project_card":                  "repository_projects organization_projects",
	"project_column":                "repository_projects organization_projects",
	"projects_v2":                   "organization_projects", "projects_v2_item": "organization_projects",
	"projects_v2_status_update": "organization_projects", "pull_request": "pull_requests",
	"pull_request_review": "pull_requests", "pull_request_review_comment": "pull_requests",
	"pull_request_review_thread": "pull_requests", "registry_package": "packages",
	"repository_advisory": "repository_advisories", "repository_ruleset": "administration organization_administration",
	"secret_scanning_alert": "secret_scanning_alerts", "secret_scanning_alert_location": "secret_scanning_alerts",
	"secret_scanning_scan": "secret_scanning_alerts", "security_advisory": "metadata",
	"security_and_analysis": "administration", "status": "statuses", "workflow_job": "actions", "workflow_run": "actions",
}

// unsupported sorts out the events that no App can ask for, and those that
// these permissions do not allow. The first are among the second too, as
// GitHub counts.
func unsupported(events []string, perms map[string]string) (unknown, refused []string) {
	for _, e := range events {
		wants, known := needs[e]
		if !known {
			unknown, refused = append(unknown, e), append(refused, e)
			continue
		}
		allowed := wants == "metadata" // every App has it
		for p := range strings.FieldsSeq(wants) {
			allowed = allowed || perms[p] != ""
		}
		if !allowed {
			refused = append(refused, e)
		}
	}
	return unknown, refused
}

// sentence joins words as GitHub does: a, b, and c.
func sentence(words []string) string {
	if len(words) <= 2 {
		return strings.Join(words, " and ")
	}
	return strings.Join(words[:len(words)-1], ", ") + ", and " + words[len(words)-1]
}
