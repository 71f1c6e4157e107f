package expr_test

import (
	"testing"

	"martlet/gen/internal/expr"
)

func TestRewrite(t *testing.T) {
	for _, c := range checked {
		n := check(t, c.src)
		if same := expr.Rewrite(n, func(n expr.Node) expr.Node { return n }); same != n {
			t.Errorf("%s: keeping every node made another tree", c.src)
		}
		columns := 0
		moved := expr.Rewrite(n, func(n expr.Node) expr.Node {
			if c, ok := n.(*expr.Column); ok {
				columns++
				return expr.NewColumn(c.Input+7, c.Index, c.Name, c.Type(), c.Nullable(), c.Offset())
			}
			return n
		})
		if expr.SQL(moved) != expr.SQL(n) || moved.Type() != n.Type() || expr.Equal(n, moved) != (columns == 0) {
			t.Errorf("%s: rewritten to %s", c.src, expr.SQL(moved))
		}
		expr.Walk(moved, func(n expr.Node) bool {
			if c, ok := n.(*expr.Column); ok && c.Input < 7 {
				t.Errorf("%s was passed over", c.Name)
			}
			return true
		})
	}
}

func TestEqual(t *testing.T) {
	nodes := make([]expr.Node, len(checked))
	for i, a := range checked {
		nodes[i] = check(t, a.src)
		if !expr.Equal(nodes[i], check(t, " "+a.src)) {
			t.Errorf("%s is not equal to itself", a.src)
		}
		for j, b := range checked[:i] {
			if a.sql != b.sql && expr.Equal(nodes[i], nodes[j]) {
				t.Errorf("%s equals %s", a.src, b.src)
			}
		}
	}
	if expr.Equal(check(t, "i_n"), nil) || !expr.Equal(nil, nil) {
		t.Error("nil")
	}
	nan := check(t, "float64 'NaN'")
	if !expr.Equal(nan, check(t, "float64 'NaN'")) {
		t.Error("NaN is not the constant NaN")
	}
	narrowed := check(t, "case when i_n is not null then i_n end").(*expr.Case)
	if !expr.Equal(narrowed.Whens[0].Then, check(t, "i_n")) {
		t.Error("nullability makes a difference")
	}
}

func TestWalkStops(t *testing.T) {
	seen := 0
	expr.Walk(check(t, "max(i + 1) > 2 and b"), func(n expr.Node) bool {
		seen++
		_, aggregate := n.(*expr.Aggregate)
		return !aggregate
	})
	if seen != 5 { // and, >, max, 2, b
		t.Errorf("visited %d nodes", seen)
	}
}
