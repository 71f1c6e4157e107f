package arrowops

import (
	"fmt"
	"testing"
)

// BenchmarkTouch assigns distinct keys that are in no order, as they come and
// with their places touched before.
func BenchmarkTouch(b *testing.B) {
	const keys = 4 << 20
	values := make([]int64, keys)
	for i := range values {
		values[i] = int64(hashInt(uint64(i)))
	}
	column := Column[int64]{values: values}
	b.Run("int as they come", func(b *testing.B) {
		for b.Loop() {
			k := NewIntKeys[int64]()
			for _, v := range values {
				k.Assign(v)
			}
		}
	})
	b.Run("int touched", func(b *testing.B) {
		for b.Loop() {
			k := NewIntKeys[int64]()
			for i, v := range values {
				if i%TouchRows == 0 {
					k.Touch(column, i)
				}
				k.Assign(v)
			}
		}
	})
	texts := Strings{offsets: []int32{0}}
	var all []byte
	for i := range keys / 2 {
		all = fmt.Appendf(all, "user.%d@example.org", values[i])
		texts.offsets = append(texts.offsets, int32(len(all)))
	}
	texts.text = alias(all)
	b.Run("text as they come", func(b *testing.B) {
		for b.Loop() {
			k := NewStringKeys()
			for i := range texts.Len() {
				k.Assign(texts.At(i))
			}
		}
	})
	b.Run("text touched", func(b *testing.B) {
		for b.Loop() {
			k := NewStringKeys()
			for i := range texts.Len() {
				if i%TouchRows == 0 {
					k.Touch(texts, i)
				}
				k.Assign(texts.At(i))
			}
		}
	})
}

// Touching is safe whatever the keys are kept in, and up to the last row.
func TestTouch(t *testing.T) {
	for _, spread := range []int64{1, 1 << 40} {
		for _, n := range []int{0, 1, TouchRows, 3*TouchRows + 1} {
			values := make([]int64, n)
			texts := Strings{offsets: []int32{0}}
			var all []byte
			for i := range values {
				values[i] = int64(i) * spread
				all = fmt.Appendf(all, "%d", i)
				texts.offsets = append(texts.offsets, int32(len(all)))
			}
			texts.text = alias(all)
			ints, words := NewIntKeys[int64](), NewStringKeys()
			for i, v := range values {
				column := Column[int64]{values: values}
				if i%TouchRows == 0 {
					ints.Touch(column, i)
					words.Touch(texts, i)
				}
				id, _ := ints.Assign(v)
				word, _ := words.Assign(texts.At(i))
				if id != i || word != i {
					t.Fatalf("row %d of %d: ids %d and %d", i, n, id, word)
				}
			}
		}
	}
}
