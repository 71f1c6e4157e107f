package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// How tightly PostgreSQL's operators bind, loosest first.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindIs
	bindCompare
	bindLike // LIKE, ILIKE, IN
	bindOther
	bindAdd
	bindMultiply
	bindMinus
	bindAtom
)

// SQL prints an expression as SQL, with conversions that were implicit
// written out as casts, and types of constants where SQL would read another.
func SQL(n Node) string {
	var p printer
	p.print(n, 0)
	return p.out.String()
}

type printer struct{ out strings.Builder }

func (p *printer) text(parts ...string) {
	for _, s := range parts {
		p.out.WriteString(s)
	}
}

// print writes n, in parentheses where it binds less tightly than least.
func (p *printer) print(n Node, least int) {
	if binding(n) < least {
		p.text("(")
		p.bare(n)
		p.text(")")
		return
	}
	p.bare(n)
}

func binding(n Node) int {
	switch n := n.(type) {
	case *Or:
		return bindOr
	case *And:
		return bindAnd
	case *Not:
		return bindNot
	case *IsNull, *IsBool, *Distinct:
		return bindIs
	case *Compare:
		return bindCompare
	case *In:
		return bindLike
	case *Match:
		if n.Syntax != RegExp {
			return bindLike
		}
	case *Call:
		return bindingOf(n)
	case *Literal:
		if strings.HasPrefix(literalText(n), "-") {
			return bindMinus
		}
	}
	return bindAtom
}

func bindingOf(n *Call) int {
	switch n.Func.Name {
	case "||":
		return bindOther
	case "+", "-":
		if len(n.Args) == 1 && n.Func.Go != "AddInterval" {
			return bindMinus
		}
		return bindAdd
	case "*", "/", "%":
		return bindMultiply
	}
	return bindAtom
}

func (p *printer) list(nodes []Node, separator string, least int) {
	for i, n := range nodes {
		if i > 0 {
			p.text(separator)
		}
		p.print(n, least)
	}
}

func (p *printer) function(name string, args ...Node) {
	p.text(name, "(")
	p.list(args, ", ", 0)
	p.text(")")
}

func (p *printer) bare(n Node) {
	switch n := n.(type) {
	case *Column:
		p.text(columnName(n.Name))
	case *Literal:
		p.text(literalText(n))
	case *Now:
		p.text("now()")
	case *And:
		p.list(n.Args, " and ", bindNot)
	case *Or:
		p.list(n.Args, " or ", bindAnd)
	case *Not:
		p.text("not ")
		p.print(n.Arg, bindNot)
	case *Compare:
		p.infix(n.Left, n.Op, n.Right, bindOther, bindOther)
	case *Distinct:
		p.infix(n.Left, "is"+not(n.Not)+" distinct from", n.Right, bindCompare, bindCompare)
	case *IsNull:
		p.print(n.Arg, bindCompare)
		p.text(" is", not(n.Not), " null")
	case *IsBool:
		p.print(n.Arg, bindCompare)
		p.text(" is", not(n.Not), " ", fmt.Sprint(n.Want))
	case *In:
		p.print(n.Arg, bindOther)
		p.text(not(n.Not), " in (")
		p.list(n.List, ", ", 0)
		p.text(")")
	case *Case:
		p.caseWhen(n)
	case *Coalesce:
		p.function("coalesce", n.Args...)
	case *NullIf:
		p.function("nullif", n.Left, n.Right)
	case *Extreme:
		p.function(map[bool]string{true: "greatest", false: "least"}[n.Greatest], n.Args...)
	case *Concat:
		p.function("concat", n.Args...)
	case *Match:
		p.match(n)
	case *Call:
		p.call(n)
	case *Aggregate:
		p.aggregate(n)
	default:
		panic(fmt.Sprintf("expr: no text known of %T", n))
	}
}

func not(is bool) string {
	if is {
		return " not"
	}
	return ""
}

func (p *printer) infix(left Node, op string, right Node, leftLeast, rightLeast int) {
	p.print(left, leftLeast)
	p.text(" ", op, " ")
	p.print(right, rightLeast)
}

func (p *printer) caseWhen(n *Case) {
	p.text("case")
	for _, w := range n.Whens {
		p.text(" when ")
		p.print(w.Cond, 0)
		p.text(" then ")
		p.print(w.Then, 0)
	}
	if l, ok := n.Else.(*Literal); !ok || l.Value != nil {
		p.text(" else ")
		p.print(n.Else, 0)
	}
	p.text(" end")
}

func (p *printer) match(n *Match) {
	if n.Syntax == RegExp {
		p.function("regexp_like", n.Arg, literalAt(n.Pattern, Type{Kind: String}, 0))
		return
	}
	p.print(n.Arg, bindOther)
	p.text(" ", string(n.Syntax), " ", quote(n.Pattern))
	switch n.Escape {
	case '\\':
	case 0:
		p.text(" escape ''")
	default:
		p.text(" escape ", quote(string(n.Escape)))
	}
}

func (p *printer) call(n *Call) {
	name := n.Func.Name
	switch {
	case n.Func.Go == "AddInterval":
		p.interval(n)
	case name == castName:
		p.text("cast(")
		p.print(n.Args[0], 0)
		p.text(" as ", n.Type().String(), ")")
	case name == "date_trunc":
		p.text("date_trunc(", quote(strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(n.Func.Go, "Trunc"), "TZ"))), ", ")
		p.print(n.Args[0], 0)
		p.text(")")
	case name == "extract":
		p.text("extract(", strings.ToLower(strings.TrimPrefix(n.Func.Go, "Extract")), " from ")
		p.print(n.Args[0], 0)
		p.text(")")
	case n.Func.Go == "RoundDecimal":
		p.text("round(")
		p.print(n.Args[0], 0)
		p.text(fmt.Sprintf(", %d)", n.Extra[1]))
	case binding(n) == bindAtom:
		p.function(name, n.Args...)
	case len(n.Args) == 1:
		p.text("- ") // apart, so that two of them do not start a comment
		p.print(n.Args[0], bindMinus)
	default:
		p.infix(n.Args[0], name, n.Args[1], binding(n), binding(n)+1)
	}
}

func (p *printer) interval(n *Call) {
	op, text := IntervalText(n.Extra[0], n.Extra[1], n.Extra[2])
	p.print(n.Args[0], bindAdd)
	p.text(" ", op, " interval ", quote(text))
}

// IntervalText is an interval that is added as SQL writes it: one that goes back
// is subtracted.
func IntervalText(months, days, micros int64) (op, text string) {
	iv := interval{months, days, micros}
	if iv.negative() {
		return "-", iv.negated().String()
	}
	return "+", iv.String()
}

func (p *printer) aggregate(n *Aggregate) {
	p.text(string(n.Kind), "(")
	if n.Distinct {
		p.text("distinct ")
	}
	if n.Arg == nil {
		p.text("*")
	} else {
		p.print(n.Arg, 0)
	}
	if n.By != nil {
		p.text(", ")
		p.print(n.By, 0)
	}
	p.text(")")
	if n.Filter != nil {
		p.text(" filter (where ")
		p.print(n.Filter, 0)
		p.text(")")
	}
}

// literalText writes a constant so that it is read back with its type, but for
// the precision of a decimal, which what it meets gives it.
func literalText(l *Literal) string {
	t := l.Type()
	switch {
	case t.Kind == Null:
		return "null"
	case l.Value == nil:
		return "cast(null as " + t.String() + ")"
	}
	text := formatLiteral(l.Value, t)
	switch t.Kind {
	case String:
		return quote(text)
	case Bool, Int64, Decimal:
		return text
	}
	return t.Kind.String() + " " + quote(text)
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// columnForm is the name of a column, qualified or not; anything else that a
// Column is called is the text of an expression it stands for.
var columnForm = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)?$`)

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// reserved are the keywords that an unquoted name would be read as.
var reserved = strings.Fields(`all analyse analyze and any array as asc asymmetric both case cast check collate
	column constraint create current_catalog current_date current_role current_time current_timestamp current_user
	default deferrable desc distinct do else end except exists extract false fetch for foreign from grant greatest group having
	coalesce in initially intersect interval into lateral leading least limit localtime localtimestamp not null nullif offset on only or
	order overlay placing position primary references returning row select session_user some substring symmetric system_user table
	then time timestamp to trailing treat trim true union unique user using values variadic when where window with
	xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`)

// columnName quotes the parts of a name that SQL would read as something else.
func columnName(name string) string {
	if !columnForm.MatchString(name) {
		return name
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if !plainName.MatchString(part) || slices.Contains(reserved, part) {
			parts[i] = `"` + part + `"`
		}
	}
	return strings.Join(parts, ".")
}
