package changes

import (
	"errors"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// Differences are changes as people want to see them: how many, and the first of
// them in the order of a log.
type Differences struct {
	Counts
	Rows []Difference
}

// Difference is a row that changed. No personal value is in it: contract.Redacted
// stands for those of columns that either state's metadata call so (martlet.pii),
// the key's too.
type Difference struct {
	Operation Operation
	Key       string             // "user_id=17, day=2024-02-29"
	Columns   []ColumnDifference // of an update: those that differ, in their order; else none
}

// ColumnDifference is what a column of a row was and is.
type ColumnDifference struct {
	Column        string
	Before, After Field
}

// Field is a value as text, as a published CSV file has it.
type Field struct {
	Text string
	OK   bool // false is null
}

// Differences gives the counts and the first n rows that changed. The rows that
// were updated are looked for in the state before, which may read all of it.
func (c *Changes) Differences(n int) (*Differences, error) {
	out := &Differences{Counts: c.Counts}
	d, err := c.describe()
	if err != nil || n <= 0 || c.Total() == 0 {
		return out, err
	}
	var updates []*updated // by row of out; nil for others
	err = c.Each(func(ops []Operation, rows arrow.Record) error {
		d.bind(newer, rows)
		defer d.fields.Unbind()
		for row, op := range ops[:min(len(ops), n-len(out.Rows))] {
			var u *updated
			if op == Update {
				u = d.updated(row)
			}
			updates = append(updates, u)
			out.Rows = append(out.Rows, Difference{Operation: op, Key: d.key(row).String()})
		}
		if len(out.Rows) == n {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if err := d.findBefore(); err != nil {
		return nil, err
	}
	for i, u := range updates {
		if u != nil {
			out.Rows[i].Columns = d.differing(u)
		}
	}
	return out, nil
}

// differing are the columns, of those that make a row changed, with other texts.
func (d *describing) differing(u *updated) (found []ColumnDifference) {
	for _, i := range slices.Sorted(slices.Values(d.table.valueColumns())) {
		if u.before[i] != u.after[i] {
			found = append(found, ColumnDifference{d.name(i), d.shown(i, u.before[i]), d.shown(i, u.after[i])})
		}
	}
	return found
}
