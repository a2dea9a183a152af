package emulator_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"
)

// proposed is a world with a pull request of ada's.
func proposed(t *testing.T) *world {
	w := newWorld(t, ci("pull_request", "pull_request_review"))
	must[*github.PullRequest](t)(w.as("engineer").PullRequests.Create(ctx, "acme", "upgrades", &github.NewPullRequest{
		Title: github.String("fix"), Head: github.String("fix"), Base: github.String("main")}))
	w.heard()
	return w
}

func TestAReviewIsAskedForAndGiven(t *testing.T) {
	w := proposed(t)
	ada, rui := w.as("engineer").PullRequests, w.as("reviewer").PullRequests
	p := must[*github.PullRequest](t)(ada.RequestReviewers(ctx, "acme", "upgrades", 1,
		github.ReviewersRequest{Reviewers: []string{"rui", "sasha"}, TeamReviewers: []string{"protocol"}}))
	if len(p.RequestedReviewers) != 2 || len(p.RequestedTeams) != 1 {
		t.Errorf("asked %v and %v", p.RequestedReviewers, p.RequestedTeams)
	}
	v := must[*github.PullRequestReview](t)(rui.CreateReview(ctx, "acme", "upgrades", 1,
		&github.PullRequestReviewRequest{Event: github.String("APPROVE")}))
	if v.GetState() != "APPROVED" || v.GetCommitID() != w.tip("fix") {
		t.Errorf("review %v", v)
	}
	if got := w.heardKinds(); got != strings.Repeat("pull_request.review_requested ", 3)+"pull_request_review.submitted" {
		t.Errorf("heard %s", got)
	}
	left := must[*github.Reviewers](t)(w.bot.PullRequests.ListReviewers(ctx, "acme", "upgrades", 1, nil))
	if len(left.Users) != 1 || left.Users[0].GetLogin() != "sasha" {
		t.Errorf("still asked: %v", left.Users)
	}
	if _, err := ada.RemoveReviewers(ctx, "acme", "upgrades", 1, github.ReviewersRequest{Reviewers: []string{"sasha"}}); err != nil {
		t.Error(err)
	}
	var kinds []string
	for _, e := range must[[]*github.Timeline](t)(w.bot.Issues.ListIssueTimeline(ctx, "acme", "upgrades", 1, nil)) {
		kinds = append(kinds, e.GetEvent())
	}
	if want := []string{"review_requested", "review_requested", "review_requested", "reviewed", "review_request_removed"}; !slices.Equal(kinds, want) {
		t.Errorf("the timeline says %v", kinds)
	}
}

func TestAPendingReviewIsItsAuthorsAlone(t *testing.T) {
	w := proposed(t)
	rui := w.as("reviewer").PullRequests
	v := must[*github.PullRequestReview](t)(rui.CreateReview(ctx, "acme", "upgrades", 1,
		&github.PullRequestReviewRequest{Body: github.String("hm")}))
	seen := func() string {
		out := ""
		for _, one := range must[[]*github.PullRequestReview](t)(w.bot.PullRequests.ListReviews(ctx, "acme", "upgrades", 1, nil)) {
			out += one.GetState() + " "
		}
		return out + fmt.Sprint(w.heardKinds())
	}
	if got := seen(); got != "" {
		t.Errorf("a pending review is known: %s", got)
	}
	must[*github.PullRequestReview](t)(rui.SubmitReview(ctx, "acme", "upgrades", 1, v.GetID(),
		&github.PullRequestReviewRequest{Event: github.String("REQUEST_CHANGES")}))
	if got := seen(); got != "CHANGES_REQUESTED pull_request_review.submitted" {
		t.Errorf("submitted, it is known as %s", got)
	}
	must[*github.PullRequestReview](t)(w.as("maintainer").PullRequests.DismissReview(ctx, "acme", "upgrades", 1, v.GetID(),
		&github.PullRequestReviewDismissalRequest{Message: github.String("done")}))
	if got := seen(); got != "DISMISSED pull_request_review.dismissed" {
		t.Errorf("dismissed, it is known as %s", got)
	}
}

func TestWhatIsWrongWithAReviewIsSaid(t *testing.T) {
	w := proposed(t)
	for name, tc := range map[string]struct {
		who string
		ask github.PullRequestReviewRequest
	}{
		"one's own":            {"engineer", github.PullRequestReviewRequest{Event: github.String("APPROVE")}},
		"a comment of nothing": {"reviewer", github.PullRequestReviewRequest{Event: github.String("COMMENT")}},
		"an unknown verdict":   {"reviewer", github.PullRequestReviewRequest{Event: github.String("LIKE")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.as(tc.who).PullRequests.CreateReview(ctx, "acme", "upgrades", 1, &tc.ask)
			wantStatus(t, err, http.StatusUnprocessableEntity, "Unprocessable Entity")
		})
	}
	_, _, err := w.as("engineer").PullRequests.RequestReviewers(ctx, "acme", "upgrades", 1, github.ReviewersRequest{Reviewers: []string{"ada"}})
	wantStatus(t, err, http.StatusUnprocessableEntity, "pull request author")
	_, _, err = w.as("engineer").PullRequests.RequestReviewers(ctx, "acme", "upgrades", 1, github.ReviewersRequest{Reviewers: []string{"nobody"}})
	wantStatus(t, err, http.StatusUnprocessableEntity, "is not a collaborator")
}
