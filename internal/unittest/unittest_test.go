package unittest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
	"martlet/internal/unittest"
)

// numbers gives its base input back, with how many rows were joined in n; a
// negative n has no value. broken has it give a row less for each batch.
type numbers struct {
	contract.HoldsNothing
	contract.NoParts
	env    *contract.Env
	joined int64
	broken bool
	err    error
}

func (m *numbers) Join(_ int, b contract.Batch) error {
	m.joined += int64(b.Len())
	return nil
}

func (m *numbers) Apply(b contract.Batch) (contract.Batch, error) {
	ids := b.Record.Column(0).(*array.Int64)
	out := array.NewRecordBuilder(m.env.Memory, node("").Schema)
	defer out.Release()
	for i := range b.Len() {
		if m.broken && i == 0 {
			continue
		}
		if ids.Value(i) < 0 {
			m.env.Failures.Add(contract.Failure{Node: "m", Column: "n", Origin: b.Origins[i], Err: errors.New("below zero")})
		}
		out.Field(0).(*array.Int64Builder).Append(ids.Value(i))
		out.Field(1).(*array.Int64Builder).Append(m.joined)
	}
	if m.err != nil {
		return contract.Batch{}, m.err
	}
	return contract.Batch{Record: out.NewRecord(), Origins: b.Origins}, nil
}

func (m *numbers) NewStage() contract.Stage { return m }
func (m *numbers) Rows() []int              { return nil }
func (m *numbers) Release()                 {}

func node(name string) contract.Node {
	return contract.Define(contract.Node{Name: name, Grain: []string{"id"}, Columns: []contract.Column{
		{Name: "id", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64},
		{Name: "n", Type: "int64", Arrow: arrow.PrimitiveTypes.Int64, Nullable: true},
	}})
}

func project(broken bool, err error) *contract.Project {
	return &contract.Project{
		Sources: []contract.Source{{Node: node("s")}, {Node: node("other")}},
		Models: []contract.Model{{Node: node("m"), From: "s", Joins: []string{"other", "other"},
			New: func(env *contract.Env) contract.Transform { return &numbers{env: env, broken: broken, err: err} }}},
	}
}

func table(relation string, ids ...any) contract.Table {
	t := contract.Table{Relation: relation, Columns: []string{"id"}}
	for _, id := range ids {
		t.Rows = append(t.Rows, []any{id})
	}
	return t
}

func run(t *testing.T, p *contract.Project, u contract.UnitTest) (string, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	return unittest.Run(p, &u, mem)
}

func TestRun(t *testing.T) {
	given := []contract.Table{table("other", int64(7), int64(8)), table("s", int64(2), int64(1))}
	expect := func(n int64) contract.Table {
		return contract.Table{Relation: "m", Columns: []string{"n", "id"}, Rows: [][]any{{n, int64(1)}, {n, int64(2)}}}
	}
	for name, tt := range map[string]struct {
		unit contract.UnitTest
		want string
	}{
		"an input joined twice is joined twice": {contract.UnitTest{Model: "m", Given: given, Expect: expect(4)}, ""},
		"key first": {contract.UnitTest{Model: "m", Given: given, Expect: expect(3)},
			"expected 2 rows, found 2; 2 differ\n     id  n\n  -  1   [3]\n  +  1   [4]\n  -  2   [3]\n  +  2   [4]"},
		"in order": {contract.UnitTest{Model: "m", Given: given, Expect: expect(4), Ordered: true},
			"expected 2 rows, found 2; they are the same in another order\n     id  n\n  -  1   4\n     2   4\n  +  1   4"},
		"nothing given": {contract.UnitTest{Model: "m", Expect: table("m")}, ""},
		"none expected": {contract.UnitTest{Model: "m", Given: []contract.Table{table("s", int64(1))}, Expect: contract.Table{Relation: "m"}},
			"expected 0 rows, found 1; 1 is not expected\n     id  n\n  +  1   0"},
		"rows counted": {contract.UnitTest{Model: "m", Given: given, Expect: contract.Table{Relation: "m", Rows: [][]any{{}, {}, {}}}},
			"expected 3 rows, found 2; 1 is missing"},
		"no value": {contract.UnitTest{Model: "m", Given: []contract.Table{table("other"), table("s", int64(1), int64(-1))}, Expect: table("m", int64(1), int64(-1))},
			"n has no value for row 2 given of s: below zero"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := run(t, project(false, nil), tt.unit); err != nil || got != tt.want {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, tt.want)
			}
		})
	}
}

func TestWhatCannotBeRun(t *testing.T) {
	rows := []contract.Table{table("s", int64(1), int64(2))}
	for want, tt := range map[string]struct {
		project *contract.Project
		unit    contract.UnitTest
	}{
		"which is no model":                 {project(false, nil), contract.UnitTest{Model: "s"}},
		"come a row at a time":              {project(true, nil), contract.UnitTest{Model: "m", Given: rows}},
		"no space left":                     {project(false, errors.New("no space left")), contract.UnitTest{Model: "m", Given: rows}},
		"row 1 holds a string, not a int64": {project(false, nil), contract.UnitTest{Model: "m", Given: []contract.Table{table("s", "1")}}},
		"row 1 expected has no \"x\"": {project(false, nil), contract.UnitTest{Model: "m",
			Expect: contract.Table{Columns: []string{"x"}, Rows: [][]any{{int64(1)}}}}},
	} {
		if got, err := run(t, tt.project, tt.unit); err == nil || !strings.Contains(err.Error(), want) || got != "" {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
}
