package arrowops

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// The AppendKey functions encode a value as part of a key for StringKeys: a key
// of several columns, or of one of a type that has no keys of its own. Two
// encodings are equal exactly when the values are, null being equal to null
// and to nothing else, and so are two sequences of encodings of the same
// types. Dates and timestamps are encoded as int64. The encodings do not sort
// and are no format: nothing but one run's memory holds them.
//
// Each begins with a byte that is 0 for null alone.

const present = 1

// AppendKeyInt64 encodes v, or null where ok is false.
func AppendKeyInt64(dst []byte, v int64, ok bool) []byte {
	if !ok {
		return append(dst, 0)
	}
	return binary.LittleEndian.AppendUint64(append(dst, present), uint64(v))
}

// AppendKeyString encodes v, or null where ok is false: the length plus one, so
// that no text ends where another goes on, and the text.
func AppendKeyString(dst []byte, v string, ok bool) []byte {
	if !ok {
		return append(dst, 0)
	}
	return append(binary.AppendUvarint(dst, uint64(len(v))+1), v...)
}

// AppendKeyBool encodes v, or null where ok is false.
func AppendKeyBool(dst []byte, v, ok bool) []byte {
	switch {
	case !ok:
		return append(dst, 0)
	case v:
		return append(dst, present+1)
	default:
		return append(dst, present)
	}
}

// AppendKeyFloat64 encodes v, or null where ok is false. As in PostgreSQL, NaNs
// equal each other and -0 equals 0.
func AppendKeyFloat64(dst []byte, v float64, ok bool) []byte {
	if !ok {
		return append(dst, 0)
	}
	if v != v {
		v = math.NaN()
	}
	// -0 + 0 is 0.
	return binary.LittleEndian.AppendUint64(append(dst, present), math.Float64bits(v+0))
}

// AppendKeyDecimal encodes v, or null where ok is false. Values are compared at
// one scale, which is the column's.
func AppendKeyDecimal(dst []byte, v decimal128.Num, ok bool) []byte {
	if !ok {
		return append(dst, 0)
	}
	dst = binary.LittleEndian.AppendUint64(append(dst, present), v.LowBits())
	return binary.LittleEndian.AppendUint64(dst, uint64(v.HighBits()))
}
