package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
	"martlet/internal/contract"
)

// The project of these tests, written by hand as the generator would write it:
//
//	users ──> stg ──> core ──> mart (arrow, csv)
//	           └────────────────^  joined again: stg is spooled
//	events ──────────^  counted per user
//	lonely                         read by nobody
//
// stg drops the ids that end in 7 and is tested for emails (warn) and for n
// (error); core keeps the first row of an id; events.id is related to users.id.
func fixture() *contract.Project {
	rows := rowSchema()
	columns := []contract.Column{
		{Name: "id", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64},
		{Name: "email", Type: "string", Arrow: arrow.BinaryTypes.String, Nullable: true, PII: true},
		{Name: "n", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64, Nullable: true},
	}
	node := func(name string) contract.Node {
		return contract.Node{Name: name, Columns: columns, Grain: []string{"id"}, Schema: rows}
	}
	users := contract.Source{Node: node("users"), Seed: "seeds/users.csv", NewParser: newRowParser}
	events := contract.Source{Node: node("events"), Seed: "seeds/events.csv", NewParser: newRowParser}
	events.Tests = []contract.Test{{Name: "relationships_events_id", Kind: "relationships", Column: "id", Severity: contract.Error, Expected: "an id of users"}}
	lonely := contract.Source{Node: node("lonely"), Seed: "seeds/lonely.csv", NewParser: newRowParser}
	lonely.Tests = rowTests("lonely")
	lonely.NewValidator = newRowValidator
	stg := contract.Model{Node: node("stg"), Layer: "staging", From: "users",
		New: func(env *contract.Env) contract.Transform {
			return &rowTransform{env: env, model: "stg", drop: func(id int64) bool { return id%10 == 7 }}
		}}
	stg.Tests = rowTests("stg")
	stg.NewValidator = newRowValidator
	core := contract.Model{Node: node("core"), From: "stg", Joins: []string{"events"}, Dedupe: &contract.Dedupe{Key: []string{"user_id"}},
		New: func(env *contract.Env) contract.Transform {
			return &rowTransform{env: env, model: "core", dedupe: true, seen: map[int64]bool{}}
		}}
	mart := contract.Model{Node: node("mart"), Layer: "mart", From: "core", Joins: []string{"stg"}, Formats: []string{"csv", "arrow"},
		New: func(env *contract.Env) contract.Transform { return &rowTransform{env: env, model: "mart"} }}
	return &contract.Project{
		Name: "sample", Timezone: "UTC", Fingerprint: "f00d",
		Sources: []contract.Source{users, events, lonely},
		Models:  []contract.Model{stg, core, mart},
		Relationships: []contract.Relationship{{Child: "events", Test: 0, Parent: "users",
			New: func(*contract.Env) contract.RelationshipCheck { return &rowRelation{parents: map[int64]bool{}} }}},
	}
}

func rowSchema() *arrow.Schema {
	metadata := arrow.NewMetadata([]string{"description", "martlet.model"}, []string{"rows", "to be replaced"})
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "email", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, &metadata)
}

// rowParser parses the three columns with Arrow's own builder.
type rowParser struct{ mem memory.Allocator }

func newRowParser(env *contract.Env) contract.Parser { return &rowParser{mem: env.Memory} }

func (p *rowParser) Release() {}

func (p *rowParser) Parse(rows *contract.Rows, rejects *contract.Rejects) (arrow.Record, error) {
	b := array.NewRecordBuilder(p.mem, rowSchema())
	defer b.Release()
	number := func(i, j int) {
		v, err := strconv.ParseInt(string(rows.Field(i, j)), 10, 64)
		if err != nil && (j == 0 || len(rows.Field(i, j)) > 0) {
			rejects.Add(i, j, errors.New("a whole number"))
		}
		if err != nil {
			b.Field(j).AppendNull()
			return
		}
		b.Field(j).(*array.Int64Builder).Append(v)
	}
	for i := range rows.Len() {
		number(i, 2) // rejects may come in any order
		number(i, 0)
		if text, ok := rows.Text(i, 1); ok {
			b.Field(1).(*array.StringBuilder).Append(string(text))
		} else {
			b.Field(1).AppendNull()
		}
	}
	return b.NewRecord(), nil
}

// rowTransform drops, dedupes, and adds to n how often the id is in what is
// joined. An n of 13 fails; it leaks a row where n is 666. It is its own stage.
type rowTransform struct {
	contract.NoParts
	env              *contract.Env
	model            string
	drop             func(id int64) bool
	dedupe           bool
	seen             map[int64]bool
	joined           map[int64]int64
	filtered, folded atomic.Int64
	pushed           func() error     // called by Fold and Apply, where set
	held             []contract.Batch // what the base gave, given on at the end where dedupe
}

func (t *rowTransform) NewStage() contract.Stage { return rowStage{rowTransform: t} }
func (t *rowTransform) Filtered() int64          { return t.filtered.Load() }
func (t *rowTransform) Folded() int64            { return t.folded.Load() }
func (t *rowTransform) Drop(int)                 {}
func (t *rowTransform) Began() []int             { return nil }

func (t *rowTransform) Release() {
	for _, b := range t.held {
		b.Release()
	}
	t.held = nil
}

func (t *rowTransform) Join(_ int, b contract.Batch) error {
	if t.joined == nil {
		t.joined = map[int64]int64{}
	}
	for _, id := range b.Record.Column(0).(*array.Int64).Int64Values() {
		t.joined[id]++
	}
	return nil
}

func (t *rowTransform) Fold(b contract.Batch) error {
	if t.pushed != nil {
		if err := t.pushed(); err != nil {
			return err
		}
	}
	for i, id := range b.Record.Column(0).(*array.Int64).Int64Values() {
		if t.seen[id] {
			t.folded.Add(1)
			continue
		}
		t.seen[id] = true
		t.held = append(t.held, contract.Batch{Record: b.Record.NewSlice(int64(i), int64(i+1)), Origins: b.Origins[i : i+1]})
	}
	return nil
}

func (t *rowTransform) Expect(int) {}
func (t *rowTransform) Held() int  { return len(t.held) }

type rowStage struct{ *rowTransform }

func (rowStage) Filtered() int64 { return 0 } // its transform counts
func (rowStage) Release()        {}
func (rowStage) Rows() []int     { return nil }

func (s rowStage) Apply(b contract.Batch) (contract.Batch, error) {
	if s.pushed != nil {
		if err := s.pushed(); err != nil {
			return contract.Batch{}, err
		}
	}
	return s.give([]contract.Batch{b}), nil
}

func (s rowStage) Give(lo, hi int) (contract.Batch, error) { return s.give(s.held[lo:hi]), nil }

func (t *rowTransform) give(batches []contract.Batch) contract.Batch {
	out := array.NewRecordBuilder(t.env.Memory, rowSchema())
	defer out.Release()
	var origins []contract.Origin
	for _, b := range batches {
		origins = append(origins, t.add(out, b)...)
	}
	return contract.Batch{Record: out.NewRecord(), Origins: origins}
}

func (t *rowTransform) add(out *array.RecordBuilder, b contract.Batch) (origins []contract.Origin) {
	ids := b.Record.Column(0).(*array.Int64)
	emails, ns := b.Record.Column(1).(*array.String), b.Record.Column(2).(*array.Int64)
	for i := range ids.Len() {
		id := ids.Value(i)
		if t.drop != nil && t.drop(id) {
			t.filtered.Add(1)
			continue
		}
		if t.model == "stg" && ns.IsValid(i) && ns.Value(i) == 666 {
			continue
		}
		origins = append(origins, b.Origins[i])
		out.Field(0).(*array.Int64Builder).Append(id)
		if emails.IsValid(i) {
			out.Field(1).(*array.StringBuilder).Append(emails.Value(i))
		} else {
			out.Field(1).AppendNull()
		}
		n := out.Field(2).(*array.Int64Builder)
		switch {
		case ns.IsNull(i):
			n.AppendNull()
		case t.model == "stg" && ns.Value(i) == 13:
			t.env.Failures.Add(contract.Failure{Node: "stg", Column: "n", Origin: b.Origins[i], Key: fmt.Sprintf("id=%d", id), Err: errors.New("division by zero")})
			n.AppendNull()
		default:
			n.Append(ns.Value(i) + t.joined[id])
		}
	}
	return origins
}

func rowTests(node string) []contract.Test {
	return []contract.Test{
		{Name: "not_null_" + node + "_email", Kind: "not_null", Column: "email", Severity: contract.Warn, Expected: "a value", PII: true},
		{Name: "range_" + node + "_n", Kind: "range", Column: "n", Severity: contract.Error, Expected: "at most 100000"},
	}
}

type rowValidator struct{}

func newRowValidator(*contract.Env) contract.Validator { return rowValidator{} }

func (rowValidator) Check(b contract.Batch, results []contract.TestResult) {
	for i := range b.Len() {
		key := fmt.Sprintf("id=%d", b.Record.Column(0).(*array.Int64).Value(i))
		if b.Record.Column(1).IsNull(i) && results[0].Fail(i) {
			results[0].Show(contract.Example{Origin: b.Origins[i], Key: key})
		}
		n := b.Record.Column(2).(*array.Int64)
		if n.IsValid(i) && n.Value(i) > 100000 && results[1].Fail(i) {
			results[1].Show(contract.Example{Origin: b.Origins[i], Key: key, Value: strconv.FormatInt(n.Value(i), 10)})
		}
	}
}

func (rowValidator) Follow(contract.Batch, []contract.TestResult) {}
func (rowValidator) Finish([]contract.TestResult)                 {}

type rowRelation struct {
	parents map[int64]bool
	rows    contract.Firsts // every row is a key
	ids     []int64
}

func (r *rowRelation) AddChild(b contract.Batch, result *contract.TestResult) {
	for i := range b.Len() {
		r.rows.Add(b, i, result)
	}
	r.ids = append(r.ids, b.Record.Column(0).(*array.Int64).Int64Values()...)
}

func (r *rowRelation) AddParent(b contract.Batch) {
	for _, id := range b.Record.Column(0).(*array.Int64).Int64Values() {
		r.parents[id] = true
	}
}

func (r *rowRelation) Finish(result *contract.TestResult) {
	for i, id := range r.ids {
		if !r.parents[id] && result.FailRows(1, true) {
			result.Show(contract.Example{Origin: r.rows.Origin(i), Ordinal: r.rows.Ordinal(i), Value: strconv.FormatInt(id, 10)})
		}
	}
}

func (r *rowRelation) Orphans(b contract.Batch) (rows []int) {
	for i, id := range b.Record.Column(0).(*array.Int64).Int64Values() {
		if !r.parents[id] {
			rows = append(rows, i)
		}
	}
	return rows
}

func (r *rowRelation) PartChild(b contract.Batch, part []uint32) {
	for i, id := range b.Record.Column(0).(*array.Int64).Int64Values() {
		part[i] = arrowops.PartInt(id)
	}
}

func (r *rowRelation) PartParent(b contract.Batch, part []uint32) { r.PartChild(b, part) }

// project is a project on the disk, and its last run.
type diskProject struct {
	t       *testing.T
	root    string
	project *contract.Project
	stdout  strings.Builder
	stderr  strings.Builder
}

// onDisk writes the seeds; a source without text gets a header alone.
func onDisk(t *testing.T, seeds map[string]string) *diskProject {
	t.Helper()
	d := &diskProject{t: t, root: t.TempDir(), project: fixture()}
	d.write("seeds/users.csv", "id,email,n\n1,a@x,1\n2,b@x,2\n1,c@x,3\n17,d@x,4\n3,e@x,5\n")
	d.write("seeds/events.csv", "n,id,email\n,1,\n,1,\n,3,\n")
	d.write("seeds/lonely.csv", "id,email,n\n1,z@x,1\n")
	for name, text := range seeds {
		d.write("seeds/"+name+".csv", text)
	}
	return d
}

func (d *diskProject) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		d.t.Fatal(err)
	}
}

// text is a file of the project, "" where there is none.
func (d *diskProject) text(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.root, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	return string(text)
}

// run runs a command line and gives its exit status. It fails the test where
// memory is left over.
func (d *diskProject) run(args ...string) int {
	d.t.Helper()
	return d.runWith(d.t.Context(), args...)
}

func (d *diskProject) runWith(ctx context.Context, args ...string) int {
	d.t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(d.t, 0)
	d.stdout.Reset()
	d.stderr.Reset()
	a := &app{project: d.project, mem: mem, stdout: &d.stdout, stderr: &d.stderr}
	return a.execute(ctx, args)
}

// build runs the root command in the project's folder at a fixed time.
func (d *diskProject) build(args ...string) int {
	d.t.Helper()
	return d.run(append([]string{"--root", d.root, "--as-of", "2024-05-01"}, args...)...)
}

// expect fails the test where the last run did not end with status, and where
// what it wrote lacks one of the words.
func (d *diskProject) expect(got, status int, words ...string) {
	d.t.Helper()
	if got != status {
		d.t.Fatalf("exit status %d, want %d\n%s\n%s", got, status, d.stdout.String(), d.stderr.String())
	}
	for _, word := range words {
		if !strings.Contains(d.stdout.String()+d.stderr.String(), word) {
			d.t.Errorf("%q was not said:\n%s\n%s", word, d.stdout.String(), d.stderr.String())
		}
	}
}
