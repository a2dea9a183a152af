package emulator

import "net/http"

// orgMembership is how a person belongs to an organisation.
type orgMembership struct {
	URL             string    `json:"url"`
	State           string    `json:"state"`
	Role            string    `json:"role"`
	Direct          bool      `json:"direct_membership"`
	OrganizationURL string    `json:"organization_url"`
	Organization    orgView   `json:"organization"`
	User            *userView `json:"user"`
}

// getOrgMembership is for members, and for Apps that may read them.
func getOrgMembership(c *call) *reply {
	if !c.seesTeams() {
		return fail(http.StatusForbidden, "You must be a member of "+c.org.login+" to see membership information for "+
			c.arg("username")+".")
	}
	a := c.gh.st.account(c.arg("username"))
	if a == nil || !c.org.members[a] {
		return notFound()
	}
	org := c.gh.orgView(c.org)
	return ok(orgMembership{URL: org.URL + "/memberships/" + a.login, State: "active", Role: "member", Direct: true,
		OrganizationURL: org.URL, Organization: org, User: c.gh.user(a)})
}
