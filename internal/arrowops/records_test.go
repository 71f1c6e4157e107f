package arrowops

import (
	"bytes"
	"errors"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

var recordSchema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "rate", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "at", Type: timestampType, Nullable: true},
	{Name: "amount", Type: decimalType, Nullable: true},
	{Name: "open", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "email", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// row is one row of recordSchema.
type row struct {
	id     option[int64]
	rate   option[float64]
	day    option[arrow.Date32]
	at     option[arrow.Timestamp]
	amount option[decimal128.Num]
	open   option[bool]
	email  option[string]
}

func drawTable(t *rapid.T, n int) []row {
	ids, rates, days := drawColumn(t, n, anyInt64), drawColumn(t, n, rapid.Float64()), drawColumn(t, n, anyDate)
	ats, amounts := drawColumn(t, n, anyTime), drawColumn(t, n, anyDecimal)
	opens, emails := drawColumn(t, n, anyBool), drawColumn(t, n, anyText)
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{ids[i], rates[i], days[i], ats[i], amounts[i], opens[i], emails[i]}
	}
	return rows
}

func columnOf[T any](rows []row, get func(row) option[T]) []option[T] {
	column := make([]option[T], len(rows))
	for i, r := range rows {
		column[i] = get(r)
	}
	return column
}

// arrowRecord makes a record of arrays that are slices of longer ones.
func arrowRecord(t *rapid.T, mem memory.Allocator, rows []row) arrow.Record {
	columns := []arrow.Array{
		arrowArray(t, mem, recordSchema.Field(0).Type, columnOf(rows, func(r row) option[int64] { return r.id }), 7),
		arrowArray(t, mem, recordSchema.Field(1).Type, columnOf(rows, func(r row) option[float64] { return r.rate }), 7),
		arrowArray(t, mem, recordSchema.Field(2).Type, columnOf(rows, func(r row) option[arrow.Date32] { return r.day }), 7),
		arrowArray(t, mem, recordSchema.Field(3).Type, columnOf(rows, func(r row) option[arrow.Timestamp] { return r.at }), 7),
		arrowArray(t, mem, recordSchema.Field(4).Type, columnOf(rows, func(r row) option[decimal128.Num] { return r.amount }), decimal128.FromI64(7)),
		arrowArray(t, mem, recordSchema.Field(5).Type, columnOf(rows, func(r row) option[bool] { return r.open }), true),
		arrowArray(t, mem, recordSchema.Field(6).Type, columnOf(rows, func(r row) option[string] { return r.email }), "hidden"),
	}
	defer releaseAll(columns)
	return array.NewRecord(recordSchema, columns, int64(len(rows)))
}

func releaseAll[T interface{ Release() }](all []T) {
	for _, x := range all {
		x.Release()
	}
}

// ownRecord makes a record as generated code does: arrays of their own.
func ownRecord(t *rapid.T, mem memory.Allocator, rows []row) arrow.Record {
	rec := arrowRecord(t, mem, rows)
	defer rec.Release()
	all := make([]int, len(rows))
	for i := range all {
		all[i] = i
	}
	return Take(mem, rec, all)
}

func readRecord(rec arrow.Record) []row {
	id, rate, day := View[int64](rec.Column(0)), View[float64](rec.Column(1)), View[arrow.Date32](rec.Column(2))
	at, amount := View[arrow.Timestamp](rec.Column(3)), View[decimal128.Num](rec.Column(4))
	open, email := ViewBools(rec.Column(5)), ViewStrings(rec.Column(6))
	rows := make([]row, rec.NumRows())
	for i := range rows {
		r := &rows[i]
		r.id.v, r.id.ok = id.Get(i)
		r.rate.v, r.rate.ok = rate.Get(i)
		r.day.v, r.day.ok = day.Get(i)
		r.at.v, r.at.ok = at.Get(i)
		r.amount.v, r.amount.ok = amount.Get(i)
		r.open.v, r.open.ok = open.Get(i)
		r.email.v, r.email.ok = email.Get(i)
		r.email.v = string([]byte(r.email.v)) // the record goes away
	}
	return rows
}

func mustEqualRows(t *rapid.T, got, want []row) {
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

func TestTake(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		table := drawTable(t, rapid.IntRange(0, 30).Draw(t, "rows"))
		rec := arrowRecord(t, mem, table)
		rows := drawTaken(t, len(table))
		taken := Take(mem, rec, rows)
		rec.Release()
		defer taken.Release()
		if !taken.Schema().Equal(recordSchema) {
			t.Fatalf("schema is %s", taken.Schema())
		}
		var want []row
		for _, i := range rows {
			want = append(want, table[i])
		}
		mustEqualRows(t, readRecord(taken), want)
	})
}

func TestTakeFailsCleanly(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rapid.Check(t, func(t *rapid.T) {
		rec := arrowRecord(t, mem, drawTable(t, 3))
		defer rec.Release()
		defer func() {
			if recover() == nil {
				t.Fatal("a row that is not there was taken")
			}
		}()
		Take(mem, rec, []int{0, 3})
	})
	mustPanic(t, "a type without kernels", func() { newColumnCopier(mem, arrow.PrimitiveTypes.Uint8) })
	mustPanic(t, "batches of nothing", func() { NewRebatcher(mem, recordSchema, 0) })
}

// cut splits rows into pieces, some of them empty.
func cut(t *rapid.T, rows []row) [][]row {
	var pieces [][]row
	for len(rows) > 0 {
		n := rapid.IntRange(0, len(rows)).Draw(t, "piece")
		pieces = append(pieces, rows[:n])
		rows = rows[n:]
	}
	return pieces
}

func TestRebatcher(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		table := drawTable(t, rapid.IntRange(0, 60).Draw(t, "rows"))
		n := rapid.IntRange(1, 20).Draw(t, "n")
		r := NewRebatcher(mem, recordSchema, n)
		defer r.Release()
		var got []row
		var sizes []int64
		emit := func(rec arrow.Record) error {
			got = append(got, readRecord(rec)...)
			sizes = append(sizes, rec.NumRows())
			rec.Release()
			return nil
		}
		for _, piece := range cut(t, table) {
			rec := arrowRecord(t, mem, piece)
			err := r.Add(rec, emit)
			rec.Release()
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Flush(emit); err != nil {
			t.Fatal(err)
		}
		mustEqualRows(t, got, table)
		for i, size := range sizes {
			if last := i == len(sizes)-1; size != int64(n) && !last || size == 0 || size > int64(n) {
				t.Fatalf("records of %v rows, want %d", sizes, n)
			}
		}
	})
}

// However a stream was cut, a file written of it is the same.
func TestRebatcherLeavesNoTrace(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		n := rapid.SampledFrom([]int{1, 3, 8, 100, sliceRows, 2 * sliceRows}).Draw(t, "n")
		small := drawTable(t, rapid.IntRange(1, 12).Draw(t, "rows"))
		table := make([]row, rapid.IntRange(0, 3*n+2).Draw(t, "total"))
		for i := range table {
			table[i] = small[i%len(small)]
		}
		var files [2][]byte
		for i := range files {
			files[i] = rebatchedFile(t, mem, n, cut(t, table))
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Fatal("two ways to cut the same rows make two files")
		}
	})
}

func rebatchedFile(t *rapid.T, mem memory.Allocator, n int, pieces [][]row) []byte {
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(recordSchema), ipc.WithAllocator(mem))
	r := NewRebatcher(mem, recordSchema, n)
	defer r.Release()
	emit := func(rec arrow.Record) error {
		defer rec.Release()
		return w.Write(rec)
	}
	for _, piece := range pieces {
		rec := ownRecord(t, mem, piece)
		err := r.Add(rec, emit)
		rec.Release()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(r.Flush(emit), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Whole records, and large parts of records, are passed on without a copy.
func TestRebatcherCopiesNothing(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		r := NewRebatcher(mem, recordSchema, sliceRows)
		defer r.Release()
		rec := ownRecord(t, mem, make([]row, 3*sliceRows))
		defer rec.Release()
		values := rec.Column(0).Data().Buffers()[1]
		emit := func(part arrow.Record) error {
			if part.Column(0).Data().Buffers()[1] != values {
				t.Fatal("a part was copied")
			}
			part.Release()
			return nil
		}
		if err := errors.Join(r.Add(rec, emit), r.Flush(emit)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRebatcherStopsAtAnError(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		full := errors.New("disk full")
		r := NewRebatcher(mem, recordSchema, 2)
		rec := arrowRecord(t, mem, drawTable(t, 5))
		calls := 0
		err := r.Add(rec, func(part arrow.Record) error {
			part.Release()
			calls++
			return full
		})
		rec.Release()
		r.Release()
		if !errors.Is(err, full) || calls != 1 {
			t.Fatalf("%v after %d calls", err, calls)
		}
	})
}

func TestRebatcherTooMuchText(t *testing.T) {
	defer func(n int) { maxText = n }(maxText)
	maxText = 10
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		b := NewStringBuilder(mem)
		b.Append("0123456")
		column := b.NewArray()
		schema := arrow.NewSchema([]arrow.Field{{Name: "email", Type: arrow.BinaryTypes.String}}, nil)
		rec := array.NewRecord(schema, []arrow.Array{column}, 1)
		column.Release()
		defer rec.Release()
		r := NewRebatcher(mem, schema, 2)
		defer r.Release()
		emit := func(arrow.Record) error { return nil }
		if err := errors.Join(r.Add(rec, emit), r.Add(rec, emit)); !errors.Is(err, ErrTextTooLong) {
			t.Fatalf("error is %v", err)
		}
	})
}
