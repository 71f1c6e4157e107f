package arrowops

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"pgregory.net/rapid"
)

// droppable is what all stores have besides.
type droppable[T any, V any] interface {
	store[T, V]
	Drop(lo, hi int)
	Size() int64
}

// chunkProperty fills a store in the order of ids up to around the borders of
// chunks, sets ids on either side of them, and drops chunks.
func chunkProperty[T any, V readable[T]](newStore func() droppable[T, V], value func(i int) option[T], values *rapid.Generator[T]) func(*testing.T) {
	return func(t *testing.T) {
		counts := []int{0, 1, 64, 65, ChunkRows - 1, ChunkRows, ChunkRows + 1, 2*ChunkRows + 70}
		rapid.Check(t, func(t *rapid.T) {
			s := newStore()
			want := make([]option[T], 2*ChunkRows+100)
			for id := range rapid.SampledFrom(counts).Draw(t, "filled") {
				want[id] = value(id)
				s.Set(id, want[id].v, want[id].ok)
			}
			around := rapid.Custom(func(t *rapid.T) int {
				border := rapid.IntRange(0, 2).Draw(t, "border") * ChunkRows
				return max(border+rapid.IntRange(-70, 99).Draw(t, "off"), 0)
			})
			for _, x := range drawColumn(t, drawRows(t), values) {
				id := around.Draw(t, "id")
				want[id] = x
				s.Set(id, x.v, x.ok)
			}
			for range 3 {
				lo := around.Draw(t, "lo")
				hi := min(rapid.IntRange(lo, lo+200).Draw(t, "hi"), len(want), (lo/ChunkRows+1)*ChunkRows)
				mustRead(t, s.View(lo, hi), want[lo:hi])
			}
			size := s.Size()
			from := rapid.IntRange(0, 2).Draw(t, "from")
			to := rapid.IntRange(from, 4).Draw(t, "to")
			s.Drop(from*ChunkRows-from, to*ChunkRows+1) // one id more does no harm
			for id := from * ChunkRows; id < min(to*ChunkRows, len(want)); id++ {
				want[id] = option[T]{}
			}
			if from < to && s.Size() > size || from == to && s.Size() != size {
				t.Fatalf("chunks %d to %d dropped: %d bytes of %d are left", from, to, s.Size(), size)
			}
			for id := 0; id < len(want); id += 1 + id%211 {
				if v, ok := s.Get(id); !same(v, want[id].v) || ok != want[id].ok {
					t.Fatalf("Get(%d) = %v, %t, want %v", id, v, ok, want[id])
				}
			}
			for lo := 0; lo < len(want); lo += ChunkRows {
				hi := min(lo+ChunkRows, len(want))
				mustRead(t, s.View(lo, lo+90), want[lo:lo+90])
				mustRead(t, s.View(hi-90, hi), want[hi-90:hi])
			}
		})
	}
}

func TestStoreChunks(t *testing.T) {
	t.Run("int64", chunkProperty(func() droppable[int64, Column[int64]] { return new(Store[int64]) },
		func(i int) option[int64] { return option[int64]{int64(i), true} }, anyInt64))
	t.Run("decimal", chunkProperty(func() droppable[decimal128.Num, Column[decimal128.Num]] { return new(Store[decimal128.Num]) },
		func(i int) option[decimal128.Num] { return option[decimal128.Num]{decimal128.FromI64(int64(i)), true} }, anyDecimal))
	t.Run("bool", chunkProperty(func() droppable[bool, Bools] { return new(BoolStore) },
		func(i int) option[bool] { return option[bool]{i%3 == 1, i%3 > 0} }, anyBool))
	text := fmt.Sprint(ChunkRows)
	t.Run("string", chunkProperty(func() droppable[string, Strings] { return new(StringStore) },
		func(i int) option[string] { return option[string]{text[:i%6], i%6 > 0} }, anyText))
}

// A string store against a map, through many replacements at random, in and out
// of the order of ids.
func TestStringStoreReplacing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s StringStore
	const ids = ChunkRows + 500
	want := map[int]string{}
	for round := range 4 * ids {
		id := round
		if round >= ids || round%50 == 0 {
			id = r.IntN(ids)
		}
		v := strings.Repeat("x", r.IntN(20)) + fmt.Sprint(round)
		if r.IntN(10) == 0 {
			delete(want, id)
			s.Set(id, "ignored", false)
			continue
		}
		want[id] = v
		s.Set(id, v, true)
	}
	live := 0
	for id := range ids {
		v, ok := s.Get(id)
		if x, has := want[id]; v != x || ok != has {
			t.Fatalf("Get(%d) = %q, %t, want %q, %t", id, v, ok, x, has)
		}
		live += len(v)
	}
	if most := int64(3*live + 8*(2*ChunkRows) + 3*minGarbage); s.Size() > most {
		t.Errorf("%d bytes for %d of text", s.Size(), live)
	}
}

// Beyond what 32 bits of offset reach the texts are scattered, and then there
// is an end.
func TestStringStoreLimits(t *testing.T) {
	defer func(ordered, scattered int) { maxOrdered, maxScattered = ordered, scattered }(maxOrdered, maxScattered)
	maxOrdered, maxScattered = 100, 200
	var s StringStore
	text := strings.Repeat("0123456789", 3)
	for id := range 6 {
		s.Set(id, text, true)
	}
	if s.chunks[0].spans == nil {
		t.Error("180 bytes are in order")
	}
	for id := range 6 {
		if v, ok := s.Get(id); v != text || !ok {
			t.Fatalf("Get(%d) = %q, %t", id, v, ok)
		}
	}
	mustPanic(t, "more text than fits", func() { s.Set(6, text, true) })
}

// Few ids take little, many take what their values do.
func TestSize(t *testing.T) {
	const many = 3*ChunkRows + 1000
	var ints Store[int64]
	var bools BoolStore
	var texts StringStore
	var most Max[int64]
	intKeys, textKeys := NewIntKeys[int64](), NewStringKeys()
	intRepeats, textRepeats := NewIntRepeats[int64](), NewStringRepeats()
	text := func(i int) string { return fmt.Sprintf("user%06d@mail.example.org", i) } // 27 bytes
	sizes := func() map[string]int64 {
		return map[string]int64{
			"ints": ints.Size(), "bools": bools.Size(), "texts": texts.Size(), "most": most.Store().Size(),
			"int keys": intKeys.Size(), "text keys": textKeys.Size(), "int repeats": intRepeats.Size(), "text repeats": textRepeats.Size(),
		}
	}
	for name, size := range sizes() {
		if size > 2048 {
			t.Errorf("%s: %d bytes for nothing", name, size)
		}
	}
	for i := range many {
		if i == 10 {
			for name, size := range sizes() {
				if size > 24<<10 {
					t.Errorf("%s: %d bytes for 10 rows", name, size)
				}
			}
		}
		ints.Set(i, int64(i), true)
		bools.Set(i, true, true)
		texts.Set(i, text(i), true)
		most.Add(i, int64(i))
		intKeys.Assign(int64(i))
		textKeys.Assign(text(i))
		intRepeats.AddAll(Column[int64]{values: []int64{int64(i) * 1_000_003}}, false)
		textRepeats.AddBytes([]byte(text(i)))
	}
	chunks := float64(4 * ChunkRows)
	limits := map[string]float64{
		"ints": 8.3 * chunks, "bools": 0.3 * chunks, "texts": (4.2 + 29) * chunks, "most": 8.3 * chunks,
		"int keys": 13 * chunks, "text keys": (4.2 + 29 + 26) * chunks, "int repeats": 28 * chunks, "text repeats": (4.2 + 29 + 26) * chunks,
	}
	for name, size := range sizes() {
		if float64(size) > limits[name] || float64(size) < limits[name]/4 {
			t.Errorf("%s: %d bytes for %d rows, want up to %.0f", name, size, many, limits[name])
		}
	}
}

// Once all is set, views are read by some goroutines while another drops the
// chunks that are done with.
func TestViewsAndDropsAtOnce(t *testing.T) {
	const chunks = 4
	var ints Store[int64]
	var bools BoolStore
	var ordered, scattered StringStore
	text := func(id int) string { return fmt.Sprint("text ", id) }
	for id := range chunks * ChunkRows {
		ints.Set(id, int64(id), true)
		bools.Set(id, id%2 > 0, true)
		ordered.Set(id, text(id), true)
		scattered.Set(id^1, text(id^1), true)
	}
	var group sync.WaitGroup
	for n := range chunks {
		group.Go(func() {
			lo, hi := n*ChunkRows, (n+1)*ChunkRows
			var readers sync.WaitGroup
			for range 2 {
				readers.Go(func() {
					i, b, o, s := ints.View(lo, hi), bools.View(lo, hi), ordered.View(lo, hi), scattered.View(lo, hi)
					for row := 0; row < ChunkRows; row += 97 {
						id, want := lo+row, text(lo+row)
						again, _ := scattered.Get(id)
						if i.At(row) != int64(id) || b.At(row) != (id%2 > 0) || o.At(row) != want || s.At(row) != want || again != want {
							t.Errorf("id %d is another", id)
						}
					}
				})
			}
			readers.Wait()
			ints.Drop(lo, hi)
			bools.Drop(lo, hi)
			ordered.Drop(lo, hi)
			scattered.Drop(lo, hi)
		})
	}
	group.Wait()
	if left := ints.Size() + bools.Size() + ordered.Size() + scattered.Size(); left > 4096 {
		t.Errorf("%d bytes are left when all is dropped", left)
	}
}

func FuzzStringStore(f *testing.F) {
	f.Add([]byte("\x00a\x00b\x01\x02longer text"), uint16(65530))
	f.Fuzz(func(t *testing.T, data []byte, first uint16) {
		var s StringStore
		want := map[int]string{}
		for len(data) > 1 {
			id, n := int(first)+int(data[0]%16), int(data[1]%32)
			data = data[2:]
			v := string(data[:min(n, len(data))])
			data = data[len(v):]
			want[id] = v
			s.Set(id, v, n != 31)
			if n == 31 {
				delete(want, id)
			}
		}
		for id := int(first); id < int(first)+16; id++ {
			v, ok := s.Get(id)
			view := s.View(id, id+1)
			if x, has := want[id]; v != x || ok != has || view.At(0) != x || view.Valid(0) != has {
				t.Fatalf("id %d: %q, %t, in the view %q, want %q, %t", id, v, ok, view.At(0), x, has)
			}
		}
	})
}
