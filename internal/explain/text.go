package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"martlet/internal/report"
)

// WriteText writes an explanation for people: of all columns a table, how they are
// computed, and the rows that took part, each below the one that it went into; of one
// column the way of its value alone.
func (e *Explanation) WriteText(w io.Writer) error {
	p := &page{values: e.Column != ""}
	about := e.Node
	if e.Column != "" {
		about += "." + e.Column
	}
	asOf := e.AsOf.UTC().Format("2006-01-02 15:04:05.999999") + " UTC"
	switch {
	case len(e.Rows) == 0:
		p.line(0, "%s has no row with %s, as of %s.", e.Node, pairs(e.Key), asOf)
	case e.Count == 1:
		p.line(0, "%s of %s, as of %s", about, pairs(e.Key), asOf)
	default:
		p.line(0, "%s of %s: %s, as of %s", about, pairs(e.Key), report.Plural(int64(e.Count), "row"), asOf)
	}
	for _, r := range e.Rows {
		if err := p.explained(r); err != nil {
			return err
		}
	}
	p.more(0, e.Count, len(e.Rows))
	p.values = true
	for i := range e.Reasons {
		p.reason(&e.Reasons[i])
	}
	if len(e.Notes) > 0 {
		p.line(0, "")
	}
	for i := range e.Notes {
		p.line(0, "Note: %s", e.Notes[i].String())
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// page is text in the making.
type page struct {
	text   strings.Builder
	values bool // of rows that went into others values are written, not only which they are
}

// line writes one line, so deep.
func (p *page) line(depth int, format string, args ...any) {
	text := strings.Repeat("  ", depth) + fmt.Sprintf(format, args...)
	p.text.WriteString(strings.TrimRight(text, " ") + "\n")
}

// more says that there are more than are shown.
func (p *page) more(depth, count, shown int) {
	if count > shown {
		p.line(depth, "... and %s more", report.Count(int64(count-shown)))
	}
}

// explained writes one of the rows that were asked for.
func (p *page) explained(r *Row) error {
	p.line(0, "")
	if p.values {
		p.row(0, "", r)
		return nil
	}
	if err := p.columns(r); err != nil {
		return err
	}
	p.computed(r)
	if len(r.Inputs) > 0 {
		p.line(0, "")
		p.line(0, "Rows that took part")
		p.inputs(1, r)
	}
	return nil
}

// columns is the table of values and where they are from.
func (p *page) columns(r *Row) error {
	rows := make([][]string, len(r.Columns))
	for i := range r.Columns {
		c := &r.Columns[i]
		rows[i] = []string{c.Name, c.Value.shown(), c.origin()}
	}
	headings := []report.Heading{{Title: "Column"}, {Title: "Value"}, {Title: "From"}}
	return report.WriteTable(&p.text, headings, rows)
}

// origin says where a value comes from.
func (c *Column) origin() string {
	parts := cellsText(c.From)
	if c.Partly && len(parts) > 0 {
		parts[0] = "the group that begins at " + parts[0]
	}
	if c.More {
		parts = append(parts, "...")
	}
	parts = append(parts, c.Missing...)
	if c.Failure != "" {
		parts = append(parts, "no value: "+c.Failure)
	}
	return strings.Join(parts, "; ")
}

// cellsText are the places of cells, each once, the sheet or file being named once.
func cellsText(cells []Cell) (list []string) {
	last, seen := "", map[string]bool{}
	for _, c := range cells {
		text := c.Place.String()
		if seen[text] { // fields of one record that is in no workbook
			continue
		}
		seen[text] = true
		at := strings.LastIndexAny(text, "!:") + 1
		if at > 0 && text[:at] == last {
			list[len(list)-1] += ", " + text[at:]
			continue
		}
		last = text[:at]
		list = append(list, text)
	}
	return list
}

// String is the cell of a workbook, or file and line.
func (p *Place) String() string {
	switch {
	case p.Cell != "":
		return p.Cell
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s, record %d", p.File, p.Record)
}

// computed lists the expressions that columns are computed by, each at the first model
// on its way down that does more than hand it on.
func (p *page) computed(r *Row) {
	title := "\nHow they are computed\n"
	for i := range r.Columns {
		node, c := r.computes(&r.Columns[i])
		if c == nil || c.Expr == "" || c.Copy {
			continue
		}
		p.text.WriteString(title)
		title = ""
		p.line(1, "%s, in %s", r.Columns[i].Name, node)
		p.expression(3, c.Expr)
	}
}

// Bounds of how wide an expression is written, in bytes: with what stands before it, and
// without, however deep it stands.
const (
	maxWidth = 110
	minWidth = 40
)

// expression writes SQL as it was declared, lines that are too long broken at a space.
func (p *page) expression(depth int, sql string) {
	for _, line := range strings.Split(sql, "\n") {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		for more := ""; ; more = indent + "  " {
			line = more + strings.TrimPrefix(line, more)
			cut := breakOf(line, len(indent)+2, max(maxWidth-2*depth, len(indent)+minWidth))
			p.line(depth, "%s", line[:cut])
			if line = strings.TrimPrefix(line[cut:], " "); line == "" {
				break
			}
		}
	}
}

// breakOf is where a line ends that begins with so much white space and is to be so wide:
// at the last space that fits, or else at the first.
func breakOf(line string, indent, width int) int {
	if len(line) <= width {
		return len(line)
	}
	if at := strings.LastIndexByte(line[:width], ' '); at > indent {
		return at
	}
	if at := strings.IndexByte(line[indent:], ' '); at > 0 {
		return indent + at
	}
	return len(line)
}

// computes follows a column to where it is computed.
func (r *Row) computes(c *Column) (node string, at *Column) {
	for c != nil && c.Copy && len(c.Reads) == 1 && c.Reads[0].Input >= 0 {
		in := &r.Inputs[c.Reads[0].Input]
		if len(in.Rows) == 0 {
			return "", nil
		}
		name := c.Reads[0].Column
		r = in.Rows[0]
		i := slices.IndexFunc(r.Columns, func(c Column) bool { return c.Name == name })
		if i < 0 {
			return "", nil
		}
		c = &r.Columns[i]
	}
	return r.Node, c
}

// row writes a row and, below it, those that went into it. What is nothing but one row
// of another, with the same values, stands in one line with it.
func (p *page) row(depth int, mark string, r *Row) {
	name := mark
	for r.handedOn(!p.values) {
		name += r.Node + " <- "
		r = r.Inputs[0].Rows[0]
	}
	name += r.name()
	switch {
	case !p.values || len(r.Columns) == 0:
		p.line(depth, "%s", name)
	case r.Place != nil || r.handedOn(len(r.Columns) == 1):
		values := make([]Value, len(r.Columns))
		for i := range r.Columns {
			values[i] = Value{Column: r.Columns[i].Name, Value: r.Columns[i].Value}
		}
		p.line(depth, "%s: %s", name, pairs(values))
		for i := range r.Columns {
			p.how(depth+2, &r.Columns[i])
		}
	default:
		p.line(depth, "%s", name)
		for i := range r.Columns {
			p.line(depth+1, "%s = %s", r.Columns[i].Name, r.Columns[i].Value.shown())
			p.how(depth+3, &r.Columns[i])
		}
	}
	p.inputs(depth+1, r)
}

// handedOn says whether a row is one row of another node and nothing more: with whatever
// columns, or with those that are copies.
func (r *Row) handedOn(whatever bool) bool {
	one := len(r.Inputs) == 1 && r.Inputs[0].Role == Base && len(r.Inputs[0].Rows) == 1 && len(r.Inputs[0].Lost) == 0
	return one && (whatever || !slices.ContainsFunc(r.Columns, func(c Column) bool { return !c.Copy }))
}

// how writes how a column is computed, where it is.
func (p *page) how(depth int, c *Column) {
	if c.Expr != "" && !c.Copy {
		p.expression(depth, c.Expr)
	}
	if c.Failure != "" {
		p.line(depth, "no value: %s", c.Failure)
	}
}

// name is the node of a row, and which row it is.
func (r *Row) name() string {
	switch {
	case r.Place != nil:
		return r.Node + "  " + r.Place.String()
	case len(r.Key) > 0:
		return r.Node + "  " + pairs(r.Key)
	}
	return r.Node
}

// at is where the record stands that a row begins with.
func (r *Row) at() string {
	for r.Place == nil {
		if len(r.Inputs) == 0 || len(r.Inputs[0].Rows) == 0 {
			return r.name()
		}
		r = r.Inputs[0].Rows[0]
	}
	return r.Place.String()
}

func (p *page) inputs(depth int, r *Row) {
	for k := range r.Inputs {
		in := &r.Inputs[k]
		gave := p.gave(r, k)
		switch {
		case len(in.Rows) == 0:
			p.line(depth, "%s: %s", in.Node, in.Why)
		case in.Role != Base && in.Count > 1:
			p.line(depth, "%s of %s %s%s", report.Plural(int64(in.Count), "row"), in.Node, in.common(), marked(gave))
		}
		inner := depth
		if in.Role != Base && in.Count > 1 {
			inner++
		}
		for i, row := range in.Rows {
			mark := ""
			if slices.Contains(gave, i) {
				mark = "* "
			}
			p.row(inner, mark, row)
		}
		p.more(inner, in.Count, len(in.Rows))
		if in.Partly {
			p.line(inner, "... and others of the group, which are too many to find out")
		}
		p.lost(inner, in.Lost, in.LostCount)
	}
}

// lost writes the rows that another one was kept for.
func (p *page) lost(depth int, rows []Loser, count int) {
	for _, l := range rows {
		p.line(depth, "not %s: %s", l.Row.at(), l.Reason)
	}
	p.more(depth, count, len(rows))
}

// common says what the rows of an input have in common.
func (in *Input) common() string {
	if len(in.On) == 0 {
		return "in the group"
	}
	return "with " + pairs(in.On)
}

func marked(gave []int) string {
	if len(gave) == 0 {
		return ""
	}
	return ", of which * gave the value"
}

// gave are the rows of an input that gave the values of the columns of a row.
func (p *page) gave(r *Row, input int) (rows []int) {
	if !p.values { // of all columns at once it would say nothing
		return nil
	}
	for i := range r.Columns {
		for _, read := range r.Columns[i].Reads {
			if read.Input == input {
				rows = append(rows, read.Gave...)
			}
		}
	}
	return rows
}

// pairs writes values as "user_id=1033, month=5".
func pairs(values []Value) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = v.Column + "=" + v.Value.shown()
	}
	return strings.Join(parts, ", ")
}

// shown is a value for people: null is the word, and a text that could be taken for it
// is in quotes.
func (s Scalar) shown() string {
	switch {
	case s.Null:
		return "null"
	case strings.EqualFold(s.Text, "null"):
		return `"` + s.Text + `"`
	}
	return report.Printable(s.Text)
}
