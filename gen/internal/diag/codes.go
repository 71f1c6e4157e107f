package diag

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Explained is a code and what it means, in one sentence. Each package that
// reports diagnostics lists its own in a table: var Codes = []diag.Explained{…}.
type Explained struct {
	Code        Code
	Explanation string
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Registry joins the tables of several packages into one, sorted by code. It is
// an error for a code to stand in it twice, not to be snake_case, or to have an
// explanation that is not one sentence.
func Registry(tables ...[]Explained) ([]Explained, error) {
	all := slices.Concat(tables...)
	slices.SortStableFunc(all, func(a, b Explained) int { return cmp.Compare(a.Code, b.Code) })
	for i, e := range all {
		switch {
		case !codeForm.MatchString(string(e.Code)):
			return nil, fmt.Errorf("code %q: expected lower-case words joined by underscores", e.Code)
		case i > 0 && all[i-1].Code == e.Code:
			return nil, fmt.Errorf("code %q is explained twice: a code has one meaning", e.Code)
		case len(e.Explanation) < 2 || !strings.HasSuffix(e.Explanation, ".") || strings.Contains(e.Explanation, "\n"):
			return nil, fmt.Errorf("code %q: expected an explanation of one sentence, found %q", e.Code, e.Explanation)
		}
	}
	return all, nil
}

// Explain finds the explanation of a code in a table, or gives "".
func Explain(table []Explained, code Code) string {
	for _, e := range table {
		if e.Code == code {
			return e.Explanation
		}
	}
	return ""
}
