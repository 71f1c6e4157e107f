package schema

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"martlet/gen/internal/diag"
)

// writer writes a TOML string byte by byte and notes where each byte of its
// value is written: the oracle of Text.At.
type writer struct {
	out    strings.Builder
	value  strings.Builder
	places []int // in out, one for each byte of value
}

func (w *writer) raw(s string) { w.out.WriteString(s) }

// verbatim writes text as it is.
func (w *writer) verbatim(s string) {
	for i := range len(s) {
		w.places = append(w.places, w.out.Len()+i)
	}
	w.value.WriteString(s)
	w.out.WriteString(s)
}

// escaped writes text as one escape.
func (w *writer) escaped(escape, s string) {
	for range len(s) {
		w.places = append(w.places, w.out.Len())
	}
	w.value.WriteString(s)
	w.out.WriteString(escape)
}

var plain = rapid.SampledFrom([]string{"a", "b ", " ", "\t", "#", "é", "€", "😀", "x = 1", "[", "{"})

// short are the escapes with a letter of their own.
var short = map[rune]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`, '"': `\"`, '\\': `\\`}

func (w *writer) escape(t *rapid.T) {
	r := rapid.SampledFrom([]rune("\b\t\n\f\r\x1b\"\\\x00aé€😀\u0080")).Draw(t, "rune")
	forms := []string{fmt.Sprintf(`\U%08X`, r)}
	if s, ok := short[r]; ok {
		forms = append(forms, s)
	}
	if r < 1<<16 {
		forms = append(forms, fmt.Sprintf(`\u%04x`, r))
	}
	if r < 1<<8 {
		forms = append(forms, fmt.Sprintf(`\x%02x`, r))
	}
	w.escaped(rapid.SampledFrom(forms).Draw(t, "form"), string(r))
}

var newline = rapid.SampledFrom([]string{"\n", "\r\n"})

// write writes a random string in one of the four forms.
func (w *writer) write(t *rapid.T, form string) {
	multi := len(form) == 3
	w.raw(form)
	if multi && rapid.Bool().Draw(t, "first newline") {
		w.raw(newline.Draw(t, "newline"))
	} else if multi {
		w.verbatim("^") // a newline here would be the first
	}
	for range rapid.IntRange(0, 12).Draw(t, "parts") {
		switch part := rapid.IntRange(0, 5).Draw(t, "part"); {
		case part == 1 && form[0] == '"':
			w.escape(t)
		case part == 2 && multi:
			w.verbatim(newline.Draw(t, "newline"))
		case part == 3 && form == `"""`: // a line-ending backslash
			w.raw(`\` + rapid.SampledFrom([]string{"", " ", "\t "}).Draw(t, "blanks"))
			w.raw(newline.Draw(t, "newline"))
			w.raw(rapid.SampledFrom([]string{"", "\n", "  ", " \r\n\t"}).Draw(t, "indent"))
			w.verbatim("~") // text, so that what follows is not indent
		case part == 4 && multi: // quotes inside
			w.verbatim(strings.Repeat(form[:1], rapid.IntRange(1, 2).Draw(t, "quotes")) + ".")
		case part == 4:
			w.verbatim(map[string]string{`"`: `'`, `'`: `"`}[form])
		case part == 5 && form[0] == '\'':
			w.verbatim(`\n`)
		default:
			w.verbatim(plain.Draw(t, "plain"))
		}
	}
	if form == `"""` && rapid.Bool().Draw(t, "ends in a line-ending backslash") {
		w.raw("\\\n  ")
	} else if multi && rapid.Bool().Draw(t, "quotes at the end") {
		w.verbatim(strings.Repeat(form[:1], rapid.IntRange(1, 2).Draw(t, "end")))
	}
}

// placeOf counts lines and bytes up to an offset.
func placeOf(src string, offset int) diag.Pos {
	before := src[:offset]
	return diag.Pos{File: "f", Line: strings.Count(before, "\n") + 1, Col: offset - strings.LastIndex(before, "\n")}
}

// TestAt holds that At points at the bytes that make each byte of the value, in
// every form that TOML has for strings.
func TestAt(t *testing.T) {
	for _, form := range []string{`"`, `'`, `"""`, `'''`} {
		t.Run(form, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var w writer
				w.raw(strings.Repeat("# é\n", rapid.IntRange(0, 2).Draw(t, "lines above")))
				key := w.out.Len()
				w.raw("description = ")
				w.write(t, form)
				end := w.out.Len()
				w.raw(form + " # c\n")
				src := w.out.String()
				p, list := Parse("f", []byte(src))
				if err := list.Err(); err != nil {
					t.Fatalf("%q: %v", src, err)
				}
				text := p.Description
				if text.Value != w.value.String() {
					t.Fatalf("%q is read as %q, want %q", src, text.Value, w.value.String())
				}
				if text.Pos != placeOf(src, key) {
					t.Fatalf("%q: the key is at %v", src, text.Pos)
				}
				for i, place := range w.places {
					if got, want := text.At(i), placeOf(src, place); got != want {
						t.Fatalf("%q: byte %d of %q is at %v, want %v", src, i, text.Value, got, want)
					}
				}
				for _, past := range []int{len(text.Value), len(text.Value) + 9} {
					if got, want := text.At(past), placeOf(src, end); got != want {
						t.Fatalf("%q: the closing quote is at %v, want %v", src, got, want)
					}
				}
			})
		})
	}
}

func TestAtOutside(t *testing.T) {
	if at := (Text{Value: "UTC"}).At(1); at != (diag.Pos{}) {
		t.Errorf("a default stands at %v", at)
	}
	p, _ := Parse("f", []byte("\xef\xbb\xbfname = 'ab'"))
	for offset, col := range map[int]int{-1: 12, 0: 12, 1: 13, 2: 14, 3: 14} {
		if at := p.Name.At(offset); at != (diag.Pos{File: "f", Line: 1, Col: col}) {
			t.Errorf("offset %d is at %v, want column %d", offset, at, col)
		}
	}
}
