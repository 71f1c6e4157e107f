package sink

import (
	"bytes"
	"errors"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// TestReadArrowGivesWhatWasWritten batch by batch, and stops where it is told to.
func TestReadArrowGivesWhatWasWritten(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil)
	var file bytes.Buffer
	s, err := NewArrow(&file, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for _, n := range []int64{1, 2, 3} {
		b.Field(0).(*array.Int64Builder).AppendValues([]int64{n, -n}, []bool{true, n != 2})
		rec := b.NewRecord()
		if err := s.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	err = ReadArrow(bytes.NewReader(file.Bytes()), mem, func(rec arrow.Record) error {
		got = append(got, rec.Column(0).String())
		return nil
	})
	if err != nil || len(got) != 3 || got[0] != "[1 -1]" || got[1] != "[2 (null)]" || got[2] != "[3 -3]" {
		t.Errorf("read %v, %v", got, err)
	}
	enough, batches := errors.New("enough"), 0
	err = ReadArrow(bytes.NewReader(file.Bytes()), mem, func(arrow.Record) error {
		batches++
		return enough
	})
	if !errors.Is(err, enough) || batches != 1 {
		t.Errorf("%d batches, %v", batches, err)
	}
	if err := ReadArrow(bytes.NewReader(file.Bytes()[:file.Len()/2]), mem, func(arrow.Record) error { return nil }); err == nil {
		t.Error("half a file was read")
	}
}
