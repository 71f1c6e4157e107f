package selection

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest is the name most like word, or "" where none is like it.
func Nearest(word string, names []string) string {
	best, distance := "", max(2, len(word)/3)+1
	for _, name := range names {
		d := levenshtein.Distance(word, name, nil)
		switch {
		case len(word) < 3:
		case strings.HasSuffix(name, word): // the prefix of a layer left out
			d = min(d, 1)
		case strings.HasPrefix(name, word): // cut short
			d = min(d, 2)
		}
		if d < distance {
			best, distance = name, d
		}
	}
	return best
}
