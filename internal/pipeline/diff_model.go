package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/changes"
	"martlet/internal/report"
)

// model compares one model; of its files out learns what the runs are.
func (d *differ) model(name string, out *report.Diff) (m *report.ModelDiff, err error) {
	m = &report.ModelDiff{Name: name, Status: report.NotCompared}
	before, err := openModel(d.from, name, d.mem)
	if err != nil {
		return nil, err
	}
	if before != nil {
		defer func() { err = errors.Join(err, before.close()) }()
		identify(&out.From, before)
	}
	after, err := openModel(d.to, name, d.mem)
	if err != nil {
		return nil, err
	}
	if after != nil {
		defer func() { err = errors.Join(err, after.close()) }()
		identify(&out.To, after)
	}
	switch {
	case len(formatsIn(d.from, name)) == 0:
		m.Status, m.Note = report.AddedModel, "only in run "+d.to.Run
	case len(formatsIn(d.to, name)) == 0:
		m.Status, m.Note = report.Removed, "only in run "+d.from.Run
	case before == nil || after == nil:
		m.Note, err = d.otherFiles(name)
		return m, err
	default:
		return m, d.rows(m, before, after)
	}
	return m, nil
}

// rows compares the rows of a model that both runs have as Arrow.
func (d *differ) rows(m *report.ModelDiff, before, after *arrowFile) error {
	m.Status = report.Compared
	shared := changes.Share(d.state(m.Name, before), d.state(m.Name, after), d.mem)
	o := changes.Options{Ignore: d.timeOnly(m.Name, shared), Tally: true, Noted: d.examples, Memory: int64(d.memory) / 2, Mem: d.mem}
	o.Key, o.Bag, m.Note = knownBy(shared)
	if !o.Bag {
		m.Key = o.Key
	}
	found, err := changes.Compare(shared.Before, shared.After, o)
	if err != nil {
		return err
	}
	examples, err := found.Examples(d.examples)
	if err != nil {
		return err
	}
	m.Before, m.After = found.Before, found.After
	m.Added, m.Removed, m.Changed = found.Inserts, found.Deletes, found.Updates
	m.AddedRows, m.RemovedRows = reportKeys(examples.Inserted), reportKeys(examples.Deleted)
	m.Columns = columnDiffs(shared, o, found, examples)
	return nil
}

// diffState is what a run published of a model. Personal is what the file and what the
// project says is.
type diffState struct {
	*arrowFile
	schema *arrow.Schema
	ctx    context.Context // once it has ended nothing can be read any more
}

func (d *differ) state(model string, file *arrowFile) *diffState {
	fields, about := file.Schema().Fields(), file.Schema().Metadata()
	if n := d.graph.byName[model]; n != nil {
		for i, f := range fields {
			if n.pii(f.Name) {
				fields[i].Metadata = arrow.NewMetadata(append([]string{keyPII}, f.Metadata.Keys()...), append([]string{"true"}, f.Metadata.Values()...))
			}
		}
	}
	return &diffState{file, arrow.NewSchema(fields, &about), d.ctx}
}

// Schema and RecordAt are of changes.Reader.
func (s *diffState) Schema() *arrow.Schema { return s.schema }

// RecordAt gives a batch.
func (s *diffState) RecordAt(i int) (arrow.Record, error) {
	if err := context.Cause(s.ctx); err != nil {
		return nil, err
	}
	return s.arrowFile.RecordAt(i)
}

// knownBy is what rows are known by: the grain with which the later run was published,
// where the earlier one has its columns. Else rows are a bag, and note says why.
func knownBy(s *changes.Shared) (key []string, bag bool, note string) {
	md := s.After.Schema().Metadata()
	grain, ok := md.GetValue(keyGrain)
	if !ok || grain == "" {
		return nil, true, "no grain: rows are compared whole"
	}
	key = strings.Split(grain, ",")
	for _, name := range key {
		if !slices.Contains(s.Columns, name) {
			return nil, true, "rows are compared whole, as " + name + " of the grain is not the same column in both runs"
		}
	}
	return key, false, ""
}

// What the metadata of a published file say of the model and its columns; see
// contract.Node.
const (
	keyGrain   = "martlet.grain"
	keyPII     = "martlet.pii"
	keyType    = "martlet.type"
	keyLineage = "martlet.lineage"
)

// timeOnly are the columns that tell the as-of time alone: those that an incremental model
// is known to have, and dates and times that are computed from no column.
func (d *differ) timeOnly(model string, s *changes.Shared) (names []string) {
	if n := d.graph.byName[model]; n != nil && n.model != nil && n.model.Increment != nil {
		for _, name := range constants(n) {
			if slices.Contains(s.Columns, name) {
				names = append(names, name)
			}
		}
	}
	for i, f := range s.After.Schema().Fields() {
		was := s.Before.Schema().Field(i)
		if isTime(f.Type) && rootless(f) && rootless(was) && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

func isTime(t arrow.DataType) bool { return t.ID() == arrow.DATE32 || t.ID() == arrow.TIMESTAMP }

// rootless says whether a published column is computed from no column of a source.
func rootless(f arrow.Field) bool { return f.Metadata.FindKey(keyLineage) < 0 }

func reportKeys(keys []changes.Key) (out []report.RowKey) {
	for _, k := range keys {
		out = append(out, reportKey(k))
	}
	return out
}

func reportKey(k changes.Key) (out report.RowKey) {
	for _, f := range k {
		out = append(out, report.KeyField{Column: f.Column, Field: report.Field(f.Field)})
	}
	return out
}

// columnDiffs are the columns in the order of the later run, then those that only the
// earlier one has.
func columnDiffs(s *changes.Shared, o changes.Options, found *changes.Changes, examples *changes.Examples) (out []report.ColumnDiff) {
	for i, f := range s.After.Schema().Fields() {
		was := s.Before.Schema().Field(i)
		c := columnDiff(f.Name, report.KeyColumn, &was, &f)
		if slices.Contains(o.Ignore, f.Name) {
			c.Status = report.AsOfColumn
		}
		if at := slices.IndexFunc(found.Columns, func(t *changes.Tally) bool { return t.Column == f.Name }); at >= 0 {
			t := found.Columns[at]
			if c.Rows, c.Counted = t.Rows, true; !t.Ignored && !slices.Contains(o.Key, f.Name) {
				c.Status = report.ComparedColumn
			}
			for _, x := range examples.Columns[at] {
				c.Examples = append(c.Examples, report.ValueDiff{Key: reportKey(x.Key), Before: report.Field(x.Before), After: report.Field(x.After)})
			}
		}
		out = append(out, c)
	}
	for _, f := range s.New {
		out = append(out, columnDiff(f.Name, report.AddedColumn, nil, &f))
	}
	for _, f := range s.Retyped {
		out = append(out, columnDiff(f[0].Name, report.RetypedColumn, &f[0], &f[1]))
	}
	for _, f := range s.Old {
		out = append(out, columnDiff(f.Name, report.RemovedColumn, &f, nil))
	}
	return out
}

// columnDiff describes a column by its fields in both runs, nil where one lacks it.
func columnDiff(name string, status report.ColumnStatus, before, after *arrow.Field) report.ColumnDiff {
	c := report.ColumnDiff{Name: name, Status: status}
	for _, of := range []struct {
		field *arrow.Field
		to    *string
	}{{before, &c.Before}, {after, &c.After}} {
		if of.field == nil {
			continue
		}
		*of.to = of.field.Type.String()
		if declared, ok := of.field.Metadata.GetValue(keyType); ok {
			*of.to = declared
		}
		pii, _ := of.field.Metadata.GetValue(keyPII)
		c.Personal = c.Personal || pii == "true"
	}
	return c
}
