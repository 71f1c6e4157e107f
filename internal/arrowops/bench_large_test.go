package arrowops

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// large is the number of rows of what outgrows the processor's caches.
const large = 1 << 21

func perRowAndBytes(b *testing.B, rows int, size int64) {
	perRow(b, rows)
	b.ReportMetric(float64(size)/float64(rows), "B/row")
}

func largeTexts() []string {
	texts := make([]string, large)
	for i := range texts {
		texts[i] = fmt.Sprintf("some.user.%07d@mail.example.org", i)
	}
	return texts
}

// textColumn looks at texts that stand one after the other.
func textColumn(texts []string) Strings {
	var text []byte
	offsets := []int32{0}
	for _, v := range texts {
		text = append(text, v...)
		offsets = append(offsets, int32(len(text)))
	}
	return Strings{text: alias(text), offsets: offsets}
}

// BenchmarkRepeats counts values that hardly repeat, as tests of uniqueness do.
func BenchmarkRepeats(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	dense, spread, sparse := make([]int64, large), make([]int64, large), make([]int64, large)
	for i := range dense {
		dense[i], sparse[i] = int64(i), r.Int64()
	}
	r.Shuffle(large, func(i, j int) { dense[i], dense[j] = dense[j], dense[i] })
	for i, v := range dense {
		spread[i] = 7 * v
	}
	for _, input := range []struct {
		name   string
		values []int64
	}{{"shuffled", dense}, {"spread", spread}, {"sparse", sparse}} {
		b.Run(input.name+"/ours", func(b *testing.B) {
			var size int64
			for b.Loop() {
				u := NewIntRepeats[int64]()
				for lo := 0; lo < large; lo += batch {
					u.AddAll(Column[int64]{values: input.values[lo : lo+batch]}, false)
				}
				size = u.Size()
			}
			perRowAndBytes(b, large, size)
		})
		b.Run(input.name+"/map", func(b *testing.B) {
			for b.Loop() {
				m := map[int64]int64{}
				for _, v := range input.values {
					m[v]++
				}
			}
			perRow(b, large)
		})
	}
	texts := largeTexts()
	column := textColumn(texts)
	b.Run("text/ours", func(b *testing.B) {
		var size int64
		for b.Loop() {
			u := NewStringRepeats()
			for lo := 0; lo < large; lo += batch {
				u.AddAll(Strings{text: column.text, offsets: column.offsets[lo : lo+batch+1]}, false)
			}
			size = u.Size()
		}
		perRowAndBytes(b, large, size)
	})
	b.Run("text/one by one", func(b *testing.B) {
		for b.Loop() {
			u := NewStringRepeats()
			for _, v := range texts {
				u.AddBytes(bytesIn(v))
			}
		}
		perRow(b, large)
	})
	b.Run("text/map", func(b *testing.B) {
		for b.Loop() {
			m := map[string]int64{}
			for _, v := range texts {
				m[string([]byte(v))]++ // the keys are copied, as ours are
			}
		}
		perRow(b, large)
	})
}

// BenchmarkFindAll looks keys up at random, a batch at once and one by one.
func BenchmarkFindAll(b *testing.B) {
	mem, r := memory.NewGoAllocator(), rand.New(rand.NewPCG(1, 2))
	w := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
	rows, dst := make([]int, large), make([]int, large)
	for i := range rows {
		rows[i] = i
	}
	for _, input := range []struct {
		name string
		key  func(i int) int64
	}{{"serial", func(i int) int64 { return int64(i) }}, {"sparse", func(i int) int64 { return int64(i) * 1_000_003 }}} {
		k, m := NewIntKeys[int64](), map[int64]int{}
		for i := range large {
			id, _ := k.Assign(input.key(i))
			m[input.key(i)] = id
			w.Append(input.key(r.IntN(large)))
		}
		a := w.NewArray()
		src := View[int64](a)
		b.Run(input.name+"/ours", func(b *testing.B) {
			for b.Loop() {
				k.FindAll(dst, src, rows)
			}
			perRow(b, large)
		})
		b.Run(input.name+"/one by one", func(b *testing.B) {
			for b.Loop() {
				for _, i := range rows {
					if v, ok := src.Get(i); ok {
						dst[i] = k.Find(v)
					}
				}
			}
			perRow(b, large)
		})
		b.Run(input.name+"/map", func(b *testing.B) {
			for b.Loop() {
				for _, i := range rows {
					if v, ok := src.Get(i); ok {
						dst[i] = m[v]
					}
				}
			}
			perRow(b, large)
		})
	}
}

// BenchmarkStringStore keeps texts in the order of their ids, and views them.
func BenchmarkStringStore(b *testing.B) {
	for name, texts := range map[string][]string{"emails": largeTexts(), "codes": {"M", "F", "DE", "US"}} {
		b.Run(name+"/ours", func(b *testing.B) {
			var size int64
			for b.Loop() {
				var s StringStore
				for i := range large {
					s.Set(i, texts[i%len(texts)], true)
				}
				for lo := 0; lo < large; lo += ChunkRows {
					s.View(lo, lo+ChunkRows)
				}
				size = s.Size()
			}
			perRowAndBytes(b, large, size)
		})
		src := textColumn(slices.Repeat(texts, large/len(texts)))
		for how, step := range map[string]int{"rows": 1, "every other row": 2} {
			b.Run(name+"/"+how, func(b *testing.B) {
				rows := make([]int, 512)
				for b.Loop() {
					var s StringStore
					for id := 0; id < large/2; id += len(rows) {
						for j := range rows {
							rows[j] = (id + j) * step
						}
						s.AppendTake(id, src, rows)
					}
				}
				perRow(b, large/2)
			})
		}
		b.Run(name+"/arrow", func(b *testing.B) {
			w := array.NewStringBuilder(memory.NewGoAllocator())
			for b.Loop() {
				for i := range large {
					w.Append(texts[i%len(texts)])
				}
				w.NewArray().Release()
			}
			perRow(b, large)
		})
	}
}

// BenchmarkAppendStore takes what a join finds: ids in their order, of which one
// in ten is missing, and ids at random, of all and of a few.
func BenchmarkAppendStore(b *testing.B) {
	mem, r := memory.NewGoAllocator(), rand.New(rand.NewPCG(1, 2))
	var ints Store[int64]
	var texts StringStore
	for i, v := range largeTexts() {
		ints.Set(i, int64(i), i%5 > 0)
		texts.Set(i, v, i%5 > 0)
	}
	rows, ordered, random, few := make([]int, batch), make([]int, batch), make([]int, batch), make([]int, batch)
	for i := range rows {
		rows[i], ordered[i], random[i], few[i] = i, i, r.IntN(large), r.IntN(250)
		if r.IntN(10) == 0 {
			ordered[i], random[i], few[i] = -1, -1, -1
		}
	}
	w, s := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64), NewStringBuilder(mem)
	for name, ids := range map[string][]int{"ordered": ordered, "random": random, "few": few} {
		b.Run(name+"/int64/ours", func(b *testing.B) {
			for b.Loop() {
				w.AppendStore(&ints, ids, rows)
				w.NewArray().Release()
			}
			perRow(b, batch)
		})
		b.Run(name+"/int64/one by one", func(b *testing.B) {
			for b.Loop() {
				w.Reserve(batch)
				for _, i := range rows {
					w.AppendOption(ints.Get(ids[i]))
				}
				w.NewArray().Release()
			}
			perRow(b, batch)
		})
		b.Run(name+"/string/ours", func(b *testing.B) {
			for b.Loop() {
				s.AppendStore(&texts, ids, rows)
				s.NewArray().Release()
			}
			perRow(b, batch)
		})
		b.Run(name+"/string/one by one", func(b *testing.B) {
			for b.Loop() {
				s.Reserve(batch)
				for _, i := range rows {
					s.AppendOption(texts.Get(ids[i]))
				}
				s.NewArray().Release()
			}
			perRow(b, batch)
		})
	}
}

// BenchmarkCodes gives ids to the codes of two dozen countries, and finds them.
func BenchmarkCodes(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	w := NewStringBuilder(memory.NewGoAllocator())
	const n = 1 << 16
	rows, ids := make([]int, n), make([]int, n)
	for i := range n {
		rows[i] = i
		w.Append(string([]byte{'A' + byte(r.IntN(5)), 'A' + byte(r.IntN(5))}))
	}
	a := w.NewArray()
	src := ViewStrings(a)
	k := NewStringKeys()
	b.Run("assign", func(b *testing.B) {
		for b.Loop() {
			for i := range rows {
				ids[i], _ = k.Assign(src.At(i))
			}
		}
		perRow(b, n)
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			k.FindAll(ids, src, rows)
		}
		perRow(b, n)
	})
	b.Run("map", func(b *testing.B) {
		m := map[string]int{}
		for i := range rows {
			m[src.At(i)] = i
		}
		for b.Loop() {
			for i := range rows {
				ids[i] = m[src.At(i)]
			}
		}
		perRow(b, n)
	})
}
