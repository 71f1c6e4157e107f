package pipeline

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// take keeps the rows of a batch that were asked for. It borrows b.
func (t *tracer) take(n *node, b contract.Batch) {
	w := t.need[n]
	if w == nil {
		return
	}
	if len(w.origins) > 0 {
		for i, origin := range b.Origins {
			if w.origins[origin] {
				t.rows[rowRef{n, origin}] = rowOf(n, b, i)
			}
		}
	}
	for names, keys := range w.keys {
		t.takeKeys(n, b, names, keys)
	}
}

// takeKeys keeps the rows that have one of the keys in the named columns.
func (t *tracer) takeKeys(n *node, b contract.Batch, names string, keys map[string][]preference) {
	var columns []arrow.Array
	for _, name := range strings.Split(names, "\x00") {
		columns = append(columns, b.Record.Column(n.at(name)))
	}
	values := make([]tracedValue, len(columns))
	for i := range b.Len() {
		for k, c := range columns {
			values[k] = valueOf(c, i)
		}
		key := keyText(values)
		for _, prefer := range keys[key] {
			ref := setRef{n, names, key, prefer}
			kept := len(t.sets[ref])
			if kept < maxSet || kept < 2*maxSet && prefer.column != "" && valueOf(b.Record.Column(n.at(prefer.column)), i) == prefer.value {
				t.sets[ref] = append(t.sets[ref], rowOf(n, b, i))
			}
		}
	}
}

// maxSet bounds the rows kept of one key; as many again may have the value that
// is looked for.
const maxSet = 1000

// at is the index of a column by name, or -1.
func (n *node) at(column string) int {
	return slices.IndexFunc(n.Columns, func(c contract.Column) bool { return c.Name == column })
}

func rowOf(n *node, b contract.Batch, i int) *tracedRow {
	row := &tracedRow{origin: b.Origins[i], values: make(map[string]tracedValue, len(n.Columns))}
	for k := range n.Columns {
		v := valueOf(b.Record.Column(k), i)
		v.text = strings.Clone(v.text) // the batch is given back
		row.values[n.Columns[k].Name] = v
	}
	return row
}

// valueOf is a value of a column; its text may be the column's.
func valueOf(column arrow.Array, i int) tracedValue {
	if column.IsNull(i) {
		return tracedValue{}
	}
	return tracedValue{text: column.ValueStr(i), ok: true}
}

// keyOf is the key of a row in some columns; null is a key of its own.
func keyOf(row *tracedRow, columns []string) string {
	values := make([]tracedValue, len(columns))
	for i, c := range columns {
		values[i] = row.values[c]
	}
	return keyText(values)
}

// keyText writes values such that no two keys are written alike.
func keyText(values []tracedValue) string {
	var b strings.Builder
	for _, v := range values {
		if !v.ok {
			b.WriteString("-\x00")
			continue
		}
		b.WriteByte('+')
		b.WriteString(strings.ReplaceAll(v.text, "\x00", "\x00\x00"))
		b.WriteString("\x00.")
	}
	return b.String()
}
