// Package unittest runs the unit tests of a compiled project: it gives a model
// the rows that a unit test writes down, and compares the rows that come out
// with those expected.
//
// It knows the contract and Arrow. It reads no file, runs nothing but the model
// under test, and shows values as they are: they were written into the schema.
package unittest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/contract"
)

// Run runs a unit test of the project and gives what differs from what it
// expects, in lines for people, or "" where nothing does. Each case is run twice,
// with its rows in one batch and in batches of one row. An error is a test that
// could not be run.
func Run(p *contract.Project, u *contract.UnitTest, mem contract.Allocator) (difference string, err error) {
	t, err := newTrial(p, u, mem)
	if err != nil {
		return "", err
	}
	whole, err := t.run(contract.BatchRows)
	if err != nil {
		return "", err
	}
	single, err := t.run(1)
	if err != nil {
		return "", err
	}
	if whole.failures != single.failures || !slices.EqualFunc(whole.rows, single.rows, slices.Equal) {
		return "", fmt.Errorf("internal error: %s gives other rows where its inputs come a row at a time", u.Model)
	}
	if whole.failures != "" {
		return whole.failures, nil
	}
	want, err := t.expected()
	if err != nil {
		return "", err
	}
	return describe(t.columns, want, whole.rows, compare(want, whole.rows, t.keys, u.Ordered)), nil
}

// trial is one unit test about to be run.
type trial struct {
	unit    *contract.UnitTest
	model   *contract.Model
	inputs  map[string]*contract.Node
	given   map[string]*contract.Table
	columns []string // compared: those of the key first
	at      []int    // where they stand in the model
	keys    int      // how many of them are the key; 0 where the key is not compared whole
	mem     contract.Allocator
}

func newTrial(p *contract.Project, u *contract.UnitTest, mem contract.Allocator) (*trial, error) {
	t := &trial{unit: u, mem: mem, inputs: map[string]*contract.Node{}, given: map[string]*contract.Table{}}
	for i := range p.Sources {
		t.inputs[p.Sources[i].Name] = &p.Sources[i].Node
	}
	for i := range p.Models {
		m := &p.Models[i]
		t.inputs[m.Name] = &m.Node
		if m.Name == u.Model {
			t.model = m
		}
	}
	if t.model == nil {
		return nil, fmt.Errorf("internal error: unit test %q is of %q, which is no model", u.Name, u.Model)
	}
	for i := range u.Given {
		t.given[u.Given[i].Relation] = &u.Given[i]
	}
	t.compareColumns()
	return t, nil
}

// compareColumns settles which columns are compared, and in which order they
// are shown. Where no row is expected nothing is compared, and all are shown.
func (t *trial) compareColumns() {
	named := t.unit.Expect.Columns
	if len(named) == 0 && len(t.unit.Expect.Rows) == 0 {
		for _, c := range t.model.Columns {
			named = append(named, c.Name)
		}
	}
	if !slices.ContainsFunc(t.model.Grain, func(k string) bool { return !slices.Contains(named, k) }) {
		t.columns = slices.Clone(t.model.Grain)
		t.keys = len(t.columns)
	}
	for _, c := range named {
		if !slices.Contains(t.columns, c) {
			t.columns = append(t.columns, c)
		}
	}
	for _, c := range t.columns {
		t.at = append(t.at, indexOf(&t.model.Node, c))
	}
}

// indexOf finds a column by name, or gives -1.
func indexOf(n *contract.Node, column string) int {
	return slices.IndexFunc(n.Columns, func(c contract.Column) bool { return c.Name == column })
}

// outcome is what one run of the model gave.
type outcome struct {
	rows     [][]string // as text, in the order of columns
	failures string     // expressions without a value, a line each
}

// run runs the model over the given rows, so many to a batch.
func (t *trial) run(batchRows int) (*outcome, error) {
	out := &outcome{}
	var failures contract.Failures
	env := &contract.Env{AsOf: t.unit.Now, Memory: t.mem, Failures: &failures}
	inputs := t.model.Inputs()
	_, err := t.model.Drive(env, batchRows, func(input int, step func(contract.Batch) error) error {
		return t.feed(inputs[input], batchRows, step)
	}, func(b contract.Batch) error {
		out.rows = append(out.rows, rowsOf(b.Record, t.at)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.failures = t.describeFailures(failures.First())
	return out, nil
}

// feed gives the rows of an input to a step, which borrows them.
func (t *trial) feed(input string, batchRows int, step func(contract.Batch) error) error {
	table := t.given[input]
	if table == nil {
		return nil
	}
	node := t.inputs[input]
	for lo := 0; lo < len(table.Rows); lo += batchRows {
		hi := min(lo+batchRows, len(table.Rows))
		record, err := newRecord(t.mem, node, table, lo, hi)
		if err != nil {
			return err
		}
		b := contract.Batch{Record: record}
		for row := lo; row < hi; row++ {
			b.Origins = append(b.Origins, contract.MakeOrigin(t.file(input), int64(row+1)))
		}
		err = step(b)
		b.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// file numbers the inputs given, for the origins of their rows.
func (t *trial) file(input string) int {
	return slices.IndexFunc(t.unit.Given, func(g contract.Table) bool { return g.Relation == input })
}

// describeFailures says which expressions had no value; they are no values to compare.
func (t *trial) describeFailures(failures []contract.Failure) string {
	var lines []string
	for _, f := range failures {
		lines = append(lines, fmt.Sprintf("%s has no value for row %d given of %s: %v",
			f.Column, f.Origin.Record(), t.unit.Given[f.Origin.File()].Relation, f.Err))
	}
	return strings.Join(lines, "\n")
}

// expected is the rows expected, as text.
func (t *trial) expected() ([][]string, error) {
	rows := make([][]string, len(t.unit.Expect.Rows))
	for i, cells := range t.unit.Expect.Rows {
		rows[i] = make([]string, len(t.columns))
		for j, name := range t.columns {
			at := slices.Index(t.unit.Expect.Columns, name)
			if t.at[j] < 0 || at < 0 || at >= len(cells) {
				return nil, fmt.Errorf("internal error: unit test %q, row %d expected has no %q", t.unit.Name, i+1, name)
			}
			rows[i][j] = format(cells[at], t.model.Columns[t.at[j]].Arrow)
		}
	}
	return rows, nil
}

// newRecord builds rows lo to hi of a table as a record of the node, which the
// caller owns.
func newRecord(mem contract.Allocator, n *contract.Node, table *contract.Table, lo, hi int) (arrow.Record, error) {
	columns := make([]arrow.Array, 0, len(n.Columns))
	cells := make([]any, hi-lo)
	for _, c := range n.Columns {
		at := slices.Index(table.Columns, c.Name)
		for row := range cells {
			cells[row] = nil
			if at >= 0 {
				cells[row] = table.Rows[lo+row][at]
			}
		}
		column, err := newColumn(mem, c.Arrow, cells)
		if err != nil {
			for _, made := range columns {
				made.Release()
			}
			return nil, fmt.Errorf("internal error: %s.%s: %w", n.Name, c.Name, err)
		}
		columns = append(columns, column)
	}
	return contract.NewRecord(n.Schema, columns...), nil
}
