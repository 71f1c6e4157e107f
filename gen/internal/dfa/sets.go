package dfa

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// set is a set of instructions of the program at which a match may be under
// way, closed over what needs no character. Assertions that it takes the next
// character to decide ($) are in it as they are.
type set struct {
	insts   []uint32
	pending bool           // has such an assertion
	behind  syntax.EmptyOp // what holds of the place before: begin of text, of a line; 0 unless pending
	match   bool
}

// begins are the assertions of what is behind, which never come to hold later.
const begins = syntax.EmptyBeginText | syntax.EmptyBeginLine

// sets gives each set of instructions a number and steps from one to the next.
type sets struct {
	prog    *syntax.Prog
	classes *classes
	all     []set
	known   map[string]int
	steps   map[[2]int]int // by set and class
	seen    []bool         // by instruction, of one closure
	work    int            // instructions looked at so far
}

func newSets(prog *syntax.Prog, c *classes) *sets {
	return &sets{prog: prog, classes: c, known: map[string]int{}, steps: map[[2]int]int{}, seen: make([]bool, len(prog.Inst))}
}

// start is the set before the first character.
func (s *sets) start() int {
	return s.number(s.closure([]uint32{uint32(s.prog.Start)}, begins))
}

// number finds the set, or adds it.
func (s *sets) number(x set) int {
	if x.match {
		x = set{match: true} // whatever else is in it
	}
	slices.Sort(x.insts)
	key := []byte{bit(x.match), byte(x.behind)}
	for _, at := range x.insts {
		key = binary.LittleEndian.AppendUint32(key, at)
	}
	id, ok := s.known[string(key)]
	if !ok {
		id = len(s.all)
		s.all, s.known[string(key)] = append(s.all, x), id
	}
	return id
}

// closure follows what needs no character from some instructions, where
// the given assertions hold.
func (s *sets) closure(from []uint32, holds syntax.EmptyOp) set {
	clear(s.seen)
	s.work += len(s.seen) / 64
	var out set
	stack := slices.Clone(from)
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if s.seen[at] {
			continue
		}
		s.seen[at] = true
		s.work++
		in := &s.prog.Inst[at]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, in.Out)
		case syntax.InstEmptyWidth:
			switch missing := syntax.EmptyOp(in.Arg) &^ holds; {
			case missing == 0:
				stack = append(stack, in.Out)
			case missing&begins == 0:
				out.insts, out.pending = append(out.insts, at), true
				out.behind = holds & begins
			}
		case syntax.InstMatch:
			out.match = true
		case syntax.InstFail:
		default:
			out.insts = append(out.insts, at)
		}
	}
	return out
}

// step is the set after a character of the class. A match may begin at any
// character, so the start is in every set.
func (s *sets) step(from, class int) int {
	at := [2]int{from, class}
	if to, ok := s.steps[at]; ok {
		return to
	}
	x, newline := s.all[from], class == s.classes.newline
	if x.pending && newline {
		x = s.closure(x.insts, x.behind|syntax.EmptyEndLine)
	}
	to := from
	if !x.match {
		next := []uint32{uint32(s.prog.Start)}
		for _, at := range x.insts {
			if s.classes.matches(at, class) {
				next = append(next, s.prog.Inst[at].Out)
			}
		}
		var holds syntax.EmptyOp
		if newline {
			holds = syntax.EmptyBeginLine
		}
		to = s.number(s.closure(next, holds))
	} else {
		to = s.number(set{match: true})
	}
	s.steps[at] = to
	return to
}

// end says whether the text matches where it ends in a set.
func (s *sets) end(id int) bool {
	x := s.all[id]
	return x.match || x.pending && s.closure(x.insts, x.behind|syntax.EmptyEndLine|syntax.EmptyEndText).match
}
