// Package dfa compiles a pattern of RE2's syntax to a deterministic automaton
// over the bytes of a text, which says whether the pattern matches anywhere in
// it, as regexp.MatchString does, at one table lookup a byte.
//
// The automaton is made in four steps, each of the textbooks (Aho, Lam, Sethi
// and Ullman, "Compilers", 3.7 to 3.9): package regexp/syntax gives the NFA
// over characters; sets of its instructions are the states of a DFA over
// classes of characters that no instruction tells apart; the bytes of UTF-8
// are put under those, as in Russ Cox, "Regular Expression Matching in the
// Wild" (2010); and what behaves alike is merged.
//
// It knows patterns and nothing of expressions or Go code.
package dfa

import (
	"errors"
	"regexp/syntax"
)

// The states that settle the answer whatever follows.
const (
	No    = 0
	Yes   = 1
	Start = 2
)

// DFA is an automaton in its smallest form. The same pattern gives the same DFA.
type DFA struct {
	Classes int        // of bytes
	Class   [256]uint8 // of each byte
	Next    [][]int    // by state and class: the state after a byte
	End     []bool     // by state: the text matches where it ends here
}

// The reasons for which a pattern has no DFA here; package regexp serves then.
var (
	ErrTooLarge     = errors.New("its automaton would have too many states")
	ErrWordBoundary = errors.New(`\b and \B look at two characters at once`)
)

// Bounds: of the states before merging and of the instructions looked at to find
// them, so that compiling takes well under a second; and of the table, so that it stays in the cache nearest to the
// processor and generated code of a readable size.
const (
	maxStates  = 20_000
	maxWork    = 10 << 20
	maxEntries = 32 << 10
)

// Compile compiles a pattern that regexp.Compile accepts. The error is
// ErrTooLarge or ErrWordBoundary, or that of a pattern which is none.
func Compile(pattern string) (*DFA, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	for i := range prog.Inst {
		if in := &prog.Inst[i]; in.Op == syntax.InstEmptyWidth &&
			syntax.EmptyOp(in.Arg)&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 {
			return nil, ErrWordBoundary
		}
	}
	b := newBuilder(prog)
	if err := b.build(); err != nil {
		return nil, err
	}
	d := minimize(b.next, b.end)
	if len(d.Next)*d.Classes > maxEntries {
		return nil, ErrTooLarge
	}
	return d, nil
}
