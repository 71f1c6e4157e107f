package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxPrinted bounds the diagnostics that an error prints: past it, people mend
// what they see and run again.
const MaxPrinted = 50

// List collects diagnostics. The zero List is ready to use; a nil one reads as
// empty. It is not safe for concurrent use.
type List struct {
	all  []Diagnostic
	seen map[Diagnostic]struct{}
}

// Add collects d, unless the very same one is there already.
func (l *List) Add(d Diagnostic) {
	if _, ok := l.seen[d]; ok {
		return
	}
	if l.seen == nil {
		l.seen = map[Diagnostic]struct{}{}
	}
	l.seen[d] = struct{}{}
	l.all = append(l.all, d)
}

// AddAll collects what another list holds.
func (l *List) AddAll(other *List) {
	if other == nil {
		return
	}
	for _, d := range other.all {
		l.Add(d)
	}
}

// Len is the number of different diagnostics collected.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.all)
}

// Sorted gives the diagnostics by position, in an order that does not depend
// on the order of Add. The caller owns the slice.
func (l *List) Sorted() []Diagnostic {
	if l == nil {
		return nil
	}
	sorted := slices.Clone(l.all)
	slices.SortFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(a.Pos.Compare(b.Pos),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Suggestion, b.Suggestion),
			cmp.Compare(a.Help, b.Help))
	})
	return sorted
}

// Err is nil where nothing was collected; otherwise an error whose text is the
// first MaxPrinted diagnostics, one after the other, and how many more there are.
func (l *List) Err() error {
	if l.Len() == 0 {
		return nil
	}
	return &listError{l.Sorted()}
}

type listError struct{ sorted []Diagnostic }

func (e *listError) Error() string {
	shown := e.sorted[:min(len(e.sorted), MaxPrinted)]
	lines := make([]string, 0, len(shown)+1)
	for _, d := range shown {
		lines = append(lines, d.String())
	}
	switch more := len(e.sorted) - len(shown); more {
	case 0:
	case 1:
		lines = append(lines, "and 1 more error")
	default:
		lines = append(lines, fmt.Sprintf("and %d more errors", more))
	}
	return strings.Join(lines, "\n")
}
