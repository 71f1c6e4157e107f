package schema

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"martlet/gen/internal/diag"
)

// testKinds are the keys that say what a test looks for.
var testKinds = []string{"not_null", "unique", "accepted_values", "relationships", "matches", "range", "expr"}

// tests takes the tests of a column, or of whole rows.
func (r *reader) tests(t *table, ofColumn bool) []*Test {
	it := t.take("tests")
	if it == nil {
		return nil
	}
	if it.kind != arrayKind {
		r.wrongType(it, t.path, "tests", "an array")
		return nil
	}
	var tests []*Test
	for i, e := range it.elems {
		var test *Test
		switch e.kind {
		case stringKind:
			test = r.testWord(t, e, ofColumn)
		case tableKind:
			test = r.testTable(t, e, i, ofColumn)
		default:
			r.wrongType(e, t.path, "tests", "a string or a table")
		}
		if test != nil {
			tests = append(tests, test)
		}
	}
	return tests
}

// testWord reads "not_null" or "unique".
func (r *reader) testWord(t *table, it *item, ofColumn bool) *Test {
	word := it.value.(string)
	words := []string{"not_null", "unique"}
	switch {
	case slices.Contains(testKinds, word) && !slices.Contains(words, word):
		r.report(it.pos, t.path, problem{
			code:    BadTest,
			message: fmt.Sprintf("test %q needs to be told what to look for", word),
			help:    "write " + testForm(word),
		})
		return nil
	case !slices.Contains(words, word):
		r.report(it.pos, t.path, problem{
			code:       UnknownTest,
			message:    fmt.Sprintf("there is no test %q", word),
			suggestion: diag.Nearest(word, testKinds),
			help:       "tests are " + strings.Join(testKinds, ", "),
		})
		return nil
	case !ofColumn:
		r.withoutColumn(it.pos, t.path, word)
		return nil
	}
	return &Test{Pos: it.key, Kind: word, Severity: "error"}
}

// testForm shows how a kind of test is written.
func testForm(kind string) string {
	return map[string]string{
		"not_null":        `{ not_null = true }`,
		"unique":          `{ unique = true }`,
		"accepted_values": `{ accepted_values = ["…", "…"] }`,
		"relationships":   `{ relationships = { to = "…", field = "…" } }`,
		"matches":         `{ matches = '…' }`,
		"range":           `{ range = { min = …, max = … } }`,
		"expr":            `{ name = "…", expr = "…" }`,
	}[kind]
}

func (r *reader) withoutColumn(pos diag.Pos, path, kind string) {
	p := problem{
		code:    TestWithoutColumn,
		message: kind + " is a test of one column and stands where no column is meant",
		help:    "write it in the tests of the column",
	}
	if kind == "unique" {
		p.help += `, or name the columns that are unique together: { unique = ["…", "…"] }`
	}
	r.report(pos, path, p)
}

// testTable reads a test with its options.
func (r *reader) testTable(outer *table, it *item, index int, ofColumn bool) *Test {
	var kinds []string
	for _, name := range it.order {
		if slices.Contains(testKinds, name) {
			kinds = append(kinds, name)
		}
	}
	path := numbered(outer.path, "test", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = TestPath(outer.path, name)
	} else if len(kinds) > 0 {
		path = TestPath(outer.path, kinds[0])
	}

	test := &Test{Pos: it.key, Severity: "error"}
	t := outer.inner(it, path)
	t.known = slices.Clone(testKinds)
	t.text("name", &test.Name, testName)
	severity := Text{Value: test.Severity}
	t.text("severity", &severity, oneOf("error", "warn"))
	test.Severity = severity.Value
	t.text("description", &test.Description)
	unknown := t.close()
	switch {
	case len(kinds) == 0:
		if !unknown { // else that key is the kind, misspelled
			r.report(it.pos, path, problem{
				code:    BadTest,
				message: "the test does not say what to look for",
				help:    "give it one of " + strings.Join(testKinds, ", "),
			})
		}
		return nil
	case len(kinds) > 1:
		r.report(it.fields[kinds[1]].key, path, problem{
			code:    BadTest,
			message: "a test has one kind, found " + strings.Join(kinds, " and "),
			help:    "write them as tests of their own",
		})
		return nil
	}
	test.Kind = kinds[0]
	if !r.testKind(t, test, ofColumn) {
		return nil
	}
	return test
}

// testKind reads what a kind of test looks for; false where that is unusable.
func (r *reader) testKind(t *table, test *Test, ofColumn bool) bool {
	it := t.it.fields[test.Kind]
	if !ofColumn && test.Kind != "expr" && (test.Kind != "unique" || it.kind == boolKind) {
		r.withoutColumn(it.key, t.path, test.Kind)
		return false
	}
	switch test.Kind {
	case "not_null":
		return r.enabled(t, it, test.Kind)
	case "unique":
		if ofColumn {
			return r.enabled(t, it, test.Kind)
		}
		return t.texts("unique", &test.Columns, filled)
	case "accepted_values":
		test.Values = r.values(t)
		return len(test.Values) > 0
	case "relationships":
		return r.relationships(t, test)
	case "matches":
		return t.text("matches", &test.Pattern)
	case "range":
		return r.bounds(t, test)
	}
	test.Kind = "expression"
	if !ofColumn {
		t.need("name")
	}
	return t.text("expr", &test.Expr, filled)
}

// enabled reads the true of { not_null = true }.
func (r *reader) enabled(t *table, it *item, kind string) bool {
	if on := t.flag(kind); on != nil && !*on {
		r.report(it.pos, t.path, problem{
			code:    BadTest,
			message: kind + ": expected true, found false",
			help:    "leave the test out",
		})
	}
	return it.kind == boolKind
}

// values reads accepted_values.
func (r *reader) values(t *table) []Value {
	it := t.list("accepted_values", "an array")
	if it == nil {
		return nil
	}
	var values []Value
	seen := map[any]bool{}
	for _, e := range it.elems {
		v, ok := r.value(e, t.path, "accepted_values")
		if !ok {
			continue
		}
		if seen[v.Any] {
			r.report(e.pos, t.path, duplicateValue("accepted_values", v.Text))
		}
		seen[v.Any] = true
		values = append(values, v)
	}
	return values
}

// value reads a scalar that stands for a value of a column.
func (r *reader) value(it *item, path, key string) (Value, bool) {
	v := Value{Pos: it.pos, Any: it.value, Text: it.raw}
	switch it.kind {
	case stringKind:
		v.Text = it.value.(string)
	case timeKind:
		v.Any = it.raw
	case integerKind:
		v.Text = strings.ReplaceAll(it.raw, "_", "")
	case floatKind:
		if f := it.value.(float64); math.IsNaN(f) || math.IsInf(f, 0) {
			r.report(it.pos, path, problem{code: BadTest, message: fmt.Sprintf("%s: expected a finite number, found %s", key, it.raw)})
			return Value{}, false
		}
		v.Text = strings.ReplaceAll(it.raw, "_", "")
	case arrayKind, tableKind:
		r.wrongType(it, path, key, "a single value")
		return Value{}, false
	}
	return v, true
}

// relationships reads { to, field }.
func (r *reader) relationships(outer *table, test *Test) bool {
	it := outer.typed("relationships", tableKind)
	if it == nil {
		return false
	}
	t := outer.inner(it, outer.path)
	t.need("to", "field")
	to := t.text("to", &test.To, filled)
	field := t.text("field", &test.Field, filled)
	t.close()
	return to && field
}

// bounds reads { min, max }.
func (r *reader) bounds(outer *table, test *Test) bool {
	it := outer.typed("range", tableKind)
	if it == nil {
		return false
	}
	t := outer.inner(it, outer.path)
	bound := func(key string) *Value {
		if b := t.take(key); b != nil {
			if v, ok := r.value(b, t.path, key); ok {
				return &v
			}
		}
		return nil
	}
	test.Min, test.Max = bound("min"), bound("max")
	t.close()
	if len(it.order) == 0 {
		r.report(it.pos, t.path, problem{code: BadTest, message: "range: expected min, max or both, found neither"})
	}
	if test.Min == nil || test.Max == nil {
		return test.Min != nil || test.Max != nil
	}
	low, lowOK := number(test.Min)
	high, highOK := number(test.Max)
	if lowOK && highOK && low > high {
		r.report(test.Min.Pos, t.path, problem{
			code:    BadTest,
			message: fmt.Sprintf("range: min, %s, is above max, %s", test.Min.Text, test.Max.Text),
		})
	}
	return true
}

// number gives a bound that is a number, near enough to compare two.
func number(v *Value) (float64, bool) {
	switch n := v.Any.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
