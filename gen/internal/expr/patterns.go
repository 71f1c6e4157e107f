package expr

import (
	"fmt"
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"martlet/internal/value"
)

// like checks [NOT] LIKE and ILIKE, whose pattern must be a literal.
func (c *checker) like(e *pg.A_Expr, name string, at int) Node {
	m := &Match{Syntax: Like, Escape: '\\'}
	if strings.HasSuffix(name, "*") {
		m.Syntax = ILike
	}
	pattern, operator := e.GetRexpr(), "the pattern of "+strings.ToUpper(string(m.Syntax))
	if f := pattern.GetFuncCall(); f != nil && isEscape(f) {
		pattern = f.GetArgs()[0]
		escape := c.literalText(f.GetArgs()[1], "the escape character")
		if escape == nil {
			return nil
		}
		runes := []rune(escape.Value.(string))
		switch len(runes) {
		case 0:
			m.Escape = 0
		case 1:
			m.Escape = runes[0]
		default:
			return c.problem(escape.Offset(), BadPattern, "the escape of a pattern is one character, or none", "")
		}
	}
	not := strings.HasPrefix(name, "!")
	n := c.match(m, e.GetLexpr(), pattern, operator, at)
	if n == nil || !not {
		return n
	}
	return newNot(n, at)
}

func isEscape(f *pg.FuncCall) bool {
	return slices.ContainsFunc(f.GetFuncname(), func(n *pg.Node) bool { return n.GetString_().GetSval() == "like_escape" }) &&
		len(f.GetArgs()) == 2
}

// regexpLike checks regexp_like(text, 'pattern').
func (c *checker) regexpLike(args []*pg.Node, at int) Node {
	if len(args) != 2 {
		c.values(args)
		return c.problem(at, BadArguments, fmt.Sprintf("regexp_like takes a text and a pattern, not %d arguments", len(args)),
			"flags stand in the pattern: '(?i)abc'")
	}
	return c.match(&Match{Syntax: RegExp}, args[0], args[1], "the pattern of regexp_like", at)
}

// match finishes a Match of which syntax and escape are known.
func (c *checker) match(m *Match, arg, pattern *pg.Node, what string, at int) Node {
	text := c.value(arg)
	p := c.literalText(pattern, what)
	if text == nil || p == nil {
		return nil
	}
	m.Pattern = p.Value.(string)
	var err error
	if m.Syntax == RegExp {
		err = value.ValidRegExp(m.Pattern)
	} else {
		err = value.ValidLike(m.Pattern, m.Escape)
	}
	if err != nil {
		return c.problem(p.Offset(), BadPattern, err.Error(), "")
	}
	if text.Type().Kind != String && text.Type().Kind != Null {
		return c.problem(text.Offset(), BadArguments, fmt.Sprintf("patterns are for text, but this is of type %s", text.Type()),
			"cast it: cast(x as string)")
	}
	m.Arg = settle(text, String)
	m.base = boolean(m.Arg.Nullable(), at)
	return m
}

// literalText is a text that has to be known when generating.
func (c *checker) literalText(n *pg.Node, what string) *Literal {
	k := n.GetAConst()
	if k == nil || k.GetSval() == nil {
		c.problem(c.offset(n), NotLiteral, what+" must be literal text", "")
		return nil
	}
	return literalAt(k.GetSval().GetSval(), Type{Kind: String}, c.at(k.GetLocation()))
}
