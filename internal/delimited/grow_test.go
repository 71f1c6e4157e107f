package delimited

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// recordEnds are the places behind the line ends of a text that end a header or a
// record.
func recordEnds(text []byte, d contract.Dialect) (ends []int) {
	quote, quoted := newFormat("", d).quote, false
	for i, b := range text {
		switch {
		case quote != 0 && b == quote:
			quoted = !quoted
		case b == '\n' && !quoted:
			ends = append(ends, i+1)
		}
	}
	return ends
}

// growing is a file that is read again and again.
type growing struct {
	t       rapid.TB
	path    string
	dialect contract.Dialect
}

// holds has the file hold a text, and opens it as given.
func (g *growing) holds(text []byte, open func() (*Reader, error)) (*Reader, error) {
	g.t.Helper()
	if err := os.WriteFile(g.path, text, 0o600); err != nil {
		g.t.Fatal(err)
	}
	r, err := open()
	if err == nil {
		r.Select(r.file.columns, 7)
	}
	return r, err
}

func (g *growing) whole() (*Reader, error) { return Open(g.path, "t.csv", g.dialect) }

// mustGrow cuts a text behind some of its records, reads the first piece, reads on
// behind each, and holds all that against reading the text at once. It says whether
// there was something to read on from.
func (g *growing) mustGrow(text []byte, cuts []int) bool {
	t := g.t
	t.Helper()
	if !CanGrow(g.path, g.dialect) {
		t.Fatalf("%s cannot grow", g.path)
	}
	r, err := g.holds(text[:cuts[0]], g.whole)
	if err != nil {
		return false // the header is none
	}
	got := readAll(t, r)
	at := r.Position()
	if err := r.Close(); err != nil || got.bad != nil {
		return false
	}
	for i, offset := range cuts {
		to := len(text)
		if i+1 < len(cuts) {
			to = cuts[i+1]
		}
		at.Offset = int64(offset)
		if r, err = g.holds(text[:to], func() (*Reader, error) { return OpenAt(g.path, "t.csv", g.dialect, at) }); err != nil {
			t.Fatalf("%q cannot be read on from %d: %v", text[:to], offset, err)
		}
		more := readAll(t, r)
		at = r.Position()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		got.records, got.numbers = append(got.records, more.records...), append(got.numbers, more.numbers...)
		got.raw, got.ragged, got.bad = append(got.raw, more.raw...), append(got.ragged, more.ragged...), more.bad
		if got.bad != nil {
			break
		}
	}
	once, err := g.holds(text, g.whole)
	if err != nil {
		t.Fatal(err)
	}
	defer once.Close()
	want := readAll(t, once)
	if !same(got, want) {
		t.Fatalf("%.200q, cut at %v, is\n%.500v\nand at once\n%.500v", text, cuts, got, want)
	}
	// Behind the last record there may be chunks that nobody looked at.
	if end := once.Position(); got.bad == nil && at != end {
		t.Fatalf("%.200q, cut at %v, ends at %+v, and at once at %+v", text, cuts, at, end)
	}
	return true
}

// A file that grew by whole records gives the same whether it is read on or anew.
func TestOpenAt(t *testing.T) {
	path, read := filepath.Join(t.TempDir(), "t.csv"), 0
	rapid.Check(t, func(t *rapid.T) {
		g := &growing{t, path, rapid.SampledFrom([]contract.Dialect{
			{}, {Encoding: "UTF-8"}, {Delimiter: ';', Quote: '\''}, {Unquoted: true}, {Nulls: []string{"a", "NULL"}},
		}).Draw(t, "dialect")}
		field := rapid.SampledFrom([]string{"", "a", "NULL", "é", "1\r2", strings.Repeat("long ", 30), "\xff", "QQ", "QaQ", "Qa\nbQ", "QxQQyQ", "Qa\r\n,bQ", "Q", "QaQx"})
		comma, quote := string(newFormat("", g.dialect).delimiter), string(newFormat("", g.dialect).quote)
		if g.dialect.Unquoted {
			quote = `"` // a character like others
		}
		var text strings.Builder
		text.WriteString(rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark"))
		width := rapid.IntRange(1, 3).Draw(t, "columns")
		text.WriteString(strings.Join([]string{"a", "Qb\ncQ", "d"}[:width], comma) + "\n")
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			fields := make([]string, width)
			if rapid.IntRange(0, 4).Draw(t, "ragged") == 0 {
				fields = make([]string, rapid.IntRange(0, 4).Draw(t, "fields"))
			}
			for i := range fields {
				// The last two of the fields spoil all behind them.
				if fields[i] = field.Draw(t, "field"); len(fields[i]) > 0 && strings.Count(fields[i], "Q")%2+strings.Count(fields[i], "Qx") > 0 && rapid.IntRange(0, 9).Draw(t, "spoilt") > 0 {
					fields[i] = ""
				}
			}
			text.WriteString(strings.Join(fields, comma) + rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\n\n"}).Draw(t, "end"))
		}
		whole := strings.ReplaceAll(text.String(), "Q", quote)
		if rapid.Bool().Draw(t, "no last end") {
			whole = strings.TrimRight(whole, "\r\n")
		}
		ends := recordEnds([]byte(whole), g.dialect)
		if len(ends) == 0 {
			return
		}
		var cuts []int
		for _, end := range ends {
			if rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
				cuts = append(cuts, end)
			}
		}
		if len(cuts) == 0 {
			cuts = ends[:1]
		}
		if g.mustGrow([]byte(whole), cuts) {
			read++
		}
	})
	if read == 0 {
		t.Error("nothing was read on")
	}
}

// The same across chunks, of which there are several before and behind the cut.
func TestOpenAtLarge(t *testing.T) {
	g := &growing{t: t, path: filepath.Join(t.TempDir(), "t.csv")}
	text := bytes.Repeat([]byte("1,\"some \"\"text\"\"\n\",3\n4,5\n\n6,7,8\r\n"), 30_000)
	text = append([]byte("\ufeffa,b,c\n"), text...)
	ends := recordEnds(text, contract.Dialect{})
	cuts := []int{ends[0], ends[len(ends)/3], ends[len(ends)/3], ends[len(ends)-2], ends[len(ends)-1]}
	if !g.mustGrow(text, cuts) {
		t.Error("nothing was read on")
	}
	// With twice as many, there are more ragged ones than a file may have.
	twice := append(text, text[ends[0]:]...)
	if !g.mustGrow(twice, []int{cuts[1], cuts[4]}) {
		t.Error("nothing was read on")
	}
}

func FuzzOpenAt(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n3,4", "a,b\r\n\"x\"\"y\",\"1\r\n2\"\r\n1\r\n", "a\n\n\"\"\n", "a,b\n1\n\n2,\"", "\ufeff\"a\n\",b\n1,\"2\"\r", "a,b\n1,2\n\x00\n", "a\n1\n\xff\n"} {
		f.Add([]byte(text), uint16(1), uint16(2))
		f.Add([]byte(strings.ReplaceAll(text, "\n", "\n\n")), uint16(0), uint16(3))
	}
	path := filepath.Join(f.TempDir(), "t.csv")
	f.Fuzz(func(t *testing.T, text []byte, first, second uint16) {
		ends := recordEnds(text, contract.Dialect{})
		if len(ends) == 0 {
			return
		}
		i, j := int(first)%len(ends), int(second)%len(ends)
		(&growing{t: t, path: path}).mustGrow(text, []int{ends[min(i, j)], ends[max(i, j)]})
	})
}

// A file whose text does not stand in it as it is cannot be read on.
func TestCanGrow(t *testing.T) {
	for _, x := range []struct {
		path, encoding string
		want           bool
	}{
		{"a.csv", "", true}, {"a.csv", "utf-8", true}, {"a.csv", "UTF-8", true}, {"a.tsv", "", true},
		{"a.csv.gz", "", false}, {"a.csv.zst", "", false}, {"a.gz", "utf-8", false},
		{"a.csv", "utf-16", false}, {"a.csv", "utf-16le", false}, {"a.csv", "windows-1252", false},
	} {
		if got := CanGrow(x.path, contract.Dialect{Encoding: x.encoding}); got != x.want {
			t.Errorf("%s in %q: %t", x.path, x.encoding, got)
		}
	}
}

// What cannot be opened is an error that names the file, and no file stays open.
func TestOpenAtErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	for text, want := range map[string]string{"": "found an empty file", "PK\x03\x04": "found a zip archive", "\xff\xfea\x00": "found UTF-16LE"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenAt(path, "t.csv", contract.Dialect{}, Position{}); err == nil || !strings.HasPrefix(err.Error(), "t.csv: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := OpenAt(path+".none", "t.csv", contract.Dialect{}, Position{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
}
