package changes

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// Examples are some of the rows that changed, the first of each kind in the order of
// their state. No personal value is in them, as in a Difference.
type Examples struct {
	Inserted, Deleted []Key
	Columns           [][]Example // of Changes.Columns; none of one that is ignored
}

// Example is a row in which a column has another value.
type Example struct {
	Key           Key
	Before, After Field
}

// Examples gives n rows of each kind, of a column at most as many as Options.Noted.
// Those that were updated are looked for in the state before, which may read all of it.
func (c *Changes) Examples(n int) (*Examples, error) {
	d, err := c.describe()
	if err != nil {
		return nil, err
	}
	out := &Examples{Columns: make([][]Example, len(c.Columns))}
	inserted, deleted := c.new.first(n), c.gone.first(n)
	if err := d.each(older, deleted, func(_ int64, row int) { out.Deleted = append(out.Deleted, d.key(row)) }); err != nil {
		return nil, err
	}
	if err := d.each(newer, inserted, func(_ int64, row int) { out.Inserted = append(out.Inserted, d.key(row)) }); err != nil {
		return nil, err
	}
	return out, d.columns(out, n)
}

// columns finds the examples of the columns.
func (d *describing) columns(out *Examples, n int) error {
	rows := make([][]int64, len(d.Columns)) // by column
	for i, t := range d.Columns {
		if first := t.first(); !t.Ignored {
			rows[i] = first[:min(n, len(first))]
		}
	}
	all := slices.Concat(rows...)
	slices.Sort(all)
	found := map[int64]*updated{}
	if err := d.each(newer, slices.Compact(all), func(number int64, row int) { found[number] = d.updated(row) }); err != nil {
		return err
	}
	if err := d.findBefore(); err != nil {
		return err
	}
	for i, t := range d.Columns {
		for _, number := range rows[i] {
			u := found[number]
			out.Columns[i] = append(out.Columns[i], Example{u.key, d.shown(t.at, u.before[t.at]), d.shown(t.at, u.after[t.at])})
		}
	}
	return nil
}

// each binds to rows of a state, in ascending order, and gives each by its number and
// its row in the record at hand.
func (d *describing) each(of side, rows []int64, do func(number int64, row int)) error {
	s := d.states[of]
	for i := 0; i < s.NumRecords() && len(rows) > 0; i++ {
		n := before(rows, s.starts[i+1], func(row int64) int64 { return row })
		if n == 0 {
			continue
		}
		rec, err := s.read(i, everyColumn(s.plain))
		if err != nil {
			return err
		}
		d.give(of, rec, s.starts[i], rows[:n], do)
		rec.Release()
		rows = rows[n:]
	}
	return nil
}

func (d *describing) give(of side, rec arrow.Record, start int64, rows []int64, do func(number int64, row int)) {
	d.bind(of, rec)
	defer d.fields.Unbind()
	for _, number := range rows {
		do(number, int(number-start))
	}
}
