package profile

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"

	"martlet/internal/value"
)

// kind is what values of a type are to people. Values are told by keys, in whose order
// they stand.
type kind[K cmp.Ordered] struct {
	text   func(K) string
	spread *spread[K] // nil where it says nothing how far values are apart
}

// spread is of values that lie on a scale.
type spread[K cmp.Ordered] struct {
	at     func(K) float64    // where a value lies, about
	finite func(K) bool       // it lies somewhere; nil where all do
	bounds func(lo, hi K) []K // at most maxBins+1 round values, ascending, with lo and hi between them; lo < hi
}

// wordKind is a type whose keys are words.
type wordKind struct {
	kind[int64]
	reader
}

// reader gives the keys of arrays.
type reader struct {
	// all are those of rows lo to hi-1 that are not null, in scratch, which has room for
	// them, or where they are.
	all func(scratch []int64, a arrow.Array, lo, hi int) []int64
	// one makes what gives the key of a row that is not null.
	one func(a arrow.Array) func(row int) int64
}

// textKind is a type whose keys are byte strings.
type textKind struct {
	kind[string]
	read func(scratch *textScratch, a arrow.Array) textRows
}

// maxShown is how many characters of a text are shown, maxShownBytes what they, and
// one more, have at most.
const (
	maxShown      = 100
	maxShownBytes = (maxShown + 1) * utf8.UTFMax
)

// shown is a value as a profile has it.
func (k *kind[K]) shown(v K) *string {
	text := k.text(v)
	if len(text) > maxShown {
		count := 0
		for i := range text {
			if count == maxShown {
				text = text[:i] + "…"
				break
			}
			count++
		}
	}
	return &text
}

var (
	boolKind   = &wordKind{kind[int64]{text: func(v int64) string { return value.FormatBool(v != 0) }}, reader{one: readBool}}
	stringKind = &textKind{kind[string]{text: func(v string) string { return v }}, readStrings}
	int64Kind  = &wordKind{
		kind[int64]{value.FormatInt64, &spread[int64]{at: float, bounds: wordBounds}},
		readerOf((*array.Int64).Int64Values, func(_, values []int64) []int64 { return values }),
	}
	float64Kind = &wordKind{
		kind[int64]{
			func(v int64) string { return value.FormatFloat64(floatOf(v)) },
			&spread[int64]{at: floatOf, finite: isFinite, bounds: floatBounds},
		},
		readerOf((*array.Float64).Float64Values, func(keys []int64, values []float64) []int64 {
			for i, v := range values {
				keys[i] = floatKey(v)
			}
			return keys
		}),
	}
	dateKind = &wordKind{
		kind[int64]{func(v int64) string { return value.FormatDate(arrow.Date32(v)) }, &spread[int64]{at: float, bounds: dateBounds}},
		readerOf((*array.Date32).Date32Values, func(keys []int64, values []arrow.Date32) []int64 {
			for i, v := range values {
				keys[i] = int64(v)
			}
			return keys
		}),
	}
	timestampKind   = instantKind(value.FormatTimestamp)
	timestampTZKind = instantKind(value.FormatTimestampTZ)
)

func instantKind(format func(arrow.Timestamp) string) *wordKind {
	return &wordKind{
		kind[int64]{func(v int64) string { return format(arrow.Timestamp(v)) }, &spread[int64]{at: float, bounds: instantBounds}},
		readerOf((*array.Timestamp).TimestampValues, func(_ []int64, values []arrow.Timestamp) []int64 {
			return arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(values))
		}),
	}
}

// maxWordDigits is how many digits any decimal has at most that is a word.
const maxWordDigits = 18

// narrowKind is that of decimals that are words.
func narrowKind(scale int32) *wordKind {
	return &wordKind{
		kind[int64]{
			func(v int64) string { return value.FormatDecimal(decimal128.FromI64(v), scale) },
			&spread[int64]{at: float, bounds: wordBounds},
		},
		readerOf((*array.Decimal128).Values, func(keys []int64, values []decimal128.Num) []int64 {
			for i, v := range values {
				keys[i] = int64(v.LowBits())
			}
			return keys
		}),
	}
}

// wideKind is that of all decimals.
func wideKind(scale int32) *textKind {
	return &textKind{
		kind[string]{
			func(v string) string { return value.FormatDecimal(wideOf(v), scale) },
			&spread[string]{at: func(v string) float64 { return wideOf(v).ToFloat64(0) }, bounds: wideBounds},
		},
		readWide,
	}
}

func float(v int64) float64 { return float64(v) }

// floatKey gives floats keys in the order of PostgreSQL: NaN is the greatest. 0 and
// -0 are one value, and so are all NaN.
func floatKey(v float64) int64 {
	switch {
	case v == 0:
		v = 0
	case v != v:
		v = math.NaN()
	}
	return turned(int64(math.Float64bits(v)))
}

// floatOf is the value of a key.
func floatOf(key int64) float64 { return math.Float64frombits(uint64(turned(key))) }

// turned turns the order of negative floats around, whose bits are those of their
// magnitude. It undoes itself.
func turned(bits int64) int64 { return bits ^ int64(uint64(bits>>63)>>1) }

func isFinite(key int64) bool {
	v := floatOf(key)
	return !math.IsNaN(v) && !math.IsInf(v, 0)
}

// wideKey has the order of decimals: of their words, the sign turned around.
func wideKey(dst []byte, v decimal128.Num) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(v.HighBits())^1<<63)
	return binary.BigEndian.AppendUint64(dst, v.LowBits())
}

// wideBytes is how long the keys of decimals are.
const wideBytes = 16

func wideOf(key string) decimal128.Num {
	high, low := binary.BigEndian.Uint64([]byte(key)), binary.BigEndian.Uint64([]byte(key[8:]))
	return decimal128.New(int64(high^1<<63), low)
}

func wideOfBig(v *big.Int) string { return string(wideKey(nil, decimal128.FromBigInt(v))) }

// readerOf makes the reader of arrays that have their values in one slice. keys are
// those of values, in memory for them or, where they are the values, where these are.
func readerOf[T any, A arrow.Array](slice func(A) []T, keys func(room []int64, values []T) []int64) reader {
	all := func(scratch []int64, a arrow.Array, lo, hi int) []int64 {
		keys := keys(scratch[:hi-lo], slice(a.(A))[lo:hi])
		if a.NullN() == 0 {
			return keys
		}
		valid := validity(a)
		valid.offset += lo
		return valid.pick(scratch, keys)
	}
	one := func(a arrow.Array) func(row int) int64 {
		values := slice(a.(A))
		return func(row int) int64 { return keys(make([]int64, 1), values[row:row+1])[0] }
	}
	return reader{all, one}
}

// readBool reads a single boolean; all of an array are counted as bits.
func readBool(a arrow.Array) func(row int) int64 {
	values := valuesOf(a.(*array.Boolean))
	return func(row int) int64 { return int64(values.word(row, 1)) }
}

func validity(a arrow.Array) bitmap {
	if a.NullN() == 0 {
		return bitmap{}
	}
	return bitmap{a.NullBitmapBytes(), a.Data().Offset()}
}

// valuesOf are the values of booleans, which are nowhere where all are null.
func valuesOf(a *array.Boolean) bitmap {
	if b := a.Data().Buffers()[1]; b != nil {
		return bitmap{b.Bytes(), a.Data().Offset()}
	}
	return bitmap{}
}

func readStrings(_ *textScratch, a arrow.Array) textRows {
	texts := a.(*array.String)
	return textRows{data: texts.Data().Buffers()[2].Bytes(), offsets: texts.ValueOffsets(), valid: validity(a)}
}

func readWide(scratch *textScratch, a arrow.Array) textRows {
	scratch.data, scratch.offsets = scratch.data[:0], append(scratch.offsets[:0], 0)
	for _, v := range a.(*array.Decimal128).Values() {
		scratch.data = wideKey(scratch.data, v)
		scratch.offsets = append(scratch.offsets, int32(len(scratch.data)))
	}
	return textRows{scratch.data, scratch.offsets, validity(a)}
}
