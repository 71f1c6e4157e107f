package arrowops

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// keys is what both kinds of keys have.
type keys[T any] interface {
	Assign(v T) (int, bool)
	AssignNull() (int, bool)
	AssignOption(v T, ok bool) (int, bool)
	Find(v T) int
	FindNull() int
	Len() int
	Get(id int) (T, bool)
}

// keysProperty holds keys against Go's map.
func keysProperty[T comparable](t *rapid.T, k keys[T], column []option[T], absent []T) {
	ids := map[option[T]]int{}
	for i, x := range column {
		want, known := ids[x]
		if !known {
			want = len(ids)
			ids[x] = want
		}
		var id int
		var isNew bool
		switch {
		case i%2 == 0:
			id, isNew = k.AssignOption(x.v, x.ok)
		case x.ok:
			id, isNew = k.Assign(x.v)
		default:
			id, isNew = k.AssignNull()
		}
		if id != want || isNew == known {
			t.Fatalf("row %d, %v: id %d, new %t, want %d, %t", i, x, id, isNew, want, !known)
		}
	}
	if k.Len() != len(ids) {
		t.Fatalf("Len() = %d, want %d", k.Len(), len(ids))
	}
	_, isIndex := k.(interface{ withoutGet() })
	for x, id := range ids {
		if !isIndex {
			if v, ok := k.Get(id); v != x.v || ok != x.ok {
				t.Fatalf("Get(%d) = %v, %t, want %v", id, v, ok, x)
			}
		}
		found := k.FindNull()
		if x.ok {
			found = k.Find(x.v)
		}
		if found != id {
			t.Fatalf("Find(%v) = %d, want %d", x, found, id)
		}
	}
	for _, v := range absent {
		if _, known := ids[option[T]{v, true}]; !known && k.Find(v) != -1 {
			t.Fatalf("Find(%v) = %d, which was never assigned", v, k.Find(v))
		}
	}
	if _, known := ids[option[T]{}]; !known && k.FindNull() != -1 {
		t.Fatalf("FindNull() = %d without a null", k.FindNull())
	}
}

// drawIntKeys mixes runs of keys that lie together with some that do not, so
// that the table changes its kind, and the ends of the range.
func drawIntKeys[T Int](t *rapid.T, least, greatest T) []option[T] {
	var column []option[T]
	for range rapid.IntRange(0, 6).Draw(t, "runs") {
		start := T(rapid.OneOf(rapid.Int64Range(int64(least), int64(greatest)), rapid.Int64Range(-100, 100),
			rapid.SampledFrom([]int64{int64(least), int64(greatest)})).Draw(t, "start"))
		step := T(rapid.SampledFrom([]int64{1, -1, 0, 3, 7, 1 << 20, 86_400_000_000}).Draw(t, "step"))
		for i := range rapid.OneOf(rapid.IntRange(0, 10), rapid.IntRange(0, 900)).Draw(t, "keys") {
			column = append(column, option[T]{start + T(i)*step, true}) // wraps around
		}
		if rapid.Bool().Draw(t, "null") {
			column = append(column, option[T]{})
		}
	}
	return column
}

// intIndex is keys that NewIntIndex made.
type intIndex struct{ *IntKeys[int64] }

func (intIndex) withoutGet() {}

func TestIntIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keysProperty(t, intIndex{NewIntIndex[int64]()}, drawIntKeys[int64](t, math.MinInt64, math.MaxInt64),
			rapid.SliceOf(anyInt64).Draw(t, "absent"))
	})
	k := NewIntIndex[int64]()
	for i := range int64(10 * ChunkRows) {
		k.Assign(i)
	}
	if size := k.Size(); size > 10*ChunkRows*9/2 {
		t.Errorf("%d bytes for %d keys", size, k.Len())
	}
	mustPanic(t, "Get", func() { k.Get(0) })
}

func TestIntKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keysProperty(t, NewIntKeys[int64](), drawIntKeys[int64](t, math.MinInt64, math.MaxInt64),
			rapid.SliceOf(anyInt64).Draw(t, "absent"))
	})
	rapid.Check(t, func(t *rapid.T) {
		keysProperty(t, NewIntKeys[arrow.Date32](), drawIntKeys[arrow.Date32](t, math.MinInt32, math.MaxInt32),
			rapid.SliceOf(anyDate).Draw(t, "absent"))
	})
}

// Many keys through each change of the table: together, then far apart.
func TestIntKeysMany(t *testing.T) {
	const n = 50_000
	k := NewIntKeys[int64]()
	key := func(i int) int64 {
		switch {
		case i < n:
			return int64(i) // direct
		case i < 2*n:
			return int64(i) << 32 // hashed
		default:
			return -int64(i)
		}
	}
	for i := range 3 * n {
		if id, isNew := k.Assign(key(i)); id != i || !isNew {
			t.Fatalf("key %d: id %d, new %t", i, id, isNew)
		}
		if i == n-1 && k.table.dir != nil {
			t.Error("serial numbers are not looked up directly")
		}
	}
	if k.table.dir == nil {
		t.Error("keys far apart are looked up directly")
	}
	for i := range 3 * n {
		if id := k.Find(key(i)); id != i {
			t.Fatalf("Find(%d) = %d, want %d", key(i), id, i)
		}
	}
}

func TestStringKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keysProperty(t, NewStringKeys(), drawColumn(t, drawRows(t), anyText), rapid.SliceOf(anyText).Draw(t, "absent"))
	})
}

// Enough keys that some share their 32 bits of hash: they must stay apart.
// Every text of up to 7 bytes has a word of its own, and none is 0.
func TestWordOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		short := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 0xff}), 0, longestRecent)
		a, b := string(short.Draw(t, "a")), string(short.Draw(t, "b"))
		if same := wordOf(a) == wordOf(b); same != (a == b) || wordOf(a) == 0 {
			t.Fatalf("%q is %x and %q is %x", a, wordOf(a), b, wordOf(b))
		}
	})
}

func TestStringKeysWithEqualHashes(t *testing.T) {
	const n = 200_000
	k := NewStringKeys()
	hashes := make(map[uint32]bool, n)
	var buffer []byte
	for i := range n {
		buffer = fmt.Appendf(buffer[:0], "user%d@example.org", i)
		hashes[uint32(hashText(string(buffer)))] = true
		if id, isNew := k.AssignBytes(buffer); id != i || !isNew {
			t.Fatalf("%s: id %d, new %t", buffer, id, isNew)
		}
	}
	if len(hashes) == n {
		t.Error("no two keys have one hash: the test shows nothing")
	}
	for i := range n {
		key := fmt.Sprintf("user%d@example.org", i)
		if id := k.FindBytes([]byte(key)); id != i {
			t.Fatalf("Find(%s) = %d, want %d", key, id, i)
		}
		if got, ok := k.Get(i); got != key || !ok {
			t.Fatalf("Get(%d) = %s, %t", i, got, ok)
		}
	}
}

// A key that Get gave stays what it is while keys are added.
func TestStringKeysGetStays(t *testing.T) {
	k := NewStringKeys()
	k.Assign("first")
	first, _ := k.Get(0)
	for i := range 10_000 {
		k.Assign(strings.Repeat("x", i%100) + fmt.Sprint(i))
	}
	if first != "first" {
		t.Errorf("the key became %q", first)
	}
}

// Hashes of keys as people make them fill a table as evenly as chance would, or
// more so: by chance, half as many keys as slots leave 60.7% of the slots empty.
func TestHashesSpread(t *testing.T) {
	const slots, n = 1 << 15, 1 << 14
	inputs := map[string]func(i uint64) uint64{
		"serial":       func(i uint64) uint64 { return hashInt(i) },
		"seconds":      func(i uint64) uint64 { return hashInt(i * 1_000_000) },
		"powers":       func(i uint64) uint64 { return hashInt(i << 20) },
		"high":         func(i uint64) uint64 { return hashInt(i << 50) },
		"negative":     func(i uint64) uint64 { return hashInt(-i) },
		"pairs":        func(i uint64) uint64 { return hashPair(i%128, i/128) },
		"pairs of one": func(i uint64) uint64 { return hashPair(1, i<<16) },
		"short text":   func(i uint64) uint64 { return hashText(fmt.Sprint(i)) },
		"hex text":     func(i uint64) uint64 { return hashText(fmt.Sprintf("%x", i)) },
		"text of 12":   func(i uint64) uint64 { return hashText(fmt.Sprintf("%012d", i)) },
		"text of 16":   func(i uint64) uint64 { return hashText(fmt.Sprintf("%016d", i)) },
		"emails":       func(i uint64) uint64 { return hashText(fmt.Sprintf("user%d@example.org", i)) },
		"long text":    func(i uint64) uint64 { return hashText(fmt.Sprintf("https://example.org/%d/a/rather/long/path", i)) },
		"zeros":        func(i uint64) uint64 { return hashText(strings.Repeat("\x00", int(i%4096)) + fmt.Sprint(i/4096)) },
		"encoded":      func(i uint64) uint64 { return hashText(string(AppendKeyInt64(nil, int64(i), true))) },
	}
	for name, hash := range inputs {
		// Of 32 bits, low ones choose a slot and leading ones a segment.
		low, high := map[uint64]bool{}, map[uint64]bool{}
		for i := range uint64(n) {
			h := hash(i)
			low[h%slots] = true
			high[(h>>(32-15))%slots] = true
		}
		if empty := 1 - float64(len(low))/slots; empty > 0.6065+0.01 {
			t.Errorf("%s: %.1f%% of the slots are empty", name, 100*empty)
		}
		// Fewer bits than these choose a segment, and it needs to be about even.
		if empty := 1 - float64(len(high))/slots; empty > 0.6065+0.04 {
			t.Errorf("%s, leading bits: %.1f%% are not used", name, 100*empty)
		}
	}
}

// tuple is one row of a compound key.
type tuple struct {
	i option[int64]
	s option[string]
	b option[bool]
	f option[float64]
	d option[decimal128.Num]
	z option[string]
}

func (x tuple) encode() string {
	key := AppendKeyInt64(nil, x.i.v, x.i.ok)
	key = AppendKeyString(key, x.s.v, x.s.ok)
	key = AppendKeyBool(key, x.b.v, x.b.ok)
	key = AppendKeyFloat64(key, x.f.v, x.f.ok)
	key = AppendKeyDecimal(key, x.d.v, x.d.ok)
	return string(AppendKeyString(key, x.z.v, x.z.ok))
}

// equal is equality as SQL's GROUP BY has it.
func (x tuple) equal(y tuple) bool {
	floats := x.f.ok == y.f.ok && (!x.f.ok || x.f.v == y.f.v || x.f.v != x.f.v && y.f.v != y.f.v)
	return x.i == y.i && x.s == y.s && x.b == y.b && floats && x.d == y.d && x.z == y.z
}

func drawTuple(t *rapid.T) tuple {
	text := rapid.SampledFrom([]string{"", "a", "aa", "\x00", "\x01", "\x01\x00", strings.Repeat("a", 127), strings.Repeat("a", 128)})
	return tuple{
		i: drawColumn(t, 1, rapid.Int64Range(-1, 1))[0],
		s: drawColumn(t, 1, text)[0],
		b: drawColumn(t, 1, rapid.Bool())[0],
		f: drawColumn(t, 1, rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0x7ff8000000000002), 1}))[0],
		d: drawColumn(t, 1, rapid.SampledFrom([]decimal128.Num{{}, decimal128.New(1, 0), decimal128.New(-1, 0), decimal128.FromI64(1)}))[0],
		z: drawColumn(t, 1, text)[0],
	}
}

func TestAppendKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawTuple(t)
		y := x
		// Mostly the same, so that both equal and nearly equal keys are common.
		switch other := drawTuple(t); rapid.IntRange(0, 7).Draw(t, "change") {
		case 0:
			y.i = other.i
		case 1:
			y.s = other.s
		case 2:
			y.b = other.b
		case 3:
			y.f = other.f
		case 4:
			y.d = other.d
		case 5:
			y.z = other.z
		case 6:
			y.s, y.z = x.z, x.s
		case 7:
			y = other
		}
		if got := x.encode() == y.encode(); got != x.equal(y) {
			t.Fatalf("%v and %v: encodings equal is %t", x, y, got)
		}
	})
}

func FuzzStringKeys(f *testing.F) {
	f.Add([]byte("a\nb\n\na\n\x00\n0123456789abcdef0\n0123456789abcdef1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k := NewStringKeys()
		ids := map[string]int{}
		for _, v := range strings.Split(string(data), "\n") {
			want, known := ids[v]
			if !known {
				want = len(ids)
				ids[v] = want
			}
			if id, isNew := k.Assign(v); id != want || isNew == known {
				t.Fatalf("%q: id %d, new %t, want %d", v, id, isNew, want)
			}
		}
	})
}
