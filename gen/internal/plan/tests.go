package plan

import (
	"slices"
	"strconv"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// tests plans the tests of all relations, once all are known: a relationships
// test may name a relation that comes later.
func (b *builder) tests(p *schema.Project) {
	names := map[string]bool{}
	for _, s := range p.Sources {
		t := b.testsOf(s.Name.Value, names)
		for _, c := range s.Columns {
			t.columnTests(c.Name.Value, c.Tests)
		}
		t.rowTests(s.Tests)
		t.grain(s.Grain)
	}
	for _, m := range p.Models {
		t := b.testsOf(m.Name.Value, names)
		for _, c := range m.Columns {
			t.columnTests(c.Name.Value, c.Tests)
		}
		t.rowTests(m.Tests)
		t.grain(m.Grain)
	}
}

// relationTests adds tests to one relation.
type relationTests struct {
	*builder
	of    *Relation
	scope *scope
	names map[string]bool // of the whole project
}

func (b *builder) testsOf(name string, names map[string]bool) *relationTests {
	r := b.relations[name]
	return &relationTests{b, r, scopeOf(r, r.Columns), names}
}

// scopeOf resolves the names of one relation, as tests see it.
func scopeOf(r *Relation, columns []*Column) *scope {
	return &scope{inputs: []input{{name: r.Name, relation: r, columns: columns}}}
}

// add gives the test its options and its name and puts it into the plan.
func (t *relationTests) add(decl *schema.Test, test *Test) {
	if test == nil {
		return
	}
	test.Severity, test.Description, test.pos = decl.Severity, decl.Description.Value, decl.Pos
	test.WarnIf, test.ErrorIf, test.Tags = decl.WarnIf, decl.ErrorIf, values(decl.Tags)
	test.Store, test.Limit, test.NullsFail = decl.Store, decl.Limit, decl.NullsFail
	if decl.Where != nil {
		test.WhereText = decl.Where.Value
		if test.Where = t.condition(*decl.Where, t.scope, t.testPath(decl)); test.Where == nil {
			return
		}
	}
	t.personal(test)
	test.Name = decl.Name.Value
	if test.Name == "" {
		parts := append([]string{test.Kind, t.of.Name}, t.of.Names(test.Columns)...)
		test.Name = t.unused(strings.Join(parts, "_"))
	} else if t.names[test.Name] {
		t.report(decl.Name.Pos, schema.TestPath(t.of.path, test.Name), DuplicateTest, "another test is called "+quote(test.Name), "", "test names are unique in a project")
	}
	t.names[test.Name] = true
	t.of.Tests = append(t.of.Tests, test)
}

// personal marks a test whose values must not be shown.
func (t *relationTests) personal(test *Test) {
	for _, c := range test.Columns {
		test.PII = test.PII || t.of.Columns[c].PII
	}
	if test.Row == nil {
		return
	}
	expr.Walk(test.Row, func(n expr.Node) bool {
		if c, ok := n.(*expr.Column); ok {
			test.PII = test.PII || t.of.Columns[c.Index].PII
		}
		return true
	})
}

// unused numbers a derived name that is taken.
func (t *relationTests) unused(name string) string {
	for n, candidate := 2, name; ; n++ {
		if !t.names[candidate] {
			return candidate
		}
		candidate = name + "_" + strconv.Itoa(n)
	}
}

func (t *relationTests) columnTests(column string, decls []*schema.Test) {
	index := t.of.column(column)
	for _, d := range decls {
		if c := t.of.Columns[index]; c.Type.Kind != expr.Invalid {
			t.add(d, t.columnTest(d, index))
		}
	}
}

// rowTests plans the tests of whole rows.
func (t *relationTests) rowTests(decls []*schema.Test) {
	for _, d := range decls {
		t.add(d, t.rowTest(d))
	}
}

// grain adds the test that holds a grain which is declared and not proved, on
// which joins rely: it is always an error and always runs. Nulls count, as a key
// of their own.
func (t *relationTests) grain(declared []schema.Text) {
	r := t.of
	if r.Proof != ByTesting || len(declared) == 0 {
		return
	}
	d := &schema.Test{Pos: declared[0].Pos, Kind: "unique_combination", Severity: "error"}
	d.Name.Value = t.unused("grain_" + r.Name)
	d.Description.Value = "The declared grain of " + r.Name + ", which joins rely on."
	t.add(d, &Test{Kind: d.Kind, Grain: true, Columns: slices.Clone(r.Grain), Expected: "one row for each " + strings.Join(r.Names(r.Grain), ", "), NullsCount: true})
}

func (t *relationTests) testPath(d *schema.Test) string {
	name := d.Name.Value
	if name == "" {
		name = d.Kind
	}
	return schema.TestPath(t.of.path, name)
}
