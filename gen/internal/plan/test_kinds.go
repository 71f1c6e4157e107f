package plan

import (
	"fmt"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// notBlank is the pattern of text with a character that is not white space.
const notBlank = `[^\s\p{Z}]`

// columnTest plans a test of one column.
func (t *relationTests) columnTest(d *schema.Test, index int) *Test {
	c := t.of.Columns[index]
	test := &Test{Kind: d.Kind, Columns: []int{index}}
	name := `"` + c.Name + `"`
	switch d.Kind {
	case "unique":
		test.Expected, test.Proved = "no value twice", t.of.provedUnique(test.Columns)
		return test
	case "relationships":
		return t.relationship(d, test, c)
	case "monotonic":
		return t.monotonic(d, test, c)
	case "recency":
		return t.recency(d, test, c)
	case "not_null":
		test.Expected, test.Proved = "a value", t.provedNotNull(c)
		test.Row = t.notNull(d, index, name)
	case "accepted_values":
		test.Expected = "one of " + joinValues(d.Values)
		test.Row = t.row(d, name+" in ("+sqlValues(d.Values, c.Type)+")")
	case "not_accepted_values":
		test.Expected = "none of " + joinValues(d.Values)
		test.Row = t.row(d, name+" not in ("+sqlValues(d.Values, c.Type)+")")
	case "range":
		test.Expected, test.Row = t.rangeOf(d, name, c.Type)
	case "length":
		test.Expected, test.Row = t.rangeOf(d, "length("+name+")", expr.Type{Kind: expr.Int64})
		test.Expected = "a length of " + test.Expected
	case "matches":
		test.Expected = "text that matches " + d.Pattern.Value
		test.Row = t.row(d, "regexp_like("+name+", "+sqlString(d.Pattern.Value)+")")
	case "not_empty":
		test.Expected = "text that is not blank"
		test.Row = t.row(d, "regexp_like("+name+", "+sqlString(notBlank)+")")
	case "expression":
		test.Expected, test.Row = d.Expr.Value, t.expression(d)
	}
	if test.Row == nil {
		return nil
	}
	return test
}

// rowTest plans a test of whole rows.
func (t *relationTests) rowTest(d *schema.Test) *Test {
	test := &Test{Kind: d.Kind}
	switch d.Kind {
	case "unique_combination":
		test.Columns = t.columnsOf(t.of, d.Columns, t.testPath(d))
		if test.Columns == nil {
			return nil
		}
		test.Expected, test.NullsCount, test.Proved = "no combination twice", true, t.of.provedUnique(test.Columns)
	case "row_count":
		test.Min, test.Max = wholeNumber(d.Min), wholeNumber(d.Max)
		test.Expected = strings.Join(words(d, "at least ", "at most "), " and ") + " rows"
	default:
		test.Expected, test.Row = d.Expr.Value, t.expression(d)
		if test.Row == nil {
			return nil
		}
	}
	return test
}

func wholeNumber(v *schema.Value) *int64 {
	if v == nil {
		return nil
	}
	n := v.Any.(int64)
	return &n
}

// provedNotNull says why a column holds no null; empty where it may.
func (t *relationTests) provedNotNull(c *Column) string {
	switch {
	case c.Nullable:
		return ""
	case len(c.Inputs) == 0 && len(c.Lineage) == 1 && c.Lineage[0].Relation == t.of.Name:
		return "nullable = false makes a record without " + c.Name + " a reject"
	}
	return "what " + c.Name + " is computed from is never null"
}

// notNull is the condition as it is for a column that may be null: where that is
// proved not to be, the test shows that the proof holds.
func (t *relationTests) notNull(d *schema.Test, index int, name string) expr.Node {
	columns := append([]*Column(nil), t.of.Columns...)
	doubted := *columns[index]
	doubted.Nullable = true
	columns[index] = &doubted
	return t.check(d, name+" is not null", scopeOf(t.of, columns))
}

// expression is the condition that the declaration gives.
func (t *relationTests) expression(d *schema.Test) expr.Node {
	return nullsFail(d, t.condition(d.Expr, t.scope, t.testPath(d)))
}

// row is a condition in SQL that was made from a declaration.
func (t *relationTests) row(d *schema.Test, sql string) expr.Node {
	return nullsFail(d, t.check(d, sql, t.scope))
}

// nullsFail turns a condition which is null into a false one, where the
// declaration wants that.
func nullsFail(d *schema.Test, n expr.Node) expr.Node {
	if n == nil || !d.NullsFail {
		return n
	}
	return expr.NewIsTrue(n)
}

// check types SQL that was made from a declaration; what is wrong with it is
// reported at the declaration.
func (t *relationTests) check(d *schema.Test, sql string, sc *scope) expr.Node {
	n, problems := expr.Check(sql, sc, expr.Options{})
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

func (t *relationTests) rangeOf(d *schema.Test, name string, typ expr.Type) (expected string, row expr.Node) {
	above, below, more, less := " >= ", " <= ", "at least ", "at most "
	if d.Exclusive {
		above, below, more, less = " > ", " < ", "more than ", "less than "
	}
	var parts []string
	if d.Min != nil {
		parts = append(parts, name+above+sqlValue(*d.Min, typ))
	}
	if d.Max != nil {
		parts = append(parts, name+below+sqlValue(*d.Max, typ))
	}
	return strings.Join(words(d, more, less), " and "), t.row(d, strings.Join(parts, " and "))
}

// words says for people what the bounds of a test are.
func words(d *schema.Test, more, less string) []string {
	var out []string
	if d.Min != nil {
		out = append(out, more+d.Min.Text)
	}
	if d.Max != nil {
		out = append(out, less+d.Max.Text)
	}
	return out
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

// monotonic compares each value with the last one before it.
func (t *relationTests) monotonic(d *schema.Test, test *Test, c *Column) *Test {
	if c.Type.Kind == expr.Bool {
		t.report(d.Pos, t.testPath(d), TypeMismatch, c.Name+" is of type bool; what rises or falls is a number, a date, a time or text", "", "")
		return nil
	}
	test.Order, test.Expected = ">=", "values that never fall"
	switch {
	case d.Strictly && d.Descending:
		test.Order, test.Expected = "<", "values that fall from row to row"
	case d.Strictly:
		test.Order, test.Expected = ">", "values that rise from row to row"
	case d.Descending:
		test.Order, test.Expected = "<=", "values that never rise"
	}
	return test
}

// recency wants the latest value not to lie further back than some time.
func (t *relationTests) recency(d *schema.Test, test *Test, c *Column) *Test {
	if !c.Type.Temporal() {
		t.report(d.Pos, t.testPath(d), TypeMismatch, c.Name+" is of type "+c.Type.String()+"; recency is of a date, timestamp or timestamptz", "", "")
		return nil
	}
	within, err := schema.ParseDuration(d.Within.Value)
	if err != nil {
		panic("plan: " + err.Error()) // it was checked
	}
	test.Within = within
	test.Expected = "a latest value within " + d.Within.Value + " of the run's time"
	if test.Instant = t.check(d, `cast("`+c.Name+`" as timestamptz)`, t.scope); test.Instant == nil {
		return nil
	}
	return test
}

func sqlString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func sqlStrings(texts []string) string {
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = sqlString(s)
	}
	return strings.Join(quoted, ", ")
}

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
