package changes

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/sink"
)

// readLog gives the rows of a log's file, and the sizes of its batches.
func readLog(t *testing.T, mem memory.Allocator, file []byte) (log []change, sizes []int64) {
	t.Helper()
	err := sink.ReadArrow(bytes.NewReader(file), mem, func(rec arrow.Record) error {
		sizes = append(sizes, rec.NumRows())
		ops := rec.Column(0).(*array.String)
		for i := range int(rec.NumRows()) {
			x := row{}
			for _, c := range rec.Columns()[1:] {
				x = append(x, valueAt(c, i))
			}
			log = append(log, change{Operation(strings.Clone(ops.Value(i))), x})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return log, sizes
}

// A log's file has every change, in batches as published files have them.
func TestLog(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	before := someUsers(0, contract.BatchRows+100)
	after := someUsers(90_000, 90_000+contract.BatchRows)
	after = append(after, before[70], user(7))
	after[len(after)-1][1] = nil
	b, a := r.state(mem, before, 10_000), r.state(mem, after, 7_000)
	defer b.release()
	defer a.release()
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := LogSchema(c.Schema(), arrow.NewMetadata([]string{"martlet.changes_since"}, []string{"20260101T000000Z"}))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	log, err := NewLog(&file, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Release()
	if err := errors.Join(c.Each(log.Add), log.Close()); err != nil {
		t.Fatal(err)
	}
	got, sizes := readLog(t, mem, file.Bytes())
	want := r.log(before, after)
	mustBe(t, got, want)
	if log.Counts != count(want) || log.Counts != c.Counts {
		t.Errorf("the log counts %+v, want %+v", log.Counts, count(want))
	}
	for i, n := range sizes {
		if last := i == len(sizes)-1; n > contract.BatchRows || n < contract.BatchRows && !last {
			t.Errorf("batch %d of %d has %d rows", i, len(sizes), n)
		}
	}
}

// A log says what it is in the metadata of the relation, and its first column.
func TestLogSchema(t *testing.T) {
	of := users().schema
	about := arrow.NewMetadata([]string{"martlet.changes_since", "martlet.name"}, []string{"run 1", "changes of users"})
	schema, err := LogSchema(of, about)
	if err != nil {
		t.Fatal(err)
	}
	md := arrow.NewMetadata([]string{"martlet.name", "martlet.changes_since"}, []string{"changes of users", "run 1"})
	op := arrow.Field{Name: "_operation", Type: arrow.BinaryTypes.String}
	want := arrow.NewSchema(append([]arrow.Field{op}, of.Fields()...), &md)
	if !schema.Equal(want) || !schema.Metadata().Equal(md) {
		t.Errorf("the schema is %v, want %v", schema, want)
	}
	for i, f := range of.Fields() {
		if !schema.Field(i + 1).Metadata.Equal(f.Metadata) {
			t.Errorf("column %s has the metadata %v, want %v", f.Name, schema.Field(i+1).Metadata, f.Metadata)
		}
	}
	if name, _ := of.Metadata().GetValue("martlet.name"); name != "users" {
		t.Errorf("the relation's own metadata became %v", of.Metadata())
	}
	if _, err := LogSchema(schema, about); err == nil || !strings.Contains(err.Error(), `"_operation"`) {
		t.Errorf("a column of the operation's name gives the error %v", err)
	}
}

// An empty log is a file with the schema.
func TestEmptyLog(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	schema, err := LogSchema(users().schema, arrow.Metadata{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	log, err := NewLog(&file, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Release()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if rows, sizes := readLog(t, mem, file.Bytes()); len(rows)+len(sizes) > 0 {
		t.Errorf("it has %v", rows)
	}
}

// full is a writer without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errBroken }

func TestLogErrors(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	schema, err := LogSchema(r.schema, arrow.Metadata{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := NewLog(full{}, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Release()
	rec := newRecord(mem, r.schema, someUsers(0, 3), 0)
	defer rec.Release()
	three := []Operation{Insert, Insert, Insert}
	swapped := array.NewRecord(arrow.NewSchema([]arrow.Field{r.schema.Field(0), r.schema.Field(2), r.schema.Field(1)}, nil),
		[]arrow.Array{rec.Column(0), rec.Column(2), rec.Column(1)}, 3)
	defer swapped.Release()
	if err := log.Add(three[:2], rec); err == nil || !strings.Contains(err.Error(), "2 operations with 3 rows") {
		t.Errorf("too few operations give the error %v", err)
	}
	if err := log.Add(three, swapped); err == nil || !strings.Contains(err.Error(), `column "name" of a log is utf8`) {
		t.Errorf("rows of another relation give the error %v", err)
	}
	if err := log.Add(three, rec); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); !errors.Is(err, errBroken) {
		t.Errorf("a disk without room gives the error %v", err)
	}
}
