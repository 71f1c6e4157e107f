package ingest

import (
	"strconv"
	"strings"
)

// cellKind is how a workbook stores a cell.
type cellKind uint8

const (
	noCell      cellKind = iota
	numberCell           // raw is a decimal number
	textCell             // raw is the text, which may be empty
	boolCell             // raw is 0 or 1
	isoCell              // raw is an ISO 8601 date or time
	errorCell            // raw is what the sheet shows: #N/A
	unknownCell          // a formula without a stored result
)

// dateLook is what a cell's number format makes of a number.
type dateLook uint8

const (
	plainNumber dateLook = iota
	looksDate
	looksTimestamp
)

// cell is one cell of a sheet.
type cell struct {
	kind cellKind
	raw  string
	look dateLook // of a number
}

// blank says that a person sees nothing there.
func (c cell) blank() bool { return c.kind == noCell || c.kind == textCell && c.raw == "" }

// appendText writes a cell as the text of the declared type of its column, such
// that nothing is lost; what is not of the type is written as it stands, for
// the parser of the column to refuse.
//
//   - A number under date or timestamp is a serial date. A date with a time of
//     day keeps it, and so is no date. A timestamptz needs an offset, which no
//     sheet has, so there a serial date is a timestamp and no timestamptz.
//   - A number under string is a date where its format shows one, which is what
//     the person who wrote it sees.
//   - Every other number is written in its shortest form, see appendNumber.
//   - Booleans are true and false; text, errors and ISO dates are as they are.
//
// An empty type is that of an undeclared column; it is treated as string.
func (c cell) appendText(dst []byte, declared string, days epoch) []byte {
	switch c.kind {
	case boolCell:
		switch c.raw {
		case "0":
			return append(dst, "false"...)
		case "1":
			return append(dst, "true"...)
		}
	case numberCell:
		look := plainNumber
		switch declared {
		case "date":
			look = looksDate
		case "timestamp", "timestamptz":
			look = looksTimestamp
		case "string", "":
			look = c.look
		}
		if look == plainNumber {
			return appendNumber(dst, c.raw)
		}
		if t, ok := days.moment(c.raw); ok && look == looksDate {
			return appendDate(dst, t)
		} else if ok {
			return appendTimestamp(dst, t)
		}
	}
	return append(dst, c.raw...)
}

// doubleDigits is how many decimal digits tell any two doubles apart.
const doubleDigits = 17

// appendNumber writes a number that a workbook holds. A lexeme of digits alone
// stays as it is. A workbook writes a double, in 17 digits where it has to, so
// that what was typed as 1.1 is kept as 1.1000000000000001; others are
// therefore written in the fewest digits that are the same double. A lexeme of
// more digits than a double has came from elsewhere and keeps its digits. No
// integer has an exponent or a point.
func appendNumber(dst []byte, lexeme string) []byte {
	if strings.Trim(lexeme, "0123456789") == "" {
		return append(dst, lexeme...)
	}
	d, ok := parseDecimal(lexeme)
	if !ok {
		return append(dst, lexeme...)
	}
	if d.digits == "" {
		return append(dst, '0')
	}
	integer := len(d.digits) <= d.point
	if len(d.digits) > doubleDigits || integer {
		return d.append(dst)
	}
	f, err := strconv.ParseFloat(lexeme, 64)
	if err != nil || f == 0 {
		return d.append(dst)
	}
	if shortest, ok := parseDecimal(strconv.FormatFloat(f, 'e', -1, 64)); ok {
		d = shortest
	}
	return d.append(dst)
}

// longestPlain is how many digits a number is written out with before an
// exponent is easier to read.
const longestPlain = 40

// append writes d: integers and what is not far from one in digits alone.
func (d decimal) append(dst []byte) []byte {
	if d.negative {
		dst = append(dst, '-')
	}
	switch {
	case d.point > longestPlain || d.point < -longestPlain:
		dst = append(dst, d.digits[0])
		if len(d.digits) > 1 {
			dst = append(append(dst, '.'), d.digits[1:]...)
		}
		dst = append(dst, 'e')
		return strconv.AppendInt(dst, int64(d.point-1), 10)
	case d.point >= len(d.digits):
		dst = append(dst, d.digits...)
		return appendZeros(dst, d.point-len(d.digits))
	case d.point > 0:
		dst = append(append(dst, d.digits[:d.point]...), '.')
		return append(dst, d.digits[d.point:]...)
	default:
		dst = appendZeros(append(dst, "0."...), -d.point)
		return append(dst, d.digits...)
	}
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}
