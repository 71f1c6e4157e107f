package value

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// Text is memory for the text of any value but a string.
//
// The functions below write a value at its start and give the length of the
// text, at most MaxText. They may overwrite the rest: whoever writes a line
// leaves room for a Text behind its last field and writes each over what the one
// before it left. They know how values are written; Append and Format are the
// same for those who have less to write.
type Text [48]byte

// MaxText is the most bytes that the text of a value has: those of a decimal of
// 38 digits with a sign, a point and a zero before it.
const MaxText = maxDigits + 3

// PutBool writes true or false.
func PutBool(dst *Text, v bool) int {
	i := 0
	if v {
		i = 1
	}
	binary.LittleEndian.PutUint64(dst[:], boolTexts[i])
	return 5 - i
}

var boolTexts = [2]uint64{0x65736c6166, 0x65757274} // "false", "true"

// PutInt64 writes v in decimal.
func PutInt64(dst *Text, v int64) int {
	switch u := uint64(v); {
	case u < 1e8:
		return putDigits(dst, u)
	case u < 1e16:
		n := putDigits(dst, u/1e8) & 15 // which it is below, so that the next needs no check
		binary.LittleEndian.PutUint64(dst[n:], digitsOf(u%1e8)|zeros)
		return n + 8
	}
	return len(strconv.AppendInt(dst[:0], v, 10))
}

// putDigits writes a number below 1e8.
func putDigits(dst *Text, u uint64) int {
	w := digitsOf(u)
	skip := bits.TrailingZeros64(w|1<<56) &^ 7 // the bits of leading zeros, but for the last digit
	binary.LittleEndian.PutUint64(dst[:], (w|zeros)>>skip)
	return 8 - skip/8
}

// digitsOf is the eight digits of a number below 1e8, the first lowest: the
// inverse of eightDigits. Each step cuts numbers in halves, by a multiplication
// that is exact for numbers of so many digits.
func digitsOf(u uint64) uint64 {
	w := u/10000 | u%10000<<32
	hundreds := w * 10486 >> 20 & 0x0000007f0000007f
	w = hundreds | (w-100*hundreds)<<16
	tens := w * 103 >> 10 & 0x000f000f000f000f
	return tens | (w-10*tens)<<8
}

// PutFloat64 writes what AppendFloat64 does.
func PutFloat64(dst *Text, v float64) int { return len(AppendFloat64(dst[:0], v)) }

// PutDecimal writes what AppendDecimal does.
func PutDecimal(dst *Text, v decimal128.Num, scale int32) int {
	return len(AppendDecimal(dst[:0], v, scale))
}

// PutDate writes 2024-04-08.
func PutDate(dst *Text, v arrow.Date32) int {
	if since := uint64(int64(v) + eraToEpoch); since <= maxDay+eraToEpoch {
		putEraDay(dst, since)
	} else {
		putDayOutside(dst, int64(v))
	}
	return 10
}

// PutTimestamp writes 2024-04-08 11:01:54, with as many digits of a fraction as
// it takes.
func PutTimestamp(dst *Text, v arrow.Timestamp) int {
	since := uint64(v + eraToEpoch*microsPerDay) // 0000-03-01, so that days are whole from there
	if since > maxMicro+eraToEpoch*microsPerDay {
		return putTimestampOutside(dst, v)
	}
	second := since / microsPerSecond
	days := second / (24 * 60 * 60)
	putEraDay(dst, days)
	putClock(dst, uint32(second-days*(24*60*60)))
	if micro := since - second*microsPerSecond; micro != 0 {
		return putFraction(dst, micro)
	}
	return 19
}

// putClock writes 11:01:54, of a second of the day, behind a day.
func putClock(dst *Text, second uint32) {
	minute := second / 60
	binary.LittleEndian.PutUint64(dst[11:], minuteTexts[minute]|uint64(pairTexts[second-60*minute])<<48)
}

// putTimestampOutside is PutTimestamp for a day that putEraDay is not for.
func putTimestampOutside(dst *Text, v arrow.Timestamp) int {
	days := floorDiv(int64(v), microsPerDay)
	left := uint64(int64(v) - days*microsPerDay)
	putDayOutside(dst, days)
	putClock(dst, uint32(left/microsPerSecond))
	if micro := left % microsPerSecond; micro != 0 {
		return putFraction(dst, micro)
	}
	return 19
}

// PutTimestampTZ writes 2024-04-08 11:01:54+00, with as many digits of a
// fraction as it takes.
func PutTimestampTZ(dst *Text, v arrow.Timestamp) int {
	n := PutTimestamp(dst, v)
	copy(dst[n:], "+00")
	return n + 3
}

// putFraction writes the point and the digits of micro up to the last that is
// not zero, behind a time, and gives the length with that.
func putFraction(dst *Text, micro uint64) int {
	dst[19] = '.'
	w := digitsOf(micro) >> 16 // six digits
	binary.LittleEndian.PutUint64(dst[20:], w|zeros)
	return 20 + (bits.Len64(w)+7)/8
}

// putEraDay writes 2024-04-08 and a space, of the day so many days after
// 0000-03-01 and at most 9999-12-31. The algorithm is Cassio Neri's and Lorenz
// Schneider's ("Euclidean affine functions and their application to calendar
// algorithms", 2023), but for the months, which are looked up: years are the
// quotient of a multiplication whose low half is the remainder.
func putEraDay(dst *Text, days uint64) {
	century := (4*days + 3) / daysPerEra
	ofCentury := 4*days + 3 - century*daysPerEra
	product := (ofCentury | 3) * 2939745 // 2^32 / 1461, the days of four years
	ofYear := &marchDays[uint32(product)/(4*2939745)]
	putYear(dst, century, product>>32+ofYear.late, ofYear.text)
}

// putYear writes a year, as a century and one of its years up to 100, and a day.
func putYear(dst *Text, century, year, day uint64) {
	if year == 100 {
		century, year = century+1, 0
	}
	binary.LittleEndian.PutUint32(dst[:], uint32(pairTexts[century])|uint32(pairTexts[year])<<16)
	binary.LittleEndian.PutUint64(dst[4:], day)
}

// putDayOutside is putEraDay for any other day: there is no text for a year that
// has not four digits, and it has 0000.
func putDayOutside(dst *Text, days int64) {
	c := civilOf(days)
	if c.year < 0 || c.year > 9999 {
		c.year = 0
	}
	putYear(dst, uint64(c.year/100), uint64(c.year%100), dayText(c.month, c.day))
}

// dayText is -04-08 and a space, the first byte lowest.
func dayText(month, day int64) uint64 {
	return '-' | uint64(pairTexts[month])<<8 | '-'<<24 | uint64(pairTexts[day])<<32 | ' '<<48
}

// pairTexts are the numbers of two digits, the first digit lowest.
var pairTexts = func() (t [100]uint16) {
	for i := range t {
		t[i] = '0' + uint16(i/10) | ('0'+uint16(i%10))<<8
	}
	return t
}()

// minuteTexts are the minutes of a day as 11:01: with a colon behind them, the
// first byte lowest.
var minuteTexts = func() (t [24 * 60]uint64) {
	for i := range t {
		t[i] = uint64(pairTexts[i/60]) | ':'<<16 | uint64(pairTexts[i%60])<<24 | ':'<<40
	}
	return t
}()

// marchDays are the days of a year that begins on 1 March: the text of each, and
// 1 where it stands in the year after.
var marchDays = func() (t [366]struct{ text, late uint64 }) {
	first := civil{year: 3, month: 3, day: 1} // 29 February 4 is its last day
	for i := range t {
		c := civilOf(first.days() + int64(i))
		t[i].text, t[i].late = dayText(c.month, c.day), uint64(c.year-first.year)
	}
	return t
}()
