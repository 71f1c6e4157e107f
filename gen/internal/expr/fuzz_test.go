package expr_test

import (
	"testing"

	"martlet/gen/internal/expr"
)

func FuzzCheck(f *testing.F) {
	for _, c := range checked {
		f.Add(c.src)
	}
	for _, w := range wrong {
		src, _ := marks(w.marked)
		f.Add(src)
	}
	for _, w := range wrongOrders {
		src, _ := marks(w.marked)
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, problems := expr.Check(src, scope{}, expr.Options{Aggregates: true})
		sound(t, src, problems)
		switch {
		case (n == nil) != (len(problems) > 0):
			t.Fatalf("%q: %v and %v", src, n, problems)
		case n != nil:
			expr.Walk(n, func(n expr.Node) bool {
				if n.Offset() < 0 || n.Offset() > len(src) || n.Type().Kind == expr.Invalid || n.Type().Kind == expr.Interval {
					t.Fatalf("%q: %s is at %d, of type %s", src, expr.SQL(n), n.Offset(), n.Type())
				}
				return true
			})
			if !expr.Equal(n, expr.Rewrite(n, func(n expr.Node) expr.Node { return n })) {
				t.Fatalf("%q: rewriting nothing changed it", src)
			}
		}
		terms, problems := expr.CheckOrderBy(src, scope{})
		sound(t, src, problems)
		if (len(terms) == 0) != (len(problems) > 0) {
			t.Fatalf("%q: %v and %v", src, terms, problems)
		}
	})
}

func sound(t *testing.T, src string, problems []expr.Problem) {
	for i, p := range problems {
		if p.Offset < 0 || p.Offset > len(src) || p.Message == "" || p.Code == "" || i > 0 && p.Offset < problems[i-1].Offset {
			t.Fatalf("%q: problem %+v", src, p)
		}
	}
}
