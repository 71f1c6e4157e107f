package unittest

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawRows draws few rows of few values, so that some are equal.
func drawRows(t *rapid.T, label string, width int) [][]string {
	cell := rapid.SampledFrom([]string{"1", "2", "null"})
	return rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 7).Draw(t, label)
}

// sorted is rows in an order that is the same for the same multiset.
func sorted(rows [][]string) [][]string {
	out := slices.Clone(rows)
	slices.SortFunc(out, slices.Compare)
	return out
}

func equal(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal) }

// sides gives the rows of changes that are expected, and those found.
func sides(changes []change) (want, got [][]string) {
	for _, c := range changes {
		if c.want != nil {
			want = append(want, c.want)
		}
		if c.got != nil {
			got = append(got, c.got)
		}
	}
	return want, got
}

// The oracle takes equal rows out one at a time.
func leftOver(a, b [][]string) [][]string {
	rest := slices.Clone(b)
	var left [][]string
	for _, row := range a {
		i := slices.IndexFunc(rest, func(r []string) bool { return slices.Equal(r, row) })
		if i < 0 {
			left = append(left, row)
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return left
}

func TestCompareMultisets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 3).Draw(t, "width")
		keys := rapid.IntRange(0, width).Draw(t, "keys")
		want, got := drawRows(t, "want", width), drawRows(t, "got", width)
		changes := compare(want, got, keys, false)
		if same := equal(sorted(want), sorted(got)); same != (len(changes) == 0) {
			t.Fatalf("same is %v, and the changes are %v", same, changes)
		}
		missing, extra := sides(changes)
		if !equal(sorted(missing), sorted(leftOver(want, got))) || !equal(sorted(extra), sorted(leftOver(got, want))) {
			t.Fatalf("missing %v, extra %v", missing, extra)
		}
		checkPairs(t, changes, keys)
		if text := describe(slices.Repeat([]string{"c"}, width), want, got, changes); (text == "") != (len(changes) == 0) {
			t.Fatalf("%v are described as %q", changes, text)
		}
	})
}

// checkPairs holds that rows are paired where they are of one key, and no two
// rows of one key are left apart.
func checkPairs(t *rapid.T, changes []change, keys int) {
	for _, c := range changes {
		if c.want == nil || c.got == nil {
			continue
		}
		if !slices.Equal(c.want[:keys], c.got[:keys]) || c.kept() || inCommon(c.want, c.got) == 0 {
			t.Fatalf("%v is put beside %v", c.got, c.want)
		}
	}
	for _, a := range changes {
		for _, b := range changes {
			apart := a.want != nil && a.got == nil && b.want == nil
			if apart && keys > 0 && slices.Equal(a.want[:keys], b.got[:keys]) {
				t.Fatalf("%v and %v are of one key and stand apart", a.want, b.got)
			}
		}
	}
}

func TestCompareSequences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 2).Draw(t, "width")
		want, got := drawRows(t, "want", width), drawRows(t, "got", width)
		all := compareSequences(want, got, 0)
		// The changes, in order, are both sequences: the expected rows and the rows
		// found, pairs standing where either does.
		before, after := sides(all)
		if !equal(sorted(before), sorted(want)) || !equal(sorted(after), sorted(got)) {
			t.Fatalf("%v says that %v was expected and %v found", all, before, after)
		}
		kept := 0
		for _, c := range all {
			if c.kept() {
				kept++
			}
		}
		if longest := longestCommon(want, got); kept != longest {
			t.Fatalf("%d rows are kept, and %d could be", kept, longest)
		}
		changes := compare(want, got, 0, true)
		if equal(want, got) != (len(changes) == 0) {
			t.Fatalf("%v and %v have the changes %v", want, got, changes)
		}
		text := describe(slices.Repeat([]string{"c"}, width), want, got, changes)
		if reordered := !equal(want, got) && equal(sorted(want), sorted(got)); reordered != strings.Contains(text, "another order") {
			t.Fatalf("%v and %v are described as %s", want, got, text)
		}
	})
}

// longestCommon is the length of a longest common subsequence, by trying everything.
func longestCommon(a, b [][]string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := max(longestCommon(a[1:], b), longestCommon(a, b[1:]))
	if slices.Equal(a[0], b[0]) {
		best = max(best, 1+longestCommon(a[1:], b[1:]))
	}
	return best
}

func TestManyChangesAreCut(t *testing.T) {
	var got [][]string
	for range maxChanges + 5 {
		got = append(got, []string{"1"})
	}
	text := describe([]string{"n"}, nil, got, compare(nil, got, 0, false))
	if !strings.HasSuffix(text, "\n  and 5 more") || strings.Count(text, "\n") != maxChanges+2 {
		t.Errorf("got\n%s", text)
	}
}

// Text is written such that nobody takes it for something else, and two texts
// never alike.
func TestTextIsUnmistakable(t *testing.T) {
	for in, want := range map[string]string{
		"a b": "a b", "": `""`, "null": `"null"`, " a": `" a"`, "a\n": `"a\n"`, "[a]": `"[a]"`, `"a"`: `"\"a\""`, "é": "é", "a\tb": `"a\tb"`, "\u200b": `"\u200b"`,
	} {
		if got := text(in); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if (a == b) != (text(a) == text(b)) || text(a) == format(nil, nil) {
			t.Fatalf("%q and %q are written %s and %s", a, b, text(a), text(b))
		}
	})
}
