package changes

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// Whatever the batches, the memory and the hashes, the log is the one found the
// plain way; it leads from one state to the other, and that of the way back leads
// back.
func TestCompare(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		defer weaken(rapid.SampledFrom([]uint64{math.MaxUint64, math.MaxUint64, 1<<60 - 8, 7, 0}).Draw(t, "bits of hashes"))()
		r := drawRelation(t)
		before := r.drawRows(t)
		after := r.drawEdited(t, before)
		b, a := r.drawState(t, mem, before), r.drawState(t, mem, after)
		defer b.release()
		defer a.release()
		o := r.options(mem)
		o.Memory = rapid.SampledFrom([]int64{0, 1, 700, 1 << 20}).Draw(t, "memory")

		c, err := Compare(b, a, o)
		if err != nil {
			t.Fatal(err)
		}
		log, want := each(t, c), r.log(before, after)
		mustBe(t, log, want)
		if c.Counts != count(want) {
			t.Fatalf("counts are %+v, want %+v", c.Counts, count(want))
		}
		r.mustLead(t, before, log, after)

		back, err := Compare(a, b, o)
		if err != nil {
			t.Fatal(err)
		}
		r.mustLead(t, after, each(t, back), before)
	})
}

// mustLead applies a log. Rows may keep what is ignored.
func (r *relation) mustLead(t fataler, from []row, log []change, to []row) {
	t.Helper()
	got := r.apply(t, from, log)
	for _, x := range to {
		is, ok := got[r.keyOf(x)]
		if !ok || r.changed(is, x) {
			t.Fatalf("the log leads to %v, want %v", is, x)
		}
		delete(got, r.keyOf(x))
	}
	if len(got) > 0 {
		t.Fatalf("the log leaves %v", got)
	}
}

// Any two values of a type are an update unless they are one: null is not what stands
// in for it elsewhere, and floats are what their bits are.
func TestValues(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for i, values := range [][]any{
		{nil, false, true}, {nil, int64(0), int64(1), int64(-1)}, {nil, 0.0, math.Copysign(0, -1), math.NaN(), floats[3], 1.0},
		{nil, decimal128.New(0, 0), decimal128.New(0, 1), decimal128.New(1, 0)}, {nil, "", "a", "b", "null"},
		{nil, arrow.Date32(0), arrow.Date32(1)}, {nil, arrow.Timestamp(0), arrow.Timestamp(1)}, {nil, arrow.Timestamp(0), arrow.Timestamp(1)},
	} {
		r := &relation{key: []int{0}, schema: arrow.NewSchema([]arrow.Field{
			{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "value", Type: types[i], Nullable: true}}, nil)}
		var before, after []row
		for _, x := range values {
			for _, y := range values {
				id := int64(len(before))
				before, after = append(before, row{id, x}), append(after, row{id, y})
			}
		}
		reversed := slices.Clone(after)
		slices.Reverse(reversed)
		for _, after := range [][]row{after, reversed} {
			b, a := r.state(mem, before, 7), r.state(mem, after, 5)
			c, err := Compare(b, a, r.options(mem))
			if err != nil {
				t.Fatal(err)
			}
			mustBe(t, each(t, c), r.log(before, after))
			b.release()
			a.release()
		}
		// And as keys, of which each is found again.
		r.key = []int{1}
		before = nil
		for _, x := range values {
			before = append(before, row{int64(0), x})
		}
		before = r.unique(before)
		after = slices.Clone(before)
		slices.Reverse(after)
		b, a := r.state(mem, before, 7), r.state(mem, after[1:], 5)
		c, err := Compare(b, a, r.options(mem))
		if err != nil {
			t.Fatal(err)
		}
		mustBe(t, each(t, c), []change{{Delete, after[0]}})
		b.release()
		a.release()
	}
}

// The same text cut into rows in other places is other text.
func TestTextsCutElsewhere(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	before := []row{{int64(1), "ab", arrow.Timestamp(0)}, {int64(2), "", arrow.Timestamp(0)}, {int64(3), "c", arrow.Timestamp(0)}}
	after := []row{{int64(1), "a", arrow.Timestamp(0)}, {int64(2), "b", arrow.Timestamp(0)}, {int64(3), "c", arrow.Timestamp(0)}}
	b, a := r.state(mem, before, 3), r.state(mem, after, 3)
	defer b.release()
	defer a.release()
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	mustBe(t, each(t, c), []change{{Update, after[0]}, {Update, after[1]}})
}

// How many keys are not unique is told for both states, and no value.
func TestNotUnique(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		defer weaken(rapid.SampledFrom([]uint64{math.MaxUint64, 7, 0}).Draw(t, "bits of hashes"))()
		r := drawRelation(t)
		before := r.drawRows(t)
		after := r.drawEdited(t, before)
		for _, rows := range []*[]row{&before, &after} {
			for range rapid.IntRange(0, 5).Draw(t, "repeated") {
				if n := len(*rows); n > 0 {
					x := (*rows)[rapid.IntRange(0, n-1).Draw(t, "row")]
					*rows = slices.Insert(*rows, rapid.IntRange(0, n).Draw(t, "to"), x)
				}
			}
		}
		b, a := r.drawState(t, mem, before), r.drawState(t, mem, after)
		defer b.release()
		defer a.release()
		o := r.options(mem)
		o.Memory = rapid.SampledFrom([]int64{0, 1, 700}).Draw(t, "memory")

		want := NotUniqueError{Before: r.repeated(before), After: r.repeated(after)}
		_, err := Compare(b, a, o)
		var found *NotUniqueError
		if want.Before+want.After == 0 {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if !errors.As(err, &found) || found.Before != want.Before || found.After != want.After || !slices.Equal(found.Key, o.Key) {
			t.Fatalf("the error is %+v, want %+v", err, want)
		}
	})
}

// repeated is how many keys more than one row has.
func (r *relation) repeated(rows []row) (n int64) {
	times := map[string]int{}
	for _, x := range rows {
		if times[r.keyOf(x)]++; times[r.keyOf(x)] == 2 {
			n++
		}
	}
	return n
}

func TestNotUniqueErrorNamesNoValue(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	b := r.state(mem, someUsers(0, 9), 4)
	a := r.state(mem, append(someUsers(0, 9), user(3), user(5), user(3)), 4)
	defer b.release()
	defer a.release()
	_, err := Compare(b, a, r.options(mem))
	want := "(id) does not tell rows apart: more than one row has each of 2 keys of the state after; compare by columns that are unique"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

// Without a key there is one row at most.
func TestOneRow(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	r.key = nil
	b, a := r.state(mem, someUsers(1, 2), 4), r.state(mem, someUsers(2, 3), 4)
	defer b.release()
	defer a.release()
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	mustBe(t, each(t, c), []change{{Update, user(2)}})
}

// Rows at one place only are not left to hashes: what the walk passes over is what
// changed, and no more, wherever rows come in, go and change.
func TestWalkKeepsStep(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	before := someUsers(0, 30_000)
	after := slices.Concat(someUsers(-700, 0), before[:4000], before[4001:9000], someUsers(40_000, 45_000), before[12_000:20_001],
		someUsers(50_000, 50_003), before[20_003:], someUsers(60_000, 69_000))
	for i := 5; i < len(after); i += 1000 {
		after[i] = slices.Clone(after[i])
		after[i][1] = nil
	}
	for _, sizes := range [][2]int{{30_000, 50_000}, {8192, 8192}, {9000, 11_000}} {
		b, a := r.state(mem, before, sizes[0]), r.state(mem, after, sizes[1])
		c, err := Compare(b, a, r.options(mem))
		if err != nil {
			t.Fatal(err)
		}
		mustBe(t, each(t, c), r.log(before, after))

		m := &matching{Changes: &Changes{states: [2]*state{newState(older, b, mem), newState(newer, a, mem)}, table: c.table}, found: newHashes(0)}
		if err := m.walk(); err != nil {
			t.Fatal(err)
		}
		// At the ends of batches there may be too few rows to find the way.
		if passed := m.new.len(); passed > c.Inserts+c.Inserts/10 {
			t.Errorf("batches of %v: the walk passed over %d rows, %d were inserted", sizes, passed, c.Inserts)
		}
		b.release()
		a.release()
	}
}

// Rows in any order are matched too, with little memory in more passes.
func TestShuffled(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	wide := func(lo, hi int) []row {
		rows := someUsers(lo, hi)
		for _, x := range rows {
			x[1] = fmt.Sprintf("%s%200s", x[1], "") // so that rows take more room than hashes
		}
		return rows
	}
	before := wide(0, 20_000)
	after := slices.Concat(wide(9000, 19_000), wide(20_000, 20_005), wide(0, 9000))
	for i := range after { // a permutation
		j := i * 7919 % len(after)
		after[i], after[j] = after[j], after[i]
	}
	after[17] = slices.Clone(after[17])
	after[17][1] = "other"
	want := r.log(before, after)
	b, a := r.state(mem, before, 1000), r.state(mem, after, 1500)
	defer b.release()
	defer a.release()
	reads := 0
	base, peak := mem.CurrentAlloc(), 0
	a.reading = func() { peak = max(peak, mem.CurrentAlloc()-base) }
	b.reading = a.reading
	for _, memory := range []int64{0, 100_000, 20_000} {
		b.reads, peak = 0, 0
		o := r.options(mem)
		o.Memory = memory
		c, err := Compare(b, a, o)
		if err != nil {
			t.Fatal(err)
		}
		if b.reads <= reads {
			t.Errorf("with %d bytes %d batches were read, with more %d", memory, b.reads, reads)
		}
		if most := int(memory / 2); memory > 0 && (peak > most || peak < most/10) {
			t.Errorf("with %d bytes records of %d are held", memory, peak)
		}
		reads = b.reads
		mustBe(t, each(t, c), want)
	}
}

// Arrow IPC files, as they are opened.
func TestFiles(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	before, after := someUsers(0, 100), slices.Concat(someUsers(10, 60), someUsers(200, 201))
	var readers []*ipc.FileReader
	for _, rows := range [][]row{before, after} {
		s := r.state(mem, rows, 30)
		file, err := ipc.NewFileReader(bytes.NewReader(s.file(t, mem)), ipc.WithAllocator(mem))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		s.release()
		readers = append(readers, file)
	}
	c, err := Compare(readers[0], readers[1], r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	mustBe(t, each(t, c), r.log(before, after))
}

// broken fails at a batch, by an error or, as Arrow's reader does, a panic.
type broken struct {
	*batches
	at    int
	panic bool
}

var errBroken = errors.New("the disk is gone")

func (b *broken) RecordAt(i int) (arrow.Record, error) {
	if i == b.at && b.panic {
		panic(errBroken)
	}
	if i == b.at {
		return nil, errBroken
	}
	return b.batches.RecordAt(i)
}

func TestReadErrors(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	good := r.state(mem, someUsers(0, 100), 10)
	defer good.release()
	shuffled := someUsers(0, 100)
	slices.Reverse(shuffled)
	other := r.state(mem, shuffled, 10)
	defer other.release()
	for _, panics := range []bool{false, true} {
		for at := range 10 {
			b := &broken{good, at, panics}
			for name, states := range map[string][2]Reader{"before": {b, other}, "after": {other, b}} {
				_, err := Compare(states[0], states[1], r.options(mem))
				want := fmt.Sprintf("batch %d of the state %s cannot be read: ", at, name)
				if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), errBroken.Error()) {
					t.Errorf("the error is %v, want %s... %v", err, want, errBroken)
				}
			}
		}
	}
	// One that breaks once it has been compared.
	b := &broken{batches: good, at: -1}
	c, err := Compare(b, other, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	if c.Total() != 0 {
		t.Errorf("%+v of the same rows in another order", c.Counts)
	}
	none := &batches{schema: r.schema}
	if c, err = Compare(b, none, r.options(mem)); err != nil {
		t.Fatal(err)
	}
	b.at = 3
	if err := c.Each(func([]Operation, arrow.Record) error { return nil }); !errors.Is(err, errBroken) {
		t.Errorf("Each of a broken state gives %v", err)
	}
}

func TestEachEndsWithAnError(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	b, a := &batches{schema: r.schema}, r.state(mem, someUsers(0, 10), 2)
	defer a.release()
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	if err := c.Each(func([]Operation, arrow.Record) error { calls++; return errBroken }); !errors.Is(err, errBroken) || calls != 1 {
		t.Errorf("Each gives %v after %d calls", err, calls)
	}
}

func TestRefused(t *testing.T) {
	mem := memory.NewGoAllocator()
	schema := func(fields ...arrow.Field) *batches { return &batches{schema: arrow.NewSchema(fields, nil)} }
	id, name := arrow.Field{Name: "id", Type: arrow.PrimitiveTypes.Int64}, arrow.Field{Name: "name", Type: arrow.BinaryTypes.String}
	list := arrow.Field{Name: "all", Type: arrow.ListOf(arrow.PrimitiveTypes.Int64)}
	coded := arrow.Field{Name: "n", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.PrimitiveTypes.Int64}}
	number := arrow.Field{Name: "name", Type: arrow.PrimitiveTypes.Int64}
	for _, tt := range []struct {
		before, after *batches
		o             Options
		want          string
	}{
		{schema(id, name), schema(id), Options{}, "the state before has 2 columns, the one after 1"},
		{schema(id, name), schema(name, id), Options{}, `column 1 is "id" of type int64 before and "name" of type utf8 after`},
		{schema(id, name), schema(id, number), Options{}, `column 2 is "name" of type utf8 before and "name" of type int64 after`},
		{schema(id, name), schema(id, name), Options{Key: []string{"user"}}, `there is no column "user", which is of the key; the columns are id, name`},
		{schema(id, name), schema(id, name), Options{Key: []string{"id"}, Ignore: []string{"at"}}, `there is no column "at", which is to be ignored`},
		{schema(id, list), schema(id, list), Options{Key: []string{"id"}}, `column "all": its Arrow type is list`},
		{schema(id, list), schema(id, list), Options{Key: []string{"id"}, Ignore: []string{"all"}}, `column "all": its Arrow type is list`},
		{schema(id, coded), schema(id, coded), Options{Key: []string{"id"}}, `column "n": its Arrow type is dictionary`},
	} {
		tt.o.Mem = mem
		if _, err := Compare(tt.before, tt.after, tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("the error is %v, want %s", err, tt.want)
		}
	}
}

// The rows' schema is the later state's, and allows for the nulls of both.
func TestSchema(t *testing.T) {
	old, current := users(), users()
	fields := current.schema.Fields()
	fields[0].Nullable = false
	fields[1].Type = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	md := arrow.NewMetadata([]string{"martlet.name"}, []string{"people"})
	c, err := Compare(&batches{schema: old.schema}, &batches{schema: arrow.NewSchema(fields, &md)}, current.options(memory.NewGoAllocator()))
	if err != nil {
		t.Fatal(err)
	}
	if want := arrow.NewSchema(old.schema.Fields(), &md); !c.Schema().Equal(want) || !c.Schema().Metadata().Equal(md) {
		t.Errorf("the schema is %v, want %v", c.Schema(), want)
	}
}
