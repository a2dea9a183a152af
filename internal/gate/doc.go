// Package gate holds the conditions of the process's moves, one file for each
// group that looks at the same facts and one line for each in [Table].
//
// A gate judges an item from the record alone and says what it found: its
// verdict, the evidence in words, who can open it and the line that would. It
// never waits, asks or writes. Whether a waiver lets a move pass is not its
// business; who may give one stands in the table.
//
// To add a gate: write its check beside its kin, add its line to the table,
// name it in the process file's needs, and give its evidence words in
// templates/words/gates.md.
package gate
