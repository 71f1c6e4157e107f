package spill

import (
	"sort"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// sizes tells how much memory rows of a record take.
type sizes struct {
	bits  int64 // of a row's values of fixed width, and of what says which are null
	texts []*array.String
}

func sizesOf(rec arrow.Record) sizes {
	var s sizes
	for _, a := range rec.Columns() {
		if a.NullN() > 0 {
			s.bits++
		}
		switch a := a.(type) {
		case *array.String:
			s.bits += 32
			s.texts = append(s.texts, a)
		default:
			s.bits += int64(a.DataType().(arrow.FixedWidthDataType).BitWidth())
		}
	}
	return s
}

// of is the bytes of rows lo to hi.
func (s sizes) of(lo, hi int) int64 {
	size := (s.bits*int64(hi-lo) + 7) / 8
	if lo == hi {
		return 0
	}
	for _, a := range s.texts {
		size += int64(a.ValueOffset(hi) - a.ValueOffset(lo))
	}
	return size
}

// fit is the end of the longest run of rows that begins with lo, ends with hi at
// most and takes no more than so many bytes.
func (s sizes) fit(lo, hi int, bytes int64) int {
	if s.of(lo, hi) <= bytes {
		return hi
	}
	return lo + sort.Search(hi-lo, func(n int) bool { return s.of(lo, lo+n+1) > bytes })
}
