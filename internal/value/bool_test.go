package value

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseBool(t *testing.T) {
	for text, want := range map[string]bool{
		"true": true, "T": true, "yes": true, "Y": true, "oN": true, "1": true, " TRUE ": true,
		"false": false, "f": false, "NO": false, "n": false, "Off": false, "0": false, "\tfalse\r\n": false,
	} {
		if got, err := ParseBool([]byte(text)); got != want || err != nil {
			t.Errorf("ParseBool(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "2", "tru", "ye", "of", "o", "10", "truee", "\x11", "\x10", "NA", "onn", "t rue"} {
		if got, err := ParseBool([]byte(text)); got || err != ErrBool {
			t.Errorf("ParseBool(%q) = %v, %v; want false, ErrBool", text, got, err)
		}
	}
}

// Every spelling has a place of its own.
func TestBoolSpellings(t *testing.T) {
	for _, word := range []string{"true", "T", "yes", "Y", "oN", "1", "false", "F", "nO", "n", "OFF", "0"} {
		for _, text := range []string{word, " " + word, word + " ", " " + word + " "} {
			want, err := ParseBool([]byte(word))
			if got, ok := boolOf([]byte(text)); got != want || !ok || err != nil {
				t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
			}
		}
	}
}

func TestBoolRoundTrip(t *testing.T) {
	for _, v := range []bool{false, true} {
		if got, err := ParseBool(AppendBool(nil, v)); got != v || err != nil {
			t.Errorf("ParseBool(AppendBool(%v)) = %v, %v", v, got, err)
		}
		if FormatBool(v) != string(AppendBool(nil, v)) || BoolToString(v) != FormatBool(v) {
			t.Errorf("FormatBool(%v) = %q", v, FormatBool(v))
		}
	}
}

func TestCompareBool(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Bool().Draw(t, "a"), rapid.Bool().Draw(t, "b")
		if got, want := CompareBool(a, b), int(BoolToInt64(a)-BoolToInt64(b)); got != want {
			t.Fatalf("CompareBool(%v, %v) = %d, want %d", a, b, got, want)
		}
	})
}

func FuzzParseBool(f *testing.F) {
	for _, s := range []string{"true", "F", " oN", "\x11", "2"} {
		f.Add(s)
	}
	trues, falses := []string{"true", "t", "yes", "y", "on", "1"}, []string{"false", "f", "no", "n", "off", "0"}
	f.Fuzz(func(t *testing.T, s string) {
		word := asciiLower(strings.Trim(s, " \t\n\v\f\r"))
		got, err := ParseBool([]byte(s))
		if known := slices.Contains(trues, word) || slices.Contains(falses, word); known != (err == nil) {
			t.Fatalf("ParseBool(%q): %v", s, err)
		}
		if got != slices.Contains(trues, word) {
			t.Fatalf("ParseBool(%q) = %v", s, got)
		}
		if cast, castErr := StringToBool(s); err == nil && (castErr != nil || cast != got) {
			t.Fatalf("StringToBool(%q) = %v, %v; ParseBool gives %v", s, cast, castErr, got)
		}
	})
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
