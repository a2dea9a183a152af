package process

// Ask returns what must be known before the event can be decided. It is pure.
func Ask(p *Process, l *Line, e Event) Questions {
	return Questions{}
}

// Decide says what follows from the event: pure, and the same for the same
// input. Deciding an event whose key the Line has seen adds nothing.
func Decide(p *Process, l *Line, e Event, a Answers) Decision {
	return Decision{}
}
