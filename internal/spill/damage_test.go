package spill

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

var smallSchema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64},
	{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// smallBatch has n rows, whose numbers begin with first.
func smallBatch(mem memory.Allocator, first, n int) contract.Batch {
	b := array.NewRecordBuilder(mem, smallSchema)
	defer b.Release()
	var origins []contract.Origin
	for i := first; i < first+n; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		if i%5 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.StringBuilder).Append(strings.Repeat("text", i%7))
		}
		origins = append(origins, contract.MakeOrigin(1, int64(i)))
	}
	return contract.Batch{Record: b.NewRecord(), Origins: origins}
}

// smallPartition has a file of several blocks; rows are what is in it.
func smallPartition(t testing.TB, f *Folder, mem memory.Allocator) (p *Partitions, rows []row) {
	t.Helper()
	p = f.Partitions(smallSchema, 1, 0, mem)
	p.blocks.limit = 300
	b := smallBatch(mem, 0, 40)
	defer b.Release()
	if err := p.Add(b, Ordinals(nil, 0, b.Len()), make([]uint32, b.Len())); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	if len(p.parts[0].blocks) < 4 {
		t.Fatalf("%d blocks, too few for this test", len(p.parts[0].blocks))
	}
	return p, rowsOf(b, func(i int) int64 { return int64(i) })
}

// mustNotLie reads what was damaged: the rows are those written, or the error
// names the file.
func mustNotLie(t fataler, p *Partitions, want []row) (damaged bool) {
	t.Helper()
	var got []row
	err := p.Read(0, func(b contract.Batch, ordinals []int64) error {
		defer b.Release()
		got = append(got, rowsOf(b, func(i int) int64 { return ordinals[i] })...)
		return nil
	})
	switch {
	case err == nil:
		mustEqualRows(t, got, want)
	case !strings.Contains(err.Error(), "temporary file "+p.parts[0].path+" is damaged"):
		t.Fatalf("the error of a damaged file is %q", err)
	default: // what was given before the damage is right too
		mustEqualRows(t, got, want[:len(got)])
	}
	return err != nil
}

// holding has the folder give content for every file.
func (f *Folder) holding(content []byte) {
	f.disk.open = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// Every bit of a file is flipped in turn, and the file cut after every byte.
func TestDamage(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	p, rows := smallPartition(t, f, mem)
	whole, err := os.ReadFile(p.parts[0].path)
	if err != nil {
		t.Fatal(err)
	}
	if mustNotLie(t, p, rows) {
		t.Fatal("a file that nobody touched is damaged")
	}
	for i := range whole {
		content := slices.Clone(whole)
		content[i] ^= 1 << (i % 8)
		f.holding(content)
		if !mustNotLie(t, p, rows) {
			t.Fatalf("a bit of byte %d was flipped and nobody noticed", i)
		}
		f.holding(whole[:i])
		if !mustNotLie(t, p, rows) {
			t.Fatalf("the file was cut after %d bytes and nobody noticed", i)
		}
	}
	first, second := p.parts[0].blocks[0].size, p.parts[0].blocks[1].size
	f.holding(slices.Concat(whole[:first], whole[first+second:]))
	if !mustNotLie(t, p, rows) {
		t.Fatal("a block is missing and nobody noticed")
	}
}

// A file that was removed is one that was damaged.
func TestRemoved(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	p, rows := smallPartition(t, newFolder(t), mem)
	if err := os.Remove(p.parts[0].path); err != nil {
		t.Fatal(err)
	}
	if !mustNotLie(t, p, rows) {
		t.Fatal("a file that is not there was read")
	}
	if err := p.Drop(0); err != nil {
		t.Errorf("dropping a file that is not there: %v", err)
	}
}

// Merging a damaged run is an error, and frees all.
func TestMergeDamage(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	var runs []*Run
	for i := range 3 {
		r := f.Run(smallSchema, 0, mem)
		r.blocks.limit = 300
		b := smallBatch(mem, 0, 40)
		defer b.Release()
		ordinals := make([]int64, b.Len())
		for k := range ordinals {
			ordinals[k] = int64(3*k + i)
		}
		if err := r.Add(b, ordinals); err != nil {
			t.Fatal(err)
		}
		if err := r.Finish(); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
	}
	path := runs[1].file.path
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-9] ^= 1
	if err := os.WriteFile(path, content, fileMode); err != nil {
		t.Fatal(err)
	}
	err = Merge(runs, mem, func(b contract.Batch) error {
		b.Release()
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), path+" is damaged") {
		t.Errorf("merging a damaged run: %v", err)
	}
	mustHaveNoFiles(t, f)
}

// Whatever a file holds, reading it gives the rows written or an error.
func FuzzRead(fuzz *testing.F) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	f := newFolder(fuzz)
	p, rows := smallPartition(fuzz, f, mem)
	whole, err := os.ReadFile(p.parts[0].path)
	if err != nil {
		fuzz.Fatal(err)
	}
	fuzz.Add(whole)
	fuzz.Add(whole[:len(whole)-1])
	fuzz.Add(append(slices.Clone(whole), "more"...))
	fuzz.Add(whole[p.parts[0].blocks[0].size:])
	fuzz.Fuzz(func(t *testing.T, content []byte) {
		f.holding(content)
		if damaged := mustNotLie(t, p, rows); damaged == bytes.HasPrefix(content, whole) {
			t.Fatalf("damaged: %v", damaged)
		}
		if n := mem.CurrentAlloc(); n != 0 {
			t.Fatalf("%d bytes were not released", n)
		}
	})
}
