package arrowops

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// Differences says for each row of two records of one schema and length whether
// they differ in one of the columns: a null is the same as a null alone, and floats
// are compared by their bits. It panics for a type that there is no view of.
func Differences(a, b arrow.Record, columns []int) []bool {
	differ := make([]bool, a.NumRows())
	for _, c := range columns {
		x, y := a.Column(c), b.Column(c)
		if x == y {
			continue
		}
		switch x.DataType().ID() {
		case arrow.BOOL:
			x, y := ViewBools(x), ViewBools(y)
			note(differ, x.Get, y.Get)
		case arrow.STRING:
			x, y := ViewStrings(x), ViewStrings(y)
			note(differ, x.Get, y.Get)
		case arrow.FLOAT64:
			note(differ, bitsOf(View[float64](x)), bitsOf(View[float64](y)))
		case arrow.DECIMAL128:
			note(differ, View[decimal128.Num](x).Get, View[decimal128.Num](y).Get)
		case arrow.DATE32:
			note(differ, View[int32](x).Get, View[int32](y).Get)
		case arrow.INT64, arrow.TIMESTAMP:
			note(differ, View[int64](x).Get, View[int64](y).Get)
		default:
			panic(fmt.Sprintf("arrowops: no comparison of %s", x.DataType()))
		}
	}
	return differ
}

// note notes the rows at which two columns differ.
func note[T comparable](differ []bool, x, y func(i int) (T, bool)) {
	for i := range differ {
		v, ok := x(i)
		w, also := y(i)
		if ok != also || ok && v != w {
			differ[i] = true
		}
	}
}

func bitsOf(c Column[float64]) func(i int) (uint64, bool) {
	return func(i int) (uint64, bool) {
		v, ok := c.Get(i)
		return math.Float64bits(v), ok
	}
}
