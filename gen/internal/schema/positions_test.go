package schema

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	strict "github.com/pelletier/go-toml/v2"

	"martlet/gen/internal/diag"
)

// seedFuzz gives every case of testdata, and the corners of TOML, to a fuzz test.
func seedFuzz(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.toml"))
	if err != nil || len(paths) == 0 {
		f.Fatal(paths, err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, s := range []string{
		"", "\n", "\r\n", "#", "=", "a", "a=", "[", "[[", "[a", "a.b.c = 1", "a.b=1\na.c=2\n[d.e]\nf=1\n[d]\ng=2",
		"[[a]]\nb=1\n[[a.c]]\nd=1\n[a.e]\nf=1\n[[a]]\n[a.e]\nf=2", "a = {\n x = 1, # c\n y.z = 2,\n}", "a=[[1,[2]],[{}],\n#c\n]",
		"'q k'.\"e\\u0041\" = 1", "\"\"=1", "a=\"\\e\\x41\\u00e9\\U0001F600\"", "a=\"\"\"\\\r\n  x\r\ny\"\"\"", "a='''\r\nx'y\r\n'''''",
		"a=\"\"\"\nx\"\"\"\"\"", "a=1979-05-27 07:32:00\nb=07:32\nc=1979-05-27T07:32:00.5-07:00\n d = 1979-05-27 ", "a=+nan\nb=-inf\nc=0x1F\nd=1_0e+2",
		"\xef\xbb\xbfa=1", "\xef\xbb\xbf\xef\xbb\xbfa=1", "\xff\xfea", "a=\x00", "a={b=1}\na.c=2", "a=[{}]\n[[a]]", "a=[{}]\na.b=1", "[a]\n[a]",
		"[a.b]\n[a]\nb.c=1", "a.b=1\n[a]\nc=2", "  [ a . 'b' ]\n [[ c ]] # x\nd=1", "a=1 b=2", "a = 0b", "a=\"\\", "a=\"\"\"\\", "source=1\nmodel=[1]",
		"a='\xff'", "a=9223372036854775808", "a=1e999", "a=\"\\ud800\"", "[a]\nb=1\n[[a.c]]\n[a.d]\n[a.c.e]",
	} {
		f.Add([]byte(s))
	}
}

// FuzzPositions holds the two TOML parsers against one another: each key and
// value that the decoder sees has its place, no other has, and what is written
// at that place reads as that key and that value.
func FuzzPositions(f *testing.F) {
	seedFuzz(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		text := bytes.TrimPrefix(src, byteOrderMark)
		values, err := decodeValues(text)
		if err != nil {
			return
		}
		if _, err := locate(text); err != nil {
			if at := (*syntaxError)(nil); !errors.As(err, &at) || at.offset < 0 || at.offset > len(text) {
				t.Fatalf("no place in the file: %v", err)
			}
			// The decoder lets pass what TOML forbids: a second byte order
			// mark, or adding to an inline table. A third reading decides.
			var third map[string]any
			if strict.Unmarshal(text, &third) == nil {
				t.Fatalf("valid TOML is refused: %v", err)
			}
			return
		}
		d, syntax := decode("f", src)
		if syntax != nil {
			t.Fatalf("the parsers disagree: %v", syntax)
		}
		samePlaces(t, d, values, d.root)
	})
}

// TestWholeValues holds what the decoder would let pass.
func TestWholeValues(t *testing.T) {
	for src, col := range map[string]int{
		"a = { b = 1 }\na.c = 2": 1, "a = [{}]\na.b = 1": 1, "a = { b.c = 1 }\n[a.b]": 2, "a = { b = {} }\n[a.b.c]": 2,
	} {
		lines := strings.Count(src, "\n") + 1
		_, list := Parse("f", []byte(src))
		if list.Len() != 1 {
			t.Errorf("%q is accepted, or more: %v", src, list.Err())
			continue
		}
		if d := list.Sorted()[0]; d.Code != Syntax || d.Pos != (diag.Pos{File: "f", Line: lines, Col: col}) {
			t.Errorf("%q: got %v", src, d)
		}
	}
}

func samePlaces(t *testing.T, d *document, value any, it *item) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) != len(it.fields) || len(v) != len(it.order) {
			t.Fatalf("%v has %d keys and %d places", v, len(v), len(it.fields))
		}
		for name, value := range v {
			if got := keyWritten(t, d, it.fields[name].key); got != name {
				t.Fatalf("at %v stands the key %q, not %q", it.fields[name].key, got, name)
			}
			samePlaces(t, d, value, it.fields[name])
		}
	case []any:
		if len(v) != len(it.elems) {
			t.Fatalf("%v has %d places", v, len(it.elems))
		}
		for i, value := range v {
			samePlaces(t, d, value, it.elems[i])
		}
	case []map[string]any:
		if len(v) != len(it.elems) {
			t.Fatalf("%v has %d places", v, len(it.elems))
		}
		for i, value := range v {
			if !bytes.HasPrefix(d.from(it.elems[i].pos), []byte("[")) {
				t.Fatalf("at %v stands no header", it.elems[i].pos)
			}
			samePlaces(t, d, value, it.elems[i])
		}
	default:
		if !bytes.HasPrefix(d.from(it.pos), []byte(it.raw)) {
			t.Fatalf("at %v stands no %q", it.pos, it.raw)
		}
		var alone map[string]any
		if _, err := toml.Decode("v = "+it.raw, &alone); err != nil || !same(alone["v"], value) {
			t.Fatalf("%q reads as %v, not %v (%v)", it.raw, alone["v"], value, err)
		}
	}
}

// same is equality, with NaN equal to itself.
func same(a, b any) bool {
	x, xok := a.(float64)
	y, yok := b.(float64)
	return reflect.DeepEqual(a, b) || xok && yok && math.IsNaN(x) && math.IsNaN(y)
}

// from gives the file from a position on, found again by counting.
func (d *document) from(at diag.Pos) []byte {
	rest := append(bytes.Repeat([]byte("?"), d.base), d.src...)
	for range at.Line - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	return rest[at.Col-1:]
}

// keyWritten reads the part of a key that stands at a position.
func keyWritten(t *testing.T, d *document, at diag.Pos) string {
	rest := d.from(at)
	end := 0
	switch quote := rest[0]; quote {
	case '"', '\'':
		for end = 1; rest[end] != quote; end++ {
			if rest[end] == '\\' && quote == '"' {
				end++
			}
		}
		end++
	default:
		for end < len(rest) && (rest[end] == '-' || rest[end] == '_' || rest[end]|0x20 >= 'a' && rest[end]|0x20 <= 'z' || rest[end] >= '0' && rest[end] <= '9') {
			end++
		}
	}
	var alone map[string]any
	if _, err := toml.Decode(string(rest[:end])+" = 1", &alone); err != nil || len(alone) != 1 {
		t.Fatalf("at %v stands no key: %q, %v", at, rest[:end], err)
	}
	for name := range alone {
		return name
	}
	return ""
}

// FuzzParse holds that nothing makes the reader panic and that every error
// stands inside the file.
func FuzzParse(f *testing.F) {
	seedFuzz(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		p, list := Parse("f", src)
		lines := strings.Split(string(src), "\n")
		for _, d := range list.Sorted() {
			if d.Pos.File != "f" || d.Pos.Line < 1 || d.Pos.Line > len(lines) || d.Pos.Col < 1 || d.Pos.Col > len(lines[d.Pos.Line-1])+1 {
				t.Fatalf("stands outside of the file: %v", d)
			}
			if diag.Explain(Codes, d.Code) == "" {
				t.Fatalf("the code has no explanation: %v", d)
			}
			if (d.Code == Syntax) != (p == nil) {
				t.Fatalf("the project is %v after %v", p, d)
			}
		}
		if p == nil && list.Len() == 0 {
			t.Fatal("no project and no reason")
		}
	})
}
