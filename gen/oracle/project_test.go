package oracle

import (
	"fmt"
	"strconv"
	"strings"
)

// rowSources are the sources that every expression is tried on: one with
// nulls, and one whose columns are declared to have none, for which other code
// is generated.
var rowSources = []struct {
	name     string
	nullable bool
}{{"sparse", true}, {"dense", false}}

// query is one model, and how DuckDB is asked for the same rows beside the view
// that is emitted for it.
type query struct {
	model    string
	examples []example // of the columns c0, c1, ...
	// source is where the inputs of a mismatch are shown from, "" for a model
	// whose rows stand for many.
	source string
	asIs   string // with %s for what examples are as they are written; "" for none
}

// view is the query of what is emitted.
func (q query) view() string {
	return fmt.Sprintf("select %%s from %s order by row$", q.model)
}

// schemaOf declares the table of examples as a project.
func schemaOf() (string, []query) {
	s := &schemaWriter{}
	s.line("name = \"expressions\"\ntimezone = %q", zone)
	for _, source := range rowSources {
		s.line("[[source]]\nname = %q\ncolumns = [", source.name)
		s.line(`  { name = "n", type = "int64", nullable = false },`)
		for _, c := range columns {
			s.line("  { name = %q, type = %q, nullable = %t },", c.name, c.typ, source.nullable)
		}
		s.line("]")
	}
	s.line("[[source]]\nname = \"keys\"\ncolumns = [{ name = \"n\", type = \"int64\", nullable = false }, { name = \"k\", type = \"int64\" }]")
	for _, source := range rowSources {
		for _, g := range scalars {
			s.ofRows(source.name, g)
		}
		for _, g := range append(grouped, aggregated...) {
			s.ofGroups(source.name, g)
		}
		for _, g := range aggregated {
			s.ofJoin(source.name, g)
		}
		for _, key := range append([]string{"g", "b1, i1", "i1, s1, d1", "i1 % 3", "date_trunc('month', p1), b1", "f1, t1"}, orderable...) {
			s.byKey(source.name, key)
		}
	}
	return s.text.String(), s.queries
}

type schemaWriter struct {
	text    strings.Builder
	queries []query
}

func (s *schemaWriter) line(format string, args ...any) { fmt.Fprintf(&s.text, format+"\n", args...) }

func (s *schemaWriter) columns(examples []example) {
	s.line("columns = [")
	for i, e := range examples {
		s.line("  { name = \"c%d\", expr = %s },", i, strconv.Quote(e.ours))
	}
	s.line("]")
}

// ownWords are the examples, as they are written, as columns of a select.
func ownWords(examples []example) []string {
	out := make([]string, len(examples))
	for i, e := range examples {
		out[i] = fmt.Sprintf("null as c%d", i)
		if e.asIs {
			out[i] = fmt.Sprintf("(%s) as c%d", e.ours, i)
		}
	}
	return out
}

// columnsOf are the columns of the examples in a model.
func columnsOf(examples []example) []string {
	out := make([]string, len(examples))
	for i := range examples {
		out[i] = fmt.Sprintf("c%d", i)
	}
	return out
}

func (s *schemaWriter) model(name, source string, examples []example, asIs string) {
	s.line("[[model]]\nname = %q\noutput = { formats = [\"arrow\"] }", name)
	s.queries = append(s.queries, query{name, examples, source, asIs})
}

// ofRows computes a column per example from each row.
func (s *schemaWriter) ofRows(source string, g group) {
	s.model(source+"_"+g.name, source, g.examples, fmt.Sprintf("select %%s from %s order by n", source))
	s.line("from = %q", source)
	s.columns(g.examples)
}

// ofGroups computes them from groups, which stand where their first row does.
func (s *schemaWriter) ofGroups(source string, g group) {
	s.model(source+"_"+g.name, "", g.examples, fmt.Sprintf("select %%s from %s group by g order by min(n)", source))
	s.line("from = %q\ngroup_by = [\"g\"]", source)
	s.columns(g.examples)
}

// ofJoin computes them in a join's aggregate. Where a key has no rows the
// columns are null, counts too.
func (s *schemaWriter) ofJoin(source string, g group) {
	names := make([]example, len(g.examples))
	for i, e := range g.examples {
		names[i] = example{ours: fmt.Sprintf("c%d", i), within: e.within}
	}
	s.model(source+"_joined", "", g.examples, fmt.Sprintf(`select folded.* exclude (g) from keys
		left join (select g, %%s from %s where g is not null group by g) folded on folded.g = keys.k order by keys.n`, source))
	s.line("from = \"keys\"\njoins = [{ input = %q, as = \"folded\", on = [{ left = \"k\", right = \"g\" }], aggregate = [", source)
	for i, e := range g.examples {
		s.line("  { name = \"c%d\", expr = %s },", i, strconv.Quote(e.ours))
	}
	s.line("] }]")
	s.columns(names)
}

// byKey groups by one key or several of any type; nulls are one key.
func (s *schemaWriter) byKey(source, key string) {
	examples := same("count(*)", "min(n)", "max(n)")
	var keys []string
	for _, k := range splitKeys(key) {
		keys = append(keys, strconv.Quote(k))
		examples = append(examples, same(k)...)
	}
	name := fmt.Sprintf("%s_by_%d", source, len(s.queries))
	s.model(name, "", examples, fmt.Sprintf("select %%s from %s group by %s order by min(n)", source, strings.ReplaceAll(key, "%", "%%")))
	s.line("from = %q\ngroup_by = [%s]", source, strings.Join(keys, ", "))
	s.columns(examples)
}

// splitKeys cuts at the commas outside parentheses.
func splitKeys(keys string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range keys {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			out, from = append(out, strings.TrimSpace(keys[from:i])), i+1
		}
	}
	return append(out, strings.TrimSpace(keys[from:]))
}
