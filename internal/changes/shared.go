package changes

import (
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Shared are two states of a relation whose columns are not all the same, each with
// those that are: of one name and type, text in a dictionary being text. They are in
// the order of the state after.
type Shared struct {
	Before, After Reader
	Columns       []string         // those that are the same
	Old, New      []arrow.Field    // that only the state before or the one after has
	Retyped       [][2]arrow.Field // of another type, before and after
}

// Share finds what two states have in common. It borrows both readers.
func Share(before, after Reader, mem memory.Allocator) *Shared {
	s := &Shared{}
	was, is := newState(older, before, mem).plain, newState(newer, after, mem).plain
	var of [2][]int // by side, the columns that are the same
	for i, f := range is.Fields() {
		found := was.FieldIndices(f.Name)
		switch {
		case len(found) == 0:
			s.New = append(s.New, f)
		case !arrow.TypeEqual(was.Field(found[0]).Type, f.Type):
			s.Retyped = append(s.Retyped, [2]arrow.Field{was.Field(found[0]), f})
		default:
			s.Columns = append(s.Columns, f.Name)
			of[older], of[newer] = append(of[older], found[0]), append(of[newer], i)
		}
	}
	for _, f := range was.Fields() {
		if !is.HasField(f.Name) {
			s.Old = append(s.Old, f)
		}
	}
	s.Before, s.After = someColumns(before, of[older]), someColumns(after, of[newer])
	return s
}

// chosen is a state with some of its columns, in another order.
type chosen struct {
	Reader
	schema  *arrow.Schema
	columns []int
}

func someColumns(r Reader, columns []int) Reader {
	schema := r.Schema()
	if slices.Equal(columns, everyColumn(schema)) {
		return r
	}
	fields := make([]arrow.Field, len(columns))
	for i, column := range columns {
		fields[i] = schema.Field(column)
	}
	about := schema.Metadata()
	return &chosen{r, arrow.NewSchema(fields, &about), columns}
}

// Schema and RecordAt are of Reader.
func (c *chosen) Schema() *arrow.Schema { return c.schema }

// RecordAt gives a batch.
func (c *chosen) RecordAt(i int) (arrow.Record, error) {
	whole, err := c.Reader.RecordAt(i)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	arrays := make([]arrow.Array, len(c.columns))
	for j, column := range c.columns {
		arrays[j] = whole.Column(column)
	}
	return array.NewRecord(c.schema, arrays, whole.NumRows()), nil
}
