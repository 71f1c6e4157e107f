package schema

import "fmt"

// source reads a [[source]].
func (r *reader) source(outer *table, it *item, index int) *Source {
	path := numbered("", "source", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = SourcePath(name)
	}
	s := &Source{Pos: it.key}
	t := r.open(it, path, outer)
	t.need("name", "columns")
	t.text("name", &s.Name, identifier)
	t.text("description", &s.Description)
	r.files(t, s)
	s.CSV = r.dialect(t)
	s.ExtraColumns = t.isSet("extra_columns")
	s.MaxRejects = r.allowance(t)
	t.texts("grain", &s.Grain, filled)
	t.texts("tags", &s.Tags, tagName)
	s.Freshness = r.freshness(t)
	columns := names{}
	t.tables("columns", func(it *item, i int) {
		s.Columns = append(s.Columns, r.sourceColumn(t, it, i, columns))
	})
	s.Tests = r.tests(t, false)
	t.close()
	return s
}

// files reads where a source's rows come from.
func (r *reader) files(t *table, s *Source) {
	hasBook := t.text("workbook", &s.Workbook, workbook)
	if t.text("sheet", &s.Sheet, filled) {
		if !hasBook && t.it.fields["workbook"] == nil {
			r.report(s.Sheet.Pos, t.path, problem{
				code:    SheetWithoutWorkbook,
				message: fmt.Sprintf("sheet %q has no workbook", s.Sheet.Value),
				help:    "name the workbook, or leave the sheet out to read the seed only",
			})
		}
	} else {
		s.Sheet = Text{Value: s.Name.Value}
	}
	if !t.text("seed", &s.Seed, seedPath) {
		if s.Name.Value != "" {
			s.Seed = Text{Value: "seeds/" + s.Name.Value + ".csv"}
		}
	} else if hasBook && isPattern(s.Seed.Value) {
		r.report(s.Seed.At(0), t.path, problem{
			code:    BadPath,
			message: fmt.Sprintf("seed: a workbook is converted to one file, found the pattern %q", s.Seed.Value),
			help:    "name one file, or leave the workbook out to read a folder of extracts",
		})
	} else if hasBook && isCompressed(s.Seed.Value) {
		r.report(s.Seed.At(0), t.path, problem{
			code:    WorkbookSeed,
			message: fmt.Sprintf("seed: a workbook is converted to plain CSV, found %q", s.Seed.Value),
			help:    "end the name in .csv, or leave the workbook out to read a compressed extract",
		})
	}
}

// freshness reads { loaded_at, filter, warn_after, error_after }.
func (r *reader) freshness(outer *table) *Freshness {
	it := outer.typed("freshness", tableKind)
	if it == nil {
		return nil
	}
	f := &Freshness{Pos: it.key}
	t := outer.inner(it, outer.path+", freshness")
	t.need("loaded_at")
	t.text("loaded_at", &f.LoadedAt, filled)
	if filter := (Text{}); t.text("filter", &filter, filled) {
		f.Filter = &filter
	}
	warn := t.text("warn_after", &f.WarnAfter, duration)
	fail := t.text("error_after", &f.ErrorAfter, duration)
	if it.fields["warn_after"] == nil && it.fields["error_after"] == nil {
		r.report(it.pos, t.path, problem{code: MissingKey, message: "warn_after or error_after is missing"})
	}
	if warn && fail {
		w, werr := ParseDuration(f.WarnAfter.Value)
		e, eerr := ParseDuration(f.ErrorAfter.Value)
		if werr == nil && eerr == nil && e < w {
			r.report(f.ErrorAfter.At(0), t.path, problem{
				code:    BadDuration,
				message: fmt.Sprintf("error_after, %q, is shorter than warn_after, %q", f.ErrorAfter.Value, f.WarnAfter.Value),
			})
		}
	}
	t.close()
	return f
}

// sourceColumn reads one entry of a source's columns.
func (r *reader) sourceColumn(outer *table, it *item, index int, taken names) *SourceColumn {
	c := &SourceColumn{Pos: it.key}
	t := r.open(it, columnPath(outer.path, it, index), outer)
	t.need("name", "type")
	t.text("name", &c.Name, identifier)
	taken.add(r, c.Name, nameAt(c.Name, it), t.path, "column", "")
	t.text("type", &c.Type, filled)
	c.Nullable = t.flag("nullable")
	c.PII = t.flag("pii")
	t.text("description", &c.Description)
	c.Tests = r.tests(t, true)
	t.close()
	return c
}

func columnPath(node string, it *item, index int) string {
	if name, ok := nameOf(it, "name"); ok {
		return ColumnPath(node, name)
	}
	return numbered(node, "column", index+1)
}
