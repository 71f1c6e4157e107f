package diagtest

import (
	"strings"
	"testing"

	"martlet/gen/internal/diag"
)

const src = `name = "x"
from = "nowhere" # ERROR unknown_relation "no .source." wrong_type ` + "`found \"x\"`" + `
where = """
  a = b -- ERROR unknown_column "\"a\""  # ERROR unknown_column "b"
"""
`

func at(line int, code diag.Code, message string) diag.Diagnostic {
	return diag.Diagnostic{Pos: diag.Pos{File: "f", Line: line, Col: 1}, Code: code, Message: message}
}

func expected() []diag.Diagnostic {
	return []diag.Diagnostic{
		at(2, "unknown_relation", `no "source"`), at(2, "wrong_type", `found "x"`),
		at(4, "unknown_column", `unknown "a"`), at(4, "unknown_column", "unknown b"),
	}
}

func TestCompare(t *testing.T) {
	wants, err := expectations("f", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if problems := compare("f", []byte(src), wants, expected()); len(problems) > 0 {
		t.Errorf("what is expected is refused: %q", problems)
	}
	for name, c := range map[string]struct {
		spoil func([]diag.Diagnostic) []diag.Diagnostic
		want  []string
	}{
		"missing": {func(d []diag.Diagnostic) []diag.Diagnostic { return d[1:] }, []string{"f:2: missing: unknown_relation"}},
		"extra":   {func(d []diag.Diagnostic) []diag.Diagnostic { return append(d, d[0]) }, []string{"unexpected: f:2:1"}},
		"code": {func(d []diag.Diagnostic) []diag.Diagnostic { d[1].Code = "other"; return d },
			[]string{"unexpected: f:2:1", "f:2: missing: wrong_type"}},
		"line": {func(d []diag.Diagnostic) []diag.Diagnostic { d[1].Pos.Line = 1; return d },
			[]string{"unexpected: f:1:1", "f:2: missing: wrong_type"}},
		"message": {func(d []diag.Diagnostic) []diag.Diagnostic { d[3].Message = "c"; return d },
			[]string{"unexpected: f:4:1", "f:4: missing: unknown_column"}},
		"column": {func(d []diag.Diagnostic) []diag.Diagnostic { d[0].Pos.Col = 500; return d }, []string{"outside of the file"}},
		"file":   {func(d []diag.Diagnostic) []diag.Diagnostic { d[0].Pos.File = "g"; return d }, []string{"outside of the file"}},
	} {
		problems := compare("f", []byte(src), wants, c.spoil(expected()))
		if len(problems) != len(c.want) {
			t.Errorf("%s: got %q", name, problems)
			continue
		}
		for i, p := range problems {
			if !strings.Contains(p, c.want[i]) {
				t.Errorf("%s: got %q, want %q in it", name, p, c.want[i])
			}
		}
	}
}

func TestBadMarkers(t *testing.T) {
	for _, line := range []string{
		"a = 1 # ERROR ", "a = 1 # ERROR code", "a = 1 # ERROR code unquoted",
		`a = 1 # ERROR code "(" `, `a = 1 # ERROR code "x" more`,
	} {
		if wants, err := expectations("f", []byte(line)); err == nil {
			t.Errorf("%q is read as %v", line, wants)
		}
	}
}

func TestUncovered(t *testing.T) {
	table := []diag.Explained{{Code: "one", Explanation: "."}, {Code: "two", Explanation: "."}}
	one, two, three := []want{{code: "one"}}, []want{{code: "two"}}, []want{{code: "three"}}
	for _, c := range []struct {
		expected  map[string][]want
		elsewhere []diag.Code
		problems  int
	}{
		{map[string][]want{"one": one, "two": two}, nil, 0},
		{map[string][]want{"one": one}, []diag.Code{"two"}, 0},
		{map[string][]want{"one": one}, nil, 1},
		{map[string][]want{"one": one, "two": one}, nil, 1},
		{map[string][]want{"one": one, "two": two, "x": three}, nil, 1},
		{map[string][]want{"one": one, "two": two}, []diag.Code{"three"}, 1},
	} {
		if got := uncovered(c.expected, table, c.elsewhere); len(got) != c.problems {
			t.Errorf("%v: got %q", c, got)
		}
	}
}
