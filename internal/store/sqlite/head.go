package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Head implements bot.Ledger.
func (s *Store) Head(ctx context.Context, repo string) (seq int64, err error) {
	err = s.reads.QueryRowContext(ctx, `SELECT head_seq FROM lines WHERE repo = ?`, repo).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("look up the head of %s: %w", repo, err)
	}
	return seq, nil
}
