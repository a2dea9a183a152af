package process

import "testing"

// Half a line that was typed in the wrong place is not to be pasted in the right one.
func TestTheLineToPasteIsAWholeOne(t *testing.T) {
	p := &Process{Tables: Tables{Commands: []Command{
		{Name: "submit", Usage: "/submit alphanet|betanet", Examples: []string{"/submit alphanet"}},
		{Name: "stable", Usage: "/stable [link]", Examples: []string{"/stable https://example.org"}},
		{Name: "audit", Usage: "/audit required|cleared <link>", Examples: []string{"/audit required", "/audit cleared https://link"}},
		{Name: "depart", Usage: "/depart", Examples: []string{"/depart"}},
	}}}
	for _, tt := range []struct {
		verb, rest string
		want       Code
	}{
		{"submit", "", "/submit alphanet"}, {"submit", "betanet", "/submit betanet"},
		{"stable", "", "/stable"}, {"stable", "https://a.example", "/stable https://a.example"},
		{"stable", "because *I* say so", "/stable https://example.org"}, {"depart", "", "/depart"},
		{"audit", "cleared", "/audit cleared https://link"}, {"audit", "required", "/audit required"}, {"audit", "cleared https://a.example", "/audit cleared https://a.example"},
	} {
		turn := newTurn(p, NewLine("acme/upgrades"), Event{}, Answers{})
		turn.typed = Typed{Verb: tt.verb, Rest: tt.rest}
		if got := turn.asTyped(tt.verb); got != tt.want {
			t.Errorf("/%s %s: paste %q, want %q", tt.verb, tt.rest, got, tt.want)
		}
	}
}
