package schema

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/diag"
)

// readCSV reads CSV that stands in a literal string of TOML, whose bytes are the text.
func readCSV(text string) (*Rows, *diag.List) {
	list := new(diag.List)
	r := &reader{list: list}
	rows := r.rowsOfCSV(Text{Value: text, Pos: diag.Pos{File: "f", Line: 1, Col: 1}, spans: []span{{line: 1, col: 1}}}, "rows")
	return rows, list
}

func TestRowsOfCSV(t *testing.T) {
	text := "  id,text,n\n  1,\"a \"\"b\"\", c\n  d\",\n  2,\"\", 7 \r\n  ,,\n  "
	rows, list := readCSV(text)
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows.Rows {
		for _, c := range row.Cells {
			got = append(got, c.Column.Value+"="+c.Value.Text)
		}
		got = append(got, ";")
	}
	want := []string{"id=1", "text=a \"b\", c\n  d", ";", "id=2", "text=", "n= 7 ", ";", ";"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if pos := rows.Rows[1].Cells[0].Value.Pos; pos.Col != strings.Index(text, "2,")+1 {
		t.Errorf("the 2 stands at %v", pos)
	}
}

// Without an indentation the rows are those that encoding/csv reads, and what it
// refuses is refused, but for what differs by intent: blank lines are records.
func FuzzRowsOfCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\r\n\"x\"\"y\"\r\n", "a,b\n\"1\n2\",", "a\n\"", "a\nb\"c", "a\n\"b\"c", "a,b\n1", "a\n\n1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		head, _, _ := strings.Cut(text, "\n")
		if strings.ContainsAny(text, "\r ") || strings.Contains(text, "\n\n") || strings.Contains(text, "\t") || strings.HasPrefix(text, "\n") || head == "" {
			t.Skip("line ends and white space have a meaning of their own")
		}
		c := csv.NewReader(strings.NewReader(text))
		want, err := c.ReadAll()
		rows, list := readCSV(text)
		columns := map[string]bool{}
		for _, column := range rows.Columns {
			columns[column.Value] = true
		}
		if len(columns) < len(rows.Columns) {
			return // refused, and not by encoding/csv
		}
		if (err != nil) != (list.Len() > 0) {
			t.Fatalf("%q: %v, and encoding/csv says %v", text, list.Err(), err)
		}
		if err != nil {
			return
		}
		if len(want) != len(rows.Rows)+1 {
			t.Fatalf("%q: %d rows, want %d", text, len(rows.Rows), len(want)-1)
		}
		for i, row := range rows.Rows {
			got := make([]string, len(rows.Columns))
			for _, cell := range row.Cells {
				at := slices.IndexFunc(rows.Columns, func(c Text) bool { return c.Value == cell.Column.Value })
				got[at] = cell.Value.Text
			}
			if !slices.Equal(got, want[i+1]) {
				t.Fatalf("%q: row %d is %q, want %q", text, i, got, want[i+1])
			}
		}
	})
}
