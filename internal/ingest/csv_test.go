package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// declare makes columns of strings.
func declare(names ...string) []contract.Column {
	columns := make([]contract.Column, len(names))
	for i, name := range names {
		columns[i] = contract.Column{Name: name, Type: "string"}
	}
	return columns
}

// null stands for a null in what readAll gives.
const null = "\x00null"

// readAll reads what is left of r as texts, and checks what every run promises.
// The runs are given back.
func readAll(t rapid.TB, r *Reader, file int) (records [][]string, numbers []int64, err error) {
	t.Helper()
	for {
		rows, err := r.Next()
		if err != nil {
			if rows != nil {
				t.Error("Next gave records and an error")
			}
			if again, second := r.Next(); again != nil || second != err {
				t.Errorf("Next after %v gave %v", err, second)
			}
			return records, numbers, err
		}
		if rows.Len() == 0 || rows.Len() > contract.BatchRows || len(rows.Start) != len(rows.End) || len(rows.Start) != rows.Len()*rows.Width {
			t.Fatalf("a run of %d records, %d starts, %d ends", rows.Len(), len(rows.Start), len(rows.End))
		}
		for i := range rows.Len() {
			record := make([]string, len(rows.Column))
			for j := range record {
				text, ok := rows.Text(i, j)
				record[j] = string(text)
				if !ok {
					record[j] = null
				}
				if !bytes.Equal(text, rows.Field(i, j)) {
					t.Fatal("Field and Text differ")
				}
			}
			origin := rows.First + contract.Origin(i)
			if origin.File() != file {
				t.Fatalf("file %d; want %d", origin.File(), file)
			}
			records, numbers = append(records, record), append(numbers, origin.Record())
		}
		r.Free(rows)
	}
}

func read(t testing.TB, text string, columns []contract.Column) *Reader {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), "seeds/t.csv", columns, 7)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReader(t *testing.T) {
	tests := []struct {
		name, text string
		columns    []contract.Column
		want       [][]string
	}{
		{"plain", "a,b\n1,2\n3,4\n", declare("a", "b"), [][]string{{"1", "2"}, {"3", "4"}}},
		{"no records", "a,b\n", declare("a", "b"), nil},
		{"header without line end", "a,b", declare("a", "b"), nil},
		{"no last line end", "a,b\n1,2", declare("a", "b"), [][]string{{"1", "2"}}},
		{"last field empty at the end", "a,b\n1,", declare("a", "b"), [][]string{{"1", null}}},
		{"quoted last field empty at the end", "a,b\n\"1\",", declare("a", "b"), [][]string{{"1", null}}},
		{"crlf", "a,b\r\n1,2\r\n\"3\",\"4\"\r\n", declare("a", "b"), [][]string{{"1", "2"}, {"3", "4"}}},
		{"cr at the end", "a,b\n1,2\r", declare("a", "b"), [][]string{{"1", "2"}}},
		{"quoted with cr at the end", "a,b\n1,\"2\"\r", declare("a", "b"), [][]string{{"1", "2"}}},
		{"reordered", "b,a\n1,2\n", declare("a", "b"), [][]string{{"2", "1"}}},
		{"null and empty", "a,b\n,\"\"\n\"\",\n", declare("a", "b"), [][]string{{null, ""}, {"", null}}},
		{"doubled quotes", "a,b\n\"\"\"\",\"x\"\"y\"\"\"\n", declare("a", "b"), [][]string{{`"`, `x"y"`}}},
		{"crlf in quotes", "a,b\n\"1\r\n2\",\"\n\"\n", declare("a", "b"), [][]string{{"1\r\n2", "\n"}}},
		{"cr in a field", "a,b\n1\r2,\r\n", declare("a", "b"), [][]string{{"1\r2", null}}},
		{"byte order mark", "\ufeffa,b\n1,2\n", declare("a", "b"), [][]string{{"1", "2"}}},
		{"byte order mark and quotes", "\ufeff\"a\",\"b\"\n1,2\n", declare("a", "b"), [][]string{{"1", "2"}}},
		{"spaces stay", "a,b\n 1 ,\" 2 \"\n", declare("a", "b"), [][]string{{" 1 ", " 2 "}}},
		{"blank lines of one column", "a\n\nx\r\n\r\n\n", declare("a"), [][]string{{null}, {"x"}, {null}, {null}}},
		{"quoted header", "\"a\n\"\"b\",c\n1,2\n", declare("a\n\"b", "c"), [][]string{{"1", "2"}}},
		{"not ascii", "a,b\nÄäß,日本\n\"é\"\"é\",ü\n", declare("a", "b"), [][]string{{"Ääß", "日本"}, {`é"é`, "ü"}}},
		{"long field", "a\n" + strings.Repeat("xyz", blockSize) + "\n1\n", declare("a"), [][]string{{strings.Repeat("xyz", blockSize)}, {"1"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, test.text, test.columns)
			got, _, err := readAll(t, r, 7)
			if err != io.EOF || !slices.EqualFunc(got, test.want, slices.Equal) {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
			if len(r.Ragged()) > 0 || r.Records() != int64(len(test.want)) {
				t.Errorf("ragged %v, %d records", r.Ragged(), r.Records())
			}
		})
	}
}

func TestReaderRefusesFile(t *testing.T) {
	columns := declare("user_id", "email")
	tests := []struct{ name, text, want string }{
		{"empty", "", "seeds/t.csv: found an empty file; expected a header: export it again"},
		{"mark alone", "\ufeff", "seeds/t.csv: found an empty file; expected a header: export it again"},
		{"missing", "user_id\n", `seeds/t.csv:1: the column "email" is missing; expected user_id, email: add it, or take it out of the declaration`},
		{"extra", "user_id,email,shoe\n", `seeds/t.csv:1: column 3: the column "shoe" is not declared; expected only user_id, email: declare it, or delete it`},
		{"all at once", "email,email,,shoe\n", `seeds/t.csv:1: column 2: the header "email" stands already at seeds/t.csv:1: column 1; expected it once: rename or delete one of the two
seeds/t.csv:1: column 3: the header is blank; expected the name of a column: name it, or delete the column
seeds/t.csv:1: column 4: the column "shoe" is not declared; expected only user_id, email: declare it, or delete it
seeds/t.csv:1: the column "user_id" is missing; expected user_id, email: add it, or take it out of the declaration`},
		{"data for a header", "user_id,ann@example.org,email,17,two words\n", `seeds/t.csv:1: column 2: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it
seeds/t.csv:1: column 4: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it
seeds/t.csv:1: column 5: the column is not declared, and what stands there is no name of one; expected only user_id, email: check that the header is there, declare the column, or delete it`},
		{"no header", "17,ann@example.org\n", "seeds/t.csv:1: found none of the declared columns; expected a header with user_id, email: check that the header is there and spelled as declared"},
		{"blank header", "\nuser_id,email\n", "seeds/t.csv:1: found none of the declared columns; expected a header with user_id, email: check that the header is there and spelled as declared"},
		{"zip", "PK\x03\x04\x14\x00", "seeds/t.csv: found a zip archive, as a workbook is; expected CSV: convert it, or name the right file"},
		{"utf-16", "\xff\xfeu\x00s\x00", "seeds/t.csv: found UTF-16; expected CSV in UTF-8: save the file in that encoding"},
		{"utf-16 without mark", "u\x00s\x00", "seeds/t.csv:1: found a NUL byte; expected text: the file is damaged, or no CSV in UTF-8; export it again"},
		{"nuls", "\x00\x00\x00", "seeds/t.csv:1: found a NUL byte; expected text: the file is damaged, or no CSV in UTF-8; export it again"},
		{"latin-1", "user_id,\xe9mail\n", "seeds/t.csv:1: found bytes that are not UTF-8; expected CSV in UTF-8: save the file in that encoding"},
		{"cr alone", "user_id,email\r17,ann@example.org\r", "seeds/t.csv:1: found a line end of CR alone; expected LF or CR LF: save the file with those"},
		{"too wide", "user_id,email" + strings.Repeat(",", maxColumns), "seeds/t.csv:1: found 16386 columns; expected 16384 at most"},
		{"quote in header", "user\"id\n", "seeds/t.csv:1: the header is not CSV: found a quote in a field that does not begin with one; expected quotes around the whole field: enclose it, and double the quotes in it"},
		{"open quote in header", "\"user_id\n", "seeds/t.csv:1: the header is not CSV: found a quote that is never closed; expected another"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewReader(strings.NewReader(test.text), "seeds/t.csv", columns, 0)
			var data *DataError
			if err == nil || errors.As(err, &data) || err.Error() != test.want {
				t.Errorf("%v\nwant %s", err, test.want)
			}
		})
	}
}

func TestReaderDamagedLater(t *testing.T) {
	tests := []struct {
		name, rest string
		records    int
		want       string
		data       bool
	}{
		{"bare quote", "1,2\n3,x\"y\n", 1, "seeds/t.csv:3: found a quote in a field", true},
		{"text after quote", "1,2\n\"3\n3\",4\n\"5\"x,6\n", 2, "seeds/t.csv:5: found text behind the closing quote", true},
		{"open quote", "1,2\n3,\"4\n5,6\n", 1, "seeds/t.csv:3: found a quote that is never closed", true},
		{"nul", "1,2\n3,4\n5,\x006\n", 2, "seeds/t.csv:4: found a NUL byte", false},
		{"nul in quotes", "1,2\n\"3\n4\n\x00", 1, "seeds/t.csv:5: found a NUL byte", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := read(t, "a,b\n"+test.rest, declare("a", "b"))
			got, _, err := readAll(t, r, 7)
			var data *DataError
			if len(got) != test.records || !strings.HasPrefix(err.Error(), test.want) || errors.As(err, &data) != test.data {
				t.Errorf("%d records, %v; want %d, %s", len(got), err, test.records, test.want)
			}
			if test.data && data.Record != int64(test.records)+1 {
				t.Errorf("record %d", data.Record)
			}
		})
	}
	t.Run("failing disk", func(t *testing.T) {
		broken := errors.New("disk on fire")
		in := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(broken))
		r, err := NewReader(in, "seeds/t.csv", declare("a", "b"), 7)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := readAll(t, r, 7)
		var data *DataError
		if len(got) != 1 || !errors.Is(err, broken) || errors.As(err, &data) || !strings.HasPrefix(err.Error(), "seeds/t.csv: ") {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestReaderRagged(t *testing.T) {
	text := "a,b\n1,2\n\n3,4\n\"5\n5\"\n6,7,8\n9,\xff\n\"x\"\"\xff\",1\n10,11\n\xff,\"\"\n"
	r := read(t, text, declare("a", "b"))
	got, numbers, err := readAll(t, r, 7)
	if err != io.EOF || !slices.EqualFunc(got, [][]string{{"1", "2"}, {"3", "4"}, {"10", "11"}}, slices.Equal) || !slices.Equal(numbers, []int64{1, 3, 8}) {
		t.Errorf("%q, %v, %v", got, numbers, err)
	}
	want := []Ragged{
		{2, 3, 0, "found a blank line; expected 2 fields as in the header: delete it", []byte("\n")},
		{4, 5, 1, "found 1 field; expected 2 as in the header: add what is missing, or put a field with a comma in quotes", []byte("\"5\n5\"\n")},
		{5, 7, 3, "found 3 fields; expected 2 as in the header: add what is missing, or put a field with a comma in quotes", []byte("6,7,8\n")},
		{6, 8, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("9,\xff\n")},
		{7, 9, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("\"x\"\"\xff\",1\n")},
		{9, 11, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("\xff,\"\"\n")},
	}
	if !reflect.DeepEqual(r.Ragged(), want) || r.Records() != 9 {
		t.Errorf("%+v, %d records", r.Ragged(), r.Records())
	}
}

func TestReaderGivesUpOnRagged(t *testing.T) {
	r := read(t, "a,b\n1,2\n"+strings.Repeat("x\n", maxRagged+1), declare("a", "b"))
	got, _, err := readAll(t, r, 7)
	var data *DataError
	if len(got) != 1 || len(r.Ragged()) != maxRagged || !errors.As(err, &data) || data.Line != maxRagged+3 {
		t.Errorf("%d records, %d ragged, %v", len(got), len(r.Ragged()), err)
	}
}

// Runs end at BatchRows, and many more small records than that come whole.
func TestReaderBatches(t *testing.T) {
	const n = 3*contract.BatchRows + 17
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range n {
		fmt.Fprintf(&text, "%d,\"%d\"\"\"\n", i, i)
	}
	r := read(t, text.String(), declare("b", "a"))
	got, numbers, err := readAll(t, r, 7)
	if err != io.EOF || len(got) != n {
		t.Fatalf("%d records, %v", len(got), err)
	}
	for i, record := range got {
		if number := fmt.Sprint(i); record[1] != number || record[0] != number+`"` || numbers[i] != int64(i)+1 {
			t.Fatalf("record %d: %q", i, record)
		}
	}
}

// Runs stay what they are until they are given back, by whomever, also where
// ragged records end them one after another.
func TestReaderFreeFromElsewhere(t *testing.T) {
	const n = 90_000
	r := read(t, "a,b\n"+strings.Repeat("left,right\nLEFT\n\"l\"\"t\",r\n", n), declare("a", "b"))
	var workers sync.WaitGroup
	queue := make(chan *contract.Rows, 4)
	for range 3 {
		workers.Go(func() {
			for rows := range queue {
				for i := range rows.Len() {
					if got := string(rows.Field(i, 0)) + string(rows.Field(i, 1)); got != "leftright" && got != `l"tr` {
						t.Errorf("record %d: %q", i, got)
					}
				}
				r.Free(rows)
			}
		})
	}
	total := 0
	for rows, err := r.Next(); err == nil; rows, err = r.Next() {
		total += rows.Len()
		queue <- rows
	}
	close(queue)
	workers.Wait()
	if total != 2*n || len(r.Ragged()) != n || r.Records() != 3*n {
		t.Errorf("%d records, %d ragged, %d seen", total, len(r.Ragged()), r.Records())
	}
}

func TestOpenCSV(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.csv")
	if err := os.WriteFile(path, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenCSV(path, declare("a"), 3)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := readAll(t, r, 3); err != io.EOF || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	for want, open := range map[string]func() (*Reader, error){
		"seeds/no.csv: the file cannot be read: no such file or directory": func() (*Reader, error) {
			return OpenCSVAs(filepath.Join(folder, "no.csv"), "seeds/no.csv", declare("a"), 0)
		},
		folder + ": the file cannot be read: is a directory": func() (*Reader, error) { return OpenCSV(folder, declare("a"), 0) },
		"x.csv:1: found none of the declared columns":        func() (*Reader, error) { return OpenCSVAs(path, "x.csv", declare("b"), 0) },
	} {
		if _, err := open(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// oracle reads as encoding/csv does; ok is false where it would not be the same.
func oracle(text []byte) (records [][]string, lines []int, ok bool) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil, nil, false
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	for {
		record, err := r.Read()
		if err != nil {
			return records, lines, true
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
	}
}

// agree holds what the reader makes of a text against encoding/csv's records
// up to the first that is no CSV.
func agree(t rapid.TB, text []byte, block int) {
	t.Helper()
	if want, lines, ok := oracle(text); ok && len(want) > 0 {
		var columns []contract.Column
		names := map[string]bool{}
		for _, name := range want[0] {
			columns = append(columns, contract.Column{Name: name})
			names[name] = true
		}
		r, err := newReader(iotest.OneByteReader(bytes.NewReader(text)), "t", columns, 7, block)
		clean := lines[0] == 1 && len(names) == len(columns) && !names[""] && !bytes.Contains(text, []byte("\r"))
		if err != nil {
			if clean {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		compare(t, text, r, want[1:], lines[1:])
	}
}

func compare(t rapid.TB, text []byte, r *Reader, want [][]string, lines []int) {
	t.Helper()
	got, numbers, _ := readAll(t, r, 7)
	ragged := map[int64]Ragged{}
	for _, g := range r.Ragged() {
		ragged[g.Record] = g
	}
	places, err := locate(bytes.NewReader(text), numbers)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	next := 0
	for number := int64(1); number <= r.Records(); number++ {
		g, isRagged := ragged[number]
		if isRagged && g.Fields == 0 {
			continue // a blank line
		}
		if !isRagged && len(got[0]) == 1 && got[0][0] == null {
			got, places = got[1:], places[1:]
			continue // the same in a file of one column
		}
		if next == len(want) {
			t.Fatalf("%q: record %d is too much", text, number)
		}
		switch {
		case isRagged && (len(want[next]) != g.Fields || lines[next] != g.Line):
			t.Fatalf("%q: record %d has %d fields at line %d; want %d at %d", text, number, g.Fields, g.Line, len(want[next]), lines[next])
		case !isRagged:
			record := slices.Clone(got[0])
			for i := range record {
				if record[i] == null {
					record[i] = ""
				}
				record[i] = strings.ReplaceAll(record[i], "\r\n", "\n")
			}
			if !slices.Equal(record, want[next]) || places[0] != lines[next] {
				t.Fatalf("%q: record %d at line %d is %q; want %q at %d", text, number, places[0], record, want[next], lines[next])
			}
			got, places = got[1:], places[1:]
		}
		next++
	}
	if next != len(want) {
		t.Fatalf("%q: %d records; want %d", text, next, len(want))
	}
}

func FuzzReader(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "a,b\r\n\"x\"\"y\",\"1\r\n2\"\r\n", "a\n\n\"\"\n", "a,b\n1\n\n2,\"", "a,b\n1,x\"y\n", "a,b\n\"1\"x\n",
		"\ufeffa\n1\n", "\"a\n\",b\n1,\"2\"\r", "a,b\n,\n\"\",\"\"\n", "a,bbbbbbbbbbbb\nééééééééé,\"日本\"\"\"\n1,2,3,4,5,6,7,8,9,10\n",
	} {
		f.Add([]byte(text), byte(16))
	}
	f.Fuzz(func(t *testing.T, text []byte, block byte) { agree(t, text, slack+1+int(block)) })
}

func TestReaderAgreesWithEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "b", "1", ",", ",", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, `,"`, `",`, "\"\n", "é", "xxxxxxxxxxxxxxxxx"})
		agree(t, []byte("h,i\n"+strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "text"), "")), rapid.IntRange(slack+1, 200).Draw(t, "block"))
	})
}
