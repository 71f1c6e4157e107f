package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/internal/contract"
	"martlet/internal/delimited"
)

// declare makes columns of strings.
func declare(names ...string) []contract.Column {
	columns := make([]contract.Column, len(names))
	for i, name := range names {
		columns[i] = contract.Column{Name: name, Type: "string"}
	}
	return columns
}

// null stands for a null in what readText gives.
const null = "\x00null"

// readText reads a CSV text.
func readText(t *testing.T, text string, columns []contract.Column) (records [][]string) {
	t.Helper()
	r, err := openSeed(strings.NewReader(text), "seeds/t.csv", columns)
	if err != nil {
		t.Fatal(err)
	}
	return rest(t, r)
}

// rest reads what is left of a file.
func rest(t *testing.T, r *delimited.Reader) (records [][]string) {
	t.Helper()
	for {
		c, err := r.Next()
		if err != nil {
			return records
		}
		c.Split()
		if err := r.Place(c); err != nil {
			t.Fatal(err)
		}
		for i := range c.Rows.Len() {
			var record []string
			for j := range c.Rows.Column {
				text, ok := c.Rows.Text(i, j)
				if !ok {
					text = []byte(null)
				}
				record = append(record, string(text))
			}
			records = append(records, record)
		}
	}
}

// source writes a file and declares it.
func source(t *testing.T, text string, columns ...string) (path string, s *contract.Source) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, &contract.Source{Node: contract.Node{Columns: declare(columns...)}}
}

func TestOpenSource(t *testing.T) {
	path, s := source(t, "b;a\n1;NA\n'x;''';\n", "a", "b")
	s.Dialect = contract.Dialect{Delimiter: ';', Quote: '\'', Nulls: []string{"NA"}}
	r, passedOver, err := OpenSource(path, "x.csv", s, 3)
	if err != nil || len(passedOver) > 0 {
		t.Fatal(err, passedOver)
	}
	if got, want := rest(t, r), [][]string{{null, "1"}, {null, "x;'"}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q; want %q", got, want)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := OpenSource(path+"x", "gone.csv", s, 3); err == nil || err.Error() != "gone.csv: the file cannot be read: no such file or directory" {
		t.Error(err)
	}
}

func TestOpenSourceWithExtraColumns(t *testing.T) {
	path, s := source(t, "b,shoe,17 St,,a,shoe\n1,2,3,4,5,6\n", "a", "b")
	s.ExtraColumns = true
	r, passedOver, err := OpenSource(path, "x.csv", s, 3)
	if want := []string{"shoe", "number 3", "number 4", "shoe"}; err != nil || !slices.Equal(passedOver, want) {
		t.Fatalf("%v, %q; want %q", err, passedOver, want)
	}
	if got, want := rest(t, r), [][]string{{"5", "1"}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q; want %q", got, want)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	for want, columns := range map[string][]string{
		`x.csv:1: the column "z" is missing; expected a, z: add it, or take it out of the declaration`:                                     {"a", "z"},
		`x.csv:1: column 6: the header "shoe" stands already at x.csv:1: column 2; expected it once: rename or delete one of the two`:      {"a", "shoe"},
		"x.csv:1: found none of the declared columns; expected a header with y, z: check that the header is there and spelled as declared": {"y", "z"},
	} {
		s.Columns = declare(columns...)
		if _, _, err := OpenSource(path, "x.csv", s, 3); err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

func TestOpenSourceRefusesHeader(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"missing", "user_id\n", `x.csv:1: the column "email" is missing; expected user_id, email: add it, or take it out of the declaration`},
		{"extra", "user_id,email,shoe\n", `x.csv:1: column 3: the column "shoe" is not declared; expected only user_id, email: declare it, or delete it`},
		{"all at once", "email,email,,shoe\n", `x.csv:1: column 2: the header "email" stands already at x.csv:1: column 1; expected it once: rename or delete one of the two
x.csv:1: column 3: the header is blank; expected the name of a column: name it, or delete the column
x.csv:1: column 4: the column "shoe" is not declared; expected only user_id, email: declare it, or delete it
x.csv:1: the column "user_id" is missing; expected user_id, email: add it, or take it out of the declaration`},
		{"data for a header", "user_id,ann@example.org,email,17,two words\n", `x.csv:1: column 2: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it
x.csv:1: column 4: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it
x.csv:1: column 5: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it`},
		{"no header", "17,ann@example.org\n", "x.csv:1: found none of the declared columns; expected a header with user_id, email: check that the header is there and spelled as declared"},
		{"blank header", "\nuser_id,email\n", "x.csv:1: found none of the declared columns; expected a header with user_id, email: check that the header is there and spelled as declared"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path, s := source(t, test.text, "user_id", "email")
			_, _, err := OpenSource(path, "x.csv", s, 0)
			var data *delimited.DataError
			if err == nil || errors.As(err, &data) || err.Error() != test.want {
				t.Errorf("%v\nwant %s", err, test.want)
			}
		})
	}
}
