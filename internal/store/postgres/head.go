package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Head implements bot.Ledger.
func (s *Store) Head(ctx context.Context, repo string) (int64, error) {
	found, err := list(ctx, s, "look up the head of "+repo, pgx.RowTo[int64], `SELECT head_seq FROM lines WHERE repo = $1`, repo)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}
