// Package scenario runs stories about the release process, written in its own
// words, against any world that can act them out.
//
// A story is a text file below testdata. Its lines are phrases: what is given,
// what people do, and what stands afterwards. Names stand for issue numbers.
//
//	on 2026-11-02
//	given hardforks Karst Lagoon
//	feature pectra "Pectra opcodes" by ada
//	train a12 alphanet 2026-12-08
//	ada merges acme/protocol#7 naming pectra
//	ada on pectra: /submit alphanet
//	mara on a12: /board #pectra
//	on 2026-12-09
//	then a12 at alphanet-deployment
//	ada on a12: /deployed https://devnet.example  → refused D1
//
// All phrases stand in the table of phrases.go. A line "scenario Title" begins a
// story of its own; what stands before the first one is told in each. A comment
// begins with # and should name the rules that the lines exercise.
//
// The [World] decides how deep a story goes: [Pure] is the decision alone, with a
// GitHub of maps and slices. A world that runs the whole program has only to do
// the same few acts and show the same issues. What it cannot see it leaves
// empty, and what is empty is not compared.
package scenario
