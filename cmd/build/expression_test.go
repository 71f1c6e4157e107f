package main

import (
	"os"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// amounts is a project whose expressions have no value on some rows.
const amounts = `
name = "amounts"

[[source]]
name = "amount"
description = "Amounts."
grain = ["id"]
tests = [{ name = "positive", expr = "n / d > -100", severity = "warn" }]
columns = [
  { name = "id", type = "int64", nullable = false, description = "Which." },
  { name = "n", type = "int64", nullable = false, description = "How many." },
  { name = "d", type = "int64", nullable = false, description = "By how many." },
  { name = "t", type = "string", pii = true, description = "A number as text." },
]

[[model]]
name = "ratio"
description = "Ratios."
from = "amount"
grain = ["id"]
output = { formats = ["csv"] }
columns = [
  { name = "id", description = "Which." },
  { name = "quotient", expr = "n / d", description = "Of both." },
  { name = "square", expr = "n * n", description = "Of the first." },
  { name = "number", expr = "t::int64", description = "The text.", pii = false },
]
`

// An expression without a value fails the run, and says on which row.
func TestExpressionsWithoutAValue(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	p := scratch.Compile(t, map[string]string{"amounts": amounts})
	s := &site{t, t.TempDir()}
	run := func(csv string) outcome {
		s.write("seeds/amount.csv", csv)
		got := p.Run(t, "amounts", "--root", s.root, "--as-of", asOf)
		return outcome{got.Exit, got.Stdout, got.Stderr}
	}
	s.expect(run("id,n,d,t\n1,7,2,12\n2,-7,2,\n"), 0)
	const good = "id,quotient,square,number\n1,3,49,12\n2,-3,49,\n"
	if got := s.read("out/ratio.csv"); got != good {
		t.Fatalf("got\n%swant\n%s", got, good)
	}
	got := run("id,n,d,t\n1,7,0,12\n2,4000000000,1,hush\n3,1,1,1\n4,1,0,98765432109876543210\n")
	s.expect(got, 1, "7 failed expressions:",
		"ERROR positive: no value on 2 rows, failed on 0, expected ",
		"ratio.quotient: id=1 at seeds/amount.csv:2: division by zero", "ratio.quotient: id=4 at seeds/amount.csv:5: division by zero",
		"ratio.square: id=2 at seeds/amount.csv:3: int64 out of range",
		"ratio.number: id=2 at seeds/amount.csv:3: ", "ratio.number: id=4 at seeds/amount.csv:5: ",
		"Failed. 2 tests: 1 passed, 0 warned, 0 failed, 1 errored; 7 failed expressions. Nothing published")
	if said := s.read("target/run_results.json"); !strings.Contains(said, `"message": "no value on 2 rows, failed on 0`) {
		t.Errorf("what the test says:\n%s", said)
	}
	if said := got.stdout + got.stderr + s.read("target/run_results.json"); strings.Contains(said, "hush") || strings.Contains(said, "98765432109876543210") {
		t.Errorf("a personal value is shown:\n%s", said)
	}
	if got := s.read("out/ratio.csv"); got != good {
		t.Errorf("the published data were touched:\n%s", got)
	}
	// What does not get that far is no failure of the expression.
	s.expect(run("id,n,d,t\n1,9223372036854775808,1,12\n1,1,1,1\n"), 1,
		"seeds/amount.csv:2: column n: found 9223372036854775808, expected a whole number", "1 record rejected, 1 bad cell")
	if _, err := os.Stat(s.path("target/rejects/amount.csv")); err != nil {
		t.Error(err)
	}
}
