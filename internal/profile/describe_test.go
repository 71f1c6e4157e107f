package profile

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"martlet/internal/value"
)

// talliesOfInts counts numbers.
func talliesOfInts(numbers ...int64) []tally[int64] { return talliesOf(numbers) }

// Values far off are not spread out.
func TestValuesFarOff(t *testing.T) {
	for _, x := range []struct {
		what         string
		all          []tally[int64]
		from, to     string
		below, above int64
	}{
		{"two values", talliesOfInts(3, 17), "3", "18", 0, 0},
		{"a row of numbers", talliesOfInts(upToInts(1000)...), "0", "1000", 0, 0},
		{"a mistake", talliesOfInts(append(upToInts(30), 9999)...), "0", "30", 0, 1},
		{"mistakes on both sides", talliesOfInts(append(upToInts(30), 9999, -9999, -9999)...), "0", "30", 2, 1},
		{"mostly zero", []tally[int64]{{0, 80}, {10, 10}, {20, 9}, {100000, 1}}, "0", "21", 0, 1},
		{"all zero but one", []tally[int64]{{0, 99}, {100000, 1}}, "0", "105000", 0, 0},
		{"a long tail", []tally[int64]{{1, 50}, {2, 25}, {4, 12}, {8, 6}, {16, 3}}, "1", "17", 0, 0},
	} {
		h := histogram(x.all, &int64Kind.kind)
		if h.Bins[0].From != x.from || h.Bins[len(h.Bins)-1].To != x.to || h.Below != x.below || h.Above != x.above {
			t.Errorf("%s: from %s to %s, %d below and %d above; want from %s to %s, %d and %d",
				x.what, h.Bins[0].From, h.Bins[len(h.Bins)-1].To, h.Below, h.Above, x.from, x.to, x.below, x.above)
		}
	}
}

func upToInts(n int64) (numbers []int64) {
	for i := range n {
		numbers = append(numbers, i)
	}
	return numbers
}

// Bounds are what people would count by.
func TestBounds(t *testing.T) {
	date := func(text string) int64 {
		v, err := value.ParseDate([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return int64(v)
	}
	at := func(text string) int64 {
		v, err := value.ParseTimestamp([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return int64(v)
	}
	money := narrowKind(2)
	for _, x := range []struct {
		k           *wordKind
		lo, hi      int64
		first, last string
		bins        int
	}{
		{int64Kind, 0, 9, "0 1 2", "9 10", 10},
		{int64Kind, 1001, 2000, "1000 1050 1100", "2000 2050", 21},
		{int64Kind, -7, 7, "-7 -6", "7 8", 15},
		{int64Kind, -1 << 63, 1<<63 - 1, "-9223372036854775808 -9000000000000000000 -8000000000000000000", "9000000000000000000 9223372036854775807", 20},
		{money, 1, 14999, "0.00 10.00", "140.00 150.00", 15},
		{float64Kind, floatKey(0.1), floatKey(0.35), "0.1 0.12 0.14", "0.34 0.36", 13},
		{float64Kind, floatKey(-1e300), floatKey(1e300), "-1e+300 -9e+299", "1e+300 1.1e+300", 21},
		{dateKind, date("2024-01-30"), date("2024-02-10"), "2024-01-30 2024-01-31", "2024-02-10 2024-02-11", 12},
		{dateKind, date("2024-01-30"), date("2024-04-10"), "2024-01-29 2024-02-05", "2024-04-08 2024-04-15", 11},
		{dateKind, date("2023-01-30"), date("2024-04-10"), "2023-01-01 2023-02-01", "2024-04-01 2024-05-01", 16},
		{dateKind, date("1931-05-05"), date("2006-04-10"), "1930-01-01 1935-01-01", "2005-01-01 2010-01-01", 16},
		{dateKind, date("0001-01-01"), date("9999-12-31"), "0001-01-01 0500-01-01", "9500-01-01 9999-12-31", 20},
		{timestampKind, at("2024-01-30 10:00:00.5"), at("2024-01-30 10:00:02"), "2024-01-30 10:00:00.5 2024-01-30 10:00:00.6", "2024-01-30 10:00:02 2024-01-30 10:00:02.1", 16},
		{timestampKind, at("2024-01-30 10:00:00"), at("2024-01-30 22:30:00"), "2024-01-30 10:00:00 2024-01-30 11:00:00", "2024-01-30 22:00:00 2024-01-30 23:00:00", 13},
		{timestampKind, at("1969-12-30 10:00:00"), at("1970-01-02 01:00:00"), "1969-12-30 09:00:00 1969-12-30 12:00:00", "1970-01-02 00:00:00 1970-01-02 03:00:00", 22},
		{timestampKind, at("2015-01-10 06:34:26"), at("2023-12-30 14:52:22"), "2015-01-01 00:00:00 2015-07-01 00:00:00", "2023-07-01 00:00:00 2024-01-01 00:00:00", 18},
	} {
		bounds := x.k.spread.bounds(x.lo, x.hi)
		var texts []string
		for _, b := range bounds {
			texts = append(texts, x.k.text(b))
		}
		all := strings.Join(texts, " ")
		if len(bounds) != x.bins+1 || !strings.HasPrefix(all+" ", x.first+" ") || !strings.HasSuffix(" "+all, " "+x.last) {
			t.Errorf("from %s to %s: %s\n%d bins; want %d, from %s to %s", x.k.text(x.lo), x.k.text(x.hi), all, len(bounds)-1, x.bins, x.first, x.last)
		}
	}
	for _, x := range []struct {
		k      *wordKind
		lo, hi int64
	}{
		{dateKind, math.MinInt32, math.MaxInt32}, {dateKind, endDay, endDay + 1},
		{timestampKind, math.MinInt64, math.MaxInt64}, {timestampKind, math.MaxInt64 - 1, math.MaxInt64}, {timestampKind, math.MinInt64, math.MinInt64 + 1},
		{float64Kind, floatKey(-math.MaxFloat64), floatKey(math.MaxFloat64)}, {float64Kind, floatKey(1e300), floatKey(math.Nextafter(1e300, 2e300))},
		{float64Kind, floatKey(0), floatKey(math.SmallestNonzeroFloat64)}, {int64Kind, math.MaxInt64 - 1, math.MaxInt64},
	} {
		bounds := x.k.spread.bounds(x.lo, x.hi)
		if n := len(bounds); n < 2 || n > maxBins+1 || bounds[0] > x.lo || bounds[n-1] < x.hi || !slices.IsSorted(bounds) || len(slices.Compact(slices.Clone(bounds))) != n {
			t.Errorf("from %d to %d: %d", x.lo, x.hi, bounds)
		}
	}
	wide := wideKind(3)
	key := func(digits string) string { return wideOfBig(mustBig(t, digits)) }
	bounds := wide.spread.bounds(key("-"+strings.Repeat("9", 38)), key(strings.Repeat("9", 38)))
	if first, last := wide.text(bounds[0]), wide.text(bounds[len(bounds)-1]); first != "-"+strings.Repeat("9", 35)+".999" || last != strings.Repeat("9", 35)+".999" || len(bounds) != 21 {
		t.Errorf("all decimals are from %s to %s in %d bins", first, last, len(bounds)-1)
	}
}

func mustBig(t *testing.T, digits string) *big.Int {
	t.Helper()
	v, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		t.Fatalf("%s is no number", digits)
	}
	return v
}
