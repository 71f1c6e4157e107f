package changes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// What the tests of this package share: relations as rows of Go values, which are
// the oracle, and what is to be said of them found the plain way.

// row has a value a column: nil or what its type has for it.
type row []any

// relation is rows and how they are known.
type relation struct {
	schema *arrow.Schema
	key    []int
	ignore []int
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checked runs a property with an allocator that must be empty at its end.
func checked(t *testing.T, property func(t *rapid.T, mem memory.Allocator)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		property(t, mem)
		if n := mem.CurrentAlloc(); n != 0 {
			t.Fatalf("%d bytes were not released", n)
		}
	})
}

// weaken uses some bits of hashes only, until the function it gives is called.
func weaken(bits uint64) (restore func()) {
	before := hashBits
	hashBits = bits
	return func() { hashBits = before }
}

var (
	decimalType = &arrow.Decimal128Type{Precision: 38, Scale: 2}
	timestamp   = &arrow.TimestampType{Unit: arrow.Microsecond}
	timestampTZ = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	types       = []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, decimalType,
		arrow.BinaryTypes.String, arrow.FixedWidthTypes.Date32, timestamp, timestampTZ,
	}
	// Two NaNs of other bits, both zeros.
	floats = []float64{0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0xfff8000000000001), 1, math.Inf(-1)}
)

// drawRelation has a key of up to two columns and up to four others.
func drawRelation(t *rapid.T) *relation {
	r := &relation{}
	var fields []arrow.Field
	keys := rapid.IntRange(1, 2).Draw(t, "key columns")
	for i := range keys + rapid.IntRange(0, 4).Draw(t, "other columns") {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", i), Type: rapid.SampledFrom(types).Draw(t, "type"), Nullable: true})
		if i >= keys && rapid.IntRange(0, 3).Draw(t, "ignored") == 0 {
			r.ignore = append(r.ignore, i)
		}
	}
	for _, i := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "place of the key") {
		if i < len(fields) && len(r.key) < keys && !slices.Contains(r.ignore, i) {
			r.key = append(r.key, i)
		}
	}
	r.schema = arrow.NewSchema(fields, nil)
	return r
}

func (r *relation) options(mem memory.Allocator) Options {
	o := Options{Mem: mem}
	for _, i := range r.key {
		o.Key = append(o.Key, r.schema.Field(i).Name)
	}
	for _, i := range r.ignore {
		o.Ignore = append(o.Ignore, r.schema.Field(i).Name)
	}
	return o
}

// drawValue is nil at times. Of few values, so that rows have some in common.
func drawValue(t *rapid.T, dt arrow.DataType) any {
	if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
		return nil
	}
	n := rapid.OneOf(rapid.Int64Range(-30, 30), rapid.Int64Range(-1, 1)).Draw(t, "value")
	switch dt.ID() {
	case arrow.BOOL:
		return n > 0
	case arrow.INT64:
		return n << 40
	case arrow.FLOAT64:
		if n > 0 && int(n) <= len(floats) {
			return floats[n-1]
		}
		return float64(n) / 8
	case arrow.DECIMAL128:
		return decimal128.New(n%3, uint64(n+30))
	case arrow.STRING:
		if n == 0 {
			return ""
		}
		return strings.Repeat("ab", int(n+30)/10) + fmt.Sprint(n)[1:]
	case arrow.DATE32:
		return arrow.Date32(n)
	default:
		return arrow.Timestamp(n)
	}
}

func (r *relation) drawRow(t *rapid.T) row {
	x := make(row, r.schema.NumFields())
	for i := range x {
		x[i] = drawValue(t, r.schema.Field(i).Type)
	}
	return x
}

// text tells values apart: floats by their bits, but for NaN.
func text(v any) string {
	if f, ok := v.(float64); ok && f == f {
		return fmt.Sprintf("%x", math.Float64bits(f))
	}
	return fmt.Sprintf("%T %v", v, v)
}

// keyOf tells rows apart.
func (r *relation) keyOf(x row) string {
	var key strings.Builder
	for _, i := range r.key {
		v := x[i]
		if f, ok := v.(float64); ok && f == 0 {
			v = 0.0
		}
		fmt.Fprintf(&key, "%q", text(v))
	}
	return key.String()
}

// changed says whether rows of one key differ.
func (r *relation) changed(x, y row) bool {
	for i := range x {
		if !slices.Contains(r.ignore, i) && text(x[i]) != text(y[i]) {
			return true
		}
	}
	return false
}

// unique gives the first row of each key.
func (r *relation) unique(rows []row) []row {
	seen := map[string]bool{}
	var kept []row
	for _, x := range rows {
		if key := r.keyOf(x); !seen[key] {
			seen[key] = true
			kept = append(kept, x)
		}
	}
	return kept
}

// drawRows are unique rows.
func (r *relation) drawRows(t *rapid.T) []row {
	var rows []row
	for range rapid.IntRange(0, 60).Draw(t, "rows") {
		rows = append(rows, r.drawRow(t))
	}
	return r.unique(rows)
}

// drawEdited are unique rows made from others by a few changes of every kind.
func (r *relation) drawEdited(t *rapid.T, rows []row) []row {
	rows = slices.Clone(rows)
	for range rapid.IntRange(0, 8).Draw(t, "edits") {
		lo := rapid.IntRange(0, len(rows)).Draw(t, "from")
		hi := min(len(rows), lo+rapid.IntRange(0, 12).Draw(t, "rows"))
		switch rapid.SampledFrom([]string{"delete", "insert", "update", "move", "reverse", "shuffle"}).Draw(t, "edit") {
		case "delete":
			rows = slices.Delete(rows, lo, hi)
		case "insert":
			for range hi - lo {
				rows = slices.Insert(rows, lo, r.drawRow(t))
			}
		case "update":
			for i := lo; i < hi; i++ {
				x := slices.Clone(rows[i])
				at := rapid.IntRange(0, len(x)-1).Draw(t, "column")
				x[at] = drawValue(t, r.schema.Field(at).Type)
				rows[i] = x
			}
		case "move":
			moved := slices.Clone(rows[lo:hi])
			rows = slices.Insert(slices.Delete(rows, lo, hi), rapid.IntRange(0, len(rows)-len(moved)).Draw(t, "to"), moved...)
		case "reverse":
			slices.Reverse(rows[lo:hi])
		case "shuffle":
			rows = rapid.Permutation(rows).Draw(t, "order")
		}
	}
	return r.unique(rows)
}

// change is a row of a log.
type change struct {
	op  Operation
	row row
}

func (c change) String() string {
	var texts []string
	for _, v := range c.row {
		texts = append(texts, text(v))
	}
	return string(c.op) + " " + strings.Join(texts, ", ")
}

// log is what changed, found the plain way.
func (r *relation) log(before, after []row) (log []change) {
	was, is := map[string]row{}, map[string]row{}
	for _, x := range before {
		was[r.keyOf(x)] = x
	}
	for _, x := range after {
		is[r.keyOf(x)] = x
	}
	for _, x := range before {
		if _, ok := is[r.keyOf(x)]; !ok {
			log = append(log, change{Delete, x})
		}
	}
	for _, x := range after {
		if old, ok := was[r.keyOf(x)]; !ok {
			log = append(log, change{Insert, x})
		} else if r.changed(old, x) {
			log = append(log, change{Update, x})
		}
	}
	return log
}

// apply does to a state what a log says, and gives it by key.
func (r *relation) apply(t fataler, state []row, log []change) map[string]row {
	t.Helper()
	rows := map[string]row{}
	for _, x := range state {
		rows[r.keyOf(x)] = x
	}
	for _, c := range log {
		key := r.keyOf(c.row)
		if _, known := rows[key]; known == (c.op == Insert) {
			t.Fatalf("%v: the key is known: %t", c, known)
		}
		rows[key] = c.row
		if c.op == Delete {
			delete(rows, key)
		}
	}
	return rows
}

// each gathers what Each gives.
func each(t fataler, c *Changes) (log []change) {
	t.Helper()
	err := c.Each(func(ops []Operation, rec arrow.Record) error {
		for i, op := range ops {
			x := make(row, rec.NumCols())
			for j, column := range rec.Columns() {
				x[j] = valueAt(column, i)
			}
			log = append(log, change{op, x})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Each: %v", err)
	}
	return log
}

func mustBe(t fataler, got, want []change) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("the log ends before %v", want[i])
		case i >= len(want):
			t.Fatalf("the log has %v at its end", got[i])
		case got[i].String() != want[i].String():
			t.Fatalf("change %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// count tells changes by their operation.
func count(log []change) (c Counts) {
	for _, x := range log {
		switch x.op {
		case Insert:
			c.Inserts++
		case Update:
			c.Updates++
		default:
			c.Deletes++
		}
	}
	return c
}

// users is a relation as plain as most are: an id, some of them null, a name which is
// personal, and when it was built.
func users() *relation {
	pii := arrow.NewMetadata([]string{"martlet.pii"}, []string{"true"})
	about := arrow.NewMetadata([]string{"martlet.name"}, []string{"users"})
	return &relation{key: []int{0}, ignore: []int{2}, schema: arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true, Metadata: pii},
		{Name: "built_at", Type: timestampTZ},
	}, &about)}
}

// user is a row of it.
func user(id int) row {
	return row{int64(id) * 7919 % 1_000_003, fmt.Sprint("user ", id), arrow.Timestamp(0)}
}

// someUsers are those from lo to hi.
func someUsers(lo, hi int) (rows []row) {
	for id := lo; id < hi; id++ {
		rows = append(rows, user(id))
	}
	return rows
}
