package value

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Texts of any length, letters at any place of a word and what stands beside them
// in ASCII among them, are what the standard library makes of them.
func TestLetters(t *testing.T) {
	text := rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("@AZ[`az{\x00\x7f\u0080éÉſK")), rapid.RuneFrom([]rune("abc"))), 0, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "s")
		if got, want := Lower(s), strings.ToLower(s); got != want {
			t.Fatalf("lower of %q is %q, want %q", s, got, want)
		}
		if got, want := Upper(s), strings.ToUpper(s); got != want {
			t.Fatalf("upper of %q is %q, want %q", s, got, want)
		}
	})
}

// Emails of several lengths, of which every tenth is in upper case.
func BenchmarkLower(b *testing.B) {
	emails := make([]string, 1000)
	for i := range emails {
		emails[i] = strings.Repeat("grace.", 1+i*7%3) + fmt.Sprintf("%x@example.com", i*i*i)
		if i*7%10 == 0 {
			emails[i] = strings.ToUpper(emails[i])
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Lower(emails[i%len(emails)])
	}
}
