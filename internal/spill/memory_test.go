package spill

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// peak is an allocator that knows the most that was in use at a time.
type peak struct {
	memory.CheckedAllocator
	most int
}

func newPeak() *peak {
	return &peak{CheckedAllocator: *memory.NewCheckedAllocator(memory.NewGoAllocator())}
}

func (p *peak) Allocate(size int) []byte {
	b := p.CheckedAllocator.Allocate(size)
	p.most = max(p.most, p.CurrentAlloc())
	return b
}

func (p *peak) Reallocate(size int, b []byte) []byte {
	b = p.CheckedAllocator.Reallocate(size, b)
	p.most = max(p.most, p.CurrentAlloc())
	return b
}

// However the rows spread over the partitions, no more is held than the budget, and
// blocks are as large as it allows.
func TestBudget(t *testing.T) {
	const (
		budget = 4 << 20
		parts  = 20
	)
	r := rand.New(rand.NewPCG(1, 2))
	b := benchBatch(r)
	defer b.Release()
	spreads := map[string]func() uint32{
		"even":    func() uint32 { return uint32(r.IntN(parts)) },
		"skewed":  func() uint32 { return uint32(r.IntN(r.IntN(parts) + 1)) },
		"all one": func() uint32 { return 7 },
	}
	for name, spread := range spreads {
		t.Run(name, func(t *testing.T) {
			mem := newPeak()
			defer mem.AssertSize(t, 0)
			p := newFolder(t).Partitions(benchSchema, parts, budget, mem)
			part := make([]uint32, b.Len())
			for i := range part {
				part[i] = spread()
			}
			const batches = 2
			for i := range int64(batches) {
				if err := p.Add(b, Ordinals(nil, i*contract.BatchRows, b.Len()), part); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Finish(); err != nil {
				t.Fatal(err)
			}
			if mem.most > budget || mem.most < budget/2 {
				t.Errorf("%d bytes were held at a time, of a budget of %d", mem.most, budget)
			}
			blocks, rows := 0, int64(0)
			for i := range parts {
				blocks += max(len(p.parts[i].blocks)-1, 0)
				rows += p.Rows(i)
			}
			if rows != batches*contract.BatchRows {
				t.Errorf("%d rows, want %d", rows, batches*contract.BatchRows)
			}
			if got := int(rows) / blocks; got < budget/parts/256 {
				t.Errorf("%d rows a block", got)
			}
		})
	}
}

// A merge of many rows gives whole batches, and has of each run no more than a
// block.
func TestMergeManyRows(t *testing.T) {
	const (
		runs = 8
		rows = 3*contract.BatchRows + 123
	)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	r := rand.New(rand.NewPCG(3, 4))
	ordinals := make([][]int64, runs)
	for n := int64(0); n < rows; { // in stretches of one run
		i := r.IntN(runs)
		for range min(1+r.Int64N(1+r.Int64N(2000)), rows-n) {
			ordinals[i] = append(ordinals[i], n)
			n++
		}
	}
	mem := newPeak()
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	all := make([]*Run, runs)
	for i := range all {
		all[i] = f.Run(schema, 0, mem)
		b := contract.Batch{Record: array.NewRecord(schema, []arrow.Array{int64Array(ordinals[i])}, -1)}
		b.Origins = make([]contract.Origin, b.Len())
		for k := range b.Origins {
			b.Origins[k] = contract.Origin(ordinals[i][k])
		}
		if err := all[i].Add(b, ordinals[i]); err != nil {
			t.Fatal(err)
		}
		if err := all[i].Finish(); err != nil {
			t.Fatal(err)
		}
	}
	mem.most = 0
	next := int64(0)
	if err := Merge(all, mem, func(b contract.Batch) error {
		defer b.Release()
		if want := min(contract.BatchRows, rows-next); int64(b.Len()) != want {
			t.Fatalf("a batch of %d rows, want %d", b.Len(), want)
		}
		n := arrowops.View[int64](b.Record.Column(0))
		for i, origin := range b.Origins {
			if n.At(i) != next || int64(origin) != next {
				t.Fatalf("row %d is %d, of origin %d", next, n.At(i), origin)
			}
			next++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if next != rows {
		t.Errorf("%d rows, want %d", next, rows)
	}
	if limit := 24*contract.BatchRows + (runs+2)*minBlock; mem.most > limit {
		t.Errorf("%d bytes were held at a time, want at most %d", mem.most, limit)
	}
}

// A batch has no more rows than any other, however narrow they are.
func TestNarrowRows(t *testing.T) {
	mem := newPeak()
	defer mem.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	p := newFolder(t).Partitions(schema, 1, 1<<30, mem)
	ordinals := Ordinals(nil, 0, contract.BatchRows-1)
	b := contract.Batch{Record: array.NewRecord(schema, []arrow.Array{int64Array(ordinals)}, -1), Origins: make([]contract.Origin, len(ordinals))}
	for range 3 {
		if err := p.Add(b, ordinals, make([]uint32, len(ordinals))); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	var got []int
	if err := p.Read(0, func(b contract.Batch, _ []int64) error {
		got = append(got, b.Len())
		b.Release()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := []int{contract.BatchRows, contract.BatchRows, contract.BatchRows - 3}; !slices.Equal(got, want) {
		t.Errorf("batches of %d rows, want %d", got, want)
	}
}

// The file of a run is gone as soon as the last of its rows has been read.
func TestMergeFreesFiles(t *testing.T) {
	mem := newPeak()
	defer mem.AssertSize(t, 0)
	f := newFolder(t)
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	runs := make([]*Run, 3)
	for i := range runs {
		ordinals := Ordinals(nil, int64(i)*contract.BatchRows, contract.BatchRows)
		b := contract.Batch{Record: array.NewRecord(schema, []arrow.Array{int64Array(ordinals)}, -1), Origins: make([]contract.Origin, len(ordinals))}
		runs[i] = f.Run(schema, 0, mem)
		if err := errors.Join(runs[i].Add(b, ordinals), runs[i].Finish()); err != nil {
			t.Fatal(err)
		}
	}
	left := 1 + len(runs) // the lock, too
	if err := Merge(runs, mem, func(b contract.Batch) error {
		b.Release()
		entries, err := os.ReadDir(f.Path())
		if len(entries) > left {
			t.Errorf("%d files are left, want %d", len(entries), left)
		}
		left--
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
