package spill

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// maxBlock bounds a block where the caller would not: what is larger is no faster.
const maxBlock = 16 << 20

// blockWriter gathers rows until they make a block, for one file at a time.
type blockWriter struct {
	rows    *arrowops.Gather
	encoder *encoder
	limit   int64 // the bytes of a block, unless it has one row only
	pending int64 // the bytes of the rows gathered
	all     []int // scratch
}

func newBlockWriter(mem memory.Allocator, schema *arrow.Schema, limit int64) *blockWriter {
	return &blockWriter{rows: arrowops.NewGather(mem, schema), encoder: newEncoder(mem, schema), limit: min(limit, maxBlock)}
}

// add appends rows lo to hi of a record to a file.
func (w *blockWriter) add(f *file, rec arrow.Record, lo, hi int) error {
	w.rows.Bind(0, rec)
	sizes := sizesOf(rec)
	for lo < hi {
		cut := sizes.fit(lo, min(hi, lo+contract.BatchRows-w.rows.Rows()), w.limit-w.pending)
		if cut == lo && w.rows.Rows() == 0 {
			cut++
		}
		if cut > lo {
			w.all = contract.Sequence(w.all, lo, cut)
			w.rows.Take(w.all)
			w.pending += sizes.of(lo, cut)
			lo = cut
		}
		if lo < hi {
			if err := w.end(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// end writes the rows that are left as a block.
func (w *blockWriter) end(f *file) error {
	if w.rows.Rows() == 0 {
		return nil
	}
	w.pending = 0
	rec, err := w.rows.Finish()
	if err != nil {
		return err
	}
	defer rec.Release()
	return w.encoder.write(f, rec)
}

func (w *blockWriter) release() { w.rows.Release() }
