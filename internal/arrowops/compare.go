package arrowops

import (
	"cmp"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// The orders of SQL. Integers, dates and timestamps compare by cmp.Compare,
// text by strings.Compare (its bytes), the others by the functions here; all
// give a negative number, zero or a positive one.

// CompareFloat64 orders as PostgreSQL does: -0 equals 0, NaN equals NaN and is
// greater than any other value.
func CompareFloat64(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a == a:
		return -1
	case b == b:
		return 1
	default:
		return 0
	}
}

// CompareDecimal orders decimals of one scale.
func CompareDecimal(a, b decimal128.Num) int {
	if c := cmp.Compare(a.HighBits(), b.HighBits()); c != 0 {
		return c
	}
	return cmp.Compare(a.LowBits(), b.LowBits())
}

// CompareBool puts false before true.
func CompareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// CompareAsc is ORDER BY … ASC NULLS LAST of integers, dates, timestamps and
// text: negative where a comes first. For other types see CompareFuncAsc.
func CompareAsc[T cmp.Ordered](a T, aOK bool, b T, bOK bool) int {
	if aOK && bOK {
		return cmp.Compare(a, b)
	}
	return compareNulls(aOK, bOK)
}

// CompareDesc is ORDER BY … DESC NULLS LAST.
func CompareDesc[T cmp.Ordered](a T, aOK bool, b T, bOK bool) int {
	if aOK && bOK {
		return cmp.Compare(b, a)
	}
	return compareNulls(aOK, bOK)
}

// CompareFuncAsc is CompareAsc by a given order of the values.
func CompareFuncAsc[T any](a T, aOK bool, b T, bOK bool, compare func(a, b T) int) int {
	if aOK && bOK {
		return compare(a, b)
	}
	return compareNulls(aOK, bOK)
}

// CompareFuncDesc is CompareDesc by a given order of the values.
func CompareFuncDesc[T any](a T, aOK bool, b T, bOK bool, compare func(a, b T) int) int {
	if aOK && bOK {
		return compare(b, a)
	}
	return compareNulls(aOK, bOK)
}

// compareNulls puts a null last.
func compareNulls(aOK, bOK bool) int { return CompareBool(bOK, aOK) }
