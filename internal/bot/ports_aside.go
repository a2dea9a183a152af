package bot

import "context"

// An Aside is a delivery of which something could not be decided. It is kept
// whole, so that it can be decided anew once the fault is mended.
type Aside struct {
	Delivery        // without its Payload
	Why      string // in one line
}

// Asides are the deliveries that were set aside.
type Asides interface {
	// SetAside settles deliveries of which not even a failure can be recorded; the
	// reason must not be empty.
	SetAside(ctx context.Context, lease Lease, seqs []int64, why string) error
	// Aside returns what was set aside and is settled, in order of arrival, at most
	// limit.
	Aside(ctx context.Context, installation int64, limit int) ([]Aside, error)
	// Recall makes a delivery that was set aside undecided again, as if it had just
	// come; [ErrNotFound] when no such one is settled.
	Recall(ctx context.Context, lease Lease, id string) error
}
