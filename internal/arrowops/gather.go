package arrowops

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Gather copies rows of records of one schema into a new record. Its builders
// keep their memory from one record to the next.
type Gather struct {
	schema  *arrow.Schema
	columns []gatherColumn
	rows    int // gathered
}

// NewGather makes one without rows. It panics for a schema with a type that there is
// no view of.
func NewGather(mem memory.Allocator, schema *arrow.Schema) *Gather {
	g := &Gather{schema: schema, columns: make([]gatherColumn, schema.NumFields())}
	for i, f := range schema.Fields() {
		g.columns[i] = newGatherColumn(mem, f.Type)
	}
	return g
}

// Reserve makes room for n rows.
func (g *Gather) Reserve(n int) {
	for _, c := range g.columns {
		c.reserve(n)
	}
}

// Bind makes a record the source of the given number. It is borrowed for as long
// as it is one. Columns of it that the Gather's schema does not have are passed
// over.
func (g *Gather) Bind(source int, rec arrow.Record) {
	for i, c := range g.columns {
		c.bind(source, rec.Column(i))
	}
}

// Take adds rows of source 0.
func (g *Gather) Take(rows []int) {
	for _, c := range g.columns {
		c.take(rows)
	}
	g.rows += len(rows)
}

// Range adds rows lo to hi-1 of a source.
func (g *Gather) Range(source, lo, hi int) {
	for _, c := range g.columns {
		c.span(source, lo, hi)
	}
	g.rows += hi - lo
}

// Pick adds, for each i, row rows[i] of source from[i].
func (g *Gather) Pick(from, rows []int32) {
	for _, c := range g.columns {
		c.pick(from, rows)
	}
	g.rows += len(rows)
}

// Rows is how many rows were gathered since the last record.
func (g *Gather) Rows() int { return g.rows }

// Finish gives the record of the rows gathered, which is the caller's.
func (g *Gather) Finish() (arrow.Record, error) {
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

// Release frees what was gathered and not given.
func (g *Gather) Release() {
	for _, c := range g.columns {
		c.release()
	}
	g.rows = 0
}

// gatherColumn is the part of a Gather that knows a type.
type gatherColumn interface {
	reserve(n int)
	bind(source int, a arrow.Array)
	take(rows []int)
	span(source, lo, hi int)
	pick(from, rows []int32)
	finish() (arrow.Array, error)
	release()
}

func newGatherColumn(mem memory.Allocator, dt arrow.DataType) gatherColumn {
	switch dt.ID() {
	case arrow.BOOL:
		return &gatherBool{BoolBuilder: NewBoolBuilder(mem)}
	case arrow.STRING:
		return &gatherString{StringBuilder: NewStringBuilder(mem)}
	case arrow.FLOAT64:
		return newGatherFixed[float64](mem, dt)
	case arrow.DECIMAL128:
		return newGatherFixed[decimal128.Num](mem, dt)
	case arrow.INT32, arrow.DATE32, arrow.TIME32:
		return newGatherFixed[int32](mem, dt)
	case arrow.INT64, arrow.TIMESTAMP, arrow.TIME64, arrow.DATE64, arrow.DURATION:
		return newGatherFixed[int64](mem, dt)
	}
	panic(fmt.Sprintf("arrowops: no columns of type %s", dt))
}

// put sets an element of a slice that grows as need be.
func put[T any](s *[]T, i int, v T) {
	for len(*s) <= i {
		var zero T
		*s = append(*s, zero)
	}
	(*s)[i] = v
}

type gatherFixed[T Fixed] struct {
	*Builder[T]
	sources []Column[T]
}

func newGatherFixed[T Fixed](mem memory.Allocator, dt arrow.DataType) gatherColumn {
	return &gatherFixed[T]{Builder: NewBuilder[T](mem, dt)}
}

func (c *gatherFixed[T]) reserve(n int) { c.Reserve(n) }
func (c *gatherFixed[T]) bind(source int, a arrow.Array) {
	put(&c.sources, source, View[T](a))
}
func (c *gatherFixed[T]) span(source, lo, hi int)      { c.appendRange(c.sources[source], lo, hi) }
func (c *gatherFixed[T]) take(rows []int)              { c.AppendTake(c.sources[0], rows) }
func (c *gatherFixed[T]) finish() (arrow.Array, error) { return c.NewArray(), nil }
func (c *gatherFixed[T]) release()                     { c.Release() }

func (c *gatherFixed[T]) pick(from, rows []int32) {
	values := c.Extend(len(rows))
	for i, row := range rows {
		v, ok := c.sources[from[i]].Get(int(row))
		values[i] = v
		if !ok {
			c.SetNull(i)
		}
	}
}

type gatherBool struct {
	*BoolBuilder
	sources []Bools
}

func (c *gatherBool) reserve(n int)                  { c.Reserve(n) }
func (c *gatherBool) bind(source int, a arrow.Array) { put(&c.sources, source, ViewBools(a)) }
func (c *gatherBool) span(source, lo, hi int)        { c.appendRange(c.sources[source], lo, hi) }
func (c *gatherBool) take(rows []int)                { c.AppendTake(c.sources[0], rows) }
func (c *gatherBool) finish() (arrow.Array, error)   { return c.NewArray(), nil }
func (c *gatherBool) release()                       { c.Release() }

func (c *gatherBool) pick(from, rows []int32) {
	values := c.Extend(len(rows))
	for i, row := range rows {
		v, ok := c.sources[from[i]].Get(int(row))
		values[i] = v
		if !ok {
			c.SetNull(i)
		}
	}
}

type gatherString struct {
	*StringBuilder
	sources []Strings
}

func (c *gatherString) reserve(n int) { c.Reserve(n) }
func (c *gatherString) bind(source int, a arrow.Array) {
	put(&c.sources, source, ViewStrings(a))
}
func (c *gatherString) span(source, lo, hi int) { c.appendRange(c.sources[source], lo, hi) }
func (c *gatherString) take(rows []int)         { c.AppendTake(c.sources[0], rows) }
func (c *gatherString) release()                { c.Release() }

func (c *gatherString) finish() (arrow.Array, error) {
	if err := c.Err(); err != nil {
		return nil, err
	}
	return c.NewArray(), nil
}

func (c *gatherString) pick(from, rows []int32) {
	c.Reserve(len(rows))
	for i, row := range rows {
		if v, ok := c.sources[from[i]].Get(int(row)); ok {
			c.Append(v)
		} else {
			c.AppendNull()
		}
	}
}
