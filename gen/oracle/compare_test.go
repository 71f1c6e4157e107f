package oracle

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Values of either side are brought to one form to be compared: nil, bool,
// *big.Rat for int64 and decimals, float64, string, and time.Time in UTC for
// dates and times.

// published reads a published model: its values by row and column.
func published(t testing.TB, path string) ([][]any, *arrow.Schema) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f, ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out [][]any
	for i := range r.NumRecords() {
		rec, err := r.Record(i)
		if err != nil {
			t.Fatal(err)
		}
		for row := range int(rec.NumRows()) {
			values := make([]any, rec.NumCols())
			for c, a := range rec.Columns() {
				values[c] = arrowValue(a, row)
			}
			out = append(out, values)
		}
	}
	return out, r.Schema()
}

func arrowValue(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Int64:
		return new(big.Rat).SetInt64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.Decimal128:
		return unscaled(a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.String:
		return string([]byte(a.Value(i))) // the array's memory does not outlive the file
	case *array.Date32:
		return a.Value(i).ToTime()
	case *array.Timestamp:
		return time.UnixMicro(int64(a.Value(i))).UTC()
	}
	panic(fmt.Sprintf("no values known of %s", a.DataType()))
}

func unscaled(n *big.Int, scale int) *big.Rat {
	return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
}

// duckValue brings a value of DuckDB's driver to the form of a column of type
// dt, or says that it cannot be one.
func duckValue(v any, dt arrow.DataType) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch dt.ID() {
	case arrow.BOOL, arrow.STRING:
		switch v.(type) {
		case bool, string:
			return v, nil
		}
	case arrow.INT64, arrow.DECIMAL128:
		if r := rational(v); r != nil {
			return r, nil
		}
	case arrow.FLOAT64:
		if f, ok := v.(float64); ok {
			return f, nil
		}
		if r := rational(v); r != nil {
			f, _ := r.Float64()
			return f, nil
		}
	case arrow.DATE32, arrow.TIMESTAMP:
		if at, ok := v.(time.Time); ok {
			return at.UTC(), nil
		}
	}
	return nil, fmt.Errorf("DuckDB gave %v, a %T, for a column of %s", v, v, dt)
}

// rational is an exact number; nil for anything else.
func rational(v any) *big.Rat {
	switch v := v.(type) {
	case int8:
		return new(big.Rat).SetInt64(int64(v))
	case int16:
		return new(big.Rat).SetInt64(int64(v))
	case int32:
		return new(big.Rat).SetInt64(int64(v))
	case int64:
		return new(big.Rat).SetInt64(v)
	case uint64:
		return new(big.Rat).SetUint64(v)
	case *big.Int:
		return new(big.Rat).SetInt(v)
	case duckdb.Decimal:
		return unscaled(v.Value, int(v.Scale))
	}
	return nil
}

// equal compares two values of one form. Floats are equal where their bits are,
// or where they are NaN, or as near as within says.
func equal(a, b any, within float64) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *big.Rat:
		b, ok := b.(*big.Rat)
		return ok && a.Cmp(b) == 0
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	case float64:
		b, ok := b.(float64)
		if !ok || within == 0 || math.IsInf(a, 0) || math.IsInf(b, 0) {
			return ok && (math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b))
		}
		return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= within*math.Max(math.Abs(a), math.Abs(b))
	}
	return a == b
}

// show writes a value for people.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return strconv.Quote(v)
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999999")
	case *big.Rat:
		n, _ := v.FloatPrec()
		return v.FloatString(n)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}
