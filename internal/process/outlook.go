package process

import "time"

// A Prospect is a move that an item could make next: its command, who may make
// it, where it is typed, and how its gates stand.
type Prospect struct {
	Move  string
	By    []Role
	On    Ref  // the issue it is typed on: the item's own, or its train's
	Usage Code // the line to type
	Back  bool // leads back, not forward
	Why   Why  // of all gates; its Closed parts stand in the way
}

// Outlook returns the moves open to an item where it stands, forward ones
// first. It is what the status shows, /help offers and /why explains.
func Outlook(p *Process, l *Line, it *Item, at time.Time) []Prospect {
	return nil
}
