package arrowops

import (
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// AppendTake against Set of one row after the other, around the borders of chunks,
// in chunks whose texts do not stand in order, and where they cannot.
func TestStringStoreAppendTake(t *testing.T) {
	defer func(ordered int) { maxOrdered = ordered }(maxOrdered)
	ordered := maxOrdered
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		maxOrdered = rapid.SampledFrom([]int{ordered, ordered, 60, 600}).Draw(t, "longest in order")
		var got, want StringStore
		id := rapid.SampledFrom([]int{0, 0, 1, 63, 64, 500, ChunkRows - 20, ChunkRows - 1, ChunkRows}).Draw(t, "filled")
		for i := range id {
			got.Set(i, strconv.Itoa(i), i%3 > 0)
			want.Set(i, strconv.Itoa(i), i%3 > 0)
		}
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			if id > 0 && rapid.IntRange(0, 3).Draw(t, "replace") == 0 {
				i := max(id-1-rapid.IntRange(0, 5).Draw(t, "back"), 0)
				v := anyText.Draw(t, "other")
				got.Set(i, v, true)
				want.Set(i, v, true)
			}
			a := arrowArray(t, mem, arrow.BinaryTypes.String, drawColumn(t, drawRows(t), anyText), "hidden")
			src := ViewStrings(a)
			rows := drawTaken(t, src.Len())
			got.AppendTake(id, src, rows)
			for j, i := range rows {
				v, ok := src.Get(i)
				want.Set(id+j, v, ok)
			}
			id += len(rows)
			a.Release()
		}
		for lo := 0; lo < id; lo += ChunkRows {
			hi := min(lo+ChunkRows, id)
			column := make([]option[string], hi-lo)
			for i := range column {
				column[i].v, column[i].ok = want.Get(lo + i)
				if v, ok := got.Get(lo + i); v != column[i].v || ok != column[i].ok {
					t.Fatalf("Get(%d) = %q, %t, want %q, %t", lo+i, v, ok, column[i].v, column[i].ok)
				}
			}
			mustRead(t, got.View(lo, hi), column)
		}
		if got.Size() > want.Size()*3/2+1024 {
			t.Fatalf("%d bytes, %d where set one after the other", got.Size(), want.Size())
		}
	})
}
