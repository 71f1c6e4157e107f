package randschema

import "fmt"

// columnTests are some tests of a column.
func (p *project) columnTests(kind string) string {
	tests := []string{`"not_null"`, `"unique"`, `{ unique = true, severity = "warn" }`}
	switch kind {
	case "int64", "decimal", "float64":
		tests = append(tests, "{ range = { min = 1, max = 9.5 } }", "{ accepted_values = [1, 2, 3] }",
			"{ range = { min = 1, inclusive = false }, nulls = 'fail' }", "{ not_accepted_values = [1, 2, 3], nulls = 'fail', store_failures = true }")
	case "string":
		tests = append(tests, `{ matches = '^[a-z"]+$' }`, `{ accepted_values = ["a", "it's"] }`, `"not_empty"`,
			`{ length = { max = 3 }, error_if = "> 10%", warn_if = ">= 2", tags = ["a"] }`, `{ matches = '\bè*/', nulls = "fail" }`)
	case "date":
		tests = append(tests, "{ range = { min = 2024-01-01 } }")
	}
	if kind != "bool" {
		tests = append(tests, `"monotonic"`, `{ monotonic = { descending = true }, nulls = "fail" }`)
	}
	if kind == "date" || kind == "timestamp" || kind == "timestamptz" {
		tests = append(tests, `{ recency = { within = "1d12h" } }`, `{ recency = { within = "90m" }, where = "now() > '2024-01-01'" }`)
	}
	if p.total || p.IntN(2) == 0 {
		return ""
	}
	return ", tests = [" + pick(p.Rand, tests) + ", " + pick(p.Rand, tests) + "]"
}

// rowTests writes tests of whole rows.
func (p *project) rowTests(r relation) {
	if p.total || p.IntN(2) == 0 {
		return
	}
	g := p.over(r.name, r.columns)
	both := []string{r.columns[0].name, r.columns[len(r.columns)-1].name}
	fmt.Fprintf(&p.out, "tests = [{ unique_combination = %s, severity = \"warn\" }, { name = %q, expr = %q }, { expr = %q, name = %q },\n",
		quoted(both), p.name(), g.of("bool", 2), g.of("bool", 3), p.name())
	fmt.Fprintf(&p.out, "  { row_count = { min = 1 }, where = %q }, { name = %q, expr = %q, where = %q, nulls = \"fail\" }, { unique_combination = %s, where = %q }]\n",
		g.of("bool", 2), p.name(), g.of("bool", 2), g.of("bool", 2), quoted(both), g.of("bool", 2))
}
