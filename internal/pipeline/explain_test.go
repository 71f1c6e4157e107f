package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

// explainable is the fixture with what explain has to know of it: which columns are
// handed on, and by what the models join and dedupe. mart joins stg again, so that one
// source is asked for twice.
func explainable(t *testing.T, seeds map[string]string) *diskProject {
	t.Helper()
	d := onDisk(t, seeds)
	types := []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64}
	for i := range d.project.Models {
		m := &d.project.Models[i]
		m.Columns = slices.Clone(m.Columns)
		for c := range m.Columns {
			column := &m.Columns[c]
			column.Arrow = types[c]
			column.Reads = []contract.Read{{Column: column.Name}}
			if column.Expr, column.Copy = column.Name, c < 2; c == 2 && len(m.Joins) > 0 {
				column.Expr, column.Reads = "n + count(*)", append(column.Reads, contract.Read{Input: 1, Column: "id"})
			}
		}
		for range m.Joins {
			m.On = append(m.On, []contract.Match{{Left: contract.Read{Column: "id"}, Right: "id"}})
		}
	}
	d.project.Models[0].Where = &contract.Condition{Expr: "id % 10 <> 7", Reads: []contract.Read{{Column: "id"}}}
	d.project.Models[1].Dedupe = &contract.Dedupe{Key: []string{"id"}}
	return d
}

// explained runs explain; run looks after memory that is left over.
func (d *diskProject) explained(args ...string) int {
	d.t.Helper()
	return d.run(append([]string{"explain", "--root", d.root, "--as-of", "2024-05-01"}, args...)...)
}

func TestExplainGivesItsMemoryBack(t *testing.T) {
	d := explainable(t, nil)
	d.expect(d.explained("users", "--key", "3"), exitDone, "users of id=3", "seeds/users.csv:6")
	d.expect(d.explained("mart", "--key", "2"), exitDone, "mart of id=2", "email   <redacted>", "seeds/users.csv:3", "events: no row has id=2")
	d.expect(d.explained("mart", "--key", "2", "--column", "n", "--output", "json"), exitDone, `"value": 3`)
	d.expect(d.explained("mart", "--key", "17"), exitDone, "stg: a filter drops it", "where id % 10 <> 7", "id is 17: seeds/users.csv:5")
	d.expect(d.explained("mart", "--key", "99"), exitDone, "users: no record has id=99")
	d.expect(d.explained("stg", "--key", "n=2"), exitDone, "stg of n=2", "seeds/users.csv:3") // which is looked for in all rows
	d.expect(d.explained("stg", "--key", "n=77"), exitDone, "stg has no row with n=77", "n is computed: n")
	d.expect(d.explained("nobody", "--key", "1"), exitImpeded, `there is no source or model "nobody"`)
}

func TestExplainTellsOfRejects(t *testing.T) {
	d := explainable(t, map[string]string{"users": "id,email,n\n1,a@x,1\n1,b@x,many\n4,c@x,few\n"})
	d.expect(d.explained("mart", "--key", "1"), exitDone, "mart of id=1", "Note: a record of users was rejected, and is left out: n: found many, expected a whole number: seeds/users.csv:3")
	d.expect(d.explained("mart", "--key", "4"), exitDone, "users: its record was rejected: n: found few, expected a whole number", "seeds/users.csv:4")
	if strings.Contains(d.stdout.String(), "c@x") {
		t.Errorf("a personal value is told: %s", d.stdout.String())
	}
}

// Where no record has a key, those of which it is not known are named: of other lengths, and
// with a bad field in its column. What else has to be known is said beside a reject, too.
func TestExplainTellsOfUnreadableKeys(t *testing.T) {
	d := explainable(t, map[string]string{"users": "id,email,n\n1,a@x,1\n5,b@x\n6o,c@x,6\n4,d@x,few\n4,e@x,\"open\n"})
	d.expect(d.explained("mart", "--key", "5"), exitDone, "users: no record has id=5", "2 records of users, in which that could not be read and which were rejected: seeds/users.csv:3, 4")
	d.expect(d.explained("mart", "--key", "4"), exitDone, "users: its record was rejected: n: found few", "Note: seeds/users.csv:6: found a quote that is never closed")
	if strings.Contains(d.stdout.String(), "Note: a record of users was rejected") {
		t.Errorf("one reject is told of twice: %s", d.stdout.String())
	}
	d.expect(d.explained("mart", "--key", "1"), exitDone, "mart of id=1")
	if strings.Contains(d.stdout.String(), "could not be read and") {
		t.Errorf("a row that is there is in doubt: %s", d.stdout.String())
	}
}

// Keys are written as in a CSV file, in quotes where they have to be; of a column that
// there is not no value is told.
func TestExplainReadsKeys(t *testing.T) {
	d := explainable(t, map[string]string{"users": "id,email,n\n1,\"a,id=2\",1\n2,\"q\"\"q\",2\n3,\"\",3\n4,,4\n"})
	for key, id := range map[string]string{`email="a,id=2"`: "1", `email="a,id=2",id=1`: "1", `email=q"q`: "2", `email="q""q"`: "2", `email=""`: "3", "email=": "4", "n=4": "4"} {
		d.expect(d.explained("users", "--key", key), exitDone, "\nid      "+id+" ")
	}
	for _, key := range []string{"emial=grace@x.com", "id=7,emial=grace@x.com", "unknown=grace@x.com"} {
		d.expect(d.explained("users", "--key", key), exitImpeded, "--key: users has no column")
		if strings.Contains(d.stderr.String(), "grace") {
			t.Errorf("a personal value is told: %s", d.stderr.String())
		}
	}
	d.expect(d.explained("users", "--key", "id=1", "--key", "id=2"), exitImpeded, "--key names id twice")
}

// What cannot be done leaves nothing behind: where it is interrupted, and where more rows
// are held than memory has room for.
func TestExplainThatCannotBeDone(t *testing.T) {
	d := explainable(t, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	d.expect(d.runWith(ctx, "explain", "mart", "--root", d.root, "--key", "1"), exitImpeded, "enough")

	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	reading := readingOf(t, d.root, d.project, mem)
	defer reading.close()
	reading.room.left.Store(8)
	if _, err := reading.rows(reading.graph.byName["mart"], demand{}); err == nil || !strings.Contains(err.Error(), "than memory has room for") {
		t.Errorf("%v", err)
	}
}

// Nothing is said of a file that changed meanwhile: it is read more than once, and at the
// places that were found stand other records.
func TestExplainNoticesOtherInputs(t *testing.T) {
	d := explainable(t, nil)
	o := options{root: d.root, threads: 1}
	s, err := o.settings("explain", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRun(d.project, s, memory.NewGoAllocator(), noProgress{})
	if err != nil {
		t.Fatal(err)
	}
	r.readOnly(func(*node) bool { return true })
	if err := errors.Join(r.findInputs(t.Context(), r.extract), r.checkInputs(), r.inputsChanged()); err != nil {
		t.Fatal(err)
	}
	d.write("seeds/users.csv", "id,email,n\n")
	if err := r.inputsChanged(); err == nil || !strings.Contains(err.Error(), "seeds/users.csv: the file was changed while it was read") {
		t.Errorf("%v", err)
	}
	r.failures.Add(contract.Failure{Node: "mart", Column: "n", Origin: contract.MakeOrigin(0, 1), Err: errors.New("overflow")})
	if r.traceFailures(t.Context()); len(r.answers) > 0 || len(r.warnings) != 1 || !strings.Contains(r.warnings[0].Error(), "was changed while it was read") {
		t.Errorf("%v, %v", r.answers, r.warnings)
	}
}

// A demand that is covered by an earlier one reads no file again, and gives the same.
func TestReadingRemembers(t *testing.T) {
	d := explainable(t, nil)
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	reading := readingOf(t, d.root, d.project, mem)
	defer reading.close()
	n := reading.graph.byName["users"]
	of := func(ids ...string) demand {
		keys := newKeySet([]string{"id"})
		for _, id := range ids {
			key, err := parseKey(n.Schema.Field(0).Type, id)
			if err != nil {
				t.Fatal(err)
			}
			keys.add([]string{string(key)})
		}
		return demand{keys: keys}
	}
	two, err := reading.rows(n, of("1", "2"))
	if err != nil || two.Len() != 3 {
		t.Fatalf("%d rows, %v", two.Len(), err)
	}
	d.write("seeds/users.csv", "id,email,n\n")
	again, err := reading.rows(n, of("1", "2"))
	if err != nil || again != two {
		t.Errorf("%v, %v", again, err)
	}
	one, err := reading.rows(n, of("1"))
	if err != nil || one.Len() != 2 || one.rows()[1].origin().Record() != 3 {
		t.Errorf("%d rows, %v", one.Len(), err)
	}
	if other, err := reading.rows(n, of("3")); err != nil || other.Len() != 0 { // of which the file has none any more
		t.Errorf("%d rows, %v", other.Len(), err)
	}
}

// readingOf is a reading of a project whose files are found.
func readingOf(t *testing.T, root string, p *contract.Project, mem contract.Allocator) *reading {
	t.Helper()
	o := options{root: root, threads: 1}
	s, err := o.settings("explain", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRun(p, s, mem, noProgress{})
	if err != nil {
		t.Fatal(err)
	}
	r.readOnly(func(*node) bool { return true })
	if err := r.findInputs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return r.newReading(t.Context())
}
