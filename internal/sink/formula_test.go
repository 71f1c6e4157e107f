package sink

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"
)

// texts writes string columns of the same length with formulas neutralized, or
// not, and gives how many were.
func texts(t interface{ Fatal(...any) }, mem memory.Allocator, neutral bool, columns ...[]string) (text []byte, touched int64) {
	var fields []arrow.Field
	for i := range columns {
		fields = append(fields, arrow.Field{Name: "text" + string(rune('a'+i)), Type: arrow.BinaryTypes.String, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i, column := range columns {
		b.Field(i).(*array.StringBuilder).AppendValues(column, nil)
	}
	rec := b.NewRecord()
	defer rec.Release()
	return neutralized(t, schema, rec, neutral)
}

// neutralized writes a record with formulas neutralized, or not, and gives how
// many were.
func neutralized(t interface{ Fatal(...any) }, schema *arrow.Schema, rec arrow.Record, neutral bool) (text []byte, touched int64) {
	var out bytes.Buffer
	s, err := NewCSV(&out, schema, CSVOptions{NeutralizeFormulas: neutral})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), s.Neutralized()
}

// The text is exactly this.
func TestNeutralCSVText(t *testing.T) {
	got, touched := texts(t, checked(t), true, []string{
		"=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", `=HYPERLINK("http://a?x="&A1,"b")`, "=1;2",
		"", " =1", "'=1", "a=1", "a@b.c", "！1", "a;=1", "a\tb", "\xef", "12",
	})
	want := "texta\n'=1+1\n'+44 20\n'-5\n'@SUM(A1)\n\"'\t=1\"\n\"'\r=1\"\n\"'\n=1\"\n'＝1\n'＋1\n'－1\n'＠x\n" +
		`"'=HYPERLINK(""http://a?x=""&A1,""b"")"` + "\n\"'=1;2\"\n" +
		"\"\"\n =1\n'=1\na=1\na@b.c\n！1\n\"a;=1\"\n\"a\tb\"\n\xef\n12\n"
	if string(got) != want || touched != 13 {
		t.Errorf("%d were touched, got\n%s\nwant\n%s", touched, got, want)
	}
}

var formula = regexp.MustCompile("^[=+\\-@\t\r\n＝＋－＠]")

// drawText draws a text that often looks like a formula, or nearly so.
func drawText(t *rapid.T) string {
	return rapid.OneOf(rapid.String(), rapid.StringMatching("[=+\\-@\t\r\n＝＋－＠！' ;,\"a1]{0,5}")).Draw(t, "text")
}

// Against the plain file, field by field and by a regular expression: a text that
// begins like a formula has a ' before it, and nothing else is another.
func TestNeutralizingChangesFormulasOnly(t *testing.T) {
	mem := checked(t)
	schema := everyType()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		touched := int64(0)
		for i := range rows {
			rows[i].name = drawText(t)
			if formula.MatchString(rows[i].name) && !rows[i].null[4] {
				touched++
			}
		}
		rec := record(mem, schema, rows)
		defer rec.Release()
		read := func(text []byte) [][]string {
			lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil {
				t.Fatalf("%v in %q", err, text)
			}
			return lines
		}
		text, counted := neutralized(t, schema, rec, true)
		want := read(write(t, "csv", mem, schema, rec))
		for i, r := range rows {
			if formula.MatchString(r.name) && !r.null[4] {
				want[i+1][4] = strings.ReplaceAll("'"+r.name, "\r\n", "\n") // as encoding/csv reads it
			}
		}
		if got := read(text); !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("got %q, want %q", got, want)
		}
		if counted != touched {
			t.Fatalf("%d were counted, want %d", counted, touched)
		}
	})
}

// Where no text looks like a formula or could be cut, not a byte is another.
func TestNeutralizingChangesNothingElse(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(t *rapid.T) {
		column := rapid.SliceOfN(rapid.StringMatching("([a-z ,\"'！][-a-z+=@ ,\"\n\r＝]{0,6})?"), 1, 20).Draw(t, "texts")
		plain, _ := texts(t, mem, false, column)
		neutral, touched := texts(t, mem, true, column)
		if !bytes.Equal(plain, neutral) || touched != 0 {
			t.Fatalf("%d were touched: %q, %q", touched, plain, neutral)
		}
	})
}

// A program that cuts at semicolons and tabs as well finds no formula either.
func TestNoFormulaBehindAnotherDelimiter(t *testing.T) {
	mem := checked(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10).Draw(t, "rows")
		draw := func() (column []string) {
			for range n {
				column = append(column, drawText(t))
			}
			return column
		}
		text, _ := texts(t, mem, true, draw(), draw())
		for _, field := range cutAnywhere(string(text)) {
			if formula.MatchString(field) {
				t.Fatalf("%q is a field of %q", field, text)
			}
		}
	})
}

// cutAnywhere gives the fields of a text as a lenient program sees them, that
// cuts at commas, semicolons, tabs and line ends outside of quotes.
func cutAnywhere(text string) (fields []string) {
	var field strings.Builder
	quoted, begun := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			field.WriteByte('"')
			i++
		case c == '"' && (quoted || !begun):
			quoted, begun = !quoted, true
		case !quoted && strings.IndexByte(",;\t\r\n", c) >= 0:
			fields = append(fields, field.String())
			field.Reset()
			begun = false
		default:
			field.WriteByte(c)
			begun = true
		}
	}
	return append(fields, field.String())
}
