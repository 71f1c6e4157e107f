package delimited

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// The reader and encoding/csv should agree but for what is listed here:
//
//   - encoding/csv makes LF of a CR LF in quotes, the reader keeps it
//   - encoding/csv passes over blank lines; here they are records, ragged ones
//     where there is more than one column
//   - encoding/csv takes a byte order mark, a NUL byte and what is not UTF-8 for
//     text
//   - encoding/csv accepts a CR at the end of the file only as text

// oracle reads as encoding/csv does, up to the first record that is none; ok is
// false where it would not be the same.
func oracle(text []byte, comma rune) (records [][]string, lines []int, bad, ok bool) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil, nil, false, false
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.Comma = -1, comma
	for {
		record, err := r.Read()
		if err != nil {
			return records, lines, err.Error() != "EOF", true
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
	}
}

// agrees holds what the reader makes of a text against encoding/csv, and against
// what it makes of it in chunks of another size.
func agrees(t rapid.TB, text []byte, comma byte, size int) {
	t.Helper()
	d := contract.Dialect{Delimiter: comma}
	r, err := opened(iotest.OneByteReader(bytes.NewReader(text)), d, size)
	whole, second := opened(bytes.NewReader(text), d, chunkBytes)
	if (err == nil) != (second == nil) || err != nil && err.Error() != second.Error() {
		t.Fatalf("%q: in chunks of %d the header gives %v, else %v", text, size, err, second)
	}
	want, lines, bad, ok := oracle(text, rune(comma))
	if err != nil {
		if ok && len(want) > 0 && lines[0] == 1 && !bytes.Contains(text, []byte("\r")) {
			t.Fatalf("%q: %v", text, err)
		}
		return
	}
	all := readAll(t, r)
	if other := readAll(t, whole); !same(all, other) {
		t.Fatalf("%q: in chunks of %d %+v, else %+v", text, size, all, other)
	}
	if ok && len(want) > 0 && lines[0] == 1 {
		compare(t, text, d, r, all, want[1:], lines[1:])
		if bad != (all.bad != nil) {
			t.Fatalf("%q: %v, encoding/csv refuses it: %v", text, all.bad, bad)
		}
	}
}

func compare(t rapid.TB, text []byte, d contract.Dialect, r *Reader, all reading, want [][]string, lines []int) {
	t.Helper()
	ragged := map[int64]Ragged{}
	for _, g := range all.ragged {
		ragged[g.Record] = g
	}
	places, err := locate(bytes.NewReader(text), newFormat("t", d), all.numbers)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	for i, number := range all.numbers { // and one by one, in pieces, most of which are passed over
		place, err := locate(iotest.OneByteReader(bytes.NewReader(text)), newFormat("t", d), []int64{number})
		if err != nil || place[0] != places[i] {
			t.Fatalf("%q: record %d is at line %v, %v; want %d", text, number, place, err, places[i])
		}
	}
	got, next := all.records, 0
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
		f.Add([]byte(text), byte(16), byte(','))
		f.Add([]byte(strings.ReplaceAll(text, ",", ";")), byte(1), byte(';'))
	}
	f.Fuzz(func(t *testing.T, text []byte, size, comma byte) {
		if comma >= 0x80 || strings.IndexByte("\x00\n\r\"", comma) >= 0 {
			comma = ','
		}
		agrees(t, text, comma, 1+int(size))
	})
}

func TestReaderAgreesWithEncodingCSV(t *testing.T) {
	for name, extra := range map[string]string{"short": "", "across blocks": strings.Repeat("x", 61)} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				piece := rapid.SampledFrom([]string{"a", "b", "1", ",", ",", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, `,"`, `",`, "\"\n", "é", "xxxxxxxxxxxxxxxxx", extra})
				agrees(t, []byte("h,i\n"+strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "text"), "")), ',', rapid.IntRange(1, 200).Draw(t, "size"))
			})
		})
	}
}
