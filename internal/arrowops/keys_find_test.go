package arrowops

import (
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// findAllProperty holds FindAll against Find, for keys that are there and not.
func findAllProperty[T comparable](t *rapid.T, k keys[T], src readable[T], findAll func(dst []int, rows []int)) {
	for i := range src.Len() {
		if v, ok := src.Get(i); ok && i%3 > 0 {
			k.Assign(v)
		}
	}
	rows := drawTaken(t, src.Len())
	dst := make([]int, src.Len())
	for i := range dst {
		dst[i] = -7
	}
	findAll(dst, rows)
	want := make([]int, src.Len())
	for i := range want {
		want[i] = -7
	}
	for _, i := range rows {
		want[i] = -1
		if v, ok := src.Get(i); ok {
			want[i] = k.Find(v)
		}
	}
	for i := range want {
		if dst[i] != want[i] {
			t.Fatalf("row %d: id %d, want %d", i, dst[i], want[i])
		}
	}
}

func TestFindAll(t *testing.T) {
	int64s, strings := arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		a := arrowArray(t, mem, int64s, drawIntKeys[int64](t, math.MinInt64, math.MaxInt64), 7)
		defer a.Release()
		k, src := NewIntKeys[int64](), View[int64](a)
		findAllProperty(t, k, src, func(dst, rows []int) { k.FindAll(dst, src, rows) })
	})
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		a := arrowArray(t, mem, strings, drawColumn(t, drawRows(t), anyText), "hidden")
		defer a.Release()
		k, src := NewStringKeys(), ViewStrings(a)
		findAllProperty(t, k, src, func(dst, rows []int) { k.FindAll(dst, src, rows) })
	})
}
