package schema

import (
	"slices"

	"martlet/gen/internal/diag"
)

// model reads a [[model]].
func (r *reader) model(outer *table, it *item, index int) *Model {
	path := numbered("", "model", index+1)
	if name, ok := nameOf(it, "name"); ok {
		path = ModelPath(name)
	}
	m := &Model{Pos: it.key}
	t := r.open(it, path, outer)
	t.need("name", "from", "columns")
	t.text("name", &m.Name, identifier)
	t.text("layer", &m.Layer)
	t.text("description", &m.Description)
	t.text("from", &m.From, filled)
	t.texts("grain", &m.Grain, filled)
	t.texts("tags", &m.Tags, tagName)
	m.Dedupe = r.dedupe(t)
	joins := names{}
	t.tables("joins", func(it *item, i int) {
		m.Joins = append(m.Joins, r.join(t, it, i, joins))
	})
	if where := (Text{}); t.text("where", &where, filled) {
		m.Where = &where
	}
	t.texts("group_by", &m.GroupBy, filled)
	columns := names{}
	t.tables("columns", func(it *item, i int) {
		m.Columns = append(m.Columns, r.modelColumn(t, it, i, columns))
	})
	m.Tests = r.tests(t, false)
	m.Output = r.output(t)
	m.Incremental = t.isSet("incremental")
	if flag := it.fields["incremental"]; flag != nil {
		m.IncrementalPos = flag.key
	}
	m.Complete = t.isSet("complete")
	t.close()
	return m
}

// dedupe reads { key, order_by }.
func (r *reader) dedupe(outer *table) *Dedupe {
	it := outer.typed("dedupe", tableKind)
	if it == nil {
		return nil
	}
	d := &Dedupe{Pos: it.key}
	t := outer.inner(it, outer.path+", dedupe")
	t.need("key")
	t.texts("key", &d.Key, filled)
	t.text("order_by", &d.OrderBy, filled)
	t.close()
	return d
}

// join reads one entry of joins.
func (r *reader) join(outer *table, it *item, index int, taken names) *Join {
	path := numbered(outer.path, "join", index+1)
	for _, key := range []string{"as", "input"} {
		if name, ok := nameOf(it, key); ok {
			path = JoinPath(outer.path, name)
			break
		}
	}
	j := &Join{Pos: it.key}
	t := r.open(it, path, outer)
	t.need("input", "on")
	t.text("input", &j.Input, filled)
	if !t.text("as", &j.As, identifier) {
		j.As = j.Input
	}
	taken.add(r, j.As, nameAt(j.As, it), path, "join", `give one of them another name with "as"`)
	if on := t.list("on", "an array"); on != nil {
		for _, e := range on.elems {
			if pair, ok := r.on(t, e); ok {
				j.On = append(j.On, pair)
			}
		}
	}
	columns := names{}
	t.tables("aggregate", func(it *item, i int) {
		j.Aggregate = append(j.Aggregate, r.aggregate(t, it, i, columns))
	})
	t.close()
	return j
}

// on reads "column" or { left, right }.
func (r *reader) on(outer *table, it *item) (On, bool) {
	switch it.kind {
	case stringKind:
		column := outer.checked(it, "on", []check{filled})
		return On{column, column}, true
	case tableKind:
		var pair On
		t := outer.inner(it, outer.path)
		t.need("left", "right")
		ok := t.text("left", &pair.Left, filled)
		ok = t.text("right", &pair.Right, filled) && ok
		t.close()
		return pair, ok
	}
	r.wrongType(it, outer.path, "on", "a string or { left, right }")
	return On{}, false
}

// aggregate reads one entry of a join's aggregate.
func (r *reader) aggregate(outer *table, it *item, index int, taken names) *ModelColumn {
	c := &ModelColumn{Pos: it.key}
	t := r.open(it, columnPath(outer.path, it, index), outer)
	r.nameAndExpr(t, c, taken)
	t.close()
	return c
}

// modelColumn reads one entry of a model's columns.
func (r *reader) modelColumn(outer *table, it *item, index int, taken names) *ModelColumn {
	c := &ModelColumn{Pos: it.key}
	t := r.open(it, columnPath(outer.path, it, index), outer)
	r.nameAndExpr(t, c, taken)
	c.Nullable = t.flag("nullable")
	c.PII = t.flag("pii")
	t.text("description", &c.Description)
	c.Tests = r.tests(t, true)
	t.close()
	return c
}

func (r *reader) nameAndExpr(t *table, c *ModelColumn, taken names) {
	t.need("name")
	t.text("name", &c.Name, identifier)
	taken.add(r, c.Name, nameAt(c.Name, t.it), t.path, "column", "")
	if !t.text("expr", &c.Expr, filled) {
		c.Expr = c.Name
	}
}

// formats are the file formats; those of defaultFormats where none is named.
var (
	formats        = []string{"arrow", "csv", "parquet"}
	defaultFormats = []string{"arrow", "csv"}
)

// defaultOutput is what output = {} says.
func defaultOutput(pos diag.Pos) *Output {
	o := &Output{Pos: pos}
	for _, f := range defaultFormats {
		o.Formats = append(o.Formats, Text{Value: f})
	}
	return o
}

// output reads { formats, compression, dictionaries, neutralize_formulas }.
func (r *reader) output(outer *table) *Output {
	it := outer.typed("output", tableKind)
	if it == nil {
		return nil
	}
	o := defaultOutput(it.key)
	t := outer.inner(it, outer.path+", output")
	t.texts("formats", &o.Formats, oneOf(formats...))
	if t.text("compression", &o.Compression, oneOf("none", "lz4", "zstd")) && !o.has("arrow", "parquet") {
		r.report(it.fields["compression"].key, t.path, problem{
			code:    NothingToCompress,
			message: "compression is about the Arrow and Parquet files, which are not among the formats",
			help:    `add "arrow" or "parquet" to the formats, or leave compression out`,
		})
	}
	if t.isSet("dictionaries") {
		o.Dictionaries = &it.fields["dictionaries"].key
		if !o.has("arrow") {
			r.report(*o.Dictionaries, t.path, problem{
				code:    DictionariesWithoutArrow,
				message: "dictionaries is about the Arrow file, which is not among the formats",
				help:    `add "arrow" to the formats, or leave dictionaries out`,
			})
		}
	}
	o.NeutralizeFormulas = t.isSet("neutralize_formulas")
	if o.NeutralizeFormulas && !o.has("csv") {
		r.report(it.fields["neutralize_formulas"].key, t.path, problem{
			code:    NeutralizeWithoutCSV,
			message: "neutralize_formulas is about the CSV file, which is not among the formats",
			help:    `add "csv" to the formats, or leave neutralize_formulas out`,
		})
	}
	t.close()
	return o
}

// has says whether the output is published in one of some formats, which a word
// that is none may have meant.
func (o *Output) has(some ...string) bool {
	return slices.ContainsFunc(o.Formats, func(f Text) bool {
		return slices.Contains(some, f.Value) || !slices.Contains(formats, f.Value)
	})
}
