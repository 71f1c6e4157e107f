package plan

import (
	"fmt"
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
	return &relationTests{b, r, &scope{inputs: []input{{name: r.Name, relation: r, columns: r.Columns}}}, names}
}

// add names the test and puts it into the plan.
func (t *relationTests) add(decl *schema.Test, test *Test) {
	if test == nil {
		return
	}
	test.Severity, test.Description, test.pos = decl.Severity, decl.Description.Value, decl.Pos
	for _, c := range test.Columns {
		test.PII = test.PII || t.of.Columns[c].PII
	}
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

// columnTest plans a test of one column.
func (t *relationTests) columnTest(d *schema.Test, index int) *Test {
	c := t.of.Columns[index]
	test := &Test{Kind: d.Kind, Columns: []int{index}}
	name := `"` + c.Name + `"`
	switch d.Kind {
	case "unique":
		test.Expected = "no value twice"
		return test
	case "relationships":
		return t.relationship(d, test, c)
	case "not_null":
		test.Expected = "a value"
		test.Row = t.row(d, name+" is not null")
	case "accepted_values":
		test.Expected = "one of " + joinValues(d.Values)
		test.Row = t.row(d, name+" in ("+sqlValues(d.Values, c.Type)+")")
	case "range":
		test.Expected, test.Row = t.rangeOf(d, name, c.Type)
	case "matches":
		test.Expected = "text that matches " + d.Pattern.Value
		test.Row = t.row(d, "regexp_like("+name+", "+sqlString(d.Pattern.Value)+")")
	case "expression":
		test.Expected = d.Expr.Value
		test.Row = t.condition(d.Expr, t.scope, t.testPath(d))
	}
	if test.Row == nil {
		return nil
	}
	return test
}

func (t *relationTests) rangeOf(d *schema.Test, name string, typ expr.Type) (expected string, row expr.Node) {
	var parts, words []string
	if d.Min != nil {
		parts, words = append(parts, name+" >= "+sqlValue(*d.Min, typ)), append(words, "at least "+d.Min.Text)
	}
	if d.Max != nil {
		parts, words = append(parts, name+" <= "+sqlValue(*d.Max, typ)), append(words, "at most "+d.Max.Text)
	}
	return strings.Join(words, " and "), t.row(d, strings.Join(parts, " and "))
}

// row checks SQL that was made from a declaration; what is wrong with it is
// reported at the declaration.
func (t *relationTests) row(d *schema.Test, sql string) expr.Node {
	n, problems := expr.Check(sql, t.scope, expr.Options{})
	for _, p := range problems {
		if p.Code != "" {
			t.report(d.Pos, t.testPath(d), p.Code, p.Message, p.Suggestion, p.Help)
		}
	}
	if len(problems) > 0 {
		return nil
	}
	return n
}

func (t *relationTests) relationship(d *schema.Test, test *Test, c *Column) *Test {
	path := t.testPath(d)
	parent := t.relation(d.To, path)
	if parent == nil {
		return nil
	}
	field := parent.column(d.Field.Value)
	if field < 0 {
		t.unknownColumn(d.Field, path, parent)
		return nil
	}
	if p := parent.Columns[field]; p.Type != c.Type {
		if p.Type.Kind != expr.Invalid {
			t.report(d.Pos, path, TypeMismatch, fmt.Sprintf("%s is %s and %s.%s is %s; a relationship needs one type", c.Name, c.Type, parent.Name, p.Name, p.Type), "", "")
		}
		return nil
	}
	test.Parent, test.Field = parent, field
	test.Expected = "a value of " + parent.Name + "." + d.Field.Value
	return test
}

// rowTests plans the tests of whole rows.
func (t *relationTests) rowTests(decls []*schema.Test) {
	for _, d := range decls {
		test := &Test{Kind: d.Kind}
		switch d.Kind {
		case "unique":
			test.Columns = t.columnsOf(t.of, d.Columns, t.testPath(d))
			test.Expected = "no combination twice"
			test.NullsCount = true
			if test.Columns == nil {
				continue
			}
		default:
			test.Expected = d.Expr.Value
			if test.Row = t.condition(d.Expr, t.scope, t.testPath(d)); test.Row == nil {
				continue
			}
			expr.Walk(test.Row, func(n expr.Node) bool {
				if c, ok := n.(*expr.Column); ok {
					test.PII = test.PII || t.of.Columns[c.Index].PII
				}
				return true
			})
		}
		t.add(d, test)
	}
}

// grain adds the test that holds a grain which is declared and not proved. Unlike
// a unique test of a column it counts nulls, as a key of its own.
func (t *relationTests) grain(declared []schema.Text) {
	r := t.of
	if r.Proof != ByTesting || len(declared) == 0 {
		return
	}
	d := &schema.Test{Pos: declared[0].Pos, Kind: "unique", Severity: "error"}
	d.Name.Value = t.unused("grain_" + r.Name)
	d.Description.Value = "The declared grain of " + r.Name + ", which joins rely on."
	t.add(d, &Test{Kind: "unique", Grain: true, Columns: slices.Clone(r.Grain), Expected: "one row for each " + strings.Join(r.Names(r.Grain), ", "), NullsCount: true})
}

func (t *relationTests) testPath(d *schema.Test) string {
	name := d.Name.Value
	if name == "" {
		name = d.Kind
	}
	return schema.TestPath(t.of.path, name)
}

func sqlString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// sqlValue is a value of the schema in SQL, to be compared with a column of type t.
func sqlValue(v schema.Value, t expr.Type) string {
	switch x := v.Any.(type) {
	case string:
		return sqlString(x)
	case float64:
		if t.Kind == expr.Float64 {
			return sqlString(v.Text) // a number with a point is a decimal in SQL
		}
		return v.Text
	}
	return fmt.Sprint(v.Any)
}

func sqlValues(values []schema.Value, t expr.Type) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = sqlValue(v, t)
	}
	return strings.Join(out, ", ")
}

func joinValues(values []schema.Value) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Text
	}
	return strings.Join(out, ", ")
}
