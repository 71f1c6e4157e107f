package schema

import (
	"fmt"
	"math"
	"strings"
)

// testKind is one kind of test: where it may stand and how it is written.
type testKind struct {
	name     string // its key
	form     string // an example
	word     bool   // may be written as a word
	ofColumn bool
	ofRows   bool
	nulls    bool // whether a null passes can be chosen
	whole    bool // it judges the node as a whole, no row in particular
	// read reads what the test looks for; false where that is unusable.
	read func(r *reader, t *table, test *Test) bool
}

var testKinds []testKind

func init() { // as the readers look into the table
	testKinds = []testKind{
		{name: "not_null", form: `{ not_null = true }`, word: true, ofColumn: true, read: (*reader).enabled},
		{name: "unique", form: `{ unique = true }`, word: true, ofColumn: true, read: (*reader).enabled},
		{name: "unique_combination", form: `{ unique_combination = ["…", "…"] }`, ofRows: true, read: (*reader).combination},
		{name: "accepted_values", form: `{ accepted_values = ["…", "…"] }`, ofColumn: true, nulls: true, read: (*reader).values},
		{name: "not_accepted_values", form: `{ not_accepted_values = ["…", "…"] }`, ofColumn: true, nulls: true, read: (*reader).values},
		{name: "relationships", form: `{ relationships = { to = "…", field = "…" } }`, ofColumn: true, nulls: true, read: (*reader).relationships},
		{name: "matches", form: `{ matches = '…' }`, ofColumn: true, nulls: true, read: (*reader).pattern},
		{name: "range", form: `{ range = { min = …, max = … } }`, ofColumn: true, nulls: true, read: (*reader).span},
		{name: "length", form: `{ length = { min = …, max = … } }`, ofColumn: true, nulls: true, read: (*reader).count},
		{name: "not_empty", form: `{ not_empty = true }`, word: true, ofColumn: true, nulls: true, read: (*reader).enabled},
		{name: "row_count", form: `{ row_count = { min = …, max = … } }`, ofRows: true, whole: true, read: (*reader).count},
		{name: "recency", form: `{ recency = { within = "1d" } }`, ofColumn: true, whole: true, read: (*reader).recency},
		{name: "monotonic", form: `{ monotonic = true }`, word: true, ofColumn: true, nulls: true, read: (*reader).monotonic},
		{name: "expr", form: `{ name = "…", expr = "…" }`, ofColumn: true, ofRows: true, nulls: true, read: (*reader).expression},
	}
}

// enabled reads the true of { not_null = true }.
func (r *reader) enabled(t *table, test *Test) bool {
	on := t.flag(test.Kind)
	if on != nil && !*on {
		r.report(t.it.fields[test.Kind].pos, t.path, problem{
			code:    BadTest,
			message: test.Kind + ": expected true, found false",
			help:    "leave the test out",
		})
	}
	return on != nil
}

func (r *reader) combination(t *table, test *Test) bool {
	return t.texts("unique_combination", &test.Columns, filled)
}

func (r *reader) pattern(t *table, test *Test) bool { return t.text("matches", &test.Pattern) }

func (r *reader) expression(t *table, test *Test) bool { return t.text("expr", &test.Expr, filled) }

// values reads accepted_values and its opposite.
func (r *reader) values(t *table, test *Test) bool {
	it := t.list(test.Kind, "an array")
	if it == nil {
		return false
	}
	seen := map[any]bool{}
	for _, e := range it.elems {
		v, ok := r.value(e, t.path, test.Kind)
		if !ok {
			continue
		}
		if seen[v.Any] {
			r.report(e.pos, t.path, duplicateValue(test.Kind, v.Text))
		}
		seen[v.Any] = true
		test.Values = append(test.Values, v)
	}
	return len(test.Values) > 0
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

// recency reads { within }.
func (r *reader) recency(outer *table, test *Test) bool {
	it := outer.typed("recency", tableKind)
	if it == nil {
		return false
	}
	t := outer.inner(it, outer.path)
	t.need("within")
	t.text("within", &test.Within, duration)
	t.close()
	_, err := ParseDuration(test.Within.Value)
	return err == nil
}

// monotonic reads true or { strictly, descending }.
func (r *reader) monotonic(outer *table, test *Test) bool {
	if it := outer.it.fields["monotonic"]; it.kind != tableKind {
		return r.enabled(outer, test)
	}
	t := outer.inner(outer.take("monotonic"), outer.path)
	if on := t.flag("strictly"); on != nil {
		test.Strictly = *on
	}
	if on := t.flag("descending"); on != nil {
		test.Descending = *on
	}
	t.close()
	return true
}

// span reads { min, max, inclusive }.
func (r *reader) span(outer *table, test *Test) bool {
	return r.bounds(outer, test, r.value, func(t *table) {
		if inclusive := t.flag("inclusive"); inclusive != nil {
			test.Exclusive = !*inclusive
		}
	})
}

// count reads { min, max } that count something.
func (r *reader) count(outer *table, test *Test) bool {
	return r.bounds(outer, test, func(it *item, path, key string) (Value, bool) {
		switch {
		case it.kind != integerKind:
			r.wrongType(it, path, key, "an integer")
			return Value{}, false
		case it.value.(int64) < 0:
			r.report(it.pos, path, problem{code: BadTest, message: fmt.Sprintf("%s: expected 0 or more, found %s", key, it.raw)})
			return Value{}, false
		}
		return r.value(it, path, key)
	}, func(*table) {})
}

// bounds reads { min, max } and perhaps more.
func (r *reader) bounds(outer *table, test *Test, value func(it *item, path, key string) (Value, bool), more func(t *table)) bool {
	it := outer.typed(test.Kind, tableKind)
	if it == nil {
		return false
	}
	t := outer.inner(it, outer.path)
	bound := func(key string) *Value {
		if b := t.take(key); b != nil {
			if v, ok := value(b, t.path, key); ok {
				return &v
			}
		}
		return nil
	}
	test.Min, test.Max = bound("min"), bound("max")
	more(t)
	unknown := t.close()
	if it.fields["min"] == nil && it.fields["max"] == nil && !unknown {
		r.report(it.pos, t.path, problem{code: BadTest, message: test.Kind + ": expected min, max or both, found neither"})
	}
	if test.Min == nil || test.Max == nil {
		return test.Min != nil || test.Max != nil
	}
	low, lowOK := number(test.Min)
	high, highOK := number(test.Max)
	if lowOK && highOK && (low > high || low == high && test.Exclusive) {
		r.report(test.Min.Pos, t.path, problem{
			code:    BadTest,
			message: fmt.Sprintf("%s: nothing lies between min, %s, and max, %s", test.Kind, test.Min.Text, test.Max.Text),
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
