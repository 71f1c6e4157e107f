// Package diagtest runs cases of wrong input: files that say, on the line that
// causes it, which error is expected. It is for tests only.
//
//	from = "nowhere" # ERROR unknown_relation "there is no source or model"
//
// A marker is the word ERROR after # or --, a code, and a regular expression as
// a Go string, in double quotes or backquotes; several may follow one another.
// The expression is matched against the diagnostic without its position. A line
// inside a multi-line string of SQL carries its marker in an SQL comment. A
// file without markers must be accepted.
//
// It knows diagnostics only, not what is being checked.
package diagtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"martlet/gen/internal/diag"
)

// Run checks each .toml file in dir: check is given its name (without the
// folder) and its bytes, and must report what the file expects and nothing
// else, each on its line and at a column that exists.
func Run(t *testing.T, dir string, check func(file string, src []byte) *diag.List) {
	t.Helper()
	for _, path := range cases(t, dir) {
		name := filepath.Base(path)
		t.Run(strings.TrimSuffix(name, ".toml"), func(t *testing.T) {
			src := read(t, path)
			wants, err := expectations(name, src)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range compare(name, src, wants, check(name, src).Sorted()) {
				t.Error(problem)
			}
		})
	}
}

// Covered checks that every code of the table has a case of its own: a file
// <code>.toml in dir that expects it; and that the cases expect no other codes.
// Codes that no file can cause, such as that of an unreadable file, are given
// in elsewhere: their tests are the caller's.
func Covered(t *testing.T, dir string, table []diag.Explained, elsewhere ...diag.Code) {
	t.Helper()
	expected := map[string][]want{}
	for _, path := range cases(t, dir) {
		wants, err := expectations(filepath.Base(path), read(t, path))
		if err != nil {
			t.Fatal(err)
		}
		expected[strings.TrimSuffix(filepath.Base(path), ".toml")] = wants
	}
	for _, problem := range uncovered(expected, table, elsewhere) {
		t.Error(problem)
	}
}

func uncovered(expected map[string][]want, table []diag.Explained, elsewhere []diag.Code) []string {
	var problems []string
	known := map[diag.Code]bool{}
	exempt := map[diag.Code]bool{}
	for _, code := range elsewhere {
		exempt[code] = true
	}
	for _, e := range table {
		known[e.Code] = true
		if !exempt[e.Code] && !expects(expected[string(e.Code)], e.Code) {
			problems = append(problems, fmt.Sprintf("code %q has no case: expected a file %s.toml that causes it", e.Code, e.Code))
		}
	}
	for _, code := range elsewhere {
		if !known[code] {
			problems = append(problems, fmt.Sprintf("code %q is exempt but not in the table", code))
		}
	}
	for file, wants := range expected {
		for _, w := range wants {
			if !known[w.code] {
				problems = append(problems, fmt.Sprintf("%s.toml:%d: code %q is not in the table", file, w.line, w.code))
			}
		}
	}
	return problems
}

func expects(wants []want, code diag.Code) bool {
	for _, w := range wants {
		if w.code == code {
			return true
		}
	}
	return false
}

func cases(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("no cases in %s", dir)
	}
	return paths
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// want is one expected diagnostic.
type want struct {
	line    int
	code    diag.Code
	pattern *regexp.Regexp
}

var (
	marker = regexp.MustCompile(`(?:#|--)\s*ERROR\s`)
	entry  = regexp.MustCompile(`^\s*(?:(?:#|--)\s*ERROR\s+)?([a-z][a-z0-9_]*)\s+`)
)

// expectations reads the markers of a file.
func expectations(name string, src []byte) ([]want, error) {
	var wants []want
	for i, line := range strings.Split(string(src), "\n") {
		at := marker.FindStringIndex(line)
		if at == nil {
			continue
		}
		for rest := strings.TrimSpace(line[at[0]:]); rest != ""; {
			w, after, err := expectation(rest)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
			w.line = i + 1
			wants = append(wants, w)
			rest = strings.TrimSpace(after)
		}
	}
	return wants, nil
}

func expectation(text string) (w want, rest string, err error) {
	m := entry.FindStringSubmatch(text)
	if m == nil {
		return want{}, "", fmt.Errorf("expected a code and a quoted regular expression, found %q", text)
	}
	quoted, err := strconv.QuotedPrefix(text[len(m[0]):])
	if err != nil {
		return want{}, "", fmt.Errorf("expected a quoted regular expression after %s, found %q", m[1], text[len(m[0]):])
	}
	pattern, err := strconv.Unquote(quoted)
	if err != nil {
		return want{}, "", err
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return want{}, "", err
	}
	return want{code: diag.Code(m[1]), pattern: re}, text[len(m[0])+len(quoted):], nil
}

// compare says how the diagnostics got differ from those wanted.
func compare(name string, src []byte, wants []want, got []diag.Diagnostic) []string {
	var problems []string
	lines := strings.Split(string(src), "\n")
	met := make([]bool, len(wants))
	for _, d := range got {
		if d.Pos.File != name || d.Pos.Line < 1 || d.Pos.Line > len(lines) ||
			d.Pos.Col < 1 || d.Pos.Col > len(lines[d.Pos.Line-1])+1 {
			problems = append(problems, fmt.Sprintf("stands outside of the file: %s", d))
		}
		if i := match(wants, met, d); i >= 0 {
			met[i] = true
		} else {
			problems = append(problems, fmt.Sprintf("unexpected: %s", d))
		}
	}
	for i, w := range wants {
		if !met[i] {
			problems = append(problems, fmt.Sprintf("%s:%d: missing: %s matching %q", name, w.line, w.code, w.pattern))
		}
	}
	return problems
}

// match finds an expectation for d that nothing has met yet, or gives -1.
func match(wants []want, met []bool, d diag.Diagnostic) int {
	for i, w := range wants {
		if !met[i] && w.line == d.Pos.Line && w.code == d.Code && w.pattern.MatchString(d.Text()) {
			return i
		}
	}
	return -1
}
