package plan

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/schema"
)

// Table is rows of a relation, written down.
type Table struct {
	Relation *Relation
	Columns  []int   // those written down, in the order in which they are first named
	Rows     [][]any // a constant for each of Columns, nil for null
}

// table types rows of a relation. What a row does not say is null; whole says
// that the rows are all there is of the relation, so that every column that is
// never null needs a value, and not only those that are named.
func (b *builder) table(r *Relation, decl *schema.Rows, path string, whole bool) *Table {
	t := &Table{Relation: r}
	columns := b.namedColumns(t, decl, path)
	for k, row := range decl.Rows {
		rowPath := schema.RowPath(path, k+1)
		cells := make([]any, len(t.Columns))
		given := map[int]bool{}
		for _, cell := range row.Cells {
			i, known := columns[cell.Column.Value]
			if !known {
				continue
			}
			at := slices.Index(t.Columns, i)
			cells[at] = b.cell(cell, r.Columns[i], schema.ColumnPath(rowPath, cell.Column.Value))
			given[i] = true
		}
		var missing []string
		for i, c := range r.Columns {
			if !c.Nullable && c.Type.Kind != expr.Invalid && !given[i] && (whole || slices.Contains(t.Columns, i)) {
				missing = append(missing, c.Name)
			}
		}
		if len(missing) > 0 {
			b.report(row.Pos, rowPath, ValueNeeded, "found no value of "+strings.Join(missing, ", ")+", never null in "+r.Name+"; expected one", "", "")
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// namedColumns notes the columns that the rows name, and gives them by name.
// Each unknown one is reported once.
func (b *builder) namedColumns(t *Table, decl *schema.Rows, path string) map[string]int {
	columns, unknown := map[string]int{}, map[string]bool{}
	note := func(name schema.Text, path string) {
		if _, known := columns[name.Value]; known || unknown[name.Value] {
			return
		}
		i := t.Relation.column(name.Value)
		if i < 0 {
			b.unknownColumn(name, path, t.Relation)
			unknown[name.Value] = true
			return
		}
		columns[name.Value] = i
		t.Columns = append(t.Columns, i)
	}
	for _, name := range decl.Columns {
		note(name, path)
	}
	for k, row := range decl.Rows {
		for _, cell := range row.Cells {
			note(cell.Column, schema.RowPath(path, k+1))
		}
	}
	return columns
}

// cell types one value; nil is null.
func (b *builder) cell(cell schema.Cell, c *Column, path string) any {
	if c.Type.Kind == expr.Invalid {
		return nil // reported where the column is declared
	}
	v, err := constant(cell, c.Type)
	switch {
	case err != nil:
		b.report(cell.Value.Pos, path, BadValue, fmt.Sprintf("found %s; %v", found(cell.Value), err), "", "")
	case v == nil && !c.Nullable:
		b.report(cell.Value.Pos, path, ValueNeeded, "found null; expected a value: the column is never null", "", "")
	}
	return v
}

// found is a value as a message shows it.
func found(v schema.Value) string {
	if text, ok := v.Any.(string); ok {
		return quote(text)
	}
	return v.Text
}

// constant is the value of a cell in type t: by the rules of seeds where it is a
// field of CSV, else a TOML value of the type's kind. Decimals, dates and times
// may be strings, as TOML has no decimals and dates of its own only.
func constant(cell schema.Cell, t expr.Type) (any, error) {
	v := cell.Value
	switch x := v.Any.(type) {
	case string:
		switch {
		case cell.Field && x == "" && t.Kind != expr.String:
			return nil, nil
		case cell.Field, t.Kind == expr.String, t.Kind == expr.Decimal, t.Temporal():
			return expr.ParseField(x, t)
		}
	case bool:
		if t.Kind == expr.Bool {
			return x, nil
		}
	case int64:
		switch t.Kind {
		case expr.Int64:
			return x, nil
		case expr.Float64:
			return float64(x), nil
		case expr.Decimal:
			return expr.ParseField(fmt.Sprint(x), t)
		}
	case float64:
		switch t.Kind {
		case expr.Float64:
			return x, nil
		case expr.Decimal:
			return expr.ParseField(v.Text, t)
		}
	}
	return nil, fmt.Errorf("expected a value of %s", t)
}
