package schema

import (
	"fmt"
	"strings"
)

// unitTests takes the [[unit_test]] tables of a file; taken has the names of all
// files.
func (r *reader) unitTests(t *table, p *Project, taken names) {
	r.entries(t, "unit_test", func(it *item, i int) {
		p.UnitTests = append(p.UnitTests, r.unitTest(t, it, i, taken))
	})
}

// unitTest reads a [[unit_test]].
func (r *reader) unitTest(outer *table, it *item, index int, taken names) *UnitTest {
	path := numbered("", "unit test", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = UnitTestPath(name)
	}
	u := &UnitTest{Pos: it.key, Expect: &Rows{}}
	t := r.open(it, path, outer)
	t.need("name", "model", "given", "expect")
	t.text("name", &u.Name, testName)
	taken.add(r, u.Name, nameAt(u.Name, it), path, "unit test", "")
	t.text("description", &u.Description)
	t.text("model", &u.Model, filled)
	if now := t.take("now"); now != nil {
		if v, ok := r.value(now, path, "now"); ok {
			u.Now = &v
		}
	}
	if given := t.typed("given", arrayKind); given != nil {
		inputs := names{}
		for i, e := range given.elems {
			u.Given = append(u.Given, r.given(t, e, i, inputs))
		}
	}
	if expect := t.take("expect"); expect != nil {
		u.Expect = r.expect(t, expect)
	}
	u.Ordered = t.isSet("ordered")
	t.close()
	return u
}

// given reads { input, rows } or { input, csv }.
func (r *reader) given(outer *table, it *item, index int, taken names) *Given {
	path := numbered(outer.path, "given", index+1)
	if name, ok := nameOf(it, "input"); ok {
		path = GivenPath(outer.path, name)
	}
	g := &Given{Pos: it.key}
	t := r.open(it, path, outer)
	t.need("input")
	t.text("input", &g.Input, filled)
	taken.add(r, g.Input, nameAt(g.Input, it), path, "input", "give all rows of an input in one place")
	g.Rows = r.rows(t)
	t.close()
	return g
}

// expect reads an array of rows, or { rows, columns } or { csv }.
func (r *reader) expect(outer *table, it *item) *Rows {
	path := ExpectPath(outer.path)
	switch it.kind {
	case arrayKind:
		return r.rowsOf(it, path)
	case tableKind:
		t := outer.inner(it, path)
		rows := r.rows(t)
		var columns []Text
		switch given := t.texts("columns", &columns, filled); {
		case given && it.fields["csv"] != nil:
			r.report(it.fields["columns"].key, path, problem{code: BadRows, message: "found columns and csv, whose header names the columns"})
		case given:
			r.onlyColumns(rows, columns, t)
		}
		t.close()
		return rows
	}
	r.wrongType(it, outer.path, "expect", "an array of rows or a table")
	return &Rows{Pos: it.key}
}

// onlyColumns notes the columns that are compared, and reports others.
func (r *reader) onlyColumns(rows *Rows, columns []Text, t *table) {
	known := map[string]bool{}
	for _, c := range columns {
		known[c.Value] = true
	}
	for i, row := range rows.Rows {
		for _, c := range row.Cells {
			if !known[c.Column.Value] {
				r.report(c.Column.Pos, RowPath(t.path, i+1), problem{
					code:    BadRows,
					message: fmt.Sprintf("found %q, which is not among the columns compared", c.Column.Value),
					help:    "add it to columns, or leave columns out to compare all that any row names",
				})
			}
		}
	}
	rows.Columns = columns
}

// rows takes the rows of a table, under rows or csv.
func (r *reader) rows(t *table) *Rows {
	listed, text := t.typed("rows", arrayKind), t.typed("csv", stringKind)
	switch {
	case t.it.fields["rows"] != nil && t.it.fields["csv"] != nil:
		r.report(t.it.fields["csv"].key, t.path, problem{code: BadRows, message: "found rows and csv; expected one of them"})
	case listed != nil:
		return r.rowsOf(listed, t.path)
	case text != nil:
		return r.rowsOfCSV(r.doc.text(text), t.path)
	case t.it.fields["rows"] == nil && t.it.fields["csv"] == nil && !t.broken:
		r.report(t.it.pos, t.path, problem{code: MissingKey, message: "rows or csv is missing"})
	}
	return &Rows{Pos: t.it.key}
}

// rowsOf reads rows as tables of their cells.
func (r *reader) rowsOf(it *item, path string) *Rows {
	rows := &Rows{Pos: it.key}
	for i, e := range it.elems {
		if e.kind != tableKind {
			r.wrongType(e, RowPath(path, i+1), "", "a table")
			continue
		}
		row := &Row{Pos: e.pos}
		for _, name := range e.order {
			cell := e.fields[name]
			v, ok := r.cell(cell, ColumnPath(RowPath(path, i+1), name), name)
			if ok {
				row.Cells = append(row.Cells, Cell{Column: Text{Value: name, Pos: cell.key}, Value: v})
			}
		}
		rows.Rows = append(rows.Rows, row)
	}
	return rows
}

// cell reads a value; unlike the values of tests it may be a float that is not finite.
func (r *reader) cell(it *item, path, key string) (Value, bool) {
	if it.kind == floatKind {
		return Value{Pos: it.pos, Any: it.value, Text: strings.ReplaceAll(it.raw, "_", "")}, true
	}
	return r.value(it, path, key)
}
