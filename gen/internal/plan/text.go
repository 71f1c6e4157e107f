package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"martlet/gen/internal/expr"
)

// Text prints the plan for people: every relation with its inputs, types,
// nullability, grain, tests and lineage, then the unit tests.
func (p *Plan) Text() string {
	var out strings.Builder
	out.WriteString(p.program())
	for _, u := range p.UnitTests {
		u.text(&out)
	}
	return out.String()
}

// program is everything that decides what the generated program does, so it is
// what Fingerprint hashes.
func (p *Plan) program() string {
	var out strings.Builder
	fmt.Fprintf(&out, "project %s\n", p.Name)
	line(&out, "description", prose(p.Description))
	line(&out, "timezone", p.Timezone)
	for _, s := range p.Sources {
		s.text(&out)
	}
	for _, m := range p.Models {
		m.text(&out)
	}
	return out.String()
}

// Fingerprint identifies the plan: SHA-256, hex.
func (p *Plan) Fingerprint() string {
	return fingerprint(func(out *strings.Builder) { out.WriteString(p.program()) })
}

// Fingerprint identifies the source's own definition, without its tests.
func (s *Source) Fingerprint() string {
	return fingerprint(func(out *strings.Builder) { s.definition(out, false) })
}

// Fingerprint identifies the model's own definition, without its tests and
// without the definitions of what it reads: of these it has the names, and the
// types that follow from theirs.
func (m *Model) Fingerprint() string {
	return fingerprint(func(out *strings.Builder) { m.definition(out, false) })
}

// Fingerprint identifies the test of r among all that were ever called so: the
// first 16 digits, for a test is one line of generated code.
func (t *Test) Fingerprint(r *Relation) string {
	return fingerprint(func(out *strings.Builder) { t.text(out, r); fmt.Fprintln(out, t.NullsCount) })[:16]
}

func fingerprint(text func(*strings.Builder)) string {
	var out strings.Builder
	text(&out)
	sum := sha256.Sum256([]byte(out.String()))
	return hex.EncodeToString(sum[:])
}

// line prints one "name value" line, or nothing where there is no value.
func line(out *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(out, "  %-12s %s\n", name, value)
	}
}

// prose puts a description on one line. SQL is never so treated: white space in
// its literals means something.
func prose(s string) string { return strings.Join(strings.Fields(s), " ") }

func (s *Source) text(out *strings.Builder) {
	s.definition(out, true)
	s.testsText(out)
	patternsText(out, s.conditions())
}

func (s *Source) definition(out *strings.Builder, lineage bool) {
	fmt.Fprintf(out, "\nsource %s\n", s.Name)
	line(out, "description", prose(s.Description))
	if s.Workbook != "" {
		line(out, "workbook", s.Workbook+", sheet "+s.Sheet)
	}
	line(out, "seed", s.Seed)
	line(out, "tags", strings.Join(s.Tags, ", "))
	line(out, "csv", s.Dialect.text())
	if s.ExtraColumns {
		line(out, "extra", "columns that are not declared are passed over")
	}
	if s.MaxRejects != (Allowance{}) {
		line(out, "max rejects", s.MaxRejects.text())
	}
	if f := s.Freshness; f != nil {
		line(out, "freshness", f.text())
	}
	s.grainText(out)
	s.columnsText(out, nil, lineage)
}

// text says what is not RFC 4180 in UTF-8, or nothing.
func (d *Dialect) text() string {
	var parts []string
	if d.Delimiter != 0 {
		parts = append(parts, fmt.Sprintf("delimiter %q", string(d.Delimiter)))
	}
	switch {
	case d.Unquoted:
		parts = append(parts, "no quotes")
	case d.Quote != 0:
		parts = append(parts, fmt.Sprintf("quote %q", string(d.Quote)))
	}
	for _, word := range d.Nulls {
		parts = append(parts, fmt.Sprintf("null %q", word))
	}
	if d.Encoding != "" {
		parts = append(parts, d.Encoding)
	}
	return strings.Join(parts, ", ")
}

func (a Allowance) text() string {
	if a.PerMillion == 0 {
		return strconv.FormatInt(a.Records, 10)
	}
	return strconv.FormatFloat(float64(a.PerMillion)/10_000, 'f', -1, 64) + "%"
}

func (f *Freshness) text() string {
	text := "max(" + expr.SQL(f.LoadedAt) + ")"
	if f.Filter != nil {
		text += " filter (where " + expr.SQL(f.Filter) + ")"
	}
	if f.WarnAfter > 0 {
		text += ", warn after " + f.WarnAfter.String()
	}
	if f.ErrorAfter > 0 {
		text += ", error after " + f.ErrorAfter.String()
	}
	return text
}

func (m *Model) text(out *strings.Builder) {
	m.definition(out, true)
	m.testsText(out)
	patternsText(out, append(m.expressions(), m.conditions()...))
}

// definition prints all but the tests, and the lineage, which follows from what
// the model reads, only where it is asked for.
func (m *Model) definition(out *strings.Builder, lineage bool) {
	fmt.Fprintf(out, "\nmodel %s\n", m.Name)
	line(out, "layer", m.Layer)
	line(out, "tags", strings.Join(m.Tags, ", "))
	line(out, "description", prose(m.Description))
	line(out, "from", m.From.Name)
	if d := m.Dedupe; d != nil {
		line(out, "dedupe", strings.Join(m.From.Names(d.Key), ", ")+orderText(d.Order))
	}
	for _, j := range m.Joins {
		j.text(out)
	}
	if m.Where != nil {
		line(out, "where", expr.SQL(m.Where))
	}
	if m.Group != nil {
		line(out, "group by", exprList(m.Group.Keys))
	}
	if len(m.Formats) > 0 {
		output := strings.Join(m.Formats, ", ")
		if m.Compression != "" {
			output += ", compression " + m.Compression
		}
		if m.Neutralize {
			output += ", formulas neutralized"
		}
		line(out, "output", output)
	}
	for _, d := range m.Dictionaries {
		line(out, "dictionary", m.Columns[d.Column].Name+" of "+sqlStrings(d.Values))
	}
	if m.Complete {
		line(out, "complete", "yes")
	}
	switch {
	case m.Increment != nil && lineage:
		line(out, "incremental", m.Increment.found)
	case m.Incremental:
		line(out, "incremental", "yes")
	}
	m.grainText(out)
	m.columnsText(out, m.Exprs, lineage)
}

func orderText(terms []expr.OrderTerm) string {
	if len(terms) == 0 {
		return ", the later row"
	}
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = expr.SQL(t.Expr)
		if t.Desc {
			parts[i] += " desc"
		}
	}
	return ", first by " + strings.Join(parts, ", ") + ", then the later row"
}

func (j *Join) text(out *strings.Builder) {
	pairs := make([]string, len(j.Left))
	for i, l := range j.Left {
		pairs[i] = l.Name + " = " + j.Name + "." + j.Input.Columns[j.Right[i]].Name
	}
	name := j.Input.Name
	if j.Name != name {
		name += " as " + j.Name
	}
	line(out, "left join", name+" on "+strings.Join(pairs, " and "))
	if j.Fold == nil {
		return
	}
	for i, n := range j.Fold.Outputs {
		if n != nil {
			line(out, "", fmt.Sprintf("  %s %s = %s", j.Columns[i].Name, j.Columns[i].Type, expr.SQL(n)))
		}
	}
}

func exprList(nodes []expr.Node) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = expr.SQL(n)
	}
	return strings.Join(parts, ", ")
}

func (r *Relation) grainText(out *strings.Builder) {
	if len(r.Grain) > 0 {
		line(out, "grain", fmt.Sprintf("%s (%s)", strings.Join(r.Names(r.Grain), ", "), r.Proof))
	}
}

// columnsText prints the columns as a table; exprs is nil for a source.
func (r *Relation) columnsText(out *strings.Builder, exprs []expr.Node, lineage bool) {
	var rows strings.Builder
	w := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
	for i, c := range r.Columns {
		null := "not null"
		if c.Nullable {
			null = "null"
		}
		if c.PII {
			null += ", pii"
		}
		fmt.Fprintf(w, "    %s\t%s\t%s", c.Name, c.Type, null)
		if exprs != nil && exprs[i] != nil {
			fmt.Fprintf(w, "\t= %s", expr.SQL(exprs[i]))
			if lineage {
				fmt.Fprintf(w, "\t<- %s", joinRefs(c.Lineage))
			}
		}
		if c.Description != "" {
			fmt.Fprintf(w, "\t-- %s", prose(c.Description))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	out.WriteString("  columns\n")
	for l := range strings.Lines(rows.String()) {
		out.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
}

func joinRefs(refs []ColumnRef) string {
	parts := make([]string, len(refs))
	for i, r := range refs {
		parts[i] = r.String()
	}
	return strings.Join(parts, ", ")
}
