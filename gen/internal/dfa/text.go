package dfa

import "strings"

// Text writes the automaton down as value.NewDFA reads it.
func (d *DFA) Text() (classes, end string, next []string) {
	bytes := make([]int, len(d.Class))
	for b, class := range d.Class {
		bytes[b] = int(class)
	}
	var ends strings.Builder
	for state := Start; state < len(d.Next); state++ {
		if d.End[state] {
			ends.WriteRune(rune(state))
		}
		next = append(next, runs(d.Next[state]))
	}
	return runs(bytes), ends.String(), next
}

// runs writes a row of numbers as pairs: the last index of a run of one number,
// and the number. Both are written as the characters that have them; there are
// too few for surrogates.
func runs(row []int) string {
	var out strings.Builder
	for i, n := range row {
		if i == len(row)-1 || row[i+1] != n {
			out.WriteRune(rune(i))
			out.WriteRune(rune(n))
		}
	}
	return out.String()
}
