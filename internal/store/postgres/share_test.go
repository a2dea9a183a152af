package postgres

import (
	"testing"

	"pgregory.net/rapid"
)

func numbers(t *rapid.T, name string, least, most int) []int64 {
	return rapid.SliceOfNDistinct(rapid.Int64Range(1, 1<<40), least, most, rapid.ID[int64]).Draw(t, name)
}

func count(of map[int64]int64) map[int64]int {
	n := map[int64]int{}
	for _, m := range of {
		n[m]++
	}
	return n
}

func TestSharesAreEvenAndTheSameForEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members, installations := numbers(t, "members", 1, 7), numbers(t, "installations", 0, 40)
		of := shares(members, installations)
		if len(of) != len(installations) {
			t.Fatalf("%d of %d installations are given out", len(of), len(installations))
		}
		even, got := len(installations)/len(members), count(of)
		for _, m := range members {
			if got[m] != even && got[m] != even+1 {
				t.Errorf("member %d has %d, want %d or one more", m, got[m], even)
			}
		}
		again := shares(rapid.Permutation(members).Draw(t, "other order"), rapid.Permutation(installations).Draw(t, "another"))
		for id, m := range of {
			if again[id] != m {
				t.Errorf("installation %d is %d's or %d's", id, m, again[id])
			}
		}
	})
}

func TestFewInstallationsMoveWhenAMemberGoes(t *testing.T) {
	var installations []int64
	for i := range int64(300) {
		installations = append(installations, 1000+i)
	}
	before, after := shares([]int64{11, 12, 13}, installations), shares([]int64{11, 13}, installations)
	moved := 0
	for id, m := range before {
		if m != 12 && after[id] != m {
			moved++
		}
	}
	if moved > 60 { // of the 200 that could have stayed
		t.Errorf("%d moved between those that stayed", moved)
	}
}

func TestNobodyHasNothing(t *testing.T) {
	if of := shares(nil, []int64{1}); len(of) != 0 {
		t.Errorf("of nobody %v", of)
	}
}
