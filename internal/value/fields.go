package value

import (
	"iter"

	"github.com/apache/arrow/go/v17/arrow"
)

// Fields are the fields of one column of delimited text. Field i stands in Data
// between the bytes at Start[i*Step] and End[i*Step].
//
// The functions below read the fields that are in the form nearly all are in, a
// loop with no call for each, and give the others with their index: they are
// for the function that reads one, which knows every form.
type Fields struct {
	Data       []byte
	Start, End []uint32
	Step       int
	Count      int
}

// At is field i.
func (f *Fields) At(i int) []byte { return f.Data[f.Start[i*f.Step]+1 : f.End[i*f.Step]] }

// All gives every field.
func (f Fields) All() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range f.Count {
			if !yield(i, f.At(i)) {
				return
			}
		}
	}
}

// Int64s reads whole numbers of 1 to 16 digits.
func (f Fields) Int64s(values []int64) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range values {
			field := f.At(i)
			v, ok := digits(field)
			values[i] = int64(v)
			if !ok && !yield(i, field) {
				return
			}
		}
	}
}

// Timestamps reads what looks like 2024-04-08 11:01:54.
func (f Fields) Timestamps(values []arrow.Timestamp) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range values {
			field := f.At(i)
			if len(field) == 19 {
				if v, ok := clock((*[19]byte)(field)); ok {
					values[i] = arrow.Timestamp(v)
					continue
				}
			}
			if !yield(i, field) {
				return
			}
		}
	}
}

// Dates reads what looks like 2024-04-08.
func (f Fields) Dates(values []arrow.Date32) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range values {
			field := f.At(i)
			if len(field) == 10 {
				if v, ok := scanCivil(field); ok {
					values[i] = arrow.Date32(v)
					continue
				}
			}
			if !yield(i, field) {
				return
			}
		}
	}
}

// Bools reads every spelling of true and false, with no more than a space at
// either end.
func (f Fields) Bools(values []bool) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for i := range values {
			field := f.At(i)
			v, ok := boolOf(field)
			values[i] = v
			if !ok && !yield(i, field) {
				return
			}
		}
	}
}
