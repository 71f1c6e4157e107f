package changes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
)

// Options say how two states are compared.
type Options struct {
	// Key names the columns by which a row is known. Nulls are one value of a key.
	// Where it is empty all rows have one key, so that a state has one row at most.
	Key []string
	// Bag says that no key tells rows apart: a row is known by all its columns but those
	// ignored, floats by their bits, and may be there any number of times. It is new or
	// gone, never changed. Key is not looked at.
	Bag bool
	// Ignore names columns that make no row changed: when it was built, say. A log
	// has their values all the same.
	Ignore []string
	// Tally asks for Changes.Columns, and Noted is how many rows of each column are
	// noted for Examples.
	Tally bool
	Noted int
	// Memory is about how many bytes comparing may hold beside a batch of each state
	// and three bits a row; 0 is as many as it takes. With less there are more passes
	// over the states, and the same result. Keys that are not unique may take more.
	Memory int64
	Mem    memory.Allocator // of records
}

// Changes are what Compare found. It reads the states again when it is asked for
// rows; they must be what they were, and open.
type Changes struct {
	Counts
	// Before and After are how many rows the states have.
	Before, After int64
	// Columns are, where Options ask for a tally, those that are not of the key, in their
	// order. A bag has none.
	Columns []*Tally

	states  [2]*state
	table   *table
	mem     memory.Allocator
	gone    rowSet // of the state before
	new     rowSet // of the state after
	changed rowSet // of the state after
}

// Compare finds the rows that were inserted, updated and deleted between two
// states, which have the same columns in the same order; text may be in a
// dictionary in one of them or both. It fails with a *NotUniqueError where rows
// cannot be told apart by their key.
//
// An updated row has another value, or a null, in a column that is not ignored.
// Floats are compared by their bits, NaN being one value.
func Compare(before, after Reader, o Options) (*Changes, error) {
	c := &Changes{mem: o.Mem}
	c.states = [2]*state{newState(older, before, o.Mem), newState(newer, after, o.Mem)}
	if err := checkStates(c.states[older].plain, c.states[newer].plain); err != nil {
		return nil, err
	}
	var err error
	if c.table, err = newTable(c.states[newer].plain, o); err != nil {
		return nil, err
	}
	m := &matching{Changes: c, found: newHashes(o.Memory / 2), room: o.Memory / 2, key: o.Key, bag: o.Bag}
	if err := m.all(); err != nil {
		return nil, err
	}
	c.Counts = Counts{Inserts: c.new.len(), Updates: c.changed.len(), Deletes: c.gone.len()}
	c.Before, c.After = c.states[older].rows(), c.states[newer].rows()
	c.Columns = c.table.tallies()
	return c, nil
}

// Schema is that of the rows that Each gives: the columns and metadata of the state
// after, with text for dictionaries; nullable is what is so in either state.
func (c *Changes) Schema() *arrow.Schema {
	schema := c.states[newer].plain
	fields := schema.Fields()
	for i := range fields {
		fields[i].Nullable = fields[i].Nullable || c.states[older].plain.Field(i).Nullable
	}
	about := schema.Metadata()
	return arrow.NewSchema(fields, &about)
}

// Each gives the rows that changed: first those that were deleted, as they were and
// in the order of the state before, then those that were inserted and updated, as
// they are and in the order of the state after. ops has the operation of each row.
// emit borrows both; its error ends the reading.
func (c *Changes) Each(emit func(ops []Operation, rows arrow.Record) error) error {
	for _, s := range c.states {
		for i := range s.NumRecords() {
			rows, ops := c.in(s, i)
			if len(rows) == 0 {
				continue
			}
			rec, err := c.take(s, i, everyColumn(s.plain), rows)
			if err != nil {
				return err
			}
			err = emit(ops, rec)
			rec.Release()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// in gives the rows of batch i that a log has, and what happened to them.
func (c *Changes) in(s *state, i int) (rows []int, ops []Operation) {
	lo, hi := s.starts[i], s.starts[i+1]
	if !slices.ContainsFunc(c.sets(s.side), func(of rowSet) bool { return of.anyOf(lo, hi) }) {
		return nil, nil
	}
	for row := lo; row < hi; row++ {
		if op, ok := c.operation(s.side, row); ok {
			rows, ops = append(rows, int(row-lo)), append(ops, op)
		}
	}
	return rows, ops
}

// sets are the rows of a side that a log has.
func (c *Changes) sets(s side) []rowSet {
	if s == older {
		return []rowSet{c.gone}
	}
	return []rowSet{c.new, c.changed}
}

// operation is what happened to a row, for which a log has it.
func (c *Changes) operation(s side, row int64) (op Operation, ok bool) {
	switch {
	case s == older:
		return Delete, c.gone.has(row)
	case c.new.has(row):
		return Insert, true
	default:
		return Update, c.changed.has(row)
	}
}

// take copies rows of a batch, with some of its columns. The caller releases the
// record.
func (c *Changes) take(s *state, batch int, columns, rows []int) (arrow.Record, error) {
	rec, err := s.read(batch, columns)
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	return arrowops.Take(c.mem, rec, rows), nil
}

// NotUniqueError says that the key does not tell the rows of a state apart.
type NotUniqueError struct {
	Key           []string
	Before, After int64 // how many keys more than one row has
}

func (e *NotUniqueError) Error() string {
	var of []string
	for _, s := range []struct {
		side
		n int64
	}{{older, e.Before}, {newer, e.After}} {
		if s.n > 0 {
			of = append(of, fmt.Sprintf("%d keys of the state %s", s.n, s.side))
		}
	}
	return fmt.Sprintf("(%s) does not tell rows apart: more than one row has each of %s; compare by columns that are unique",
		strings.Join(e.Key, ", "), strings.Join(of, " and "))
}

// errEnough ends a reading early.
var errEnough = errors.New("no more rows are asked for")

func everyColumn(schema *arrow.Schema) []int {
	columns := make([]int, schema.NumFields())
	for i := range columns {
		columns[i] = i
	}
	return columns
}

// names lists the columns of a schema.
func names(schema *arrow.Schema) string {
	all := make([]string, schema.NumFields())
	for i, f := range schema.Fields() {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}
