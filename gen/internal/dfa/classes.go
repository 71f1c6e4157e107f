package dfa

import (
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// classes are the sets of characters that no instruction of a program tells
// apart.
type classes struct {
	cuts    []rune // where a class begins, ascending from 0
	of      []int  // by cut: the class from there to the next
	newline int
	broken  int // of U+FFFD, as which each byte that is not of a character counts

	examples []rune // one of each class
	matched  map[uint32][]bool
}

func newClasses(prog *syntax.Prog) *classes {
	c := &classes{cuts: []rune{0, '\n', '\n' + 1, utf8.RuneError, utf8.RuneError + 1}, matched: map[uint32][]bool{}}
	var readers []uint32
	for i := range prog.Inst {
		if in := &prog.Inst[i]; isReader(in) {
			readers = append(readers, uint32(i))
			c.cut(in)
		}
	}
	slices.Sort(c.cuts)
	c.cuts = slices.Compact(c.cuts)
	c.group(prog, readers)
	c.newline, c.broken = c.at('\n'), c.at(utf8.RuneError)
	return c
}

// isReader says whether an instruction reads a character.
func isReader(in *syntax.Inst) bool {
	switch in.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// cut notes where an instruction begins and ends to match.
func (c *classes) cut(in *syntax.Inst) {
	if len(in.Rune) == 1 {
		for r := in.Rune[0]; ; {
			c.cuts = append(c.cuts, r, r+1)
			if r = unicode.SimpleFold(r); r == in.Rune[0] || syntax.Flags(in.Arg)&syntax.FoldCase == 0 {
				return
			}
		}
	}
	for i := 0; i+1 < len(in.Rune); i += 2 {
		c.cuts = append(c.cuts, in.Rune[i], in.Rune[i+1]+1)
	}
}

// group numbers the classes, in the order of their first characters.
func (c *classes) group(prog *syntax.Prog, readers []uint32) {
	known := map[string]int{}
	for _, r := range c.cuts {
		signature := make([]byte, 0, len(readers)+1)
		for _, at := range readers {
			signature = append(signature, bit(prog.Inst[at].MatchRune(r)))
		}
		signature = append(signature, bit(r == '\n'))
		class, ok := known[string(signature)]
		if !ok {
			class = len(known)
			known[string(signature)] = class
			c.examples = append(c.examples, r)
			for i, at := range readers {
				c.matched[at] = append(c.matched[at], signature[i] == 1)
			}
		}
		c.of = append(c.of, class)
	}
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// interval is the index of the cut that r belongs to.
func (c *classes) interval(r rune) int {
	i, found := slices.BinarySearch(c.cuts, r)
	if !found {
		i--
	}
	return i
}

// at is the class of a character.
func (c *classes) at(r rune) int { return c.of[c.interval(r)] }

// uniform says whether all characters from lo to hi are of one class.
func (c *classes) uniform(lo, hi rune) bool {
	i, j := c.interval(lo), c.interval(hi)
	return !slices.ContainsFunc(c.of[i:j+1], func(class int) bool { return class != c.of[i] })
}

// matches says whether an instruction, if it is one that reads, matches a class.
func (c *classes) matches(inst uint32, class int) bool {
	m := c.matched[inst]
	return m != nil && m[class]
}
