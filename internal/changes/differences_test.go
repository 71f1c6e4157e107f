package changes

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

func TestDifferences(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	zone := arrow.NewMetadata([]string{"martlet.pii"}, []string{"true"})
	r := &relation{key: []int{3, 0}, ignore: []int{4}, schema: arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true, Metadata: zone},
		{Name: "email", Type: arrow.BinaryTypes.String, Nullable: true, Metadata: zone},
		{Name: "built_at", Type: timestampTZ},
		{Name: "word", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)}
	at := arrow.Timestamp(0)
	before := []row{
		{int64(1), 0.5, "Ann", "ann@example.org", at, "a"},
		{int64(2), 0.5, "Ben", nil, at, "null"},
		{nil, 0.0, "Cem", "cem@example.org", at, ""},
		{int64(4), math.NaN(), "Dot", "dot@example.org", at, "d"},
		{int64(5), 1.0, "Eve", "eve@example.org", at, "e"},
	}
	after := []row{
		{int64(6), 1.0, "Fay", "fay@example.org", at + 1, "f"},
		{nil, math.Copysign(0, -1), "Cem", "cem@example.org", at + 1, nil},
		{int64(2), 0.5, nil, nil, at + 1, nil},
		{int64(4), math.Float64frombits(0xfff8000000000001), "Dot", "dot@example.org", at + 1, "d"},
		{int64(5), 1.0, "Eva", "eve@example.org", at + 1, "e"},
	}
	b, a := r.state(mem, before, 2), r.state(mem, after, 3)
	defer b.release()
	defer a.release()
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	redacted, null := Field{"<redacted>", true}, Field{}
	want := []Difference{
		{Operation: Delete, Key: "email=<redacted>, id=1"},
		{Operation: Insert, Key: "email=<redacted>, id=6"},
		{Operation: Update, Key: "email=<redacted>, id=null", Columns: []ColumnDifference{
			{"score", Field{"0", true}, Field{"-0", true}}, {"word", Field{"", true}, null}}},
		{Operation: Update, Key: "email=null, id=2", Columns: []ColumnDifference{
			{"name", redacted, null}, {"word", Field{"null", true}, null}}},
		{Operation: Update, Key: "email=<redacted>, id=5", Columns: []ColumnDifference{{"name", redacted, redacted}}},
	}
	for n := range 7 {
		got, err := c.Differences(n)
		if err != nil {
			t.Fatal(err)
		}
		if got.Counts != (Counts{Inserts: 1, Updates: 3, Deletes: 1}) {
			t.Errorf("counts are %+v", got.Counts)
		}
		if want := want[:min(n, len(want))]; len(got.Rows)+len(want) > 0 && !reflect.DeepEqual(got.Rows, want) {
			t.Errorf("the first %d are\n%+v, want\n%+v", n, got.Rows, want)
		}
	}
}

// Personal is what either state says is.
func TestDifferencesArePersonalInEitherState(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	fields := r.schema.Fields()
	fields[1].Metadata = arrow.Metadata{}
	open := &relation{key: r.key, ignore: r.ignore, schema: arrow.NewSchema(fields, nil)}
	changed := user(1)
	changed[1] = "another"
	for _, states := range [][2]*relation{{r, open}, {open, r}} {
		b, a := states[0].state(mem, someUsers(1, 2), 1), states[1].state(mem, []row{changed}, 1)
		c, err := Compare(b, a, r.options(mem))
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.Differences(1)
		if err != nil {
			t.Fatal(err)
		}
		redacted := Field{"<redacted>", true}
		if want := []ColumnDifference{{"name", redacted, redacted}}; !slices.Equal(d.Rows[0].Columns, want) {
			t.Errorf("it shows %v", d.Rows[0].Columns)
		}
		b.release()
		a.release()
	}
}

// Of every update the columns that differ are told, and no others.
func TestDifferencesOfAnything(t *testing.T) {
	checked(t, func(t *rapid.T, mem memory.Allocator) {
		r := drawRelation(t)
		before := r.drawRows(t)
		after := r.drawEdited(t, before)
		b, a := r.drawState(t, mem, before), r.drawState(t, mem, after)
		defer b.release()
		defer a.release()
		c, err := Compare(b, a, r.options(mem))
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(0, 30).Draw(t, "n")
		d, err := c.Differences(n)
		if err != nil {
			t.Fatal(err)
		}
		log := r.log(before, after)
		log = log[:min(n, len(log))]
		if len(d.Rows) != len(log) {
			t.Fatalf("%d rows are told, want %d", len(d.Rows), len(log))
		}
		was := map[string]row{}
		for _, x := range before {
			was[r.keyOf(x)] = x
		}
		for i, change := range log {
			var want []string
			if change.op == Update {
				want = r.columnsThatDiffer(was[r.keyOf(change.row)], change.row)
			}
			var got []string
			for _, c := range d.Rows[i].Columns {
				got = append(got, c.Column)
			}
			if d.Rows[i].Operation != change.op || !slices.Equal(got, want) {
				t.Fatalf("row %d is %+v, want %s of %v", i, d.Rows[i], change.op, want)
			}
		}
	})
}

func (r *relation) columnsThatDiffer(x, y row) (names []string) {
	for i := range x {
		if !slices.Contains(r.ignore, i) && text(x[i]) != text(y[i]) {
			names = append(names, r.schema.Field(i).Name)
		}
	}
	return names
}

func TestDifferencesReadErrors(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	r := users()
	after := someUsers(0, 10)
	after[9][1] = "another"
	good, a := r.state(mem, someUsers(0, 10), 2), r.state(mem, after, 3)
	defer good.release()
	defer a.release()
	b := &broken{batches: good, at: -1}
	c, err := Compare(b, a, r.options(mem))
	if err != nil {
		t.Fatal(err)
	}
	b.at = 4
	if _, err := c.Differences(5); !errors.Is(err, errBroken) {
		t.Errorf("the error is %v", err)
	}
	if _, err := c.Differences(0); err != nil {
		t.Errorf("without rows to show: %v", err)
	}
}
