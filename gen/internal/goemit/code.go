package goemit

import "github.com/dave/jennifer/jen"

// code is a Go expression with its precedence, so that parentheses stand only
// where they are needed. A boolean constant is known as such and folds away.
type code struct {
	s     *jen.Statement
	prec  int
	lit   *bool
	op    string // of a chain of && or ||, with its terms
	terms []code
}

// Go's precedences, and that of operands.
const (
	precOr      = 1
	precAnd     = 2
	precCompare = 3
	precAdd     = 4
	precUnary   = 6
	precOperand = 7
)

func operand(s *jen.Statement) code { return code{s: s, prec: precOperand} }

func boolean(b bool) code {
	if b {
		return code{s: jen.True(), prec: precOperand, lit: &b}
	}
	return code{s: jen.False(), prec: precOperand, lit: &b}
}

func (c code) isTrue() bool  { return c.lit != nil && *c.lit }
func (c code) isFalse() bool { return c.lit != nil && !*c.lit }

// at gives a copy of the expression, in parentheses where it binds less than prec.
func (c code) at(prec int) *jen.Statement {
	if c.prec < prec {
		return jen.Parens(c.s.Clone())
	}
	return c.s.Clone()
}

func (c code) copy() *jen.Statement { return c.s.Clone() }

func infix(op string, prec int, l, r code) code {
	// The right operand binds one tighter: a - (b - c) keeps its parentheses.
	return code{s: l.at(prec).Op(op).Add(r.at(prec + 1)), prec: prec}
}

func and(parts ...code) code { return chain("&&", precAnd, true, parts) }
func or(parts ...code) code  { return chain("||", precOr, false, parts) }

// chain joins conditions; unit is the constant that changes nothing. A
// condition stands once, however often it is given.
func chain(op string, prec int, unit bool, parts []code) code {
	out := code{prec: prec, op: op}
	known := map[string]bool{}
	for _, t := range terms(op, parts) {
		text := t.s.GoString()
		switch {
		case t.lit != nil && *t.lit == unit || known[text]:
			continue
		case t.lit != nil:
			return t
		}
		known[text] = true
		out.terms = append(out.terms, t)
	}
	if len(out.terms) == 0 {
		return boolean(unit)
	}
	if len(out.terms) == 1 {
		return out.terms[0]
	}
	out.s = out.terms[0].at(prec)
	for _, t := range out.terms[1:] {
		out.s.Op(op).Add(t.at(prec))
	}
	return out
}

// terms takes chains of the same operator apart.
func terms(op string, parts []code) []code {
	var all []code
	for _, p := range parts {
		if p.op == op {
			all = append(all, p.terms...)
		} else {
			all = append(all, p)
		}
	}
	return all
}

func not(c code) code {
	if c.lit != nil {
		return boolean(!*c.lit)
	}
	return code{s: jen.Op("!").Add(c.at(precUnary)), prec: precUnary}
}

// nullable is a value that may be null: two Go expressions. Where ok is false, v is of no
// meaning; where ok is the constant true, it is never null.
type nullable struct{ v, ok code }

func present(v code) nullable { return nullable{v, boolean(true)} }
