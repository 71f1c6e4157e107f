package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// large makes a relation of a type with about so many distinct values.
func large(s subject, rows, distinct int, seed uint64) *relation {
	random := rand.New(rand.NewPCG(seed, 0))
	r := &relation{subject: s}
	for i := range rows {
		var v any
		n := random.IntN(distinct)
		switch s.name {
		case "string":
			v = fmt.Sprintf("%d of them", n)
		case "int64":
			v = int64(n)
		case "float64":
			v = float64(n) / 8
		case "timestamp":
			v = arrow.Timestamp(n) * 1e9
		}
		if random.IntN(9) == 0 {
			v = nil
		}
		r.rows, r.origins = append(r.rows, v), append(r.origins, contract.MakeOrigin(2, int64(i)+1))
	}
	return r
}

// What comes out of many rows is the same whoever looked at which of them, and how
// they were cut.
func TestProfileDoesNotDependOnBatches(t *testing.T) {
	names := []string{"string", "int64", "float64", "timestamp"}
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		name := rapid.SampledFrom(names).Draw(t, "type")
		s := subjects[slices.IndexFunc(subjects, func(s subject) bool { return s.name == name })]
		rows := rapid.SampledFrom([]int{1500, 8192, 8193, 20000}).Draw(t, "rows")
		distinct := rapid.SampledFrom([]int{300, 1024, 1100, 5000, 1 << 40}).Draw(t, "distinct")
		r := large(s, rows, distinct, uint64(rapid.IntRange(0, 3).Draw(t, "seed")))
		whole := New(r.columns(), 2)
		b := r.batch(mem, 0, rows, 0, 0)
		whole.Add(b)
		b.Release()
		if got, want := r.gather(t, mem), whole.Profile(); !reflect.DeepEqual(got, want) {
			t.Fatalf("in parts\n%+v\n  in one\n%+v", got.Columns[0].Values, want.Columns[0].Values)
		}
	})
}

// Of many values frequencies are those of a sample, which is what the origins make it;
// the least and the greatest are of all rows.
func TestSample(t *testing.T) {
	const rows, distinct = 60000, 3000
	r := large(subjects[2], rows, distinct, 7)
	r.rows[11], r.rows[12] = int64(-5), int64(1e15)
	for i := range r.rows { // one in five is 4
		if i%5 == 0 {
			r.rows[i] = int64(4)
		}
	}
	a := New(r.columns(), 2)
	for lo := 0; lo < rows; lo += 6000 {
		b := r.batch(memory.NewGoAllocator(), lo, lo+6000, 0, 0)
		a.Add(b)
		b.Release()
	}
	var sampled []int64
	for bits, most := 0, 1<<30; most > maxSample; bits++ {
		sampled, most = nil, 0
		for i, origin := range r.origins {
			id := uint64(origin) - 2<<40
			id = (id ^ id>>30) * 0xbf58476d1ce4e5b9
			id = (id ^ id>>27) * 0x94d049bb133111eb
			id ^= id >> 31
			if id < 1<<(63-bits)*2 || bits == 0 {
				most++
				if v := r.rows[i]; v != nil {
					sampled = append(sampled, v.(int64))
				}
			}
		}
	}
	slices.Sort(sampled)
	got := a.Profile().Columns[0]
	if *got.Values.Min != "-5" || *got.Values.Max != "1000000000000000" || got.DistinctExact || got.Values.Exact || got.Values.Set != nil {
		t.Errorf("found %+v", got)
	}
	if n := len(sampled); got.Values.Counted != int64(n) || n < 3000 || n > maxSample {
		t.Errorf("%d values were counted over, want %d", got.Values.Counted, n)
	}
	for i, share := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
		at := int(math.Ceil(share*float64(len(sampled)))) - 1
		if want := fmt.Sprint(sampled[at]); got.Values.Quantiles[i].Value != want {
			t.Errorf("quantile %v: %s, want %s", share, got.Values.Quantiles[i].Value, want)
		}
	}
	four := int64(0)
	for _, v := range sampled {
		if v == 4 {
			four++
		}
	}
	if top := got.Values.Top; len(top) == 0 || top[0] != (Top{"4", four}) || top[len(top)-1].Count < leastSeen {
		t.Errorf("the most frequent values are %v, want 4 of %d first", top, four)
	}
	if h := got.Values.Histogram; len(h.Bins) < 10 {
		t.Errorf("one value far off leaves %d bins", len(h.Bins))
	}
}

// Estimates are as near as sketches of so many registers are, of numbers in a row too.
func TestDistinct(t *testing.T) {
	for _, n := range []int64{1025, 3000, 10_000, 100_000, 1_000_000} {
		c := &words{kind: int64Kind}
		for i := range n {
			c.count([]int64{i * 1000, i * 1000})
		}
		d := &texts{kind: stringKind}
		for i := range n {
			text := fmt.Appendf(nil, "%d", i)
			if d.sketch == nil {
				d.put(text, markOf(text), 1)
			}
			if d.sketch != nil {
				d.estimate(text, markOf(text))
			}
		}
		for name, c := range map[string]counter{"words": c, "texts": d} {
			got, exact := c.distinct()
			if off := math.Abs(float64(got)/float64(n) - 1); exact || off > 0.03 {
				t.Errorf("%s: %d distinct values, exactly: %t; want %d", name, got, exact, n)
			}
		}
	}
}

// A sample has between half of its size and all of it, and favours no row.
func TestSampleIsUniform(t *testing.T) {
	for _, rows := range []int64{8192, 8193, 30_000, 1_000_000, 5_000_000} {
		s := &sample{}
		origins := make([]contract.Origin, 8192)
		for lo := int64(0); lo < rows; lo += int64(len(origins)) {
			n := min(int64(len(origins)), rows-lo)
			for i := range n {
				origins[i] = contract.MakeOrigin(1, lo+i+1)
			}
			s.add(contract.Batch{Origins: origins[:n]}, 1)
		}
		if n := len(s.rows); n > maxSample || n < maxSample/2-300 && int64(n) != rows {
			t.Errorf("%d of %d rows", n, rows)
		}
	}
}

// Counting a batch allocates nothing a row.
func TestCountingAllocatesNothing(t *testing.T) {
	batches := martBatches(3, 8192)
	for i, c := range martColumns {
		counter := newCounter(c.Arrow)
		for _, b := range batches {
			counter.add(b.Record.Column(i))
		}
		if n := testing.AllocsPerRun(3, func() { counter.add(batches[0].Record.Column(i)) }); n > 40 {
			t.Errorf("%s: %v allocations for 8,192 rows", c.Name, n)
		}
	}
}

// There are never more distinct values than values, as an estimate might have it.
func TestDistinctAmongValues(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for rows := 1100; rows < 40_000; rows = rows*13/10 + 7 {
		r := &relation{subject: subjects[slices.IndexFunc(subjects, func(s subject) bool { return s.name == "int64" })]}
		for i := range rows {
			r.rows, r.origins = append(r.rows, int64(i)), append(r.origins, contract.MakeOrigin(2, int64(i)+1))
		}
		r.rows[5], r.rows[6] = nil, nil
		a := New(r.columns(), 2)
		b := r.batch(mem, 0, rows, 0, 0)
		a.Add(b)
		b.Release()
		if c := a.Profile().Columns[0]; c.Distinct > int64(rows-2) || c.Distinct < int64(rows)*97/100 {
			t.Errorf("%d distinct values among %d", c.Distinct, rows-2)
		}
	}
}
