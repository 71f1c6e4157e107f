package goemit

import "github.com/dave/jennifer/jen"

// code is a Go expression with its precedence, so that parentheses stand only
// where they are needed. A boolean constant is known as such and folds away.
type code struct {
	s    *jen.Statement
	prec int
	lit  *bool
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
		return code{jen.True(), precOperand, &b}
	}
	return code{jen.False(), precOperand, &b}
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

// chain joins conditions; unit is the constant that changes nothing.
func chain(op string, prec int, unit bool, parts []code) code {
	var out *code
	for _, p := range parts {
		switch {
		case p.lit != nil && *p.lit == unit:
		case p.lit != nil:
			return p
		case out == nil:
			out = &p
		default:
			joined := code{s: out.at(prec).Op(op).Add(p.at(prec)), prec: prec}
			out = &joined
		}
	}
	if out == nil {
		return boolean(unit)
	}
	return *out
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
