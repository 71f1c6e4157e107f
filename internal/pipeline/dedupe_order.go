package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// verdict is what one term of an order says of two rows.
type verdict int

const (
	same  verdict = iota
	first         // the first row comes first
	second
	open // the term is computed, of values that differ
)

// decide says what a term of an order says of two rows of one set. A term that is more
// than a column says something only where all that it reads is the same.
func decide(term contract.Term, a, b row) verdict {
	differs := slices.ContainsFunc(term.Reads, func(c string) bool { return a.value(c) != b.value(c) })
	switch {
	case !differs:
		return same
	case len(term.Reads) != 1 || !plain(term):
		return open
	}
	column := term.Reads[0]
	av, bv := a.value(column), b.value(column)
	if av == null || bv == null { // null comes last
		if bv == null {
			return first
		}
		return second
	}
	if c := compareValues(a, b, column); c < 0 != term.Desc {
		return first
	}
	return second
}

// plain says whether a term is a column and nothing else.
func plain(term contract.Term) bool {
	name := term.Expr
	if len(name) > 1 && name[0] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
	}
	return name == term.Reads[0]
}

// compareValues compares values of a column that differ and are not null.
func compareValues(a, b row, column string) int {
	at := a.node().at(column)
	x, y := a.set.batches[a.batch].Record.Column(at), b.set.batches[b.batch].Record.Column(at)
	switch x := x.(type) {
	case *array.Boolean:
		if x.Value(a.at) {
			return 1
		}
		return -1
	case *array.Int64:
		return cmp.Compare(x.Value(a.at), y.(*array.Int64).Value(b.at))
	case *array.Float64:
		return arrowops.CompareFloat64(x.Value(a.at), y.(*array.Float64).Value(b.at))
	case *array.Date32:
		return cmp.Compare(x.Value(a.at), y.(*array.Date32).Value(b.at))
	case *array.Timestamp:
		return cmp.Compare(x.Value(a.at), y.(*array.Timestamp).Value(b.at))
	case *array.Decimal128:
		return x.Value(a.at).Cmp(y.(*array.Decimal128).Value(b.at))
	case *array.String:
		return strings.Compare(x.Value(a.at), y.(*array.String).Value(b.at))
	}
	panic("pipeline: an order of type " + arrow.DataType(x.DataType()).String()) // the schema language has no other
}

// kept gives the row that dedupe keeps of those of one key, or all that it may be: where
// where drops it, and the order is computed from values that differ, the model does not
// tell.
func (t *tracer) kept(s *rowSet, rows []row) ([]row, error) {
	out, _, err := t.try(s, rows, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if len(out) == 1 && out[0].origin == r.origin() {
			return []row{r}, nil
		}
	}
	var best []row // of which none comes before another
	for _, r := range rows {
		beaten := false
		best = slices.DeleteFunc(best, func(other row) bool {
			v := s.node.before(r, other)
			beaten = beaten || v == second
			return v == first
		})
		if !beaten {
			best = append(best, r)
		}
	}
	if len(best) == 1 {
		return best, nil
	}
	dropped := best[:0]
	for _, r := range best {
		out, filtered, err := t.try(s, []row{r}, nil)
		if err != nil {
			return nil, err
		}
		if filtered > 0 && len(out) == 0 {
			dropped = append(dropped, r)
		}
	}
	return dropped, nil
}

// before says which of two rows of the base, of which the first is the later one, a
// model's dedupe keeps, as far as that is known.
func (n *node) before(later, earlier row) verdict {
	for _, term := range n.model.Dedupe.Order {
		if v := decide(term, later, earlier); v != same {
			return v
		}
	}
	return first
}
