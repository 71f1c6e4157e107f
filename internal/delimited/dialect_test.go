package delimited

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// csvText is two columns of anything, of bytes that mean something in some
// dialect.
func csvText() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"a", "b", ",", ",", ";", "|", "\t", "\n", "\n", "\r\n", `"`, `"`, `""`, `,"`, `",`, "\"\n", "'", "é", "𝄞", "xxxxxxxxxxxxxxxxx"})
	return rapid.Map(rapid.SliceOfN(piece, 0, 60), func(pieces []string) string { return "h,i\n" + strings.Join(pieces, "") })
}

func mustRead(t rapid.TB, text string, d contract.Dialect, size int) reading {
	t.Helper()
	r, err := opened(iotest.HalfReader(strings.NewReader(text)), d, size)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return readAll(t, r)
}

func TestDelimitersAgreeWithEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]string{";", "|", "\t", " ", "x"}).Draw(t, "delimiter")
		text := strings.ReplaceAll(csvText().Draw(t, "text"), ",", comma)
		agrees(t, []byte(text), comma[0], rapid.IntRange(1, 200).Draw(t, "size"))
	})
}

// Another quote is the same as both quotes changed for one another.
func TestQuote(t *testing.T) {
	swap := strings.NewReplacer(`"`, "'", "'", `"`)
	rapid.Check(t, func(t *rapid.T) {
		text := csvText().Draw(t, "text")
		want := mustRead(t, text, contract.Dialect{}, chunkBytes)
		got := mustRead(t, swap.Replace(text), contract.Dialect{Quote: '\''}, rapid.IntRange(1, 200).Draw(t, "size"))
		for _, record := range got.records {
			for j := range record {
				record[j] = swap.Replace(record[j])
			}
		}
		for i := range got.raw {
			got.raw[i] = swap.Replace(got.raw[i])
		}
		for i := range got.ragged {
			got.ragged[i].Raw = []byte(swap.Replace(string(got.ragged[i].Raw)))
		}
		if !same(got, want) {
			t.Fatalf("%q: got %+v, want %+v", text, got, want)
		}
	})
}

// Without quotes lines are split at line ends, and fields at delimiters.
func TestUnquoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := csvText().Draw(t, "text")
		all := mustRead(t, text, contract.Dialect{Unquoted: true}, rapid.IntRange(1, 200).Draw(t, "size"))
		var want [][]string
		ragged := 0
		for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n")[1:] {
			fields := strings.Split(strings.TrimSuffix(line, "\r"), ",")
			if len(fields) != 2 {
				ragged++
				continue
			}
			for i, f := range fields {
				if f == "" {
					fields[i] = null
				}
			}
			want = append(want, fields)
		}
		if all.bad != nil || len(all.ragged) != ragged || !slices.EqualFunc(all.records, want, slices.Equal) {
			t.Fatalf("%q: got %+v, want %q and %d ragged", text, all, want, ragged)
		}
	})
	all := mustRead(t, "a,b\n1\n", contract.Dialect{Unquoted: true}, chunkBytes)
	if want := "found 1 field; expected 2 as in the header: add what is missing, or take a comma out of the field that has one"; len(all.ragged) != 1 || all.ragged[0].Reason != want {
		t.Errorf("%+v; want %s", all.ragged, want)
	}
}

// Words for null are fields without quotes, whole and to the letter. The raw
// text of a record keeps them.
func TestNulls(t *testing.T) {
	d := contract.Dialect{Nulls: []string{"NA", `\N`, "-"}}
	for _, text := range []string{"a,b\nNA,\\N\nna,NA \nx-,-\n", "a,b\nNA,\\N\r\nna,NA \r\nx-,-", "a,b\nNA,\\N\nna,\"NA \"\nx-,-\n"} {
		for _, size := range sizes(text) {
			all := mustRead(t, text, d, size)
			if want := [][]string{{null, null}, {"na", "NA "}, {"x-", null}}; !slices.EqualFunc(all.records, want, slices.Equal) {
				t.Errorf("%q: %q; want %q", text, all.records, want)
			}
			if want := []string{`NA,\N`, "na,NA ", "x-,-"}; !strings.Contains(text, `"`) && !slices.Equal(all.raw, want) {
				t.Errorf("%q: raw %q; want %q", text, all.raw, want)
			}
		}
	}
	all := mustRead(t, "a,b\n\"NA\",\"\"\"\"\n\"-\",NA\n", d, chunkBytes)
	if want := [][]string{{"NA", `"`}, {"-", null}}; !slices.EqualFunc(all.records, want, slices.Equal) {
		t.Errorf("%q; want %q", all.records, want)
	}
}

// Messages speak of the delimiter that is declared.
func TestMessagesNameTheDelimiter(t *testing.T) {
	for delimiter, want := range map[byte]string{';': "a semicolon", '\t': "a tab", '|': "a '|'"} {
		text := strings.ReplaceAll("a,b\n\n1\n\"2\"x,3\n", ",", string(rune(delimiter)))
		all := mustRead(t, text, contract.Dialect{Delimiter: delimiter}, chunkBytes)
		var data *DataError
		if !errors.As(all.bad, &data) || !strings.Contains(data.Problem, "expected "+want+" or the end") || data.Line != 4 ||
			!strings.Contains(all.ragged[1].Reason, "put a field with "+want+" in quotes") {
			t.Errorf("%v, %+v; want %s", all.bad, all.ragged, want)
		}
	}
}

// FuzzDialect holds what a file in any dialect is against what it is in chunks
// of another size.
func FuzzDialect(f *testing.F) {
	encodings := []string{"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252"}
	f.Add([]byte("a;b\n'1'';';NA\n\x81;2\n3\n"), byte(3), byte(';'), byte('\''), byte(4))
	f.Add([]byte("a,b\n\"1\"\"\",2\r\n\r\n\"3\n\",\xff\n"), byte(7), byte(','), byte('"'), byte(0))
	f.Add([]byte("a\tb\n\"\t1\n"), byte(1), byte('\t'), byte(0), byte(0))
	f.Add([]byte("\xff\xfea\x00\n\x00\x34\xd8\n\x00\x41"), byte(2), byte(','), byte('"'), byte(1))
	f.Fuzz(func(t *testing.T, text []byte, size, delimiter, quote, encoding byte) {
		d := contract.Dialect{Delimiter: delimiter & 0x7f, Quote: quote & 0x7f, Unquoted: quote == 0, Nulls: []string{"NA", "a"}, Encoding: encodings[int(encoding)%len(encodings)]}
		if strings.IndexByte("\x00\r\n", d.Delimiter) >= 0 || strings.IndexByte("\r\n", d.Quote) >= 0 || d.Delimiter == d.Quote {
			d.Delimiter, d.Quote = ',', '"'
		}
		r, err := opened(iotest.OneByteReader(strings.NewReader(string(text))), d, 1+int(size))
		whole, second := opened(strings.NewReader(string(text)), d, chunkBytes)
		if (err == nil) != (second == nil) || err != nil && err.Error() != second.Error() {
			t.Fatalf("in chunks of %d the header gives %v, else %v", size, err, second)
		}
		if err != nil {
			return
		}
		if got, want := readAll(t, r), readAll(t, whole); !same(got, want) {
			t.Fatalf("in chunks of %d %+v, else %+v", size, got, want)
		}
	})
}
