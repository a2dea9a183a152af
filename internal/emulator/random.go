package emulator

import (
	"encoding/hex"
	"fmt"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// letters makes n random letters and digits out of the world's seed.
func (g *GitHub) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.rng.IntN(len(alphabet))]
	}
	return string(b)
}

// guid makes a delivery id, a random UUID of version 4. It comes from the
// stream that only webhooks draw from, so that a reader more or less does not
// change a seeded history.
func (g *GitHub) guid() string {
	hi, lo := g.dice.Uint64(), g.dice.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)
}

// hex makes n random bytes out of the world's seed, in hexadecimal.
func (g *GitHub) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rng.Uint32())
	}
	return hex.EncodeToString(b)
}

func (g *GitHub) requestID() string {
	a, b := g.rng.Uint64(), g.rng.Uint32()
	return fmt.Sprintf("%04X:%05X:%07X:%07X:%08X", a&0xffff, a>>16&0xfffff, a>>36&0xfffffff, b>>4, b)
}

// sha makes a commit id.
func (g *GitHub) sha() string {
	return fmt.Sprintf("%016x%016x%08x", g.rng.Uint64(), g.rng.Uint64(), g.rng.Uint32())
}
