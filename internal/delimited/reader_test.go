package delimited

import (
	"bytes"

	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// null stands for a null in what a reading gives.
const null = "\x00null"

// reading is all that there is in a file.
type reading struct {
	records [][]string
	numbers []int64 // of the records
	raw     []string
	ragged  []Ragged
	bad     error // why it ended before the end of the file
}

// readAll reads what is left of r, and checks what every chunk promises. The
// chunks are given back.
func readAll(t rapid.TB, r *Reader) (all reading) {
	t.Helper()
	for {
		c, err := r.Next()
		if err != nil {
			if again, second := r.Next(); again != nil || second != io.EOF || err != io.EOF {
				t.Errorf("Next gave %v and then %v", err, second)
			}
			return all
		}
		c.Split()
		all.bad = r.Place(c)
		all.take(t, c)
		r.Free(c)
		if all.bad != nil {
			return all
		}
	}
}

func (all *reading) take(t rapid.TB, c *Chunk) {
	rows := &c.Rows
	if rows.Len() > contract.BatchRows {
		t.Fatalf("a chunk of %d records", rows.Len())
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
		if file := rows.Origin(i).File(); file != 7 {
			t.Fatalf("file %d; want 7", file)
		}
		all.records = append(all.records, record)
		all.numbers = append(all.numbers, rows.Origin(i).Record())
		all.raw = append(all.raw, string(rows.Raw(i)))
	}
	for _, g := range c.Ragged {
		g.Raw = bytes.Clone(g.Raw)
		all.ragged = append(all.ragged, g)
	}
}

// opened reads the header of a text, in chunks of the given size.
func opened(in io.Reader, d contract.Dialect, size int) (*Reader, error) {
	r, err := newReader(in, newFormat("seeds/t.csv", d), d.Encoding, size)
	if err == nil {
		r.Select(r.file.columns, 7)
	}
	return r, err
}

// open is opened for a text that has a header.
func open(t testing.TB, text string, d contract.Dialect) *Reader {
	t.Helper()
	r, err := opened(strings.NewReader(text), d, chunkBytes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sizes are those of chunks that must give the same.
func sizes(text string) []int {
	var all []int
	for n := 1; n <= len(text)+2 && n < 140; n++ {
		all = append(all, n)
	}
	return append(all, 1000, chunkBytes)
}

func same(a, b reading) bool {
	return slices.EqualFunc(a.records, b.records, slices.Equal) && slices.Equal(a.numbers, b.numbers) && slices.Equal(a.raw, b.raw) &&
		slices.EqualFunc(a.ragged, b.ragged, sameRagged) && fmt.Sprint(a.bad) == fmt.Sprint(b.bad)
}

func sameRagged(a, b Ragged) bool {
	return a.Record == b.Record && a.Line == b.Line && a.Fields == b.Fields && a.Reason == b.Reason && bytes.Equal(a.Raw, b.Raw)
}

func TestReader(t *testing.T) {
	tests := []struct {
		name, text string
		want       [][]string
	}{
		{"plain", "a,b\n1,2\n3,4\n", [][]string{{"1", "2"}, {"3", "4"}}},
		{"no records", "a,b\n", nil},
		{"header without line end", "a,b", nil},
		{"no last line end", "a,b\n1,2", [][]string{{"1", "2"}}},
		{"last field empty at the end", "a,b\n1,", [][]string{{"1", null}}},
		{"quoted last field empty at the end", "a,b\n\"1\",", [][]string{{"1", null}}},
		{"crlf", "a,b\r\n1,2\r\n\"3\",\"4\"\r\n", [][]string{{"1", "2"}, {"3", "4"}}},
		{"cr at the end", "a,b\n1,2\r", [][]string{{"1", "2"}}},
		{"quoted with cr at the end", "a,b\n1,\"2\"\r", [][]string{{"1", "2"}}},
		{"null and empty", "a,b\n,\"\"\n\"\",\n", [][]string{{null, ""}, {"", null}}},
		{"doubled quotes", "a,b\n\"\"\"\",\"x\"\"y\"\"\"\n", [][]string{{`"`, `x"y"`}}},
		{"crlf in quotes", "a,b\n\"1\r\n2\",\"\n\"\n", [][]string{{"1\r\n2", "\n"}}},
		{"cr in a field", "a,b\n1\r2,\r\n", [][]string{{"1\r2", null}}},
		{"byte order mark", "\ufeffa,b\n1,2\n", [][]string{{"1", "2"}}},
		{"byte order mark and quotes", "\ufeff\"a\",\"b\"\n1,2\n", [][]string{{"1", "2"}}},
		{"spaces stay", "a,b\n 1 ,\" 2 \"\n", [][]string{{" 1 ", " 2 "}}},
		{"blank lines of one column", "a\n\nx\r\n\r\n\n", [][]string{{null}, {"x"}, {null}, {null}}},
		{"quoted header", "\"a\n\"\"b\",c\n1,2\n", [][]string{{"1", "2"}}},
		{"not ascii", "a,b\nÄäß,日本\n\"é\"\"é\",ü\n", [][]string{{"Ääß", "日本"}, {`é"é`, "ü"}}},
		{"long field", "a\n" + strings.Repeat("xyz", chunkBytes) + "\n1\n", [][]string{{strings.Repeat("xyz", chunkBytes)}, {"1"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range sizes(test.text) {
				r, err := opened(iotest.HalfReader(strings.NewReader(test.text)), contract.Dialect{}, size)
				if err != nil {
					t.Fatal(err)
				}
				all := readAll(t, r)
				if all.bad != nil || !slices.EqualFunc(all.records, test.want, slices.Equal) {
					t.Errorf("in chunks of %d: %q, %v; want %q", size, all.records, all.bad, test.want)
				}
				if len(all.ragged) > 0 || r.Records() != int64(len(test.want)) {
					t.Errorf("in chunks of %d: ragged %v, %d records", size, all.ragged, r.Records())
				}
			}
		})
	}
}

func TestReaderSelects(t *testing.T) {
	r := open(t, "a,b,c\n1,2,3\n4,\"5\",6\n7,8\n", contract.Dialect{})
	if !slices.Equal(r.Header(), []string{"a", "b", "c"}) {
		t.Errorf("header %q", r.Header())
	}
	r.Select([]int{2, 1}, 7)
	all := readAll(t, r)
	if want := [][]string{{"3", "2"}, {"6", "5"}}; !slices.EqualFunc(all.records, want, slices.Equal) || len(all.ragged) != 1 {
		t.Errorf("%q, %v; want %q", all.records, all.ragged, want)
	}
	if want := []string{"1,2,3", `4,"5",6`}; !slices.Equal(all.raw, want) {
		t.Errorf("raw %q; want %q", all.raw, want)
	}
}

func TestReaderRefusesFile(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "seeds/t.csv: found an empty file; expected a header: export it again"},
		{"mark alone", "\ufeff", "seeds/t.csv: found an empty file; expected a header: export it again"},
		{"zip", "PK\x03\x04\x14\x00", "seeds/t.csv: found a zip archive, as a workbook is; expected CSV: convert it, or name the right file"},
		{"utf-16", "\xff\xfeu\x00s\x00", "seeds/t.csv: found UTF-16LE; expected CSV in UTF-8: declare encoding utf-16le, or save the file in that encoding"},
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
			for _, size := range sizes(test.text) {
				_, err := opened(strings.NewReader(test.text), contract.Dialect{}, size)
				var data *DataError
				if err == nil || errors.As(err, &data) || err.Error() != test.want {
					t.Errorf("in chunks of %d: %v\nwant %s", size, err, test.want)
				}
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
		{"bare quote and good ones", "1,2\n3,x\"y\n\"4\",\"5\"\n\"\n\",6\n", 1, "seeds/t.csv:3: found a quote in a field", true},
		{"text after quote", "1,2\n\"3\n3\",4\n\"5\"x,6\n", 2, "seeds/t.csv:5: found text behind the closing quote of a field; expected a comma or", true},
		{"cr after quote", "1,2\n\"3\"\r,4\n", 1, "seeds/t.csv:3: found text behind the closing quote", true},
		{"cr after quote in a full line", "1,2\n" + strings.Repeat("x", 60) + ",\"\"\rx\n", 1, "seeds/t.csv:3: found text behind the closing quote", true},
		{"open quote", "1,2\n3,\"4\n5,6\n", 1, "seeds/t.csv:3: found a quote that is never closed", true},
		{"ragged and an open quote", "1,2\n\nx\n3,\"4\n5,6\n", 1, "seeds/t.csv:5: found a quote that is never closed", true},
		{"nul", "1,2\n3,4\n5,\x006\n", 2, "seeds/t.csv:4: found a NUL byte", false},
		{"nul in quotes", "1,2\n\"3\n4\n\x00", 1, "seeds/t.csv:5: found a NUL byte", false},
		{"nul behind a quote", "1,2\n\"3\"\x00", 1, "seeds/t.csv:3: found a NUL byte", false},
		{"bare quote before nul", "1,2\nx\"3\x00", 1, "seeds/t.csv:3: found a quote in a field", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "a,b\n" + test.rest
			for _, size := range sizes(text) {
				r, err := opened(strings.NewReader(text), contract.Dialect{}, size)
				if err != nil {
					t.Fatal(err)
				}
				all := readAll(t, r)
				var data *DataError
				if len(all.records) != test.records || all.bad == nil || !strings.HasPrefix(all.bad.Error(), test.want) || errors.As(all.bad, &data) != test.data {
					t.Errorf("in chunks of %d: %d records, %v; want %d, %s", size, len(all.records), all.bad, test.records, test.want)
				}
				if test.data && data.Record != r.Records()+1 {
					t.Errorf("in chunks of %d: record %d of %d", size, data.Record, r.Records())
				}
			}
		})
	}
	t.Run("failing disk", func(t *testing.T) {
		broken := errors.New("disk on fire")
		for _, size := range sizes("a,b\n1,2\n3,") {
			in := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(broken))
			r, err := opened(in, contract.Dialect{}, size)
			if err != nil {
				t.Fatal(err)
			}
			all := readAll(t, r)
			var data *DataError
			if len(all.records) != 1 || !errors.Is(all.bad, broken) || errors.As(all.bad, &data) || all.bad.Error() != "seeds/t.csv: the file cannot be read: disk on fire" {
				t.Errorf("in chunks of %d: %q, %v", size, all.records, all.bad)
			}
		}
	})
}

func TestReaderRagged(t *testing.T) {
	text := "a,b\n1,2\n\n3,4\n\"5\n5\"\r\n6,7,8\n9,\xff\n\"x\"\"\xff\",1\n10,\"1\"\"1\"\n\xff,\"\"\n\r\n"
	want := reading{
		records: [][]string{{"1", "2"}, {"3", "4"}, {"10", `1"1`}},
		numbers: []int64{1, 3, 8},
		raw:     []string{"1,2", "3,4", `10,"1""1"`},
		ragged: []Ragged{
			{2, 3, 0, "found a blank line; expected 2 fields as in the header: delete it", nil},
			{4, 5, 1, "found 1 field; expected 2 as in the header: add what is missing, or put a field with a comma in quotes", []byte("\"5\n5\"")},
			{5, 7, 3, "found 3 fields; expected 2 as in the header: add what is missing, or put a field with a comma in quotes", []byte("6,7,8")},
			{6, 8, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("9,\xff")},
			{7, 9, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("\"x\"\"\xff\",1")},
			{9, 11, 2, "found bytes that are not UTF-8; expected UTF-8: save the file in that encoding", []byte("\xff,\"\"")},
			{10, 12, 0, "found a blank line; expected 2 fields as in the header: delete it", nil},
		},
	}
	for _, size := range sizes(text) {
		r, err := opened(strings.NewReader(text), contract.Dialect{}, size)
		if err != nil {
			t.Fatal(err)
		}
		if all := readAll(t, r); !same(all, want) || r.Records() != 10 {
			t.Errorf("in chunks of %d: %+v, %d records\nwant %+v", size, all, r.Records(), want)
		}
	}
}

func TestReaderGivesUpOnRagged(t *testing.T) {
	text := "a,b\n1,2\n" + strings.Repeat("x\n", maxRagged-1) + "3,4\nx\n5,6\nx\n7,8\nx\n"
	for _, size := range []int{100, 10_000, chunkBytes} {
		r, err := opened(strings.NewReader(text), contract.Dialect{}, size)
		if err != nil {
			t.Fatal(err)
		}
		all := readAll(t, r)
		var data *DataError
		if len(all.records) != 3 || len(all.ragged) != maxRagged || !errors.As(all.bad, &data) || data.Line != maxRagged+5 || data.Record != r.Records()+1 {
			t.Errorf("in chunks of %d: %d records, %d ragged, %v", size, len(all.records), len(all.ragged), all.bad)
		}
	}
}

// A record may be longer than a chunk, but not of any length.
func TestReaderLongRecord(t *testing.T) {
	f := newFormat("t", contract.Dialect{})
	f.longest = 1000
	for _, size := range []int{1, 7, 64, 900} {
		for n := 985; n < 1015; n++ {
			text := "a\n" + strings.Repeat("y\n", 50) + strings.Repeat("x", n) + "\nz\n"
			r, err := newReader(strings.NewReader(text), f, "", size)
			if err != nil {
				t.Fatal(err)
			}
			r.Select([]int{0}, 7)
			all := readAll(t, r)
			if n <= f.longest && (all.bad != nil || len(all.records) != 52) || n > f.longest && (all.bad == nil || len(all.records) != 50 || !strings.HasPrefix(all.bad.Error(), "t:52: found a record of more than 1000 bytes")) {
				t.Errorf("%d bytes, in chunks of %d: %d records, %v", n, size, len(all.records), all.bad)
			}
		}
	}
}

// A quote that stands where none may does not make the reader hold the file.
func TestReaderStopsAtBareQuote(t *testing.T) {
	line := strings.Repeat("some text,", 99) + "\n"
	in := &endless{line: []byte(line)}
	r, err := opened(io.MultiReader(strings.NewReader(line+"5\" pipe"), in), contract.Dialect{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if all := readAll(t, r); all.bad == nil || !strings.Contains(all.bad.Error(), ":2: found a quote in a field") || in.read > 100_000 {
		t.Errorf("%v after %d bytes", all.bad, in.read)
	}
}

type endless struct {
	line []byte
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.line)
	e.read += n
	return n, nil
}

// A chunk has no more rows than a batch may have, and all come whole.
func TestReaderBatches(t *testing.T) {
	const n = 3*contract.BatchRows + 17
	for name, line := range map[string]string{"narrow": "1\n", "narrower": "\n", "quoted": "\"1\"\"\"\n"} {
		r := open(t, "a\n"+strings.Repeat(line, n), contract.Dialect{})
		all := readAll(t, r)
		if all.bad != nil || len(all.records) != n || r.Records() != n {
			t.Errorf("%s: %d records, %v", name, len(all.records), all.bad)
		}
		for i, number := range all.numbers {
			if number != int64(i)+1 || all.records[i][0] != all.records[0][0] {
				t.Fatalf("%s: record %d is number %d, %q", name, i+1, number, all.records[i])
			}
		}
	}
}

// Chunks stay what they are until they are given back, by whomever.
func TestReaderSideBySide(t *testing.T) {
	const n = 90_000
	r := open(t, "a,b\n"+strings.Repeat("left,right\nLEFT\n\"l\"\"t\",r\n", n), contract.Dialect{})
	var workers sync.WaitGroup
	split, placed := make(chan *Chunk, 4), make(chan *Chunk, 4)
	for range 3 {
		workers.Go(func() {
			for c := range split {
				c.Split()
				placed <- c // in any order, which Place does not mind where nothing is numbered
			}
		})
	}
	go func() {
		for c, err := r.Next(); err == nil; c, err = r.Next() {
			split <- c
		}
		close(split)
		workers.Wait()
		close(placed)
	}()
	total, ragged := 0, 0
	for c := range placed {
		for i := range c.Rows.Len() {
			if got := string(c.Rows.Field(i, 0)) + string(c.Rows.Field(i, 1)); got != "leftright" && got != `l"tr` {
				t.Errorf("record %d: %q", i, got)
			}
		}
		total += c.Rows.Len()
		ragged += len(c.Ragged)
		if err := r.Place(c); err != nil {
			t.Error(err)
		}
		r.Free(c)
	}
	if total != 2*n || ragged != n || r.Records() != 3*n {
		t.Errorf("%d records, %d ragged, %d seen", total, ragged, r.Records())
	}
}
