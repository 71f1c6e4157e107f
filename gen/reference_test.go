package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
)

const reference = "../docs/schema-reference.md"

// TestReferenceListsCodes holds the reference's table of error codes to the
// codes that the generator has.
func TestReferenceListsCodes(t *testing.T) {
	registry, err := diag.Registry(schema.Codes, expr.Codes, plan.Codes)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range registry {
		want = append(want, fmt.Sprintf("| `%s` | %s |", e.Code, e.Explanation))
	}
	_, section, _ := strings.Cut(read(t), "## Error codes")
	got := regexp.MustCompile("(?m)^\\| `[a-z_]+` \\| .* \\|$").FindAllString(section, -1)
	slices.Sort(want)
	slices.Sort(got)
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s lacks\n%s", reference, line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s has, and no code is like it,\n%s", reference, line)
		}
	}
}

// TestReferenceNamesFunctions holds that each function can be looked up.
func TestReferenceNamesFunctions(t *testing.T) {
	text := read(t)
	for _, f := range expr.Functions() {
		if isWord := regexp.MustCompile(`^[a-z_0-9]+$`).MatchString(f.Name); isWord && !strings.Contains(text, f.Name) {
			t.Errorf("%s does not name %s", reference, f.Name)
		}
	}
}

func read(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
