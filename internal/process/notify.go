package process

import "slices"

// News is a kind of what chats are told.
type News string

// The kinds of news, as they are written in a repository's routes.
const (
	NewsDeparted  News = "departed"  // a train has left (P1)
	NewsMissed    News = "missed"    // a train left a feature behind, or was held on its day (P3, D7)
	NewsRedeploy  News = "redeploy"  // a deployment is due again (B4)
	NewsStopped   News = "stopped"   // governance stopped an upgrade (F12)
	NewsShipped   News = "shipped"   // an upgrade is on mainnet (F13)
	NewsProposal  News = "proposal"  // a governance proposal is due (G1)
	NewsAnnounced News = "announced" // a meeting is near: its submissions are closed (A7)
	NewsMoved     News = "moved"     // a train or a meeting has another day
	NewsMinutes   News = "minutes"   // a meeting is over
	NewsReminder  News = "reminder"  // something has waited for long
	NewsDigest    News = "digest"    // what is next, what waits, what changed
	NewsTrouble   News = "trouble"   // the configuration has faults
)

// AllNews lists the kinds, as the help and the configuration have them.
var AllNews = []News{
	NewsDeparted, NewsMissed, NewsRedeploy, NewsStopped, NewsShipped, NewsProposal, NewsAnnounced, NewsMoved, NewsMinutes,
	NewsReminder, NewsDigest, NewsTrouble,
}

// A Route says which news go to a channel. The secret address of the channel is
// the server's, by its name To.
type Route struct {
	To    string
	Kinds []News
	// Roles, if any, narrow reminders down to those that one of the roles can help.
	Roles []Role
}

// wants reports whether the route takes the news. Roles are those that are
// reminded, none for other news.
func (r Route) wants(news News, roles []Role) bool {
	if !slices.Contains(r.Kinds, news) {
		return false
	}
	return len(roles) == 0 || len(r.Roles) == 0 || slices.ContainsFunc(roles, func(role Role) bool { return slices.Contains(r.Roles, role) })
}

// wanted reports whether any route takes the news.
func (s Settings) wanted(news News) bool {
	return slices.ContainsFunc(s.Routes, func(r Route) bool { return slices.Contains(r.Kinds, news) })
}

// Notify tells the chats that want it about an item. It is carried out beside
// what is done at GitHub, at most once.
func (t *Turn) Notify(news News, it *Item, words Text, roles ...Role) {
	if !t.P.Settings.Configured {
		return
	}
	for _, r := range t.P.Settings.Routes {
		if r.wants(news, roles) {
			t.Do(Action{Do: Notify, Item: it.ID, To: r.To, News: news, Words: words.With("item", it.Ref())})
		}
	}
}

// telling is how chats hear of a comment.
type telling struct {
	news  News
	words string
}

// tellings are the comments that chats hear of, by the keys of their words.
var tellings = map[string]telling{
	"comment.departed":          {NewsDeparted, "notice.departed"},
	"comment.missed":            {NewsMissed, "notice.missed"},
	"comment.held":              {NewsMissed, "notice.held"},
	"comment.redeploy":          {NewsRedeploy, "notice.redeploy"},
	"comment.stopped":           {NewsStopped, "notice.stopped"},
	"comment.shipped":           {NewsShipped, "notice.shipped"},
	"comment.proposal-draft":    {NewsProposal, "notice.proposal"},
	"comment.train-moved":       {NewsMoved, "notice.train-moved"},
	"comment.meeting-announced": {NewsAnnounced, "notice.meeting"},
	"comment.meeting-moved":     {NewsMoved, "notice.meeting-moved"},
	"comment.meeting-missed":    {NewsMoved, "notice.meeting-missed"},
	"comment.minutes":           {NewsMinutes, "notice.minutes"},
}

// Telling returns what chats hear of a comment, an empty text for nothing.
func Telling(comment Text) (News, Text) {
	how, ok := tellings[comment.Key]
	if !ok {
		return "", Text{}
	}
	return how.news, Text{Key: how.words, Args: comment.Args}
}

// announce lets chats hear what has just been told on an item's issue. Of a
// train's end its own issue is enough: its passengers' are not announced.
func (t *Turn) announce(it *Item, comment Text) {
	if news, words := Telling(comment); !words.Empty() && (it.F == nil || news == NewsMissed) {
		t.Notify(news, it, words)
	}
}
