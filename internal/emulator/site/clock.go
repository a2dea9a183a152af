package site

import (
	"net/http"
	"net/url"
	"time"
)

// clockForm is how the date field and its buttons write a time.
const clockForm = "2006-01-02T15:04"

// moveClock moves the world's time forward, by a length or to a date.
func (v *visit) moveClock() error {
	ask := map[string]string{}
	if by := v.r.PostFormValue("advance"); by != "" {
		ask["advance"] = by
	} else {
		to, err := time.Parse(clockForm, v.r.PostFormValue("to"))
		if err != nil {
			return &refusal{Status: http.StatusUnprocessableEntity, Message: "That is no date and time"}
		}
		ask["to"] = to.UTC().Format(time.RFC3339)
	}
	if err := v.admin(http.MethodPost, "/clock", ask, nil); err != nil {
		return err
	}
	return v.done(v.back())
}

// departure is what the clock can be moved on to: the next milestone's due date.
type departure struct {
	Name string
	At   string // for the form
	Day  string
}

// nextTrain is the open milestone of the tracking repository that is due next;
// nil if none is, or if the acting person may not see them.
func (v *visit) nextTrain() *departure {
	var found []milestone
	path := "/repos/" + url.PathEscape(v.s.Owner) + "/" + url.PathEscape(v.s.Repo)
	if v.get(path+"/milestones?state=open&sort=due_on&direction=asc&per_page=100", &found) != nil {
		return nil
	}
	for _, m := range found {
		if m.DueOn != nil && m.DueOn.After(v.now) {
			return &departure{Name: m.Title, At: m.DueOn.UTC().Format(clockForm), Day: m.DueOn.UTC().Format("Mon 2 Jan")}
		}
	}
	return nil
}
