package value

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
)

// ParseTimestamp reads 2024-04-08 11:01:54, with a space or T between and up to
// six digits of a fraction, or a date, which is its midnight; with white space
// around. Errors: ErrTimestamp, and ErrTimestampOffset for one that would be
// right but for an offset.
func ParseTimestamp(text []byte) (arrow.Timestamp, error) {
	if len(text) == 19 {
		if micros, ok := clock((*[19]byte)(text)); ok {
			return arrow.Timestamp(micros), nil
		}
	}
	return parseTimestamp(text)
}

// parseTimestamp is ParseTimestamp for whatever there may be.
func parseTimestamp(text []byte) (arrow.Timestamp, error) {
	text = trim(text)
	if len(text) == 10 {
		days, ok := scanCivil(text)
		if !ok {
			return 0, ErrTimestamp
		}
		return arrow.Timestamp(days * microsPerDay), nil
	}
	micros, rest, ok := scanClock(text)
	if !ok {
		return 0, ErrTimestamp
	}
	if len(rest) > 0 {
		if _, ok := scanOffset(rest); ok {
			return 0, ErrTimestampOffset
		}
		return 0, ErrTimestamp
	}
	return arrow.Timestamp(micros), nil
}

// ParseTimestampTZ reads what ParseTimestamp does, but with an offset after the
// time (Z, +00, +0000 or +00:00), and gives the time in UTC. Errors:
// ErrTimestampTZ, ErrTimestampNoZone for one without an offset, and
// ErrTimestampTZRange for one that is outside the range in UTC.
func ParseTimestampTZ(text []byte) (arrow.Timestamp, error) {
	text = trim(text)
	micros, rest, ok := scanClock(text)
	if !ok {
		if _, err := ParseTimestamp(text); err == nil {
			return 0, ErrTimestampNoZone // a date
		}
		return 0, ErrTimestampTZ
	}
	if len(rest) == 0 {
		return 0, ErrTimestampNoZone
	}
	offset, ok := scanOffset(rest)
	if !ok {
		return 0, ErrTimestampTZ
	}
	micros -= offset
	if micros < minMicro || micros > maxMicro {
		return 0, ErrTimestampTZRange
	}
	return arrow.Timestamp(micros), nil
}

// scanClock reads the date and time at the front of text.
func scanClock(text []byte) (micros int64, rest []byte, ok bool) {
	if len(text) < 19 {
		return 0, nil, false
	}
	if micros, ok = clock((*[19]byte)(text)); !ok {
		return 0, nil, false
	}
	text = text[19:]
	if len(text) == 0 || text[0] != '.' {
		return micros, text, true
	}
	fraction, rest, ok := scanFraction(text[1:])
	return micros + fraction, rest, ok
}

// clock reads 2024-04-08 11:01:54 as microseconds since 1970-01-01.
func clock(text *[19]byte) (int64, bool) {
	return instant((*[10]byte)(text[:]), text[10], binary.LittleEndian.Uint64(text[11:]))
}

// scanFraction reads one to six digits as microseconds.
func scanFraction(text []byte) (micros int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(text) && isDigit(text[i]); i++ {
		if i == 6 {
			return 0, nil, false
		}
		micros = micros*10 + int64(text[i]-'0')
	}
	for n := i; n < 6; n++ {
		micros *= 10
	}
	return micros, text[i:], i > 0
}

// scanOffset reads Z, +hh, +hhmm or +hh:mm, all of text, as microseconds east
// of UTC. As in PostgreSQL the hours end at 15.
func scanOffset(text []byte) (micros int64, ok bool) {
	if len(text) == 1 && text[0] == 'Z' {
		return 0, true
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	var m uint
	h, minutes := twoDigits(text[1], text[2]), text[3:]
	if len(minutes) == 3 && minutes[0] == ':' {
		minutes = minutes[1:]
	}
	switch len(minutes) {
	case 0:
	case 2:
		m = twoDigits(minutes[0], minutes[1])
	default:
		return 0, false
	}
	if h > 15 || m > 59 {
		return 0, false
	}
	micros = int64(h*60+m) * microsPerMinute
	if text[0] == '-' {
		micros = -micros
	}
	return micros, true
}

// AppendTimestamp writes 2024-04-08 11:01:54, with as many digits of a fraction
// as it takes.
func AppendTimestamp(dst []byte, v arrow.Timestamp) []byte {
	var buf Text
	return append(dst, buf[:PutTimestamp(&buf, v)]...)
}

// FormatTimestamp is AppendTimestamp as a string.
func FormatTimestamp(v arrow.Timestamp) string {
	var buf [26]byte
	return string(AppendTimestamp(buf[:0], v))
}

// AppendTimestampTZ writes 2024-04-08 11:01:54+00, with as many digits of a
// fraction as it takes.
func AppendTimestampTZ(dst []byte, v arrow.Timestamp) []byte {
	var buf Text
	return append(dst, buf[:PutTimestampTZ(&buf, v)]...)
}

// FormatTimestampTZ is AppendTimestampTZ as a string.
func FormatTimestampTZ(v arrow.Timestamp) string {
	var buf [29]byte
	return string(AppendTimestampTZ(buf[:0], v))
}
