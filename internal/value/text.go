package value

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Trim is s without the spaces (U+0020 alone) at both its ends.
func Trim(s string) string { return LTrim(RTrim(s)) }

// LTrim is s without the spaces (U+0020 alone) at its start.
func LTrim(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

// RTrim is s without the spaces (U+0020 alone) at its end.
func RTrim(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// TrimChars is s without any characters of chars at both its ends.
func TrimChars(s, chars string) string { return strings.Trim(s, chars) }

// LTrimChars is s without any characters of chars at its start.
func LTrimChars(s, chars string) string { return strings.TrimLeft(s, chars) }

// RTrimChars is s without any characters of chars at its end.
func RTrimChars(s, chars string) string { return strings.TrimRight(s, chars) }

// Length is the number of characters (code points) of s.
func Length(s string) int64 { return int64(utf8.RuneCountInString(s)) }

// Substring is s from its character at from on, the first being 1; all of s
// where from is less.
func Substring(s string, from int64) string {
	return s[runeOffset(s, from-min(from, 1)):]
}

// SubstringLen is the characters of s at the positions from up to from + n - 1,
// the first being 1, as far as s has them: positions before 1 count. Where n is
// negative the error is ErrNegativeLength.
func SubstringLen(s string, from, n int64) (string, error) {
	if n < 0 {
		return "", ErrNegativeLength
	}
	end := int64(math.MaxInt64) // the position after the last
	if from < end-n {
		end = from + n
	}
	if end <= 1 {
		return "", nil
	}
	start := max(from, 1)
	s = s[runeOffset(s, start-1):]
	return s[:runeOffset(s, end-start)], nil
}

// runeOffset is where the character after the first n starts, or the end of s.
func runeOffset(s string, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// Replace is s with every from in it replaced by to, left to right; s itself
// where from is empty.
func Replace(s, from, to string) string {
	if from == "" {
		return s
	}
	return strings.ReplaceAll(s, from, to)
}

// ConcatText is a followed by b.
func ConcatText(a, b string) string { return a + b }

// SplitPart is field n of s, the first being 1, the last -1; empty where there
// is none. An empty delimiter makes all of s its only field. Where n is zero the
// error is ErrFieldZero.
func SplitPart(s, delimiter string, n int64) (string, error) {
	switch {
	case n == 0:
		return "", ErrFieldZero
	case delimiter == "":
		if n == 1 || n == -1 {
			return s, nil
		}
		return "", nil
	case n < 0:
		// Fields are cut from the left, which matters where delimiters overlap.
		n += int64(strings.Count(s, delimiter)) + 2
		if n < 1 {
			return "", nil
		}
	}
	for ; n > 1; n-- {
		_, after, found := strings.Cut(s, delimiter)
		if !found {
			return "", nil
		}
		s = after
	}
	field, _, _ := strings.Cut(s, delimiter)
	return field, nil
}

// StartsWith says whether s begins with prefix.
func StartsWith(s, prefix string) bool { return strings.HasPrefix(s, prefix) }
