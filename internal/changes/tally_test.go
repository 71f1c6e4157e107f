package changes

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Whatever the batches, the memory and the hashes: how many rows each column differs
// in, and the first of them, are those found the plain way.
func TestTally(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		defer weaken(rapid.SampledFrom([]uint64{math.MaxUint64, 1<<60 - 8, 7, 0}).Draw(t, "bits of hashes"))()
		r := drawRelation(t)
		before := r.drawRows(t)
		after := r.drawEdited(t, before)
		b, a := r.drawState(t, mem, before), r.drawState(t, mem, after)
		defer b.release()
		defer a.release()
		o := r.options(mem)
		o.Memory = rapid.SampledFrom([]int64{0, 1, 700}).Draw(t, "memory")
		o.Tally, o.Noted = true, rapid.IntRange(0, 4).Draw(t, "noted")
		c, err := Compare(b, a, o)
		if err != nil {
			t.Fatal(err)
		}
		log := r.log(before, after)
		if c.Counts != count(log) || c.Before != int64(len(before)) || c.After != int64(len(after)) {
			t.Fatalf("counts are %+v of %d and %d rows", c.Counts, c.Before, c.After)
		}
		got, err := c.Examples(o.Noted)
		if err != nil {
			t.Fatal(err)
		}
		r.mustTally(t, c, got, before, after)
		r.mustName(t, "inserted", got.Inserted, Insert, log, o.Noted)
		r.mustName(t, "deleted", got.Deleted, Delete, log, o.Noted)
	})
}

// mustTally checks the columns of a tally and their examples.
func (r *relation) mustTally(t fataler, c *Changes, got *Examples, before, after []row) {
	t.Helper()
	was := map[string]row{}
	for _, x := range before {
		was[r.keyOf(x)] = x
	}
	var found int
	for i, f := range r.schema.Fields() {
		var keys []string // of the rows in which it differs
		for _, x := range after {
			if old, ok := was[r.keyOf(x)]; ok && text(old[i]) != text(x[i]) {
				keys = append(keys, r.keyText(x))
			}
		}
		if slices.Contains(r.key, i) && f.Type.ID() != arrow.FLOAT64 {
			continue // keys that are equal have one value
		}
		x := c.Columns[found]
		if ignored := slices.Contains(r.ignore, i); x.Column != f.Name || x.Ignored != ignored || x.Rows != int64(len(keys)) {
			t.Fatalf("column %s: %+v, want %d rows, ignored %t", f.Name, x, len(keys), ignored)
		}
		if x.Ignored {
			keys = nil
		}
		examples := got.Columns[found]
		if want := keys[:min(len(keys), x.most)]; !slices.EqualFunc(examples, want, func(e Example, key string) bool { return e.Key.String() == key }) {
			t.Fatalf("examples of %s are %+v, want those of %v", f.Name, examples, want)
		}
		for _, e := range examples {
			if e.Before == e.After {
				t.Fatalf("an example of %s is %+v", f.Name, e)
			}
		}
		found++
	}
	if found != len(c.Columns) {
		t.Fatalf("%d columns are tallied, want %d", len(c.Columns), found)
	}
}

// mustName checks the keys of rows of one kind.
func (r *relation) mustName(t fataler, kind string, got []Key, op Operation, log []change, most int) {
	t.Helper()
	var want []string
	for _, x := range log {
		if x.op == op && len(want) < most {
			want = append(want, r.keyText(x.row))
		}
	}
	if !slices.EqualFunc(got, want, func(k Key, text string) bool { return k.String() == text }) {
		t.Fatalf("%s are %v, want %v", kind, got, want)
	}
}

// keyText is the key of a row as an update of nothing but it tells.
func (r *relation) keyText(x row) string {
	mem := memory.NewGoAllocator()
	s := r.state(mem, []row{x}, 1)
	defer s.release()
	none := r.state(mem, nil, 1)
	o := r.options(mem)
	c, err := Compare(none, s, o)
	if err != nil {
		return err.Error()
	}
	d, err := c.Differences(1)
	if err != nil {
		return err.Error()
	}
	return d.Rows[0].Key
}

// Of a bag, rows are new and gone as often as they stand in one state more often than in
// the other.
func TestBag(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		defer weaken(rapid.SampledFrom([]uint64{math.MaxUint64, 1<<60 - 8, 7, 0}).Draw(t, "bits of hashes"))()
		r := drawRelation(t)
		draw := func(name string) (rows []row) {
			pool := r.drawRows(t)
			for range rapid.IntRange(0, 60).Draw(t, name) {
				if len(pool) > 0 {
					rows = append(rows, pool[rapid.IntRange(0, min(len(pool)-1, 5)).Draw(t, "row")])
				}
			}
			return rows
		}
		before := draw("rows before")
		after := append(rapid.Permutation(before[:rapid.IntRange(0, len(before)).Draw(t, "kept")]).Draw(t, "order"), draw("rows after")...)
		b, a := r.drawState(t, mem, before), r.drawState(t, mem, after)
		defer b.release()
		defer a.release()
		o := r.options(mem)
		o.Memory = rapid.SampledFrom([]int64{0, 1, 700}).Draw(t, "memory")
		o.Bag, o.Tally, o.Noted = true, true, 1
		c, err := Compare(b, a, o)
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]int{}
		for _, x := range after {
			left[r.whole(x)]++
		}
		for _, x := range before {
			left[r.whole(x)]--
		}
		var want Counts
		for _, n := range left {
			want.add(Insert, int64(max(n, 0)))
			want.add(Delete, int64(max(-n, 0)))
		}
		if c.Counts != want || c.Columns != nil {
			t.Fatalf("counts are %+v, want %+v; columns %v", c.Counts, want, c.Columns)
		}
		for _, x := range each(t, c) {
			if x.op == Insert {
				left[r.whole(x.row)]--
			} else {
				left[r.whole(x.row)]++
			}
		}
		for key, n := range left {
			if n != 0 {
				t.Fatalf("the log has %s %d times too few", key, n)
			}
		}
	})
}

// whole tells rows of a bag apart.
func (r *relation) whole(x row) (key string) {
	for i, v := range x {
		if !slices.Contains(r.ignore, i) {
			key += fmt.Sprintf("%q", text(v))
		}
	}
	return key
}

// No personal value is in an example, nor in its key.
func TestExamplesAreRedacted(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	r.key = []int{1} // by name, which is personal
	fields := r.schema.Fields()
	fields[0].Metadata = fields[1].Metadata
	r.schema = arrow.NewSchema(fields, nil)
	b := r.state(mem, []row{{int64(1), "Ann", arrow.Timestamp(0)}, {int64(2), "Ben", arrow.Timestamp(0)}}, 1)
	a := r.state(mem, []row{{nil, "Ann", arrow.Timestamp(1)}, {int64(3), "Cem", arrow.Timestamp(1)}}, 1)
	defer b.release()
	defer a.release()
	o := r.options(mem)
	o.Tally, o.Noted = true, 5
	for _, o.Bag = range []bool{false, true} {
		c, err := Compare(b, a, o)
		if err != nil {
			t.Fatal(err)
		}
		x, err := c.Examples(5)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(x)
		if want := "&{[name=<redacted>] [name=<redacted>] [[{name=<redacted> {<redacted> true} { false}}] []]}"; !o.Bag && got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if want := "&{[id=null, name=<redacted> id=<redacted>, name=<redacted>] [id=<redacted>, name=<redacted> id=<redacted>, name=<redacted>] []}"; o.Bag && got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// States with other columns are compared by those that are the same.
func TestShare(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	integer, words := arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String
	is := func(name string, dt arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dt, Nullable: true}
	}
	was := &relation{schema: arrow.NewSchema([]arrow.Field{is("id", integer), is("old", words), is("age", integer), is("word", words)}, nil)}
	coded := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: words}
	now := &relation{schema: arrow.NewSchema([]arrow.Field{is("word", coded), is("age", words), is("new", words), is("id", integer)}, nil)}
	b := was.state(mem, []row{{int64(1), "x", int64(30), "a"}, {int64(2), "y", int64(31), "b"}}, 1)
	a := now.state(mem, []row{{"c", "31", nil, int64(2)}, {"a", "30", nil, int64(1)}}, 2)
	defer b.release()
	defer a.release()
	s := Share(b, a, mem)
	if !slices.Equal(s.Columns, []string{"word", "id"}) || len(s.Old) != 1 || s.Old[0].Name != "old" || len(s.New) != 1 || s.New[0].Name != "new" ||
		len(s.Retyped) != 1 || s.Retyped[0][0].Type != integer || s.Retyped[0][1].Type != words {
		t.Fatalf("they share %+v", s)
	}
	c, err := Compare(s.Before, s.After, Options{Key: []string{"id"}, Tally: true, Noted: 1, Mem: mem})
	if err != nil {
		t.Fatal(err)
	}
	if c.Counts != (Counts{Updates: 1}) || len(c.Columns) != 1 || c.Columns[0].Rows != 1 {
		t.Errorf("they differ by %+v, %+v", c.Counts, c.Columns)
	}
	whole := Share(b, b, mem)
	if whole.Before != Reader(b) || len(whole.Columns) != 4 {
		t.Errorf("a state shares %+v with itself", whole)
	}
}
