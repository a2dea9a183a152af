package postgres

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// shares spreads installations over members: each gets as many as any other,
// or one more. All who call it with the same sets, in whatever order, get the
// same answer, and few installations move when a member comes or goes.
func shares(members, installations []int64) map[int64]int64 {
	if len(members) == 0 {
		return nil
	}
	installations = slices.Sorted(slices.Values(installations))
	got := map[int64]int{}
	of := make(map[int64]int64, len(installations))
	// First everybody is filled up to the same number, then the rest is given
	// out, one each.
	even := len(installations) / len(members)
	for _, most := range []int{even, even + 1} {
		for _, id := range installations {
			if _, given := of[id]; given {
				continue
			}
			for _, m := range byLiking(members, id) {
				if got[m] < most {
					of[id] = m
					got[m]++
					break
				}
			}
		}
	}
	return of
}

// byLiking orders the members by a hash of each with the installation, which is
// an order of its own for every installation.
func byLiking(members []int64, installation int64) []int64 {
	liking := func(m int64) uint64 {
		h := fnv.New64a()
		var b [16]byte
		binary.BigEndian.PutUint64(b[:8], uint64(m))
		binary.BigEndian.PutUint64(b[8:], uint64(installation))
		_, _ = h.Write(b[:]) // a hash never fails
		// The last bytes hardly reach the upper bits by themselves.
		x := h.Sum64()
		x ^= x >> 32
		return x * 0x9e3779b97f4a7c15
	}
	return slices.SortedFunc(slices.Values(members), func(a, b int64) int {
		return cmp.Or(cmp.Compare(liking(b), liking(a)), cmp.Compare(a, b))
	})
}
