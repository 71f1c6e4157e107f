package changes

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/arrowops"
)

// column compares the values of one column of both states, a null being the same
// as a null and as nothing else.
type column interface {
	// bind turns to an array of one side, which it borrows until the next.
	bind(s side, a arrow.Array)
	// same compares one row of each side.
	same(b, a int) bool
	// alike says quickly that n rows are the same, from rows b and a on; where it
	// does not, they may be all the same.
	alike(b, a, n int) bool
	// hash adds the values of all rows of one side to the hashes of what stands
	// before them. Equal values have equal hashes.
	hash(s side, hashes []uint64)
	// appendKey encodes a value; equal values, and no others, have equal encodings.
	appendKey(dst []byte, s side, row int) []byte
}

// null is hashed where there is no value.
const null = 0x9e3779b97f4a7c15

// newColumn makes the comparison of values of a type: of floats by their bits, but
// for NaN, which is one value. In a key -0 is 0 too, as SQL's GROUP BY has it.
func newColumn(t arrow.DataType, key bool) (column, error) {
	switch t.(type) {
	case *arrow.BooleanType:
		return &bools{}, nil
	case *arrow.StringType:
		return &texts{}, nil
	case *arrow.Int64Type:
		return newInts((*array.Int64).Int64Values), nil
	case *arrow.Date32Type:
		return newInts((*array.Date32).Date32Values), nil
	case *arrow.TimestampType:
		return newInts((*array.Timestamp).TimestampValues), nil
	case *arrow.Float64Type:
		return newFloats(key), nil
	case *arrow.Decimal128Type:
		return &fixed[decimal128.Num, *array.Decimal128]{
			view:   (*array.Decimal128).Values,
			word:   func(v decimal128.Num) uint64 { return arrowops.Hash(v.LowBits(), uint64(v.HighBits())) },
			encode: arrowops.AppendKeyDecimal,
		}, nil
	}
	return nil, fmt.Errorf("its Arrow type is %s; columns of bool, int64, float64, decimal128, utf8 (or a dictionary of it), "+
		"date32 and timestamp can be compared", t)
}

// fixed compares values that an array has in one slice.
type fixed[T comparable, A arrow.Array] struct {
	view   func(A) []T
	word   func(T) uint64 // to be hashed
	encode func(dst []byte, v T, ok bool) []byte
	// one gives the same value for all that are the same; nil where they are equal.
	one    func(T) T
	values [2][]T
	valid  [2]validity
}

func newInts[T arrowops.Int, A arrow.Array](view func(A) []T) column {
	return &fixed[T, A]{
		view:   view,
		word:   func(v T) uint64 { return uint64(v) },
		encode: func(dst []byte, v T, ok bool) []byte { return arrowops.AppendKeyInt64(dst, int64(v), ok) },
	}
}

// newFloats compares floats by their bits.
func newFloats(key bool) column {
	one := func(bits int64) int64 {
		v := math.Float64frombits(uint64(bits))
		switch {
		case v != v:
			v = math.NaN()
		case key:
			v += 0 // -0 + 0 is 0
		}
		return int64(math.Float64bits(v))
	}
	return &fixed[int64, *array.Float64]{
		view: func(a *array.Float64) []int64 {
			return arrow.Int64Traits.CastFromBytes(arrow.Float64Traits.CastToBytes(a.Float64Values()))
		},
		word:   func(bits int64) uint64 { return uint64(one(bits)) },
		encode: func(dst []byte, bits int64, ok bool) []byte { return arrowops.AppendKeyInt64(dst, one(bits), ok) },
		one:    one,
	}
}

func (c *fixed[T, A]) bind(s side, a arrow.Array) {
	c.values[s], c.valid[s] = c.view(a.(A)), validityOf(a)
}

func (c *fixed[T, A]) same(b, a int) bool {
	if okB, okA := c.valid[older].at(b), c.valid[newer].at(a); !okB || !okA {
		return okB == okA
	}
	x, y := c.values[older][b], c.values[newer][a]
	return x == y || c.one != nil && c.one(x) == c.one(y)
}

func (c *fixed[T, A]) alike(b, a, n int) bool {
	return alike(c.valid, b, a, n) && slices.Equal(c.values[older][b:b+n], c.values[newer][a:a+n])
}

func (c *fixed[T, A]) hash(s side, hashes []uint64) {
	for i, before := range hashes {
		word := uint64(null)
		if c.valid[s].at(i) {
			word = c.word(c.values[s][i])
		}
		hashes[i] = arrowops.Hash(before, word)
	}
}

func (c *fixed[T, A]) appendKey(dst []byte, s side, row int) []byte {
	return c.encode(dst, c.values[s][row], c.valid[s].at(row))
}

// bools compares booleans.
type bools struct{ views [2]arrowops.Bools }

func (c *bools) bind(s side, a arrow.Array) { c.views[s] = arrowops.ViewBools(a) }

func (c *bools) same(b, a int) bool {
	x, okB := c.views[older].Get(b)
	y, okA := c.views[newer].Get(a)
	return x == y && okB == okA
}

func (c *bools) alike(b, a, n int) bool {
	for i := range n {
		if !c.same(b+i, a+i) {
			return false
		}
	}
	return true
}

func (c *bools) hash(s side, hashes []uint64) {
	for i, before := range hashes {
		word := uint64(null)
		switch v, ok := c.views[s].Get(i); {
		case v:
			word = 1
		case ok:
			word = 0
		}
		hashes[i] = arrowops.Hash(before, word)
	}
}

func (c *bools) appendKey(dst []byte, s side, row int) []byte {
	v, ok := c.views[s].Get(row)
	return arrowops.AppendKeyBool(dst, v, ok)
}

// texts compares text, byte by byte.
type texts struct {
	views   [2]arrowops.Strings
	valid   [2]validity
	offsets [2][]int32
	bytes   [2][]byte // from offsets[0] on
}

func (c *texts) bind(s side, a arrow.Array) {
	c.views[s], c.valid[s] = arrowops.ViewStrings(a), validityOf(a)
	c.offsets[s], c.bytes[s] = a.(*array.String).ValueOffsets(), a.(*array.String).ValueBytes()
}

func (c *texts) same(b, a int) bool {
	x, okB := c.views[older].Get(b)
	y, okA := c.views[newer].Get(a)
	return okB == okA && x == y
}

func (c *texts) alike(b, a, n int) bool {
	if !alike(c.valid, b, a, n) {
		return false
	}
	x, y := c.offsets[older][b:b+n+1], c.offsets[newer][a:a+n+1]
	apart := y[0] - x[0]
	for i, offset := range x {
		if y[i]-offset != apart {
			return false
		}
	}
	return bytes.Equal(c.between(older, x[0], x[n]), c.between(newer, y[0], y[n]))
}

// between is the text from one offset to another.
func (c *texts) between(s side, lo, hi int32) []byte {
	first := c.offsets[s][0]
	return c.bytes[s][lo-first : hi-first]
}

func (c *texts) hash(s side, hashes []uint64) {
	for i, before := range hashes {
		if v, ok := c.views[s].Get(i); ok {
			hashes[i] = arrowops.HashText(before, v)
		} else {
			hashes[i] = arrowops.Hash(before, null)
		}
	}
}

func (c *texts) appendKey(dst []byte, s side, row int) []byte {
	v, ok := c.views[s].Get(row)
	return arrowops.AppendKeyString(dst, v, ok)
}
