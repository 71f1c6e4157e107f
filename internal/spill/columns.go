package spill

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/arrowops"
)

// gather copies rows of records of one schema into a new record. Its builders
// keep their memory from one record to the next.
type gather struct {
	schema  *arrow.Schema
	columns []column
	rows    int // gathered
}

// newGather panics for a schema with a type that arrowops has no view of.
func newGather(mem memory.Allocator, schema *arrow.Schema) *gather {
	g := &gather{schema: schema, columns: make([]column, schema.NumFields())}
	for i, f := range schema.Fields() {
		g.columns[i] = newColumn(mem, f.Type)
	}
	return g
}

// reserve makes room for n rows.
func (g *gather) reserve(n int) {
	for _, c := range g.columns {
		c.reserve(n)
	}
}

// bind makes a record the source of the given number. It is borrowed for as long
// as it is one. Columns of it that the gather's schema does not have are passed
// over.
func (g *gather) bind(source int, rec arrow.Record) {
	for i, c := range g.columns {
		c.bind(source, rec.Column(i))
	}
}

// take adds rows of source 0.
func (g *gather) take(rows []int) {
	for _, c := range g.columns {
		c.take(rows)
	}
	g.rows += len(rows)
}

// pick adds, for each i, row rows[i] of source from[i].
func (g *gather) pick(from, rows []int32) {
	for _, c := range g.columns {
		c.pick(from, rows)
	}
	g.rows += len(rows)
}

// finish gives the record of the rows gathered, which is the caller's.
func (g *gather) finish() (arrow.Record, error) {
	columns := make([]arrow.Array, 0, len(g.columns))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, c := range g.columns {
		a, err := c.finish()
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", g.schema.Field(i).Name, err)
		}
		columns = append(columns, a)
	}
	rec := array.NewRecord(g.schema, columns, int64(g.rows))
	g.rows = 0
	return rec, nil
}

// release frees what was gathered and not given.
func (g *gather) release() {
	for _, c := range g.columns {
		c.release()
	}
	g.rows = 0
}

// column is the part of a gather that knows a type.
type column interface {
	reserve(n int)
	bind(source int, a arrow.Array)
	take(rows []int)
	pick(from, rows []int32)
	finish() (arrow.Array, error)
	release()
}

func newColumn(mem memory.Allocator, dt arrow.DataType) column {
	switch dt.ID() {
	case arrow.BOOL:
		return &boolColumn{BoolBuilder: arrowops.NewBoolBuilder(mem)}
	case arrow.STRING:
		return &stringColumn{StringBuilder: arrowops.NewStringBuilder(mem)}
	case arrow.FLOAT64:
		return newFixed[float64](mem, dt)
	case arrow.DECIMAL128:
		return newFixed[decimal128.Num](mem, dt)
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return newFixed[int32](mem, dt)
	case arrow.INT64, arrow.TIMESTAMP, arrow.TIME64, arrow.DATE64, arrow.DURATION:
		return newFixed[int64](mem, dt)
	}
	panic(fmt.Sprintf("spill: no columns of type %s", dt))
}

// put sets an element of a slice that grows as need be.
func put[T any](s *[]T, i int, v T) {
	for len(*s) <= i {
		var zero T
		*s = append(*s, zero)
	}
	(*s)[i] = v
}

type fixedColumn[T arrowops.Fixed] struct {
	*arrowops.Builder[T]
	sources []arrowops.Column[T]
}

func newFixed[T arrowops.Fixed](mem memory.Allocator, dt arrow.DataType) column {
	return &fixedColumn[T]{Builder: arrowops.NewBuilder[T](mem, dt)}
}

func (c *fixedColumn[T]) reserve(n int) { c.Reserve(n) }
func (c *fixedColumn[T]) bind(source int, a arrow.Array) {
	put(&c.sources, source, arrowops.View[T](a))
}
func (c *fixedColumn[T]) take(rows []int)              { c.AppendTake(c.sources[0], rows) }
func (c *fixedColumn[T]) finish() (arrow.Array, error) { return c.NewArray(), nil }
func (c *fixedColumn[T]) release()                     { c.Release() }

func (c *fixedColumn[T]) pick(from, rows []int32) {
	values := c.Extend(len(rows))
	for i, row := range rows {
		v, ok := c.sources[from[i]].Get(int(row))
		values[i] = v
		if !ok {
			c.SetNull(i)
		}
	}
}

type boolColumn struct {
	*arrowops.BoolBuilder
	sources []arrowops.Bools
}

func (c *boolColumn) reserve(n int)                  { c.Reserve(n) }
func (c *boolColumn) bind(source int, a arrow.Array) { put(&c.sources, source, arrowops.ViewBools(a)) }
func (c *boolColumn) take(rows []int)                { c.AppendTake(c.sources[0], rows) }
func (c *boolColumn) finish() (arrow.Array, error)   { return c.NewArray(), nil }
func (c *boolColumn) release()                       { c.Release() }

func (c *boolColumn) pick(from, rows []int32) {
	values := c.Extend(len(rows))
	for i, row := range rows {
		v, ok := c.sources[from[i]].Get(int(row))
		values[i] = v
		if !ok {
			c.SetNull(i)
		}
	}
}

type stringColumn struct {
	*arrowops.StringBuilder
	sources []arrowops.Strings
}

func (c *stringColumn) reserve(n int) { c.Reserve(n) }
func (c *stringColumn) bind(source int, a arrow.Array) {
	put(&c.sources, source, arrowops.ViewStrings(a))
}
func (c *stringColumn) take(rows []int) { c.AppendTake(c.sources[0], rows) }
func (c *stringColumn) release()        { c.Release() }

func (c *stringColumn) finish() (arrow.Array, error) {
	if err := c.Err(); err != nil {
		return nil, err
	}
	return c.NewArray(), nil
}

func (c *stringColumn) pick(from, rows []int32) {
	c.Reserve(len(rows))
	for i, row := range rows {
		if v, ok := c.sources[from[i]].Get(int(row)); ok {
			c.Append(v)
		} else {
			c.AppendNull()
		}
	}
}
