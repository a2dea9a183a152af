package process

// A Turn is one decision at work.
type Turn struct{}
