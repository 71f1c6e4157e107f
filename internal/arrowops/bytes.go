package arrowops

import "github.com/apache/arrow/go/v17/arrow"

// Bytes is how much memory the arrays of a record hold, all of it where they are slices
// of longer ones.
func Bytes(rec arrow.Record) (n int64) {
	for _, c := range rec.Columns() {
		for _, b := range c.Data().Buffers() {
			if b != nil {
				n += int64(b.Len())
			}
		}
	}
	return n
}
