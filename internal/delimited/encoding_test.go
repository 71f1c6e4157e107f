package delimited

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	textencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// written are the ways to write a text, by what is declared for each.
func written(t rapid.TB, text string) map[string][]string {
	t.Helper()
	encode := func(e textencoding.Encoding) string {
		out, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	little, big := encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)), encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM))
	return map[string][]string{
		"": {text, "\ufeff" + text}, "utf-8": {text}, "UTF-8": {text},
		"utf-16":   {"\xff\xfe" + little, "\xfe\xff" + big},
		"utf-16le": {little, "\xff\xfe" + little},
		"utf-16be": {big, "\xfe\xff" + big},
	}
}

// In every encoding a file is the same, wherever it is cut.
func TestEncodings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := csvText().Draw(t, "text")
		want := mustRead(t, text, contract.Dialect{}, chunkBytes)
		size := rapid.IntRange(1, 200).Draw(t, "size")
		for declared, files := range written(t, text) {
			for _, file := range files {
				r, err := opened(iotest.OneByteReader(strings.NewReader(file)), contract.Dialect{Encoding: declared}, size)
				if err != nil {
					t.Fatalf("%s, %q: %v", declared, file, err)
				}
				if got := readAll(t, r); !same(got, want) {
					t.Fatalf("%s, %q: got %+v, want %+v", declared, file, got, want)
				}
			}
		}
		text = strings.ReplaceAll(text, "𝄞", "€")
		file, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := mustRead(t, file, contract.Dialect{Encoding: "windows-1252"}, size), mustRead(t, text, contract.Dialect{}, chunkBytes); !same(got, want) {
			t.Fatalf("windows-1252, %q: got %+v, want %+v", file, got, want)
		}
	})
}

// Every byte of Windows-1252 is the character that it stands for, or leaves its
// record out. U+FFFD is a character like others where a file has it.
func TestNothingIsReplaced(t *testing.T) {
	for c := 0x80; c < 0x100; c++ {
		all := mustRead(t, "a,b\n1,2\nx"+string([]byte{byte(c)})+",3\n", contract.Dialect{Encoding: "windows-1252"}, chunkBytes)
		if slices.Contains([]int{0x81, 0x8d, 0x8f, 0x90, 0x9d}, c) {
			want := Ragged{2, 3, 2, "found bytes that are not Windows-1252; expected Windows-1252: save the file in that encoding", []byte("x\xff,3")}
			if len(all.ragged) != 1 || !sameRagged(all.ragged[0], want) {
				t.Errorf("%x: %+v; want %+v", c, all, want)
			}
		} else if want := "x" + string(charmap.Windows1252.DecodeByte(byte(c))); len(all.records) != 2 || all.records[1][0] != want {
			t.Errorf("%x: %q; want %q", c, all.records, want)
		}
	}
	for _, files := range written(t, "a,b\n\ufffd,3\n") {
		for _, file := range files {
			declared := "utf-16le"
			switch {
			case strings.Contains(file, "\ufffd"):
				declared = "utf-8"
			case strings.Contains(file, "\x00a\x00,"):
				declared = "utf-16be"
			}
			if all := mustRead(t, file, contract.Dialect{Encoding: declared}, chunkBytes); len(all.records) != 1 || all.records[0][0] != "\ufffd" {
				t.Errorf("%q: %+v", file, all)
			}
		}
	}
}

func TestMalformedUTF16(t *testing.T) {
	little := func(units ...uint16) string {
		var b strings.Builder
		for _, u := range units {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
		return b.String()
	}
	const high, low = 0xd834, 0xdd1e
	head := little('a', ',', 'b', '\n', '1', ',', '2', '\n')
	for name, test := range map[string]struct {
		text string
		raw  string
	}{
		"a high surrogate":              {little('x', high, ',', '3', '\n'), "x\xff,3"},
		"a low surrogate":               {little('x', low, ',', '3', '\n'), "x\xff,3"},
		"surrogates the wrong way":      {little('x', low, high, ',', '3', '\n'), "x\xff\xff,3"},
		"two high surrogates":           {little('x', high, high, low, ',', '3', '\n'), "x\xff𝄞,3"},
		"a high surrogate at the end":   {little('x', ',', '3', high), "x,3\xff"},
		"an odd byte at the end":        {little('x', ',', '3') + "\x41", "x,3\xff"},
		"an odd byte behind a high one": {little('x', ',', '3', high) + "\x41", "x,3\xff\xff"},
	} {
		for _, size := range sizes(head + test.text) {
			all := mustRead(t, head+test.text, contract.Dialect{Encoding: "utf-16le"}, size)
			if len(all.records) != 1 || len(all.ragged) != 1 || all.ragged[0].Line != 3 || string(all.ragged[0].Raw) != test.raw ||
				all.ragged[0].Reason != "found bytes that are not UTF-16LE; expected UTF-16LE: save the file in that encoding" {
				t.Errorf("%s: %+v", name, all)
			}
		}
	}
	// In a place of its own it is no field, and left out all the same.
	if all := mustRead(t, head+"\x41", contract.Dialect{Encoding: "utf-16le"}, chunkBytes); len(all.ragged) != 1 || !strings.Contains(all.ragged[0].Reason, "UTF-16LE") {
		t.Errorf("%+v", all)
	}
}

func TestMarksAndDeclarations(t *testing.T) {
	for _, test := range []struct{ declared, text, want string }{
		{"", "\xff\xfea\x00", "t: found UTF-16LE; expected CSV in UTF-8: declare encoding utf-16le, or save the file in that encoding"},
		{"utf-8", "\xfe\xff\x00a", "t: found UTF-16BE; expected CSV in UTF-8: declare encoding utf-16be, or save the file in that encoding"},
		{"utf-16", "a\x00", "t: found no byte order mark; expected one, as utf-16 is declared: declare encoding utf-16le or utf-16be"},
		{"utf-16", "\ufeffa", "t: found the byte order mark of UTF-8; expected UTF-16LE: declare encoding utf-8, or save the file in that encoding"},
		{"utf-16le", "\xfe\xff\x00a", "t: found UTF-16BE; expected CSV in UTF-16LE: declare encoding utf-16be, or save the file in that encoding"},
		{"windows-1252", "\ufeffa", "t: found the byte order mark of UTF-8; expected Windows-1252: declare encoding utf-8, or save the file in that encoding"},
		{"utf-16", "", "t: found an empty file; expected a header: export it again"},
		{"utf-16", "\xff\xfe", "t: found an empty file; expected a header: export it again"},
		{"utf-16be", "\xd8\x00\x00\n", "t:1: found bytes that are not UTF-16BE; expected CSV in UTF-16BE: save the file in that encoding"},
		{"latin-1", "a\n", `t: found the declared encoding "latin-1"; expected utf-8, utf-16, utf-16le, utf-16be or windows-1252: declare one of them`},
	} {
		_, err := NewReader(strings.NewReader(test.text), "t", contract.Dialect{Encoding: test.declared})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s, %q: %v\nwant %s", test.declared, test.text, err, test.want)
		}
	}
	broken := errors.New("disk on fire")
	for _, declared := range []string{"", "utf-16le", "windows-1252"} {
		if _, err := NewReader(iotest.ErrReader(broken), "t", contract.Dialect{Encoding: declared}); !errors.Is(err, broken) {
			t.Errorf("%s: %v", declared, err)
		}
	}
}
