package site

import (
	"net/http"
	"net/url"
	"strconv"
)

// refuse is what the API would say to somebody who may not do a thing for
// which only the admin API has an operation, which asks nobody's rights.
func refuse() error {
	return &refusal{Status: http.StatusForbidden, Message: "Must have admin rights to Repository"}
}

// lock locks the conversation for a reason, or unlocks it.
func (v *visit) lock() error {
	var err error
	if v.r.PostFormValue("do") == "unlock" {
		err = v.do(http.MethodDelete, v.issuePath()+"/lock", nil, nil)
	} else {
		ask := map[string]string{}
		if reason := v.r.PostFormValue("reason"); reason != "" {
			ask["lock_reason"] = reason
		}
		err = v.do(http.MethodPut, v.issuePath()+"/lock", ask, nil)
	}
	if err != nil {
		return err
	}
	return v.done(v.issuePage() + "#end")
}

// transfer moves the issue to another repository and goes there with it. It
// takes the right to write in both, as at GitHub.
func (v *visit) transfer() error {
	at, err := v.repository()
	if err != nil {
		return err
	}
	to := v.r.PostFormValue("to")
	var target repository
	if err := v.get("/repos/"+to, &target); err != nil {
		return err
	}
	if !at.Permissions.Push || !target.Permissions.Push {
		return refuse()
	}
	var made struct {
		Number int `json:"number"`
	}
	if err := v.admin(http.MethodPost, v.issuePath()+"/transfer", map[string]string{"to": to, "as": v.who.login}, &made); err != nil {
		return err
	}
	return v.done("/" + to + "/issues/" + strconv.Itoa(made.Number))
}

// deleteIssue removes the issue for good. GitHub asks for an administrator;
// the demo's world has none, so its maintainers do.
func (v *visit) deleteIssue() error {
	at, err := v.repository()
	if err != nil {
		return err
	}
	if !at.Permissions.Maintain {
		return refuse()
	}
	if v.r.PostFormValue("sure") == "" {
		return &refusal{Status: http.StatusUnprocessableEntity, Message: "Say first that you are sure"}
	}
	number := url.PathEscape(v.r.PathValue("number"))
	if err := v.admin(http.MethodDelete, v.repoPath()+"/issues/"+number, map[string]string{"as": v.who.login}, nil); err != nil {
		return err
	}
	return v.done(v.repoPage() + "/issues")
}

const (
	pinIssue   = `mutation($id: ID!) { pinIssue(input: {issueId: $id}) { clientMutationId } }`
	unpinIssue = `mutation($id: ID!) { unpinIssue(input: {issueId: $id}) { clientMutationId } }`
	minimize   = `mutation($id: ID!, $why: ReportedContentClassifiers!) {
		minimizeComment(input: {subjectId: $id, classifier: $why}) { clientMutationId } }`
	unminimize = `mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) { clientMutationId } }`
)

// pin pins the issue to the top of the list, or takes it down.
func (v *visit) pin() error {
	var one issue
	if err := v.get(v.issuePath(), &one); err != nil {
		return err
	}
	query := pinIssue
	if v.r.PostFormValue("do") == "unpin" {
		query = unpinIssue
	}
	if err := v.graphql(query, map[string]any{"id": one.NodeID}, nil); err != nil {
		return err
	}
	return v.done(v.issuePage() + "#manage")
}

// tuck does to a comment what is neither its text nor a reaction: it hides it
// for a reason or shows it again, and pins it above the others or takes it down.
func (v *visit) tuck() error {
	path, id := v.commentPath()
	var err error
	switch node := v.r.PostFormValue("node"); v.r.PostFormValue("do") {
	case "hide":
		err = v.graphql(minimize, map[string]any{"id": node, "why": v.r.PostFormValue("why")}, nil)
	case "unhide":
		err = v.graphql(unminimize, map[string]any{"id": node}, nil)
	case "pin":
		err = v.do(http.MethodPut, path+"/pin", nil, nil)
	case "unpin":
		err = v.do(http.MethodDelete, path+"/pin", nil, nil)
	}
	if err != nil {
		return err
	}
	return v.done(v.at(id))
}
