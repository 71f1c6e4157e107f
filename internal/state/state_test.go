package state

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// schema has every type that rows or the numbers of their keys have.
var schema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "rate", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	{Name: "day", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
	{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
	{Name: "amount", Type: &arrow.Decimal128Type{Precision: 38, Scale: 2}, Nullable: true},
	{Name: "open", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "part", Type: arrow.PrimitiveTypes.Uint32, Nullable: true},
}, nil)

// record has rows by the seeds; one of 0 is a row of nulls.
func record(mem memory.Allocator, seeds []uint64) arrow.Record {
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, seed := range seeds {
		b.Field(0).(*array.Int64Builder).Append(int64(seed))
		for i, column := range b.Fields()[1:] {
			if seed>>(i%64)&3 == 0 {
				column.AppendNull()
				continue
			}
			switch column := column.(type) {
			case *array.Float64Builder:
				column.Append(math.Ldexp(float64(int64(seed)), int(seed%64)))
			case *array.Date32Builder:
				column.Append(arrow.Date32(seed))
			case *array.TimestampBuilder:
				column.Append(arrow.Timestamp(seed))
			case *array.Decimal128Builder:
				column.Append(decimal128.New(int64(seed)>>2, seed))
			case *array.BooleanBuilder:
				column.Append(seed%5 < 2)
			case *array.StringBuilder:
				column.Append(fmt.Sprintf("%*d", seed%9, seed%1000))
			case *array.Uint32Builder:
				column.Append(uint32(seed))
			}
		}
	}
	return b.NewRecord()
}

// checked gives an allocator, and fails the test where memory is left over.
func checked(t rapid.TB) (mem memory.Allocator, done func()) {
	c := memory.NewCheckedAllocator(memory.NewGoAllocator())
	return c, func() {
		if n := c.CurrentAlloc(); n != 0 {
			t.Errorf("%d bytes were not released", n)
		}
	}
}

// written is a table of records.
func written(t rapid.TB, dir, name string, mem memory.Allocator, records []arrow.Record) Table {
	t.Helper()
	w, err := Create(dir, name, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	rows := int64(0)
	for _, rec := range records {
		if err := w.Add(rec); err != nil {
			t.Fatal(err)
		}
		if rows += rec.NumRows(); w.Rows() != rows {
			t.Fatalf("%d rows were added, want %d", w.Rows(), rows)
		}
	}
	table, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	w.Drop()
	if table.Rows() != rows {
		t.Fatalf("there are %d rows, want %d", table.Rows(), rows)
	}
	return table
}

// What was added is read, block by block and in any order, into one buffer, and is
// what Arrow itself reads.
func TestTable(t *testing.T) {
	dir, tables := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		mem, done := checked(t)
		defer done()
		var records, withRows []arrow.Record
		for range rapid.IntRange(0, 5).Draw(t, "records") {
			rec := record(mem, rapid.SliceOfN(rapid.Uint64(), 0, 80).Draw(t, "rows"))
			defer rec.Release()
			some := rec.NewSlice(int64(rapid.IntRange(0, int(rec.NumRows())).Draw(t, "from")), rec.NumRows())
			defer some.Release()
			if records = append(records, some); some.NumRows() > 0 {
				withRows = append(withRows, some)
			}
		}
		tables++
		name := fmt.Sprint(tables)
		table := written(t, dir, name, mem, records)
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Size() != table.Bytes() || info.Mode() != 0o640 {
			t.Fatalf("the file is %v (%v), want %d bytes and the mode 0640", info, err, table.Bytes())
		}
		if len(withRows) == 0 {
			if _, err := table.Open(dir, mem); err == nil || IsDamaged(err) {
				t.Fatalf("a table without rows is opened with the error %v", err)
			}
			return
		}
		mustReadAnyOrder(t, &table, dir, mem, withRows)
		mustReadAsStream(t, filepath.Join(dir, name), mem, withRows)
	})
}

func mustReadAnyOrder(t *rapid.T, table *Table, dir string, mem memory.Allocator, want []arrow.Record) {
	t.Helper()
	r, err := table.Open(dir, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var buffer []byte
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(want)-1), 1, 8).Draw(t, "blocks") {
		var rec arrow.Record
		if rec, buffer, err = r.Read(i, buffer); err != nil {
			t.Fatal(err)
		}
		if int64(cap(buffer)) < table.Blocks[i].Size {
			t.Fatal("the buffer did not grow")
		}
		clear(buffer) // the record does not rest on it
		if !array.RecordEqual(rec, want[i]) {
			t.Fatalf("block %d is\n%v\nwant\n%v", i, rec, want[i])
		}
		rec.Release()
	}
}

func mustReadAsStream(t *rapid.T, path string, mem memory.Allocator, want []arrow.Record) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(bytes.NewReader(text), ipc.WithAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for i := range want {
		if !r.Next() || !array.RecordEqual(r.Record(), want[i]) {
			t.Fatalf("Arrow's record %d is %v (%v)", i, r.Record(), r.Err())
		}
	}
	if r.Next() {
		t.Fatal("Arrow finds more records")
	}
}

// A name is used once, a table that is given up leaves no memory, and a record of
// another schema is an error that stays.
func TestTableWriterErrors(t *testing.T) {
	mem, done := checked(t)
	defer done()
	dir := t.TempDir()
	w, err := Create(dir, "a", schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, "a", schema, mem); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second table of one name: %v", err)
	}
	rec := record(mem, []uint64{1, 2, 3})
	defer rec.Release()
	other := array.NewRecord(arrow.NewSchema(nil, nil), nil, 3)
	defer other.Release()
	if err := w.Add(rec); err != nil {
		t.Fatal(err)
	}
	first := w.Add(other)
	if first == nil || w.Add(rec) != first {
		t.Errorf("the errors are %v, then another", first)
	}
	if _, err := w.Close(); !errors.Is(err, first) {
		t.Errorf("closing gives %v, want %v", err, first)
	}
	if w, err = Create(dir, "b", schema, mem); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(rec); err != nil {
		t.Fatal(err)
	}
	w.Drop()
}

// readTable reads all blocks: those that are given are those that were written, or
// the error is of damage.
func readTable(t rapid.TB, table *Table, dir string, want []arrow.Record) (damaged bool) {
	t.Helper()
	mem := memory.NewGoAllocator()
	r, err := table.Open(dir, mem)
	if err != nil {
		mustBeDamage(t, err, table.Name)
		return true
	}
	defer r.Close()
	for i := range table.Blocks {
		rec, _, err := r.Read(i, nil)
		if err != nil {
			mustBeDamage(t, err, table.Name)
			damaged = true
			continue
		}
		if !array.RecordEqual(rec, want[i]) {
			t.Fatalf("block %d has other rows than were written", i)
		}
		rec.Release()
	}
	return damaged
}

func mustBeDamage(t rapid.TB, err error, name string) {
	t.Helper()
	var d *DamagedError
	if !errors.As(err, &d) || d.Name != name || d.How == "" || !IsDamaged(fmt.Errorf("reading: %w", err)) {
		t.Fatalf("the error is %v, want one that %s is damaged", err, name)
	}
}

// smallTable has a few small blocks.
func smallTable(t testing.TB, dir string) (Table, []arrow.Record) {
	mem := memory.NewGoAllocator()
	records := []arrow.Record{record(mem, []uint64{1, 2, 1 << 40}), record(mem, []uint64{7}), record(mem, []uint64{0, 9})}
	return written(t, dir, "table.arrows", mem, records), records
}

// Every byte of a table is changed in turn, and the file cut there.
func TestTableDamage(t *testing.T) {
	dir := t.TempDir()
	table, records := smallTable(t, dir)
	path := filepath.Join(dir, table.Name)
	if readTable(t, &table, dir, records) {
		t.Fatal("a table that nobody touched is damaged")
	}
	everyDamage(t, path, func(how string) {
		if !readTable(t, &table, dir, records) {
			t.Fatalf("%s, and nobody noticed", how)
		}
	})
	// A block that is whole, of another table of the same size.
	other := written(t, dir, "other.arrows", memory.NewGoAllocator(), []arrow.Record{records[0], records[1], records[1]})
	if err := os.Rename(filepath.Join(dir, other.Name), path); err != nil {
		t.Fatal(err)
	}
	if !readTable(t, &table, dir, records) {
		t.Fatal("another table stands there, and nobody noticed")
	}
	// A description that is not of the file: it has a block of other rows.
	table, other = other, table
	table.Blocks = slices.Clone(table.Blocks)
	table.Blocks[1].Rows = 2
	if !readTable(t, &table, t.TempDir(), records) {
		t.Fatal("there is no file, and nobody noticed")
	}
	table.Name = other.Name
	if !readTable(t, &table, dir, []arrow.Record{records[0], records[1], records[1]}) {
		t.Fatal("a block has other rows than it should, and nobody noticed")
	}
}

// everyDamage does to a file all that is not to go unnoticed: a bit of each byte
// flipped, cut at each byte, made longer, removed. The file is as it was then.
func everyDamage(t testing.TB, path string, noticed func(how string)) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	do := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(b byte, at int) {
		_, err := f.WriteAt([]byte{b}, int64(at))
		do(err)
	}
	for i, b := range whole {
		put(b^1<<(i*3%8), i)
		noticed(fmt.Sprintf("a bit of byte %d was flipped", i))
		put(b, i)
	}
	put(0, len(whole))
	noticed("a byte was added")
	for i := len(whole) - 1; i >= 0; i-- {
		do(f.Truncate(int64(i)))
		noticed(fmt.Sprintf("the file was cut after %d bytes", i))
	}
	do(os.Remove(path))
	noticed("the file was removed")
	do(os.WriteFile(path, whole, 0o640))
}
