package spill

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// What the tests of this package share: batches of random schemas, and rows as
// text, which are the oracle.

// checked runs a property in a folder of its own with an allocator. Nothing may
// be left, neither of memory nor of files.
func checked(t *testing.T, property func(t *rapid.T, f *Folder, mem memory.Allocator)) {
	t.Helper()
	parent := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		f, err := NewFolder(parent)
		if err != nil {
			t.Fatal(err)
		}
		property(t, f, mem)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		mustBeEmpty(t, parent)
		if n := mem.CurrentAlloc(); n != 0 {
			t.Fatalf("%d bytes were not released", n)
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func mustBeEmpty(t fataler, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 0 {
		t.Fatalf("%s has %v, want nothing (%v)", folder, entries, err)
	}
}

var types = []arrow.DataType{
	arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64,
	&arrow.Decimal128Type{Precision: 38, Scale: 2}, arrow.BinaryTypes.String, arrow.FixedWidthTypes.Date32,
	&arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
}

// drawSchema may have columns whose names are those of this package's, or equal.
func drawSchema(t *rapid.T) *arrow.Schema {
	var fields []arrow.Field
	for range rapid.IntRange(1, 6).Draw(t, "columns") {
		fields = append(fields, arrow.Field{
			Name:     rapid.SampledFrom([]string{"a", "b", "origin", "ordinal", ""}).Draw(t, "name"),
			Type:     rapid.SampledFrom(types).Draw(t, "type"),
			Nullable: rapid.Bool().Draw(t, "nullable"),
			Metadata: arrow.NewMetadata([]string{"about"}, []string{"a column"}),
		})
	}
	about := arrow.NewMetadata([]string{"martlet.name"}, []string{"orders"})
	return arrow.NewSchema(fields, &about)
}

// drawBatch is a batch whose arrays are slices of longer ones.
func drawBatch(t *rapid.T, mem memory.Allocator, schema *arrow.Schema) contract.Batch {
	rows := rapid.OneOf(rapid.SampledFrom([]int{0, 1, 7, 8, 9, 64, 65}), rapid.IntRange(0, 40)).Draw(t, "rows")
	before, behind := rapid.IntRange(0, 9).Draw(t, "before"), rapid.IntRange(0, 2).Draw(t, "behind")
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i, f := range schema.Fields() {
		nulls := rapid.SampledFrom([]int{0, 3, 8}).Draw(t, "nulls in 8")
		for range before + rows + behind {
			if f.Nullable && rapid.IntRange(0, 7).Draw(t, "chance") < nulls {
				b.Field(i).AppendNull()
			} else {
				drawValue(t, b.Field(i))
			}
		}
	}
	whole := b.NewRecord()
	defer whole.Release()
	batch := contract.Batch{Record: whole.NewSlice(int64(before), int64(before+rows))}
	for range rows {
		batch.Origins = append(batch.Origins, contract.Origin(rapid.Int64().Draw(t, "origin")))
	}
	return batch
}

func drawValue(t *rapid.T, b array.Builder) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(rapid.Bool().Draw(t, "bool"))
	case *array.Int64Builder:
		b.Append(rapid.Int64().Draw(t, "int64"))
	case *array.Float64Builder:
		b.Append(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(-1)})).Draw(t, "float64"))
	case *array.Decimal128Builder:
		b.Append(decimal128.New(rapid.Int64().Draw(t, "high"), rapid.Uint64().Draw(t, "low")))
	case *array.StringBuilder:
		b.Append(rapid.OneOf(rapid.StringN(0, 6, 12), rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 60, -1)).Draw(t, "text"))
	case *array.Date32Builder:
		b.Append(arrow.Date32(rapid.Int32().Draw(t, "day")))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(rapid.Int64().Draw(t, "µs")))
	default:
		panic(fmt.Sprintf("no values for %T", b))
	}
}

// row is a row's values as text, its origin and its ordinal.
type row struct {
	values  string
	origin  contract.Origin
	ordinal int64
}

func rowsOf(b contract.Batch, ordinal func(i int) int64) []row {
	rows := make([]row, b.Len())
	for i := range rows {
		rows[i] = row{origin: b.Origins[i], ordinal: ordinal(i)}
		for _, a := range b.Record.Columns() {
			rows[i].values += valueText(a, i) + " "
		}
	}
	return rows
}

func valueText(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "null"
	}
	switch a := a.(type) {
	case *array.Float64:
		return fmt.Sprintf("%x", math.Float64bits(a.Value(i)))
	case *array.Timestamp:
		return fmt.Sprint(int64(a.Value(i)))
	case *array.Date32:
		return fmt.Sprint(int32(a.Value(i)))
	case *array.Decimal128:
		return fmt.Sprint(a.Value(i).HighBits(), a.Value(i).LowBits())
	}
	return fmt.Sprintf("%q", a.ValueStr(i))
}

func mustEqualRows(t fataler, got, want []row) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("row %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// readAll reads a partition.
func readAll(t *rapid.T, p *Partitions, part int, schema *arrow.Schema) []row {
	var rows []row
	err := p.Read(part, func(b contract.Batch, ordinals []int64) error {
		defer b.Release()
		if !b.Record.Schema().Equal(schema) || !b.Record.Schema().Metadata().Equal(schema.Metadata()) {
			t.Fatalf("schema is %s, want %s", b.Record.Schema(), schema)
		}
		if b.Len() == 0 || b.Len() > contract.BatchRows || len(ordinals) != b.Len() {
			t.Fatalf("a batch of %d rows with %d ordinals", b.Len(), len(ordinals))
		}
		rows = append(rows, rowsOf(b, func(i int) int64 { return ordinals[i] })...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// shrink has blocks of few bytes, which a test of few rows needs to have several.
func (p *Partitions) shrink(t *rapid.T) *Partitions {
	p.limit = rapid.Int64Range(1, 4000).Draw(t, "limit")
	p.blocks.limit = rapid.Int64Range(1, 1000).Draw(t, "block")
	return p
}

// All partitions together have each row once, each partition has its own, in order.
func TestPartitions(t *testing.T) {
	checked(t, func(t *rapid.T, f *Folder, mem memory.Allocator) {
		schema := drawSchema(t)
		parts := rapid.IntRange(1, 9).Draw(t, "parts")
		p := f.Partitions(schema, parts, 0, mem).shrink(t)
		want := make([][]row, parts)
		first := rapid.Int64Range(-5, 1<<40).Draw(t, "first")
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			b := drawBatch(t, mem, schema)
			part := make([]uint32, b.Len())
			for i := range part {
				part[i] = uint32(rapid.IntRange(0, parts-1).Draw(t, "part"))
			}
			for i, r := range rowsOf(b, func(i int) int64 { return first + int64(i) }) {
				want[part[i]] = append(want[part[i]], r)
			}
			if err := p.Add(b, Ordinals(nil, first, b.Len()), part); err != nil {
				t.Fatal(err)
			}
			first += int64(b.Len())
			b.Release()
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		for i := range parts {
			if p.Rows(i) != int64(len(want[i])) || p.Bytes(i) < 16*p.Rows(i) {
				t.Fatalf("partition %d has %d rows in %d bytes, want %d rows", i, p.Rows(i), p.Bytes(i), len(want[i]))
			}
			mustEqualRows(t, readAll(t, p, i, schema), want[i])
			mustEqualRows(t, readAll(t, p, i, schema), want[i])
			if err := p.Drop(i); err != nil {
				t.Fatal(err)
			}
			mustEqualRows(t, readAll(t, p, i, schema), nil)
		}
		entries, err := os.ReadDir(f.Path())
		if err != nil || len(entries) != 1 { // the lock
			t.Fatalf("%v are left when all is dropped (%v)", entries, err)
		}
	})
}

// A file can be looked at with whatever reads Arrow streams.
func TestFormat(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	p, want := smallPartition(t, newFolder(t), mem)
	file, err := os.Open(p.parts[0].path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := ipc.NewReader(file, ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var got []row
	for r.Next() {
		rec := r.Record()
		rec.Retain()
		ordinals := p.layout.ordinals(rec)
		b := p.layout.batch(rec)
		got = append(got, rowsOf(b, func(i int) int64 { return ordinals[i] })...)
		b.Release()
	}
	mustEqualRows(t, got, want)
}

// A merge gives what a stable sort by ordinal gives of one run behind the other.
func TestMerge(t *testing.T) {
	checked(t, func(t *rapid.T, f *Folder, mem memory.Allocator) {
		schema := drawSchema(t)
		runs := make([]*Run, rapid.IntRange(0, 6).Draw(t, "runs"))
		next := make([]int64, len(runs))
		added := make([][]row, len(runs))
		for i := range runs {
			runs[i] = f.Run(schema, 0, mem)
			runs[i].blocks.limit = rapid.Int64Range(1, 1000).Draw(t, "block")
		}
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			if len(runs) == 0 {
				break
			}
			i := rapid.IntRange(0, len(runs)-1).Draw(t, "run")
			b := drawBatch(t, mem, schema)
			ordinals := make([]int64, b.Len())
			for k := range ordinals {
				next[i] += rapid.SampledFrom([]int64{0, 1, 2, 3, 50}).Draw(t, "step")
				ordinals[k] = next[i]
			}
			added[i] = append(added[i], rowsOf(b, func(k int) int64 { return ordinals[k] })...)
			if err := runs[i].Add(b, ordinals); err != nil {
				t.Fatal(err)
			}
			b.Release()
		}
		for _, r := range runs {
			if err := r.Finish(); err != nil {
				t.Fatal(err)
			}
		}
		want := slices.Concat(added...)
		slices.SortStableFunc(want, func(a, b row) int { return int(a.ordinal - b.ordinal) })
		var got []row
		if err := Merge(runs, mem, func(b contract.Batch) error {
			defer b.Release()
			got = append(got, rowsOf(b, func(i int) int64 { return want[len(got)+i].ordinal })...)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		mustEqualRows(t, got, want)
		entries, err := os.ReadDir(f.Path())
		if err != nil || len(entries) != 1 {
			t.Fatalf("%v are left when all is merged (%v)", entries, err)
		}
	})
}

// A tape plays the batches that were added, cut as they were.
func TestTape(t *testing.T) {
	checked(t, func(t *rapid.T, f *Folder, mem memory.Allocator) {
		schema := drawSchema(t)
		tape := f.Tape(schema, mem)
		var want [][]row
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			b := drawBatch(t, mem, schema)
			if b.Len() > 0 {
				want = append(want, rowsOf(b, func(i int) int64 { return int64(i) }))
			}
			if err := tape.Add(b); err != nil {
				t.Fatal(err)
			}
			b.Release()
		}
		if err := tape.Finish(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			at := 0
			if err := tape.Play(func(b contract.Batch) error {
				defer b.Release()
				mustEqualRows(t, rowsOf(b, func(i int) int64 { return int64(i) }), want[at])
				at++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if at != len(want) {
				t.Fatalf("%d batches, want %d", at, len(want))
			}
		}
	})
}
