package pipeline

import (
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// cells is a table of numbers, nil being null, with the origin of each row.
type cells struct {
	origins []contract.Origin
	rows    [][]*int64
}

func (c *cells) batch(mem memory.Allocator, columns int) contract.Batch {
	fields := make([]arrow.Field, columns)
	arrays := make([]arrow.Array, columns)
	for k := range columns {
		fields[k] = arrow.Field{Name: strconv.Itoa(k), Type: arrow.PrimitiveTypes.Int64, Nullable: true}
		b := array.NewInt64Builder(mem)
		for _, row := range c.rows {
			if row[k] == nil {
				b.AppendNull()
			} else {
				b.Append(*row[k])
			}
		}
		arrays[k] = b.NewArray()
		b.Release()
	}
	return contract.Batch{Record: contract.NewRecord(arrow.NewSchema(fields, nil), arrays...), Origins: c.origins}
}

// tracedProject is a(id, k), b(k, v), and two models: m takes for each a the
// greatest v of its k, g the greatest id of each k.
func tracedProject() *contract.Project {
	node := func(name string, columns ...contract.Column) contract.Node {
		return contract.Node{Name: name, Columns: columns}
	}
	return &contract.Project{
		Sources: []contract.Source{
			{Node: node("a", contract.Column{Name: "id"}, contract.Column{Name: "k"})},
			{Node: node("b", contract.Column{Name: "k"}, contract.Column{Name: "v"})},
		},
		Models: []contract.Model{
			{
				Node: node("m", contract.Column{Name: "id", Reads: []contract.Read{{Column: "id"}}}, contract.Column{Name: "top", Reads: []contract.Read{{Input: 1, Column: "v"}}}),
				From: "a", Joins: []string{"b"}, On: [][]contract.Match{{{Left: contract.Read{Column: "k"}, Right: "k"}}},
			},
			{
				Node: node("g", contract.Column{Name: "k", Reads: []contract.Read{{Column: "k"}}}, contract.Column{Name: "last", Reads: []contract.Read{{Column: "id"}}}),
				From: "a", Grouped: true, GroupBy: []string{"k"},
			},
		},
	}
}

// greatest is the greatest of the numbers that are not null, and where it stands.
func greatest(values []*int64) (top *int64, at []int) {
	for i, v := range values {
		switch {
		case v == nil:
		case top == nil || *v > *top:
			top, at = v, []int{i}
		case *v == *top:
			at = append(at, i)
		}
	}
	return top, at
}

// Whatever the tables, a value is followed to the records that gave it: the
// oracle looks at all of them.
func TestTraceAgainstAllRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer func() {
			if mem.CurrentAlloc() != 0 {
				t.Fatalf("%d bytes are not freed", mem.CurrentAlloc())
			}
		}()
		number := rapid.Custom(func(t *rapid.T) *int64 {
			n := rapid.Int64Range(-1, 4).Draw(t, "n")
			if n < 0 {
				return nil
			}
			return &n
		})
		table := func(file int, name string) *cells {
			c := &cells{}
			for i, n := 0, rapid.IntRange(1, 12).Draw(t, name); i < n; i++ {
				c.origins = append(c.origins, contract.MakeOrigin(file, int64(i)+1))
				c.rows = append(c.rows, []*int64{number.Draw(t, name), number.Draw(t, name)})
			}
			return c
		}
		a, b := table(0, "a"), table(1, "b")
		same := func(x, y *int64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }

		m, g := &cells{}, &cells{}
		want := map[question][]contract.Origin{}
		graph, err := newGraph(tracedProject())
		if err != nil {
			t.Fatal(err)
		}
		var questions []question
		expect := func(node string, origin contract.Origin, column string, found []contract.Origin) {
			q := question{graph.byName[node], origin, column}
			questions = append(questions, q)
			want[q] = found[:min(len(found), maxFields)]
		}
		for i, row := range a.rows {
			var values []*int64
			var origins []contract.Origin
			for j, other := range b.rows {
				if row[1] != nil && same(row[1], other[0]) {
					values, origins = append(values, other[1]), append(origins, b.origins[j])
				}
			}
			top, at := greatest(values)
			m.origins, m.rows = append(m.origins, a.origins[i]), append(m.rows, []*int64{row[0], top})
			found := origins // all are null, and so is the result
			if top != nil {
				found = nil
				for _, j := range at {
					found = append(found, origins[j])
				}
			}
			expect("m", a.origins[i], "top", found)
			expect("m", a.origins[i], "id", []contract.Origin{a.origins[i]})
		}
		for i, row := range a.rows {
			if slices.ContainsFunc(a.rows[:i], func(x []*int64) bool { return same(x[1], row[1]) }) {
				continue
			}
			var values []*int64
			var origins []contract.Origin
			for j, other := range a.rows {
				if same(row[1], other[1]) {
					values, origins = append(values, other[0]), append(origins, a.origins[j])
				}
			}
			last, at := greatest(values)
			g.origins, g.rows = append(g.origins, a.origins[i]), append(g.rows, []*int64{row[1], last})
			found := origins
			if last != nil {
				found = nil
				for _, j := range at {
					found = append(found, origins[j])
				}
			}
			expect("g", a.origins[i], "last", found)
		}
		tables := map[string]*cells{"a": a, "b": b, "m": m, "g": g}
		answers, err := newTracer(graph).trace(t.Context(), questions, given(tables, mem))
		if err != nil {
			t.Fatal(err)
		}
		for q, origins := range want {
			var got []contract.Origin
			for _, f := range answers[q].fields {
				got = append(got, f.origin)
			}
			if !slices.Equal(got, origins) {
				t.Fatalf("%s of %s at %v came from %v, want %v", q.column, q.node.Name, q.origin, got, origins)
			}
			if lacks := len(answers[q].missing) > 0; lacks && len(got) > 0 {
				t.Fatalf("something is missing and found: %+v", answers[q])
			}
		}
	})
}

// given reads nodes again from tables.
func given(tables map[string]*cells, mem memory.Allocator) func([]*node, func(*node, contract.Batch)) error {
	return func(nodes []*node, take func(*node, contract.Batch)) error {
		for _, n := range nodes {
			batch := tables[n.Name].batch(mem, len(n.Columns))
			take(n, batch)
			batch.Release()
		}
		return nil
	}
}

// asked traces columns of one row over given tables.
func asked(t *testing.T, p *contract.Project, tables map[string]*cells, name, column string) answer {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	g, err := newGraph(p)
	if err != nil {
		t.Fatal(err)
	}
	q := question{g.byName[name], contract.MakeOrigin(0, 1), column}
	answers, err := newTracer(g).trace(t.Context(), []question{q}, given(tables, mem))
	if err != nil {
		t.Fatal(err)
	}
	return answers[q]
}

func number(n int64) *int64 { return &n }

// What a join did not find is told by a key that is redacted where either side
// of it is personal.
func TestTraceShowsNoPersonalKey(t *testing.T) {
	for _, personal := range []string{"left", "right", "neither"} {
		p := tracedProject()
		p.Sources[0].Columns[1].PII, p.Sources[1].Columns[0].PII = personal == "left", personal == "right"
		a := asked(t, p, map[string]*cells{
			"a": {origins: []contract.Origin{contract.MakeOrigin(0, 1)}, rows: [][]*int64{{number(1), number(77)}}},
			"b": {origins: []contract.Origin{contract.MakeOrigin(1, 1)}, rows: [][]*int64{{number(1), number(5)}}},
			"m": {origins: []contract.Origin{contract.MakeOrigin(0, 1)}, rows: [][]*int64{{number(1), nil}}},
		}, "m", "top")
		want := "no row of b has k=" + contract.Redacted
		if personal == "neither" {
			want = "no row of b has k=77"
		}
		if len(a.missing) != 1 || a.missing[0] != want {
			t.Errorf("%s: %q, want %q", personal, a.missing, want)
		}
	}
}

// However many rows there are of a key, the one with the value is found.
func TestTraceFindsOneAmongMany(t *testing.T) {
	b := &cells{}
	for i := range 3 * maxSet {
		b.origins, b.rows = append(b.origins, contract.MakeOrigin(1, int64(i+1))), append(b.rows, []*int64{number(7), number(int64(i))})
	}
	last := int64(3*maxSet - 1)
	a := asked(t, tracedProject(), map[string]*cells{
		"a": {origins: []contract.Origin{contract.MakeOrigin(0, 1)}, rows: [][]*int64{{number(1), number(7)}}},
		"b": b,
		"m": {origins: []contract.Origin{contract.MakeOrigin(0, 1)}, rows: [][]*int64{{number(1), number(last)}}},
	}, "m", "top")
	if len(a.fields) != 1 || a.fields[0].origin != contract.MakeOrigin(1, last+1) {
		t.Errorf("%+v", a.fields)
	}
}

// Where the rows of a group cannot be told, that is said.
func TestTraceOfAGroupThatIsNotKnown(t *testing.T) {
	for name, change := range map[string]func(m *contract.Model){
		"by an expression":       func(m *contract.Model) { m.GroupBy = nil },
		"of what where has left": func(m *contract.Model) { m.Where = &contract.Condition{} },
	} {
		p := tracedProject()
		change(&p.Models[1])
		a := asked(t, p, map[string]*cells{
			"a": {origins: []contract.Origin{contract.MakeOrigin(0, 1), contract.MakeOrigin(0, 2)}, rows: [][]*int64{{number(1), number(7)}, {number(2), number(7)}}},
			"g": {origins: []contract.Origin{contract.MakeOrigin(0, 1)}, rows: [][]*int64{{number(7), number(2)}}},
		}, "g", "last")
		if len(a.fields) != 1 || !a.grouped {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
