// Command main holds projects to what they say of their increments, on rows made
// up: it computes all models from all rows, and from fewer.
package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/internal/contract"
)

const (
	trials = 30
	then   = arrow.Timestamp(1_700_000_000_000_000)
	later  = then + 40*86400*1_000_000
)

func main() {
	met := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(projects)) {
		for seed := range uint64(trials) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			c := &check{Project: projects[name](), name: fmt.Sprintf("%s, rows %d", name, seed), mem: mem, rand: rand.New(rand.NewPCG(seed, 7)), met: met}
			c.run()
			if n := mem.CurrentAlloc(); n != 0 {
				c.fail("%d bytes are not given back", n)
			}
		}
	}
	for _, what := range []string{"rows served", "rows not served", "keys untouched", "keys found by a lookup", "rows refreshed", "values that time has changed"} {
		if met[what] == 0 {
			fmt.Println("nothing was checked: there are no", what)
			os.Exit(1)
		}
	}
}

// check is one project on one set of rows.
type check struct {
	*contract.Project
	name string
	mem  contract.Allocator
	rand *rand.Rand
	met  map[string]int // how often what is checked was there
}

func (c *check) fail(format string, args ...any) {
	fmt.Printf(c.name+": "+format+"\n", args...)
	os.Exit(1)
}

// tables are the rows of relations by name.
type tables map[string][]contract.Batch

func (t tables) release() {
	for _, batches := range t {
		for _, b := range batches {
			b.Release()
		}
	}
}

func (c *check) run() {
	sources := tables{}
	for _, s := range c.Sources {
		sources[s.Name] = c.rows(s.Schema)
	}
	defer sources.release()
	full := c.compute(sources, then)
	defer full.release()
	c.served(sources, full)
	c.touched(sources, full)
	c.refreshed(sources, full)
}

// served computes the models from the rows of some keys, and of sources that are
// read whole, and compares the rows of these keys.
func (c *check) served(sources, full tables) {
	wanted := func(part uint32) bool { return part%3 == 0 }
	served := tables{}
	for i, s := range c.Sources {
		keyed := c.Increments.Sources[i]
		switch {
		case keyed.Whole:
			served[s.Name] = c.filter(sources[s.Name], func(contract.Batch, int) bool { return true })
		case keyed.Part != nil:
			served[s.Name] = c.filter(sources[s.Name], byPart(keyed.Part, wanted))
		}
		c.met["rows served"] += count(served[s.Name])
		c.met["rows not served"] += count(sources[s.Name]) - count(served[s.Name])
	}
	defer served.release()
	some := c.compute(served, then)
	defer some.release()
	c.compare("computed from the rows of some keys", full, some, wanted)
}

// touched computes the models from some of the rows, as an earlier run would have,
// and compares the rows of the keys that the others do not touch.
func (c *check) touched(sources, full tables) {
	old, fresh := tables{}, tables{}
	for i, s := range c.Sources {
		isNew := func(_ contract.Batch, row int) bool { return row%23 == 11 }
		if c.Increments.Sources[i].Anywhere {
			isNew = func(contract.Batch, int) bool { return false }
		}
		fresh[s.Name] = c.filter(sources[s.Name], isNew)
		old[s.Name] = c.filter(sources[s.Name], func(b contract.Batch, row int) bool { return !isNew(b, row) })
	}
	defer old.release()
	defer fresh.release()
	before, alone := c.compute(old, then), c.compute(fresh, then)
	defer before.release()
	defer alone.release()
	touched := map[uint32]bool{}
	for i, s := range c.Sources {
		if part := c.Increments.Sources[i].Part; part != nil {
			each(fresh[s.Name], part, func(n uint32) { touched[n] = true })
		}
	}
	for _, l := range c.Increments.Lookups {
		sought := map[uint32]bool{}
		each(alone[l.Input], l.OfInput, func(n uint32) { sought[n] = true })
		matched := c.filter(full[l.Base], byPart(l.OfBase, func(n uint32) bool { return sought[n] }))
		each(matched, l.Key, func(n uint32) {
			if !touched[n] {
				c.met["keys found by a lookup"]++
			}
			touched[n] = true
		})
		tables{"": matched}.release()
	}
	c.compare("as it was before rows of other keys came", full, before, func(part uint32) bool { return !touched[part] })
	for _, m := range c.Models {
		if m.Increment != nil {
			each(full[m.Name], m.Increment.Part, func(n uint32) {
				if !touched[n] {
					c.met["keys untouched"]++
				}
			})
		}
	}
}

// refreshed compares the rows of another time, refreshed, to those computed then.
func (c *check) refreshed(sources, full tables) {
	at := c.compute(sources, later)
	defer at.release()
	for _, m := range c.Models {
		if m.Increment == nil {
			continue
		}
		fresh := full[m.Name]
		if m.Increment.Refresh != nil {
			fresh = nil
			t := m.Increment.Refresh(&contract.Env{AsOf: later, Memory: c.mem, Failures: new(contract.Failures)})
			stage := t.NewStage()
			for _, b := range full[m.Name] {
				out, err := stage.Apply(b)
				if err != nil {
					c.fail("%s: %v", m.Name, err)
				}
				c.timed(m, b, out)
				fresh = append(fresh, out)
			}
			stage.Release()
			t.Release()
			c.met["rows refreshed"] += count(fresh)
			defer tables{"": fresh}.release()
		}
		if got, want := text(fresh), text(at[m.Name]); !slices.Equal(got, want) {
			c.fail("%s refreshed is\n%s\nwant\n%s", m.Name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if !slices.Equal(text(full[m.Name]), text(fresh)) {
			c.met["values that time has changed"]++
		}
	}
}

// timed looks at which columns of a batch were computed anew: those that depend on
// the time; the others are the same arrays. Those that are constant have one value.
func (c *check) timed(m contract.Model, before, after contract.Batch) {
	for i := range m.Columns {
		was, is := before.Record.Column(i), after.Record.Column(i)
		if timed := slices.Contains(m.Increment.Timed, i); timed == (was == is) && is.Len() > 0 {
			c.fail("%s.%s: timed %v, the same array %v", m.Name, m.Columns[i].Name, timed, was == is)
		}
		if slices.Contains(m.Increment.Constant, i) {
			for row := range is.Len() {
				if is.ValueStr(row) != is.ValueStr(0) {
					c.fail("%s.%s has %s and %s", m.Name, m.Columns[i].Name, is.ValueStr(0), is.ValueStr(row))
				}
			}
		}
	}
}

// compare holds the incremental models to having the same rows of some keys in the
// same order.
func (c *check) compare(what string, want, got tables, wanted func(part uint32) bool) {
	for _, m := range c.Models {
		if m.Increment == nil {
			continue
		}
		w, g := c.filter(want[m.Name], byPart(m.Increment.Part, wanted)), c.filter(got[m.Name], byPart(m.Increment.Part, wanted))
		if a, b := text(w), text(g); !slices.Equal(a, b) {
			c.fail("%s, %s, is\n%s\nwant\n%s", m.Name, what, strings.Join(b, "\n"), strings.Join(a, "\n"))
		}
		tables{"w": w, "g": g}.release()
	}
}

// compute gives the rows of all relations.
func (c *check) compute(sources tables, asOf arrow.Timestamp) tables {
	out := tables{}
	for name, batches := range sources {
		for _, b := range batches {
			b.Retain()
		}
		out[name] = slices.Clone(batches)
	}
	for i := range c.Models {
		m := &c.Models[i]
		inputs := m.Inputs()
		_, err := m.Drive(&contract.Env{AsOf: asOf, Memory: c.mem, Failures: new(contract.Failures)}, contract.BatchRows, func(input int, step func(contract.Batch) error) error {
			for _, b := range out[inputs[input]] {
				if err := step(b); err != nil {
					return err
				}
			}
			return nil
		}, func(b contract.Batch) error {
			b.Retain()
			out[m.Name] = append(out[m.Name], b)
			return nil
		})
		c.must(m, err)
	}
	return out
}

func (c *check) must(m *contract.Model, err error) {
	if err != nil {
		c.fail("%s: %v", m.Name, err)
	}
}

// each has visit look at the numbers of rows.
func each(batches []contract.Batch, of contract.Part, visit func(part uint32)) {
	for _, b := range batches {
		part := make([]uint32, b.Len())
		of(b, part)
		for _, n := range part {
			visit(n)
		}
	}
}

func byPart(of contract.Part, wanted func(part uint32) bool) func(contract.Batch, int) bool {
	var last arrow.Record
	var part []uint32
	return func(b contract.Batch, row int) bool {
		if b.Record != last {
			last, part = b.Record, make([]uint32, b.Len())
			of(b, part)
		}
		return wanted(part[row])
	}
}

// filter gives the rows wanted, in batches of one row: how rows come in batches
// means nothing.
func (c *check) filter(batches []contract.Batch, wanted func(b contract.Batch, row int) bool) (out []contract.Batch) {
	for _, b := range batches {
		for row := range b.Len() {
			if wanted(b, row) {
				out = append(out, contract.Batch{Record: b.Record.NewSlice(int64(row), int64(row)+1), Origins: b.Origins[row : row+1]})
			}
		}
	}
	return out
}

func count(batches []contract.Batch) (n int) {
	for _, b := range batches {
		n += b.Len()
	}
	return n
}

// text is a line a row.
func text(batches []contract.Batch) (lines []string) {
	for _, b := range batches {
		for row := range b.Len() {
			var cells []string
			for _, column := range b.Record.Columns() {
				cells = append(cells, column.ValueStr(row))
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return lines
}

// rows makes some up, in a few batches, of few different values, so that keys meet.
func (c *check) rows(schema *arrow.Schema) (batches []contract.Batch) {
	record := int64(0)
	for range 1 + c.rand.IntN(3) {
		b := array.NewRecordBuilder(c.mem, schema)
		var origins []contract.Origin
		for range 20 + c.rand.IntN(20) {
			record++
			origins = append(origins, contract.MakeOrigin(0, record))
			for i, f := range schema.Fields() {
				if f.Nullable && c.rand.IntN(6) == 0 {
					b.Field(i).AppendNull()
				} else {
					c.value(b.Field(i))
				}
			}
		}
		batches = append(batches, contract.Batch{Record: b.NewRecord(), Origins: origins})
		b.Release()
	}
	return batches
}

func (c *check) value(b array.Builder) {
	n := c.rand.IntN(12)
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(n%2 == 0)
	case *array.Int64Builder:
		b.Append(int64(n))
	case *array.Float64Builder:
		b.Append([]float64{0, -0.0, 1, 2, 3, -4, 5, 6, 7, 8, 9, 10}[n])
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(int64(n) * 25))
	case *array.StringBuilder:
		b.Append([]string{"", "a", "b", "A", " a", "ab", "x-y", "é", "1", "true", "zz", "b"}[n])
	case *array.Date32Builder:
		b.Append(arrow.Date32(int(then/86400_000_000) - 10*n))
	case *array.TimestampBuilder:
		b.Append(then - arrow.Timestamp(n)*8*86400*1_000_000)
	default:
		c.fail("no values of %s", b.Type())
	}
}
