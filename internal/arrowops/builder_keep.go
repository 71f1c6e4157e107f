package arrowops

import "github.com/apache/arrow/go/v17/arrow"

// whole is an array that a builder gives as it is, nothing being appended.
type whole struct{ array arrow.Array }

func (w *whole) keep(a arrow.Array) {
	w.release()
	a.Retain()
	w.array = a
}

// take gives the array, nil where there is none. It panics where rows were
// appended too.
func (w *whole) take(rows int) arrow.Array {
	a := w.array
	if a != nil && rows > 0 {
		panic("arrowops: rows were appended to a builder that keeps an array")
	}
	w.array = nil
	return a
}

func (w *whole) release() {
	if w.array != nil {
		w.array.Release()
		w.array = nil
	}
}

// Keep has the next NewArray give an array of the builder's type as it is, which
// copies nothing. No row may be appended before that.
func (b *Builder[T]) Keep(a arrow.Array) { b.whole.keep(a) }

// Keep is as that of Builder.
func (b *BoolBuilder) Keep(a arrow.Array) { b.whole.keep(a) }

// Keep is as that of Builder.
func (b *StringBuilder) Keep(a arrow.Array) { b.whole.keep(a) }
