package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stationmaster-bot/stationmaster/internal/store/pgtest"
	"github.com/stationmaster-bot/stationmaster/internal/store/postgres"
)

func TestAPoolerThatSharesSessionsIsRefusedWithTheSettingToUse(t *testing.T) {
	for _, mode := range []string{"transaction", "statement"} {
		for _, options := range []string{"", "server_round_robin = 1"} {
			t.Run(fmt.Sprint(mode, " ", options), func(t *testing.T) {
				url := pgtest.Pooler(t, database(t), mode, options)
				_, err := postgres.Open(t.Context(), url)
				if !errors.Is(err, postgres.ErrPooler) || !strings.Contains(err.Error(), "pool_mode=session") {
					t.Errorf("got %v, want ErrPooler with the setting", err)
				}
			})
		}
	}
}

func TestAPoolerWithSessionsOfOnesOwnIsTaken(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.Pooler(t, database(t), "session", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lease, err := s.Acquire(t.Context(), 7, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Settle(t.Context(), lease, []int64{1}, ""); err != nil {
		t.Error(err)
	}
	if err := s.Release(t.Context(), lease); err != nil {
		t.Error(err)
	}
}
