package arrowops

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// store is what all stores have.
type store[T any, V any] interface {
	Set(id int, v T, ok bool)
	Get(id int) (T, bool)
	View(lo, hi int) V
}

func storeProperty[T any, V readable[T]](newStore func() store[T, V], values *rapid.Generator[T], under T) func(*testing.T) {
	return func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			s := newStore()
			want := make([]option[T], 300)
			for _, x := range drawColumn(t, drawRows(t), values) {
				id := rapid.OneOf(rapid.IntRange(0, 20), rapid.IntRange(0, len(want)-1)).Draw(t, "id")
				want[id] = x
				if !x.ok {
					x.v = under // must not be kept
				}
				s.Set(id, x.v, x.ok)
				if rapid.IntRange(0, 9).Draw(t, "look") == 0 {
					lo := rapid.IntRange(0, len(want)).Draw(t, "lo")
					hi := rapid.IntRange(lo, len(want)).Draw(t, "hi")
					mustRead(t, s.View(lo, hi), want[lo:hi])
				}
			}
			for id, x := range want {
				if v, ok := s.Get(id); !same(v, x.v) || ok != x.ok {
					t.Fatalf("Get(%d) = %v, %t, want %v", id, v, ok, x)
				}
			}
			mustRead(t, s.View(0, len(want)), want)
			for _, id := range []int{-1, -100, 1 << 40} {
				if v, ok := s.Get(id); ok || !same(v, *new(T)) {
					t.Fatalf("Get(%d) = %v, %t", id, v, ok)
				}
			}
		})
	}
}

func fixedStore[T Fixed]() store[T, Column[T]] { return new(Store[T]) }

func TestStore(t *testing.T) {
	t.Run("int64", storeProperty(fixedStore[int64], anyInt64, 7))
	t.Run("float64", storeProperty(fixedStore[float64], anyFloat, 7))
	t.Run("date", storeProperty(fixedStore[arrow.Date32], anyDate, 7))
	t.Run("decimal", storeProperty(fixedStore[decimal128.Num], anyDecimal, decimal128.FromI64(7)))
	t.Run("bool", storeProperty(func() store[bool, Bools] { return new(BoolStore) }, anyBool, true))
	t.Run("string", storeProperty(func() store[string, Strings] { return new(StringStore) }, anyText, "hidden"))
}

// Texts that are replaced again and again take no more than a few times the
// memory of those that are left.
func TestStringStoreCompacts(t *testing.T) {
	var s StringStore
	const ids, rounds = 100, 200
	text := func(id, round int) string { return strings.Repeat("x", round) + fmt.Sprintf("-%d", id) }
	for round := range rounds {
		for id := range ids {
			s.Set(id, text(id, round), true)
		}
		s.Set(round%ids, "", false)
	}
	last := (rounds - 1) % ids
	live := 0
	for id := range ids {
		v, ok := s.Get(id)
		if want := text(id, rounds-1); id != last && (v != want || !ok) || id == last && ok {
			t.Fatalf("Get(%d) = %q, %t", id, v, ok)
		}
		live += len(v)
	}
	chunk := &s.chunks[0]
	if chunk.live != live {
		t.Errorf("%d bytes are counted as live, %d are", chunk.live, live)
	}
	if len(chunk.text) > 2*live+minGarbage {
		t.Errorf("%d bytes are kept for %d", len(chunk.text), live)
	}
}

// A store may be given its own text.
func TestStringStoreOfItself(t *testing.T) {
	var s StringStore
	s.Set(0, "a longer text", true)
	s.Set(1, "short", true)
	for range 10_000 {
		a, _ := s.Get(0)
		s.Set(2, a, true)
		s.Set(3, a[2:8], true)
		b, _ := s.Get(1)
		s.Set(2, b, true)
		s.Set(3, a, true)
	}
	for id, want := range []string{"a longer text", "short", "short", "a longer text"} {
		if got, ok := s.Get(id); got != want || !ok {
			t.Errorf("Get(%d) = %q, %t, want %q", id, got, ok, want)
		}
	}
}
