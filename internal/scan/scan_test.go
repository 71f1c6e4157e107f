package scan_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/delimited"
	"martlet/internal/scan"
)

// numbers parses one column of numbers.
type numbers struct{ mem memory.Allocator }

func (p numbers) Parse(rows *contract.Rows, rejects *contract.Rejects) (arrow.Record, error) {
	b := array.NewInt64Builder(p.mem)
	defer b.Release()
	for i := range rows.Len() {
		n, err := strconv.ParseInt(string(rows.Field(i, 0)), 10, 64)
		if err != nil {
			rejects.Add(i, 0, err)
		}
		b.Append(n)
	}
	return contract.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil), b.NewArray()), nil
}

func (numbers) Release() {}

const records = 200_000

// start reads a file of the numbers from 0 on, every thousandth record ragged.
func start(ctx context.Context, t *testing.T, mem memory.Allocator, threads int, tail string) (*scan.Lane, *delimited.Reader) {
	t.Helper()
	var text strings.Builder
	text.WriteString("n\n")
	for i := range records {
		if i%1000 == 999 {
			text.WriteString("1,2\n")
			continue
		}
		fmt.Fprintf(&text, "%d\n", i)
	}
	reader, err := delimited.NewReader(strings.NewReader(text.String()+tail), "t.csv", contract.Dialect{})
	if err != nil {
		t.Fatal(err)
	}
	reader.Select([]int{0}, 0)
	source := &contract.Source{NewParser: func(*contract.Env) contract.Parser { return numbers{mem} }}
	return scan.Start(ctx, reader, source, &contract.Env{Memory: mem}, threads), reader
}

// Whatever the number of workers, the records come in the order of the file and
// know their numbers, and the first one that is no CSV ends it.
func TestLaneKeepsTheOrder(t *testing.T) {
	for _, threads := range []int{1, 2, 7} {
		for tail, broken := range map[string]bool{"": false, "5\n\"x\n": true} {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			lane, reader := start(t.Context(), t, mem, threads, tail)
			next, ragged, failed := int64(0), 0, false
			for p, bad := lane.Next(); p != nil; p, bad = lane.Next() {
				record, err := p.Record()
				if err != nil {
					t.Fatal(err)
				}
				values := record.Column(0).(*array.Int64).Int64Values()
				for i, v := range values {
					if next%1000 == 999 {
						next++
					}
					if got := p.Chunk.Rows.Origin(i).Record(); next < records && (v != next || got != next+1) {
						t.Fatalf("%d threads: found %d as record %d, want %d", threads, v, got, next)
					}
					next++
				}
				ragged += len(p.Chunk.Ragged)
				record.Release()
				lane.Free(p)
				failed = failed || bad != nil
			}
			lane.Stop()
			if err := reader.Close(); err != nil || failed != broken || ragged != records/1000 {
				t.Errorf("%d threads: %v, failed %v, %d ragged", threads, err, failed, ragged)
			}
			mem.AssertSize(t, 0)
		}
	}
}

// A lane that is stopped, or whose context ends, gives back what nobody took.
func TestLaneStops(t *testing.T) {
	for _, cancelled := range []bool{false, true} {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		ctx, cancel := context.WithCancel(t.Context())
		lane, reader := start(ctx, t, mem, 3, "")
		p, _ := lane.Next()
		record, err := p.Record()
		if err != nil {
			t.Fatal(err)
		}
		record.Release()
		if cancelled {
			cancel()
			for p, _ := lane.Next(); p != nil; p, _ = lane.Next() {
				record, err := p.Record() // of what was parsed by then
				if err != nil {
					t.Fatal(err)
				}
				record.Release()
			}
		}
		lane.Stop()
		cancel()
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
		mem.AssertSize(t, 0)
	}
}
