package oracle

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// cell is a value as text, or null.
type cell struct {
	text string
	null bool
}

// records makes up the rows of a source: none now and then, and no two of one key.
func records(r *rand.Rand, s *plan.Source, v pools) [][]cell {
	values := make([][]string, len(s.Columns))
	nulls := make([]int, len(s.Columns)) // one value in so many; 0 for none
	for i, c := range s.Columns {
		values[i] = v.of(r, c.Type)
		if c.Nullable {
			nulls[i] = []int{0, 8, 8, 2}[r.IntN(4)]
		}
	}
	if len(s.Grain) > 0 && r.IntN(2) == 0 { // as many keys as there may be
		values[s.Grain[0]] = v[s.Columns[s.Grain[0]].Type.Kind]
	}
	n := []int{0, 1, 5, 30, 80, 80}[r.IntN(6)]
	keys := map[string]bool{}
	var out [][]cell
	for range n {
		row := make([]cell, len(s.Columns))
		for i := range row {
			row[i] = cell{text: values[i][r.IntN(len(values[i]))]}
			if nulls[i] > 0 && r.IntN(nulls[i]) == 0 {
				row[i] = cell{null: true}
			}
		}
		if key := keyOf(s, row); key == "" || !keys[key] {
			keys[key] = true
			out = append(out, row)
		}
	}
	return out
}

// keyOf is the key of a row of a source that has one; 0 and -0 are one.
func keyOf(s *plan.Source, row []cell) string {
	key := ""
	for _, i := range s.Grain {
		v, err := expr.ParseField(row[i].text, s.Columns[i].Type)
		key += fmt.Sprintf("%t%q", row[i].null, unsigned(expr.FormatValue(v, s.Columns[i].Type)))
		if err != nil && !row[i].null {
			panic(err)
		}
	}
	return key
}

func unsigned(number string) string {
	if number == "-0" {
		return "0"
	}
	return number
}

// writeMessy writes the rows as people do: in one file or several, with other
// spellings, quotes, line ends and orders of columns, and with records among them
// that are no rows, where the source may reject as many.
func writeMessy(t testing.TB, r *rand.Rand, root string, s *plan.Source, rows [][]cell) {
	t.Helper()
	paths := []string{s.Seed}
	if strings.Contains(s.Seed, "*") {
		paths = nil
		for _, part := range []string{"1", "10", "2"}[:1+r.IntN(3)] { // in the order of their bytes
			paths = append(paths, strings.Replace(s.Seed, "*", part, 1))
		}
	}
	for i, path := range paths {
		part := rows[len(rows)*i/len(paths) : len(rows)*(i+1)/len(paths)]
		writeFile(t, filepath.Join(root, filepath.FromSlash(path)), messy(r, s, part))
	}
}

func messy(r *rand.Rand, s *plan.Source, rows [][]cell) string {
	order := r.Perm(len(s.Columns))
	end := oneOf("\n", "\n", "\r\n")(r)
	names := make([]string, len(order))
	for i, c := range order {
		names[i] = s.Columns[c].Name
	}
	var out strings.Builder
	out.WriteString(oneOf("", "", "\ufeff")(r) + strings.Join(names, ",") + end)
	for _, row := range rows {
		if s.MaxRejects.PerMillion > 0 && r.IntN(5) == 0 {
			out.WriteString(rejected(r, s, order) + end)
		}
		fields := make([]string, len(order))
		for i, c := range order {
			fields[i] = messyField(r, s.Columns[c].Type, row[c])
		}
		out.WriteString(strings.Join(fields, ",") + end)
	}
	if r.IntN(4) == 0 {
		return strings.TrimSuffix(out.String(), end)
	}
	return out.String()
}

func messyField(r *rand.Rand, t expr.Type, c cell) string {
	switch {
	case c.null && t.Kind != expr.String:
		return oneOf("", "", `""`)(r)
	case c.null:
		return ""
	}
	s := spelled(r, t, c.text)
	if r.IntN(4) == 0 {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return field(s)
}

// rejected is a record that is no row of the source: too short, too long, or with
// a field that is not of its type.
func rejected(r *rand.Rand, s *plan.Source, order []int) string {
	typed := slices.IndexFunc(order, func(c int) bool { return s.Columns[c].Type.Kind != expr.String })
	fields := make([]string, len(order))
	if typed < 0 || r.IntN(2) == 0 {
		return strings.Join(fields, ",") + oneOf(",", ",,x")(r)
	}
	fields[typed] = oneOf("x", "--", "1 2", "tru e")(r)
	return strings.Join(fields, ",")
}

// writePlain writes the rows for DuckDB.
func writePlain(t testing.TB, path string, s *plan.Source, rows [][]cell) {
	t.Helper()
	var out strings.Builder
	for i, c := range s.Columns {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(c.Name)
	}
	for _, row := range rows {
		out.WriteByte('\n')
		for i, c := range row {
			if i > 0 {
				out.WriteByte(',')
			}
			if !c.null {
				out.WriteString(`"` + strings.ReplaceAll(c.text, `"`, `""`) + `"`)
			}
		}
	}
	out.WriteByte('\n')
	writeFile(t, path, out.String())
}
