package diag

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// longestName bounds the names that Nearest compares: its cost grows with the
// product of their lengths, and nobody mistypes a name that long.
const longestName = 256

// Nearest gives the known name that name most likely stands for, or "" where
// none is close: a third of its letters may differ, and always one; two letters
// swapped count as one, case not at all. Of equally near names the first in byte
// order is given, so the order of known does not matter.
func Nearest(name string, known []string) string {
	if name == "" || len(name) > longestName {
		return ""
	}
	limit := max(utf8.RuneCountInString(name)/3, 1)
	best, bestDistance := "", limit+1
	for _, k := range known {
		if k == name || len(k) > longestName {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(k))
		// Where every letter would differ it is another name, not a misspelling.
		if d > limit || d >= utf8.RuneCountInString(name) {
			continue
		}
		if d < bestDistance || d == bestDistance && k < best {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is how many letters to insert, delete or replace to get from a to b;
// swapping two that stand side by side is 1 where that is all. The library's
// own limit on costs is not used: with it some distances come out too small
// ("aaa" to "bbab" as 1).
func distance(a, b string) int {
	if swapped([]rune(a), []rune(b)) {
		return 1
	}
	return levenshtein.Distance(a, b, nil)
}

// swapped says whether swapping two neighbors in a gives b.
func swapped(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
		}
	}
	return false
}
