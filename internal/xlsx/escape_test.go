package xlsx

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var escapePattern = regexp.MustCompile(`_x[0-9a-fA-F]{4}_`)

// unescaped is unescape, naively: by a pattern, and by the standard library's UTF-16.
func unescaped(text string) (plain string, ok bool) {
	ok = true
	var out strings.Builder
	for {
		at := escapePattern.FindStringIndex(text)
		if at == nil {
			return out.String() + text, ok
		}
		out.WriteString(text[:at[0]])
		text = text[at[0]:]
		units := []uint16{unitOf(text)}
		if next := escapePattern.FindStringIndex(text[escapeSize:]); next != nil && next[0] == 0 {
			units = append(units, unitOf(text[escapeSize:]))
		}
		if r := utf16.Decode(units); len(units) == 2 && len(r) == 1 {
			out.WriteString(string(r))
			text = text[2*escapeSize:]
			continue
		}
		if r := utf16.Decode(units[:1])[0]; units[0] == 0 || r == utf8.RuneError && units[0] != utf8.RuneError {
			ok = false
			out.WriteString(text[:escapeSize])
		} else {
			out.WriteString(string(r))
		}
		text = text[escapeSize:]
	}
}

func unitOf(escape string) uint16 {
	n, _ := strconv.ParseUint(escape[2:6], 16, 16)
	return uint16(n)
}

func compareUnescape(t rapid.TB, text string) {
	want, wantOK := unescaped(text)
	got, ok := unescape([]byte(text))
	if string(got) != want || ok != wantOK {
		t.Fatalf("unescape(%q) = %q, %v; want %q, %v", text, got, ok, want, wantOK)
	}
}

func TestUnescape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom([]string{"_", "x", "_x", "a", "é", "_x0041_", "_x005F_", "_x005f_x0041_", "_xD83D_", "_xDE00_", "_xde00_", "_x0000_", "_xFFFD_", "_xFFFF_", "_x00_", "x0041_", "_X0041_"}),
			rapid.StringMatching(`_x[0-9A-Fa-f]{4}_`),
		)).Draw(t, "pieces")
		compareUnescape(t, strings.Join(pieces, ""))
	})
}

func FuzzUnescape(f *testing.F) {
	for _, text := range []string{"a_x000D_b", "_xD83D__xDE00_", "_x005F_x000D_", "_xD83D_", "_x0000_", "_x_x0041_"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compareUnescape(t, text) })
}
