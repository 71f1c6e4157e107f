package arrowops

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// batch is the number of rows of a batch in the benchmarks.
const batch = 65536

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

// nullShares are how many rows in 16 are null.
var nullShares = []int{0, 5, 15}

func benchInts(nulls int) ([]int64, []bool) {
	r := rand.New(rand.NewPCG(1, 2))
	values, ok := make([]int64, batch), make([]bool, batch)
	for i := range values {
		if ok[i] = r.IntN(16) >= nulls; ok[i] {
			values[i] = r.Int64()
		}
	}
	return values, ok
}

func benchTexts() []string {
	texts := make([]string, batch)
	for i := range texts {
		texts[i] = "user" + strconv.Itoa(i) + "@example.org"
	}
	return texts
}

func BenchmarkBuilderInt64(b *testing.B) {
	mem := memory.NewGoAllocator()
	for _, nulls := range nullShares {
		values, ok := benchInts(nulls)
		b.Run(fmt.Sprintf("nulls=%d/ours", nulls), func(b *testing.B) {
			w := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
			for b.Loop() {
				w.Reserve(len(values))
				for i, v := range values {
					w.AppendOption(v, ok[i])
				}
				w.NewArray().Release()
			}
			perRow(b, batch)
		})
		b.Run(fmt.Sprintf("nulls=%d/arrow", nulls), func(b *testing.B) {
			w := array.NewInt64Builder(mem)
			for b.Loop() {
				w.Reserve(len(values))
				for i, v := range values {
					if ok[i] {
						w.Append(v)
					} else {
						w.AppendNull()
					}
				}
				w.NewArray().Release()
			}
			perRow(b, batch)
		})
	}
	values, _ := benchInts(0)
	b.Run("required/ours", func(b *testing.B) {
		w := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
		for b.Loop() {
			w.Reserve(len(values))
			for _, v := range values {
				w.Append(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
	b.Run("required/arrow-unsafe", func(b *testing.B) {
		w := array.NewInt64Builder(mem)
		for b.Loop() {
			w.Reserve(len(values))
			for _, v := range values {
				w.UnsafeAppend(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
}

func BenchmarkBuilderString(b *testing.B) {
	mem, texts := memory.NewGoAllocator(), benchTexts()
	b.Run("ours", func(b *testing.B) {
		w := NewStringBuilder(mem)
		for b.Loop() {
			w.Reserve(len(texts))
			for _, v := range texts {
				w.Append(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
	b.Run("arrow", func(b *testing.B) {
		w := array.NewStringBuilder(mem)
		for b.Loop() {
			w.Reserve(len(texts))
			for _, v := range texts {
				w.Append(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
}

func BenchmarkBuilderBool(b *testing.B) {
	mem := memory.NewGoAllocator()
	_, values := benchInts(5)
	b.Run("ours", func(b *testing.B) {
		w := NewBoolBuilder(mem)
		for b.Loop() {
			w.Reserve(len(values))
			for _, v := range values {
				w.Append(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
	b.Run("arrow", func(b *testing.B) {
		w := array.NewBooleanBuilder(mem)
		for b.Loop() {
			w.Reserve(len(values))
			for _, v := range values {
				w.Append(v)
			}
			w.NewArray().Release()
		}
		perRow(b, batch)
	})
}

// BenchmarkColumn reads a column and writes it to a builder, as generated code
// does with a column that a model passes on.
func BenchmarkColumn(b *testing.B) {
	mem := memory.NewGoAllocator()
	for _, nulls := range nullShares {
		values, ok := benchInts(nulls)
		w := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
		for i, v := range values {
			w.AppendOption(v, ok[i])
		}
		a := w.NewArray()
		b.Run(fmt.Sprintf("get/nulls=%d", nulls), func(b *testing.B) {
			c := View[int64](a)
			var sum int64
			for b.Loop() {
				for i := range c.Len() {
					if v, ok := c.Get(i); ok {
						sum += v
					}
				}
			}
			perRow(b, batch)
		})
		b.Run(fmt.Sprintf("at/nulls=%d", nulls), func(b *testing.B) {
			c := View[int64](a)
			var sum int64
			for b.Loop() {
				for i := range c.Len() {
					sum += c.At(i)
				}
			}
			perRow(b, batch)
		})
		b.Run(fmt.Sprintf("pass/nulls=%d", nulls), func(b *testing.B) {
			c := View[int64](a)
			for b.Loop() {
				w.Reserve(c.Len())
				for i := range c.Len() {
					w.AppendOption(c.Get(i))
				}
				w.NewArray().Release()
			}
			perRow(b, batch)
		})
	}
}

// BenchmarkIntKeys assigns ids to a million rows: of distinct keys in order, of
// distinct keys at random, and of keys that repeat four times.
func BenchmarkIntKeys(b *testing.B) {
	const rows = 1 << 20
	r := rand.New(rand.NewPCG(1, 2))
	inputs := map[string]func(i int) int64{
		"sequence": func(i int) int64 { return int64(i) },
		"random":   func(int) int64 { return r.Int64() },
		"repeat":   func(int) int64 { return r.Int64N(rows/4) * 1_000_000 },
	}
	for _, name := range []string{"sequence", "random", "repeat"} {
		keys := make([]int64, rows)
		for i := range keys {
			keys[i] = inputs[name](i)
		}
		b.Run(name+"/ours", func(b *testing.B) {
			for b.Loop() {
				k := NewIntKeys[int64]()
				for _, v := range keys {
					k.Assign(v)
				}
			}
			perRow(b, rows)
		})
		b.Run(name+"/map", func(b *testing.B) {
			for b.Loop() {
				k := map[int64]int{}
				for _, v := range keys {
					if _, ok := k[v]; !ok {
						k[v] = len(k)
					}
				}
			}
			perRow(b, rows)
		})
		k, m := NewIntKeys[int64](), map[int64]int{}
		for _, v := range keys {
			id, _ := k.Assign(v)
			m[v] = id
		}
		b.Run(name+"/find", func(b *testing.B) {
			for b.Loop() {
				for _, v := range keys {
					k.Find(v)
				}
			}
			perRow(b, rows)
		})
		b.Run(name+"/map-find", func(b *testing.B) {
			sum := 0
			for b.Loop() {
				for _, v := range keys {
					sum += m[v]
				}
			}
			perRow(b, rows)
		})
	}
}

func BenchmarkStringKeys(b *testing.B) {
	const rows = 1 << 19
	r := rand.New(rand.NewPCG(1, 2))
	for _, distinct := range []int{100, rows} {
		keys := make([]string, rows)
		for i := range keys {
			keys[i] = "user" + strconv.Itoa(r.IntN(distinct)) + "@example.org"
		}
		b.Run(fmt.Sprintf("distinct=%d/ours", distinct), func(b *testing.B) {
			for b.Loop() {
				k := NewStringKeys()
				for _, v := range keys {
					k.Assign(v)
				}
			}
			perRow(b, rows)
		})
		b.Run(fmt.Sprintf("distinct=%d/map", distinct), func(b *testing.B) {
			for b.Loop() {
				k := map[string]int{}
				for _, v := range keys {
					if _, ok := k[v]; !ok {
						k[v] = len(k)
					}
				}
			}
			perRow(b, rows)
		})
	}
}

func BenchmarkMax(b *testing.B) {
	const rows, ids = 1 << 20, 1 << 16
	r := rand.New(rand.NewPCG(1, 2))
	id, values := make([]int, rows), make([]int64, rows)
	for i := range id {
		id[i], values[i] = r.IntN(ids), r.Int64()
	}
	for b.Loop() {
		var m Max[int64]
		for i, v := range values {
			m.Add(id[i], v)
		}
	}
	perRow(b, rows)
}

func BenchmarkTake(b *testing.B) {
	mem, w := memory.NewGoAllocator(), NewStringBuilder(memory.NewGoAllocator())
	for _, text := range benchTexts() {
		w.Append(text)
	}
	column := w.NewArray()
	values, ok := benchInts(5)
	nullable := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
	required := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64)
	for i, v := range values {
		nullable.AppendOption(v, ok[i])
		required.Append(v)
	}
	nullableInts, requiredInts := nullable.NewArray(), required.NewArray()
	all, most := make([]int, batch), make([]int, 0, batch)
	for i := range all {
		all[i] = i
		if i%16 > 0 {
			most = append(most, i)
		}
	}
	for name, rows := range map[string][]int{"all": all, "most": most} {
		b.Run(name+"/string", func(b *testing.B) {
			for b.Loop() {
				w.AppendTake(ViewStrings(column), rows)
				w.NewArray().Release()
			}
			perRow(b, len(rows))
		})
		b.Run(name+"/nullable int64", func(b *testing.B) {
			for b.Loop() {
				nullable.AppendTake(View[int64](nullableInts), rows)
				nullable.NewArray().Release()
			}
			perRow(b, len(rows))
		})
		b.Run(name+"/int64", func(b *testing.B) {
			for b.Loop() {
				required.AppendTake(View[int64](requiredInts), rows)
				required.NewArray().Release()
			}
			perRow(b, len(rows))
		})
	}
}

// BenchmarkRebatch makes records of the size that files have of smaller ones.
func BenchmarkRebatch(b *testing.B) {
	mem := memory.NewGoAllocator()
	numbers, texts := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64), NewStringBuilder(mem)
	const rows, n = 7700, 65536
	for i := range rows {
		numbers.AppendOption(int64(i), i%3 > 0)
		texts.Append("ada.lovelace@example.org")
	}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "number", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "text", Type: arrow.BinaryTypes.String},
	}, nil)
	rec := array.NewRecord(schema, []arrow.Array{numbers.NewArray(), texts.NewArray()}, rows)
	r := NewRebatcher(&Pool{}, schema, n)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Add(rec, func(rec arrow.Record) error { rec.Release(); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, rows)
}
