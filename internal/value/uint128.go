package value

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
)

// maxDigits is the most digits a decimal has.
const maxDigits = decimal128.MaxPrecision

// uint128 is the size of a decimal, without its sign. decimal128.Num adds and
// multiplies modulo 2^128 and says nothing; here every overflow is seen.
type uint128 struct{ hi, lo uint64 }

// pow10 are the powers of ten up to 10^38, the largest below 2^128.
var pow10 = func() (t [maxDigits + 1]uint128) {
	t[0] = uint128{lo: 1}
	for i := 1; i < len(t); i++ {
		t[i] = t[i-1].mulAdd(10, 0)
	}
	return t
}()

// magnitude splits v into its size and sign.
func magnitude(v decimal128.Num) (u uint128, neg bool) {
	u = uint128{hi: uint64(v.HighBits()), lo: v.LowBits()}
	if v.HighBits() >= 0 {
		return u, false
	}
	return uint128{}.sub(u), true
}

// num is u with a sign; u is below 2^127.
func (u uint128) num(neg bool) decimal128.Num {
	if neg {
		u = uint128{}.sub(u)
	}
	return decimal128.New(int64(u.hi), u.lo)
}

// fit is num where u has at most precision digits, else ErrDecimalOverflow.
func (u uint128) fit(neg bool, precision int64) (decimal128.Num, error) {
	if !u.less(pow10[precision]) {
		return decimal128.Num{}, ErrDecimalOverflow
	}
	return u.num(neg), nil
}

// int64 is u with a sign as an int64, or the given error.
func (u uint128) int64(neg bool, outside Error) (int64, error) {
	switch {
	case u.hi != 0:
	case neg && u.lo <= 1<<63:
		return -int64(u.lo), nil
	case !neg && u.lo <= math.MaxInt64:
		return int64(u.lo), nil
	}
	return 0, outside
}

func (u uint128) isZero() bool { return u.hi|u.lo == 0 }

func (u uint128) less(v uint128) bool { return u.hi < v.hi || u.hi == v.hi && u.lo < v.lo }

// sub is u - v modulo 2^128.
func (u uint128) sub(v uint128) uint128 {
	lo, borrow := bits.Sub64(u.lo, v.lo, 0)
	hi, _ := bits.Sub64(u.hi, v.hi, borrow)
	return uint128{hi: hi, lo: lo}
}

// inc is u + 1; the callers stay below 2^128 - 1.
func (u uint128) inc() uint128 {
	lo, carry := bits.Add64(u.lo, 1, 0)
	return uint128{hi: u.hi + carry, lo: lo}
}

// mulAdd is u*m + a; the callers stay below 2^128.
func (u uint128) mulAdd(m, a uint64) uint128 {
	hi, lo := bits.Mul64(u.lo, m)
	lo, carry := bits.Add64(lo, a, 0)
	return uint128{hi: u.hi*m + hi + carry, lo: lo}
}

// mul is u * v, not ok where that needs more than 128 bits.
func (u uint128) mul(v uint128) (product uint128, ok bool) {
	if u.hi != 0 && v.hi != 0 {
		return product, false
	}
	hi, lo := bits.Mul64(u.lo, v.lo)
	// One of the two cross products is zero.
	over, cross := bits.Mul64(u.hi|v.hi, crossFactor(u, v))
	hi, carry := bits.Add64(hi, cross, 0)
	return uint128{hi: hi, lo: lo}, over|carry == 0
}

// crossFactor is what the only high word of u and v is multiplied by.
func crossFactor(u, v uint128) uint64 {
	if u.hi != 0 {
		return v.lo
	}
	return u.lo
}

// quoRem is u / v cut to a whole number, and what remains; v is not zero. The
// estimate for a divisor of two words is Hacker's Delight's (Warren, 2nd ed.,
// section 9-5, "Unsigned doubleword division from long division").
func (u uint128) quoRem(v uint128) (q, r uint128) {
	if v.hi == 0 {
		q.hi, r.lo = u.hi/v.lo, u.hi%v.lo
		q.lo, r.lo = bits.Div64(r.lo, u.lo, v.lo)
		return q, r
	}
	shift := uint(bits.LeadingZeros64(v.hi))
	high := v.hi<<shift | v.lo>>(64-shift)
	// u is halved so that the quotient by the high word fits in 64 bits.
	estimate, _ := bits.Div64(u.hi>>1, u.hi<<63|u.lo>>1, high)
	estimate >>= 63 - shift
	if estimate != 0 {
		estimate-- // now it is the quotient or one less
	}
	q.lo = estimate
	r = u.sub(v.mulAdd(estimate, 0))
	if !r.less(v) {
		q.lo++
		r = r.sub(v)
	}
	return q, r
}

// quoRound is u / v rounded half up, that is away from zero for the signed
// value; v is not zero.
func (u uint128) quoRound(v uint128) uint128 {
	q, r := u.quoRem(v)
	if !r.less(v.sub(r)) { // 2r >= v, without doubling r
		q = q.inc()
	}
	return q
}

// big is u as a big.Int.
func (u uint128) big() *big.Int {
	b := new(big.Int).SetUint64(u.hi)
	return b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(u.lo))
}

// fromBig is b, which is not negative, not ok where it needs more than 128 bits.
func fromBig(b *big.Int) (u uint128, ok bool) {
	if b.BitLen() > 128 {
		return u, false
	}
	u.lo = new(big.Int).And(b, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	u.hi = new(big.Int).Rsh(b, 64).Uint64()
	return u, true
}
