package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"martlet/internal/contract"
	"martlet/internal/explain"
)

// Bounds of what is shown; everything is counted.
const (
	shownKeyed  = 10 // rows that have the key
	shownGiven  = 20 // rows of an input that went into one
	shownFields = 8  // source fields that gave a value
)

// explainer turns what a reading found into an explanation.
type explainer struct {
	*tracer
	places *places
	told   map[contract.Origin]bool // records of which it is said already that they were rejected
}

// explain reads what a key of a node rests on, and says how its rows came about.
func (r *run) explain(ctx context.Context, n *node, key *keySet, column string, reveal bool) (*explain.Explanation, error) {
	if err := r.findInputs(ctx, r.extract); err != nil {
		return nil, err
	}
	if err := r.checkInputs(); err != nil {
		return nil, err
	}
	defer bound(r.settings.threads, r.settings.memory, 0)()
	reading := r.newReading(ctx)
	defer reading.close()
	s, err := reading.rows(n, demand{keys: key})
	if err != nil {
		return nil, err
	}
	x := &explainer{tracer: reading.newTracer(shownFields), places: r.places, told: map[contract.Origin]bool{}}
	x.reveal = reveal
	e, err := x.explanation(s, column)
	if err != nil {
		return nil, err
	}
	return e, r.inputsChanged() // it is read more than once
}

// explanation is of the rows of a set, or of why there are none; of one column, or of all.
func (x *explainer) explanation(s *rowSet, column string) (e *explain.Explanation, err error) {
	n := s.node
	e = &explain.Explanation{Node: n.Name, Kind: string(n.kind()), Key: x.asked(s), Column: column, Count: s.Len(), Rows: []*explain.Row{},
		AsOf: time.UnixMicro(int64(x.settings.asOf)).UTC()}
	var columns []string
	if column != "" {
		columns = []string{column}
	}
	for _, row := range s.rows()[:min(e.Count, shownKeyed)] {
		shown, err := x.row(row, columns, true)
		if err != nil {
			return nil, err
		}
		e.Rows = append(e.Rows, shown)
	}
	if e.Count == 0 {
		if e.Reasons, err = x.reasons(s); err != nil {
			return nil, err
		}
	}
	e.Notes = x.notes()
	x.locate(e)
	return e, nil
}

// asked is the key of the rows that a set was asked for.
func (x *explainer) asked(s *rowSet) (key []explain.Value) {
	for _, values := range s.demand.keys.known {
		for i, c := range s.demand.keys.columns {
			key = append(key, explain.Value{Column: c, Value: x.keyValue(s.node, c, values[i])})
		}
	}
	return key
}

// keyValue is a value of a column, as keys have it, as it may be shown.
func (x *explainer) keyValue(n *node, column, key string) explain.Scalar {
	text, ok := keyText(n.Schema.Field(n.at(column)).Type, key)
	return x.scalar(n, column, text, ok)
}

// extract says that the digest of a file need not be taken: it is the seed of no workbook,
// and nothing is named by it.
func (r *run) extract(path string) (sha256 string, ok bool) {
	return "", !slices.ContainsFunc(r.project.Sources, func(s contract.Source) bool { return s.Workbook != "" && s.Seed == path })
}

// scalar is a value of a column as it may be shown.
func (x *explainer) scalar(n *node, column, text string, ok bool) explain.Scalar {
	c := &n.Columns[n.at(column)]
	if ok && c.PII && !x.reveal {
		return explain.Scalar{Text: contract.Redacted}
	}
	name, _, _ := strings.Cut(c.Type, "(")
	bare := name == "int64" || name == "float64" || name == "decimal" || name == "bool"
	return explain.Scalar{Text: text, Null: !ok, Bare: bare}
}

func (x *explainer) value(r row, column string) explain.Scalar {
	text, ok := r.text(column)
	return x.scalar(r.node(), column, text, ok)
}

func (x *explainer) values(r row, columns []string) (list []explain.Value) {
	for _, c := range columns {
		list = append(list, explain.Value{Column: c, Value: x.value(r, c)})
	}
	return list
}

// place is where a record stands; its cell is that of a column, or its first. The line
// is looked up later, see locate.
func (x *explainer) place(o contract.Origin, column int) explain.Place {
	return explain.Place{File: x.places.files[o.File()].Path, Record: o.Record(), Cell: x.places.cell(o, column)}
}

// row explains a row: the columns given, nil for all. top says that it is the one that
// was asked for, of which the cells are named that gave each value.
func (x *explainer) row(r row, columns []string, top bool) (*explain.Row, error) {
	n := r.node()
	out := &explain.Row{Node: n.Name, Kind: string(n.kind()), Key: x.values(r, n.Grain), Columns: []explain.Column{}}
	whole := columns == nil
	if whole {
		columns = n.columnNames()
	}
	if n.source != nil {
		place := x.place(r.origin(), noColumn)
		if len(columns) == 1 {
			place = x.place(r.origin(), n.at(columns[0]))
		}
		out.Place = &place
	}
	for _, c := range columns {
		column, err := x.column(r, c, top)
		if err != nil {
			return nil, err
		}
		out.Columns = append(out.Columns, column)
	}
	if n.source != nil {
		return out, nil
	}
	return out, x.inputs(out, r, columns, whole && top)
}

// column explains one value.
func (x *explainer) column(r row, name string, top bool) (c explain.Column, err error) {
	n := r.node()
	known := &n.Columns[n.at(name)]
	c = explain.Column{Name: name, Type: known.Type, Value: x.value(r, name), Expr: known.Expr, Copy: known.Copy}
	c.Failure = x.failure(r, n, name)
	for _, read := range known.Reads {
		c.Reads = append(c.Reads, explain.Read{Input: read.Input, Column: read.Column})
	}
	if !top {
		return c, nil
	}
	a, err := x.trace(r, name)
	if err != nil {
		return c, err
	}
	for _, f := range a.fields {
		c.From = append(c.From, x.cell(f))
	}
	c.More, c.Partly = a.more, a.grouped
	c.Missing = slices.Compact(slices.Sorted(slices.Values(a.missing)))
	return c, nil
}

// failure says why an expression of a node has no value on the row that begins where r
// does; nothing where it has one.
func (x *explainer) failure(r row, n *node, of string) string {
	for _, f := range x.env.Failures.First() {
		if f.Node == n.Name && f.Column == of && f.Origin == r.origin() {
			return f.Err.Error()
		}
	}
	return ""
}

// cell is a field of a record that was read.
func (x *explainer) cell(f field) explain.Cell {
	c := explain.Cell{Source: f.source.Name, Column: f.column, Place: x.place(f.origin, f.source.at(f.column))}
	for _, s := range x.sets[f.source] {
		if r, ok := s.from(f.origin); ok {
			c.Value = x.value(r, f.column)
			break
		}
	}
	return c
}

// inputs adds the rows that went into a row: of all inputs, or of those that the
// columns read.
func (x *explainer) inputs(out *explain.Row, r row, columns []string, all bool) error {
	n := r.node()
	index := make([]int, len(n.inputs))
	var shown [][]row
	for k := range n.inputs {
		index[k] = -1
		needs := n.needs(columns, k)
		if len(needs) == 0 && !all {
			continue
		}
		in, rows, err := x.input(r, k, columns, needs)
		if err != nil {
			return err
		}
		index[k] = len(out.Inputs)
		out.Inputs, shown = append(out.Inputs, in), append(shown, rows)
	}
	for i := range out.Columns {
		c := &out.Columns[i]
		for j := range c.Reads {
			read := &c.Reads[j]
			input := read.Input
			if read.Input = index[input]; read.Input < 0 || out.Inputs[read.Input].Count < 2 {
				continue
			}
			gave, err := x.givers(r, c.Name, input)
			if err != nil {
				return err
			}
			for at, row := range shown[read.Input] {
				if slices.Contains(gave, row) {
					read.Gave = append(read.Gave, at)
				}
			}
		}
	}
	return nil
}

// needs are the columns of an input that columns of a model read.
func (n *node) needs(columns []string, input int) (needs []string) {
	for _, c := range columns {
		for _, read := range n.readsOf(c) {
			if read.Input == input && !slices.Contains(needs, read.Column) {
				needs = append(needs, read.Column)
			}
		}
	}
	return needs
}

// givers are the rows of an input that gave the value of a column.
func (x *explainer) givers(r row, column string, input int) ([]row, error) {
	found, err := x.beside(r, input)
	if err != nil {
		return nil, err
	}
	return x.gave(r, column, input, found.rows)
}

// input explains what one input gave to a row, and which rows of it are shown.
func (x *explainer) input(r row, k int, columns, needs []string) (in explain.Input, shown []row, err error) {
	n := r.node()
	in = explain.Input{Node: n.inputs[k].Name, Role: explain.Base, Rows: []*explain.Row{}}
	found, err := x.beside(r, k)
	if err != nil {
		return in, nil, err
	}
	in.Count, in.Partly = len(found.rows), found.partly
	switch {
	case k > 0:
		in.Role = explain.Joined
		in.On, in.Why = x.on(r, k-1)
	case n.model.Grouped:
		in.Role = explain.Group
		if base, ok := r.base(); ok {
			in.On = x.values(base, n.model.GroupBy)
		}
	}
	if in.Count > 0 {
		in.Why = ""
	}
	shown = found.rows[:min(in.Count, shownGiven)]
	if in.Count > shownGiven {
		shown = slices.Clone(shown)
		for _, c := range columns {
			gave, err := x.givers(r, c, k)
			if err != nil {
				return in, nil, err
			}
			for _, row := range gave[:min(len(gave), maxFields)] {
				if !slices.Contains(shown, row) {
					shown = append(shown, row)
				}
			}
		}
	}
	for _, row := range shown {
		below, err := x.row(row, needs, false)
		if err != nil {
			return in, nil, err
		}
		in.Rows = append(in.Rows, below)
	}
	if k == 0 && n.model.Dedupe != nil {
		in.Lost, in.LostCount, err = x.losers(r.set, found.rows)
	}
	return in, shown, err
}

// on is what the rows of a join have to have to be beside a row, and why there may be
// none.
func (x *explainer) on(r row, join int) (on []explain.Value, why string) {
	base, ok := r.base()
	if !ok {
		return nil, ""
	}
	input := r.node().inputs[join+1]
	var shown []string
	for _, m := range r.node().model.On[join] {
		if m.Aggregated {
			return nil, untold(r.node(), m, input)
		}
		from, ok := r.set.leftRow(base, m)
		if !ok {
			return nil, "nothing, as " + m.Left.Column + " is of no row"
		}
		v := x.value(from, m.Left.Column)
		if v.Null {
			return nil, "nothing, as " + m.Left.Column + " is null and matches nothing"
		}
		if input.pii(m.Right) && !x.reveal {
			v.Text = contract.Redacted
		}
		on = append(on, explain.Value{Column: m.Right, Value: v})
		shown = append(shown, m.Right+"="+v.Text)
	}
	return on, "no row has " + strings.Join(shown, ", ")
}

// notes are what keeps an explanation from being whole: records that were rejected and
// have a key that was looked for, and files that were not read to their end.
func (x *explainer) notes() (list []explain.Fact) {
	for _, n := range x.graph.nodes {
		for _, s := range x.sets[n] {
			for _, r := range s.rejected {
				if !x.told[r.origin()] {
					x.told[r.origin()] = true
					list = append(list, explain.Fact{Text: "a record of " + n.Name + " was rejected, and is left out: " + r.why(), Places: []explain.Place{x.place(r.origin(), r.cells[0].Column)}})
				}
			}
		}
	}
	for i := range x.places.files {
		if err := x.cut[i]; err != nil {
			list = append(list, explain.Fact{Text: fmt.Sprintf("%v; what stands behind it was not looked at", err)})
		}
	}
	return list
}

// locate adds the lines of records.
func (x *explainer) locate(e *explain.Explanation) {
	var origins []contract.Origin
	file := map[string]int{}
	for i := range x.places.files {
		file[x.places.files[i].Path] = i
	}
	visit := func(do func(p *explain.Place, o contract.Origin)) {
		e.Places(func(p *explain.Place) { do(p, contract.MakeOrigin(file[p.File], p.Record)) })
	}
	visit(func(_ *explain.Place, o contract.Origin) { origins = append(origins, o) })
	x.places.locate(origins)
	visit(func(p *explain.Place, o contract.Origin) { p.Line = x.places.lines[o] })
}
