package dfa

import (
	"encoding/binary"
	"slices"
)

// minimize merges the states that no text tells apart, by refining a partition
// until it holds (Moore, 1956), and the bytes that no state tells apart. State 0
// of what it is given is the start. A match settles the answer, so a state that
// matches where it is and always will is Yes, and one that never will is No.
func minimize(next [][256]int32, end []bool) *DFA {
	class, bytes := byteClasses(next)
	part := partition(next, end, bytes)
	return number(next, end, part, class, bytes)
}

// byteClasses gives the class of each byte, and one byte of each class.
func byteClasses(next [][256]int32) (class [256]uint8, examples []int) {
	known := map[string]uint8{}
	for c := range 256 {
		column := make([]byte, 0, 4*len(next))
		for s := range next {
			column = binary.LittleEndian.AppendUint32(column, uint32(next[s][c]))
		}
		id, ok := known[string(column)]
		if !ok {
			id = uint8(len(examples))
			known[string(column)], examples = id, append(examples, c)
		}
		class[c] = id
	}
	return class, examples
}

// partition gives states that behave alike the same number.
func partition(next [][256]int32, end []bool, bytes []int) []int {
	part, parts := make([]int, len(next)), 0
	for s := range part {
		part[s] = int(bit(end[s]))
	}
	for {
		known, refined := map[string]int{}, make([]int, len(next))
		signature := make([]byte, 0, 4*len(bytes)+4)
		for s := range next {
			signature = binary.LittleEndian.AppendUint32(signature[:0], uint32(part[s]))
			for _, c := range bytes {
				signature = binary.LittleEndian.AppendUint32(signature, uint32(part[next[s][c]]))
			}
			id, ok := known[string(signature)]
			if !ok {
				id = len(known)
				known[string(signature)] = id
			}
			refined[s] = id
		}
		part = refined
		if len(known) == parts {
			return part
		}
		parts = len(known)
	}
}

// number numbers the parts in the order in which bytes lead to them, and merges
// classes of bytes once more.
func number(next [][256]int32, end []bool, part []int, class [256]uint8, bytes []int) *DFA {
	first := map[int]int{} // a state of each part
	for s := len(next) - 1; s >= 0; s-- {
		first[part[s]] = s
	}
	settled := func(s int) bool {
		return !slices.ContainsFunc(bytes, func(c int) bool { return part[next[s][c]] != part[s] })
	}
	d := &DFA{Next: [][]int{nil, nil}, End: []bool{No: false, Yes: true}}
	numbers, order := map[int]int{}, []int{No: -1, Yes: -1}
	visit := func(s int) int {
		n, ok := numbers[part[s]]
		if ok {
			return n
		}
		if s = first[part[s]]; settled(s) && part[s] != part[0] {
			n = int(bit(end[s]))
		} else {
			n = len(order)
			order, d.Next, d.End = append(order, s), append(d.Next, nil), append(d.End, end[s])
		}
		numbers[part[s]] = n
		return n
	}
	visit(0)
	rows := [][]int{make([]int, len(bytes)), slices.Repeat([]int{Yes}, len(bytes))}
	for at := Start; at < len(order); at++ {
		row := make([]int, len(bytes))
		for i, c := range bytes {
			row[i] = visit(int(next[order[at]][c]))
		}
		rows = append(rows, row)
	}
	d.mergeClasses(rows, class)
	return d
}

// mergeClasses drops the classes of bytes that all states treat alike.
func (d *DFA) mergeClasses(rows [][]int, class [256]uint8) {
	known, merged := map[string]int{}, make([]int, len(rows[0]))
	for c := range merged {
		var column []byte
		for _, row := range rows {
			column = binary.LittleEndian.AppendUint32(column, uint32(row[c]))
		}
		id, ok := known[string(column)]
		if !ok {
			id = len(known)
			known[string(column)] = id
			for s, row := range rows {
				d.Next[s] = append(d.Next[s], row[c])
			}
		}
		merged[c] = id
	}
	d.Classes = len(known)
	for b := range d.Class {
		d.Class[b] = uint8(merged[class[b]])
	}
}
