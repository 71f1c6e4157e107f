package unittest

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// maxChanges bounds the changes shown.
const maxChanges = 20

// describe writes what differs, or "" where nothing does: what there is of it,
// then a table in which "-" marks a row that is missing, "+" one that is too
// many, and brackets the cells in which a row differs from the one expected; rows
// without a mark are as expected.
//
//	expected 3 rows, found 3; 1 differs, 1 is missing, 1 is not expected
//	     user_id  is_closed
//	  -  1        [true]
//	  +  1        [false]
//	  -  2        true
//	  +  3        false
func describe(columns []string, want, got [][]string, changes []change) string {
	if len(changes) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(summary(want, got, changes))
	shown := changes[:min(len(changes), maxChanges)]
	if len(columns) > 0 {
		table(&out, columns, shown)
	}
	if rest := len(changes) - len(shown); rest > 0 {
		fmt.Fprintf(&out, "\n  and %d more", rest)
	}
	return out.String()
}

func summary(want, got [][]string, changes []change) string {
	var differ, missing, extra int
	for _, c := range changes {
		switch {
		case c.got == nil:
			missing++
		case c.want == nil:
			extra++
		case c.kept():
		default:
			differ++
		}
	}
	text := fmt.Sprintf("expected %s, found %d", plural(len(want), "row"), len(got))
	if len(without(want, got)) == 0 && len(want) == len(got) {
		return text + "; they are the same in another order"
	}
	var parts []string
	for _, part := range []struct {
		n         int
		one, many string
	}{{differ, "differs", "differ"}, {missing, "is missing", "are missing"}, {extra, "is not expected", "are not expected"}} {
		switch {
		case part.n == 1:
			parts = append(parts, "1 "+part.one)
		case part.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.many))
		}
	}
	return text + "; " + strings.Join(parts, ", ")
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func table(out *strings.Builder, columns []string, changes []change) {
	var lines strings.Builder
	w := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	row := func(mark string, cells []string) { fmt.Fprintf(w, "  %s\t%s\n", mark, strings.Join(cells, "\t")) }
	row(" ", columns)
	for _, c := range changes {
		if c.kept() {
			row(" ", c.want)
			continue
		}
		if c.want != nil {
			row("-", marked(c.want, c.got))
		}
		if c.got != nil {
			row("+", marked(c.got, c.want))
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	for line := range strings.Lines(lines.String()) {
		out.WriteString("\n" + strings.TrimRight(line, " \n"))
	}
}

// marked puts the cells of a row in brackets that differ from another row's.
func marked(row, other []string) []string {
	if other == nil {
		return row
	}
	cells := slices.Clone(row)
	for i := range cells {
		if row[i] != other[i] {
			cells[i] = "[" + row[i] + "]"
		}
	}
	return cells
}
