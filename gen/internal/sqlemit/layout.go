package sqlemit

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
)

// line is one element of a list and what it means.
type line struct{ text, description string }

// list writes elements one a line, each with its description behind it, or
// before it where the line would be long.
func list(out *strings.Builder, lines []line) {
	for i, l := range lines {
		text, d := "  "+strings.ReplaceAll(l.text, "\n", "\n  "), prose(l.description)
		if i < len(lines)-1 {
			text += ","
		}
		if strings.Contains(text, "\n") || len(text)+len(d)+4 > lineWidth {
			comment(out, "  ", d)
		} else if d != "" {
			text += " -- " + d
		}
		out.WriteString(text + "\n")
	}
}

// lineWidth is where comments and long expressions are broken.
const lineWidth = 110

// comment writes text as a comment of several lines, or nothing.
func comment(out *strings.Builder, indent, text string) {
	line := indent + "--"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > lineWidth {
			out.WriteString(line + "\n")
			line = indent + "--"
		}
		line += " " + word
	}
	if line != indent+"--" {
		out.WriteString(line + "\n")
	}
}

// prose puts a description on one line.
func prose(s string) string { return strings.Join(strings.Fields(s), " ") }

// output writes an element of a select.
func (p *printer) output(n expr.Node, column string) string {
	if small(n) {
		return as(p.wide(n), column)
	}
	return as(p.long(n), column)
}

// key writes an element of group by, where a number is a position.
func (p *printer) key(n expr.Node) string {
	if _, literal := n.(*expr.Literal); literal || small(n) {
		return p.sql(n, bindAtom) + "::" + typeName(n.Type())
	}
	return p.sql(n, 0)
}

// long writes an expression on several lines where it is long, and can be.
func (p *printer) long(n expr.Node) string {
	whole := p.sql(n, 0)
	if len(whole) <= lineWidth-30 {
		return whole
	}
	switch n := n.(type) {
	case *expr.And, *expr.Or:
		return p.longer(n, whole)
	case *expr.Case:
		lines := []string{"case"}
		for _, w := range n.Whens {
			lines = append(lines, fmt.Sprintf("  when %s then %s", p.sql(w.Cond, 0), p.sql(w.Then, 0)))
		}
		if !isNull(n.Else) {
			lines = append(lines, "  else "+p.sql(n.Else, 0))
		}
		return strings.Join(append(lines, "end"), "\n")
	}
	return whole
}

// longer breaks a conjunction or disjunction, unless what it says is guarded.
func (p *printer) longer(n expr.Node, whole string) string {
	switch n := n.(type) {
	case *expr.And:
		if !slices.ContainsFunc(n.Args[1:], guarded) {
			return strings.Join(p.all(n.Args, bindNot), "\n  and ")
		}
	case *expr.Or:
		if !slices.ContainsFunc(n.Args[1:], guarded) {
			return strings.Join(p.all(n.Args, bindAnd), "\n  or ")
		}
	}
	return whole
}
