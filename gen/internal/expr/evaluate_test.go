package expr_test

import (
	"fmt"
	"testing"

	"martlet/gen/internal/expr"
	"pgregory.net/rapid"
)

// evaluator computes bool and int64 expressions by the definitions of
// three-valued logic; nil is null. It is the oracle of nullability: of what is
// evaluated, nothing that claims not to be null may be.
type evaluator struct {
	t   *rapid.T
	row map[string]any
}

func (e evaluator) value(n expr.Node) any {
	v := e.compute(n)
	if v == nil && !n.Nullable() {
		e.t.Fatalf("%s claims not to be null, and is for %v", expr.SQL(n), e.row)
	}
	return v
}

func (e evaluator) compute(n expr.Node) any {
	switch n := n.(type) {
	case *expr.Column:
		return e.row[n.Name]
	case *expr.Literal:
		return n.Value
	case *expr.Not:
		return negate(e.value(n.Arg))
	case *expr.And:
		return e.logic(n.Args, false)
	case *expr.Or:
		return e.logic(n.Args, true)
	case *expr.Compare:
		return compare(n.Op, e.value(n.Left), e.value(n.Right))
	case *expr.Distinct:
		return (e.value(n.Left) != e.value(n.Right)) != n.Not
	case *expr.IsNull:
		return (e.value(n.Arg) == nil) != n.Not
	case *expr.IsBool:
		return (e.value(n.Arg) == any(n.Want)) != n.Not
	case *expr.In:
		return e.in(n)
	case *expr.Case:
		for _, w := range n.Whens {
			if e.value(w.Cond) == true {
				return e.value(w.Then)
			}
		}
		return e.value(n.Else)
	case *expr.Coalesce:
		for _, a := range n.Args {
			if v := e.value(a); v != nil {
				return v
			}
		}
		return nil
	case *expr.NullIf:
		left, right := e.value(n.Left), e.value(n.Right)
		if left == right {
			return nil
		}
		return left
	case *expr.Extreme:
		var best any
		for _, a := range n.Args {
			v := e.value(a)
			if v != nil && (best == nil || compare(">", v, best) == n.Greatest) {
				best = v
			}
		}
		return best
	case *expr.Call:
		left, right := e.value(n.Args[0]), e.value(n.Args[1])
		if left == nil || right == nil {
			return nil
		}
		return left.(int64) - right.(int64)
	}
	panic(fmt.Sprintf("%T", n))
}

// logic evaluates AND (decided by false) and OR (decided by true), left to
// right and only as far as needed.
func (e evaluator) logic(args []expr.Node, decides bool) any {
	var out any = !decides
	for _, a := range args {
		switch v := e.value(a); v {
		case decides:
			return decides
		case nil:
			out = nil
		}
	}
	return out
}

func (e evaluator) in(n *expr.In) any {
	arg := e.value(n.Arg)
	var out any = false
	for _, item := range n.List {
		switch equal := compare("=", arg, e.value(item)); equal {
		case true:
			return !n.Not
		case nil:
			out = nil
		}
	}
	if n.Not {
		return negate(out)
	}
	return out
}

func negate(v any) any {
	if b, ok := v.(bool); ok {
		return !b
	}
	return nil
}

func compare(op string, left, right any) any {
	if left == nil || right == nil {
		return nil
	}
	if b, ok := left.(bool); ok {
		return compare(op, map[bool]int64{true: 1}[b], map[bool]int64{true: 1}[right.(bool)])
	}
	l, r := left.(int64), right.(int64)
	switch op {
	case "=":
		return l == r
	case "<>":
		return l != r
	case "<":
		return l < r
	case "<=":
		return l <= r
	case ">":
		return l > r
	}
	return l >= r
}

// condition and number draw SQL of limited depth over the columns b, b_n, i,
// i_n and i2_n, every part in parentheses.
func condition(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{"b", "b_n", "b_n", "true", "false", "i_n is null", "i_n is not null", "i2_n is null"}).Draw(t, "b")
	}
	b := func() string { return condition(t, depth-1) }
	i := func() string { return number(t, depth-1) }
	switch rapid.IntRange(0, 13).Draw(t, "bool") {
	case 0, 1:
		return fmt.Sprintf("(%s and %s)", b(), b())
	case 2, 3:
		return fmt.Sprintf("(%s or %s)", b(), b())
	case 4:
		return fmt.Sprintf("(not %s)", b())
	case 5:
		return fmt.Sprintf("(%s %s %s)", i(), rapid.SampledFrom([]string{"=", "<>", "<", ">="}).Draw(t, "op"), i())
	case 6:
		return fmt.Sprintf("(%s is %s distinct from %s)", i(), rapid.SampledFrom([]string{"", "not"}).Draw(t, "not"), i())
	case 7:
		return fmt.Sprintf("(%s is %s null)", i(), rapid.SampledFrom([]string{"", "not"}).Draw(t, "not"))
	case 8:
		return fmt.Sprintf("(%s is %s)", b(), rapid.SampledFrom([]string{"true", "not true", "false", "not false", "null", "not null"}).Draw(t, "test"))
	case 9:
		return fmt.Sprintf("(%s %s in (%s, %s))", i(), rapid.SampledFrom([]string{"", "not"}).Draw(t, "not"), i(), i())
	case 10:
		return fmt.Sprintf("case when %s then %s when %s then %s else %s end", b(), b(), b(), b(), b())
	case 11:
		return fmt.Sprintf("coalesce(%s, %s)", b(), b())
	case 12:
		return fmt.Sprintf("nullif(%s, %s)", b(), b())
	}
	return fmt.Sprintf("(%s between %s and %s)", i(), i(), i())
}

func number(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{"i", "i_n", "i2_n", "i_n", "i2_n", "0", "1", "cast(null as int64)"}).Draw(t, "i")
	}
	i := func() string { return number(t, depth-1) }
	switch rapid.IntRange(0, 6).Draw(t, "int") {
	case 0:
		return fmt.Sprintf("(%s - %s)", i(), i())
	case 1, 2:
		return fmt.Sprintf("case when %s then %s else %s end", condition(t, depth-1), i(), i())
	case 3:
		return fmt.Sprintf("coalesce(%s, %s)", i(), i())
	case 4:
		return fmt.Sprintf("nullif(%s, %s)", i(), i())
	case 5:
		return fmt.Sprintf("%s(%s, %s)", rapid.SampledFrom([]string{"greatest", "least"}).Draw(t, "extreme"), i(), i())
	}
	return fmt.Sprintf("case %s when %s then %s end", i(), i(), i())
}

func TestNullabilityHolds(t *testing.T) {
	bools, ints := []any{true, false, nil}, []any{int64(0), int64(1), nil}
	rapid.Check(t, func(t *rapid.T) {
		src := condition(t, rapid.IntRange(1, 4).Draw(t, "depth"))
		n, problems := expr.Check(src, scope{}, expr.Options{})
		if len(problems) > 0 {
			t.Fatalf("%s: %v", src, problems)
		}
		for _, b := range bools[:2] {
			for _, bn := range bools {
				for _, i := range ints[:2] {
					for _, in := range ints {
						for _, i2 := range ints {
							evaluator{t, map[string]any{"b": b, "b_n": bn, "i": i, "i_n": in, "i2_n": i2}}.value(n)
						}
					}
				}
			}
		}
	})
}

// TestPrintedIsReadBack holds that SQL gives a text that is checked into the
// same tree.
func TestPrintedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := condition(t, rapid.IntRange(1, 4).Draw(t, "depth"))
		readBack(t, src)
	})
	for _, c := range checked {
		if _, constant := check(t, c.src).(*expr.Literal); !constant { // alone, nothing gives a decimal its precision
			readBack(t, c.src)
		}
	}
}

func readBack(t rapid.TB, src string) {
	n, problems := expr.Check(src, scope{}, expr.Options{Aggregates: true})
	if len(problems) > 0 {
		t.Fatalf("%s: %v", src, problems)
	}
	again, problems := expr.Check(expr.SQL(n), scope{}, expr.Options{Aggregates: true})
	if len(problems) > 0 {
		t.Fatalf("%s is printed as %s: %v", src, expr.SQL(n), problems)
	}
	if !expr.Equal(n, again) {
		t.Fatalf("%s is printed as %s and read back as %s", src, expr.SQL(n), expr.SQL(again))
	}
	if n.Nullable() != again.Nullable() {
		t.Fatalf("%s: nullability is lost in %s", src, expr.SQL(n))
	}
}
