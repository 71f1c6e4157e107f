package value

// numeral is a decimal number as written: whole.fraction times ten to the
// power of exp. The digits alias the text.
type numeral struct {
	neg             bool
	whole, fraction []byte
	exp             int
}

// maxExponent is where scanNumeral stops counting; no number of a type here
// comes near it.
const maxExponent = 1 << 30

// scanNumeral cuts [+-]digits[.digits][e[+-]digits] into its parts; digits may
// be missing on one side of the point.
func scanNumeral(text []byte) (n numeral, ok bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		n.neg = text[0] == '-'
		text = text[1:]
	}
	n.whole, text = cutDigits(text)
	if len(text) > 0 && text[0] == '.' {
		n.fraction, text = cutDigits(text[1:])
	}
	if len(n.whole)+len(n.fraction) == 0 {
		return n, false
	}
	if len(text) > 0 && text[0]|0x20 == 'e' {
		n.exp, ok = scanExponent(text[1:])
		return n, ok
	}
	return n, len(text) == 0
}

// cutDigits splits text where its leading digits end.
func cutDigits(text []byte) (digits, rest []byte) {
	i := 0
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return text[:i], text[i:]
}

// scanExponent reads [+-]digits, cut off at maxExponent.
func scanExponent(text []byte) (exp int, ok bool) {
	neg := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		neg = text[0] == '-'
		text = text[1:]
	}
	if len(text) == 0 {
		return 0, false
	}
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		exp = min(exp*10+int(c-'0'), maxExponent)
	}
	if neg {
		exp = -exp
	}
	return exp, true
}

// rest says what was cut off below the last digit kept.
type rest uint8

const (
	nothing rest = iota
	belowHalf
	halfOrMore
)

// len is the number of digits written.
func (n numeral) len() int { return len(n.whole) + len(n.fraction) }

// digit is the value of the written digit at i, whole digits first, and 0 past
// the last.
func (n numeral) digit(i int) byte {
	if i < len(n.whole) {
		return n.whole[i] - '0'
	}
	if i -= len(n.whole); i < len(n.fraction) {
		return n.fraction[i] - '0'
	}
	return 0
}

// scaled is |n| times ten to the power of scale, cut to a whole number, and
// what was cut. It is not ok where that has more than 38 digits.
func (n numeral) scaled(scale int) (u uint128, cut rest, ok bool) {
	first := 0
	for n.digit(first) == 0 {
		if first++; first >= n.len() {
			return u, nothing, true
		}
	}
	point := len(n.whole) + n.exp + scale // where the cut falls among the digits
	switch {
	case point-first > maxDigits:
		return u, nothing, false
	case point < first:
		return u, belowHalf, true
	}
	for i := first; i < point; {
		// Nineteen digits at a time fit in 64 bits.
		end := min(point, i+19)
		var chunk uint64
		for j := i; j < end; j++ {
			chunk = chunk*10 + uint64(n.digit(j))
		}
		u = u.mulAdd(pow10[end-i].lo, chunk)
		i = end
	}
	return u, n.restFrom(point), true
}

// restFrom classifies the digits from i on.
func (n numeral) restFrom(i int) rest {
	if n.digit(i) >= 5 {
		return halfOrMore
	}
	for ; i < n.len(); i++ {
		if n.digit(i) != 0 {
			return belowHalf
		}
	}
	return nothing
}
