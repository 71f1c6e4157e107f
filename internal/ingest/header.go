package ingest

import (
	"errors"
	"fmt"
	"strings"

	"martlet/internal/contract"
)

// findColumns finds each declared column in a header and reports at once all
// that keeps them from being one to one. The header may have other columns too
// if extra says so; passedOver names those. place names the header as a whole
// (given -1) or one of its columns.
func findColumns(header []string, columns []contract.Column, extra bool, place func(i int) string) (index []int, passedOver []string, err error) {
	declared := make(map[string]bool, len(columns))
	for _, c := range columns {
		declared[c.Name] = true
	}
	at := make(map[string]int, len(header))
	var problems []error
	complain := func(i int, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %w", place(i), fmt.Errorf(format, args...)))
	}
	known := 0
	for i, name := range header {
		first, doubled := at[name]
		switch {
		case extra && !declared[name] && isIdentifier(name):
			passedOver = append(passedOver, name)
		case extra && !declared[name]: // it may be anything, so it is not shown
			passedOver = append(passedOver, fmt.Sprintf("number %d", i+1))
		case name == "":
			complain(i, "the header is blank; expected the name of a column: name it, or delete the column")
		case doubled && declared[name]:
			complain(i, "the header %q stands already at %s; expected it once: rename or delete one of the two", name, place(first))
		case doubled:
			complain(i, "the header stands already at %s; expected it once: rename or delete one of the two", place(first))
		case !declared[name] && declared[strings.TrimSpace(name)]:
			complain(i, "the header %q stands with white space around it; expected %q: take the white space away", name, strings.TrimSpace(name))
		case !declared[name] && !isIdentifier(name): // it may be data of a file without a header
			complain(i, "the column is not declared, and what stands there is no name of one; expected only %s: check that the header is there, declare the column, or delete it", columnNames(columns))
		case !declared[name]:
			complain(i, "the column %q is not declared; expected only %s: declare it, or delete it", name, columnNames(columns))
		default:
			known++
		}
		if !doubled {
			at[name] = i
		}
	}
	if known == 0 {
		// What stands there may well be data, so it is not shown.
		return nil, nil, fmt.Errorf("%s: found none of the declared columns; expected a header with %s: check that the header is there and spelled as declared",
			place(-1), columnNames(columns))
	}
	index = make([]int, len(columns))
	for j, c := range columns {
		i, ok := at[c.Name]
		if !ok {
			complain(-1, "the column %q is missing; expected %s: add it, or take it out of the declaration", c.Name, columnNames(columns))
		}
		index[j] = i
	}
	return index, passedOver, errors.Join(problems...)
}

// isIdentifier says whether a header can be the name of a column, so that it is
// not likely to be data and may be shown.
func isIdentifier(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && '0' <= c && c <= '9':
		default:
			return false
		}
	}
	return name != ""
}
