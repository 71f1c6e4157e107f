package value

import "testing"

// TestDFA is ^a+$, written down by hand; that the generator's automata match as
// package regexp does is tested where they are made.
func TestDFA(t *testing.T) {
	const start, some = "\x00\x00\x01\x03", "\x00\x00\x01\x03" // any other byte: No; an a: state 3
	d := NewDFA("`\x00a\x01ÿ\x00", "\x03", start, some)
	for text, want := range map[string]bool{"": false, "a": true, "aaa": true, "ab": false, "ba": false, "\xff": false, "á": false} {
		if got := d.Match(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	// Whatever follows an x: states that settle the answer are not left.
	found := NewDFA("w\x00x\x01ÿ\x00", "", "\x00\x02\x01\x01")
	for text, want := range map[string]bool{"": false, "x": true, "abxyz": true, "ab": false} {
		if got := found.Match(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
