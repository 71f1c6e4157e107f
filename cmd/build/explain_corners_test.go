package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// What made-up data seldom have: rows without end, expressions without a value, orders
// that are computed, keys that are personal, files that break off.
const cornersProject = `
name = "corners"

[[source]]
name = "lines"
max_rejects = "100%"
grain = ["number", "line"]
columns = [
  { name = "number", type = "int64" }, { name = "line", type = "int64" }, { name = "sku", type = "string" },
  { name = "quantity", type = "int64" }, { name = "price", type = "decimal(9,2)" }, { name = "login", type = "string", pii = true },
]

[[source]]
name = "products"
grain = ["sku"]
columns = [ { name = "sku", type = "string" }, { name = "vendor", type = "string" } ]

[[source]]
name = "logins"
grain = ["login"]
columns = [ { name = "login", type = "string", pii = true }, { name = "team", type = "string" } ]

[[source]]
name = "seats"
grain = ["login"]
columns = [ { name = "login", type = "string" }, { name = "seat", type = "int64" } ]

[[model]]
name = "priced"
from = "lines"
grain = ["number", "line"]
joins = [{ input = "products", on = ["sku"] }, { input = "logins", on = ["login"] }]
where = "100 / line < 100"
columns = [ { name = "number" }, { name = "line" }, { name = "vendor" }, { name = "each", expr = "100 / quantity" }, { name = "price" }, { name = "team", tests = [{ not_null = true, severity = "warn" }] } ]

[[model]]
name = "vendors"
from = "priced"
group_by = ["vendor"]
columns = [ { name = "vendor" }, { name = "lines", expr = "count(*)" }, { name = "dearest", expr = "max(price)", tests = [{ range = { max = 50 }, severity = "warn" }] } ]

[[model]]
name = "last"
from = "priced"
joins = [
  { input = "lines", as = "mates", on = ["number"], aggregate = [{ name = "top", expr = "max(line)" }] },
  { input = "lines", as = "final", on = ["number", { left = "mates.top", right = "line" }] },
]
columns = [ { name = "number", expr = "priced.number" }, { name = "sku", expr = "final.sku" }, { name = "amount", expr = "final.quantity", tests = [{ range = { max = 50 }, severity = "warn" }] } ]

[[model]]
name = "sizes"
from = "vendors"
group_by = ["lines > 10"]
columns = [ { name = "large", expr = "lines > 10" }, { name = "dearest", expr = "max(dearest)" }, { name = "vendors", expr = "count(*)" } ]

[[model]]
name = "odd"
from = "lines"
where = "quantity % 2 = 1 or quantity > 90"
group_by = ["number"]
columns = [ { name = "number" }, { name = "lines", expr = "count(*)" }, { name = "dearest", expr = "max(price)" } ]

[[model]]
name = "all"
from = "lines"
group_by = ["number"]
columns = [ { name = "number" }, { name = "several", expr = "bool_and(quantity > 1)" }, { name = "last_price", expr = "arg_max(price, line)" } ]

[[model]]
name = "gaps"
from = "lines"
grain = ["number", "line"]
joins = [{ input = "lines", as = "mates", on = ["number"], aggregate = [{ name = "low", expr = "min(line)" }] }]
columns = [ { name = "number" }, { name = "line" }, { name = "gap", expr = "line - low" }, { name = "least", expr = "least(line - 1, low)" } ]

[[model]]
name = "best"
from = "lines"
grain = ["sku"]
dedupe = { key = ["sku"], order_by = "coalesce(quantity, 0) desc" }
where = "number < 5"
columns = [ { name = "sku" }, { name = "number" }, { name = "quantity" } ]

[[model]]
name = "people"
from = "lines"
grain = ["login"]
dedupe = { key = ["login"] }
joins = [{ input = "seats", on = ["login"] }]
columns = [ { name = "login", expr = "lines.login" }, { name = "number" }, { name = "seat" } ]
`

// cornerSeeds are the files of that project: vendor v sells 100 lines, w one.
func cornerSeeds() map[string]string {
	lines := "number,line,sku,quantity,price,login\n"
	for i := 1; i <= 100; i++ {
		lines += fmt.Sprintf("7,%d,a,%d,%d.50,kim\n", i+1, i, i%90)
	}
	lines += "1,2,b,0,3.00,lee\n" + // quantity 0: no share
		"2,0,b,4,3.00,lee\n" + // line 0: no filter
		"3,2,,5,3.00,\n" +
		"9,2,c,8,1.00,kim\n" + "8,2,c,,1.00,kim\n" +
		"6,2,d,3,1.00,kim\n" + "4,2,d,3,1.00,kim\n" +
		"5,2,e,many,1.00,kim\n"
	return map[string]string{"lines": lines, "products": "sku,vendor\na,v\nb,w\n", "logins": "login,team\nkim,red\n", "seats": "login,seat\nghost,4\n"}
}

func TestExplainCorners(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a project")
	}
	program := scratch.Compile(t, map[string]string{"corners": cornersProject})
	root := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, "seeds", name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "seeds"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range cornerSeeds() {
		put(name, text)
	}
	check := func(exit int, says, not []string, args ...string) {
		t.Helper()
		got := program.Run(t, "corners", append([]string{"explain", "--root", root, "--as-of", "2024-05-01"}, args...)...)
		said := got.Stdout + got.Stderr
		if got.Exit != exit {
			t.Errorf("%q: exit status %d, want %d\n%s", args, got.Exit, exit, said)
		}
		for _, words := range says {
			if !strings.Contains(said, words) {
				t.Errorf("%q does not say %q:\n%s", args, words, said)
			}
		}
		for _, words := range not {
			if strings.Contains(said, words) {
				t.Errorf("%q says %q:\n%s", args, words, said)
			}
		}
	}
	// A group of many, of which the one that gave the value is shown though it is not among the first.
	check(0, []string{"lines    100", "dearest  89.50", "seeds/lines.csv:90", "100 rows of priced with vendor=v", "... and 79 more"}, nil, "vendors", "--key", "vendor=v")
	check(0, []string{"100 rows of priced with vendor=v, of which * gave the value", "* priced"}, nil, "vendors", "--key", "vendor=v", "--column", "dearest")
	// A group of which a filter drops some.
	check(0, []string{"lines    55", "dearest  89.50", "seeds/lines.csv:90", "55 rows of lines with number=7", "... and 34 more"}, nil, "odd", "--key", "7")
	check(0, []string{"odd: a filter drops it", "quantity is 4: seeds/lines.csv:103"}, nil, "odd", "--key", "2")
	// Of many rows those that an aggregate goes by, and not all that hold the same.
	check(0, []string{"several     false  seeds/lines.csv:2\n", "last_price  10.50  seeds/lines.csv:101\n"}, nil, "all", "--key", "7")
	// A column that a difference happens to be is not where it comes from; of the least of two it is.
	check(0, []string{"gap     2      seeds/lines.csv:2, 4\n", "least   2      seeds/lines.csv:2\n"}, nil, "gaps", "--key", "number=7,line=4")
	// A key that is personal, looked for in a table in which it is not.
	check(0, []string{"lines: no record has login=<redacted>", "1 row of seats with login=<redacted>, to be joined to a row of lines: seeds/seats.csv:2"}, []string{"ghost"}, "people", "--key", "ghost")
	check(0, []string{"lines: no record has login=ghost", "1 row of seats with login=ghost"}, nil, "people", "--key", "ghost", "--reveal")
	check(0, []string{"no row of seats has login=<redacted>", "seats: no row has login=<redacted>"}, []string{"kim"}, "people", "--key", "kim")
	check(0, []string{"no row of seats has login=kim", "seats: no row has login=kim"}, nil, "people", "--key", "kim", "--reveal")
	// A group by an expression over a group, and null as a key.
	check(0, []string{"large    true", "dearest  89.50", "seeds/lines.csv:90", "vendors  1"}, nil, "sizes", "--key", "large=yes")
	check(0, []string{"large    false", "3.00", "vendors  2"}, nil, "sizes", "--key", "large=no")
	check(0, []string{"vendors of vendor=null", "sku of lines is null"}, nil, "vendors", "--key", "vendor=")
	// A join by what an earlier one computed.
	check(0, []string{"sku     a", "amount  100", "which row of lines is joined goes by an aggregate over lines, and is not told"}, nil, "last", "--key", "number=7")
	// Expressions without a value.
	check(0, []string{"each    null", "no value: "}, nil, "priced", "--key", "number=1,line=2")
	check(0, []string{"priced: a filter drops it", "where 100 / line < 100", "it has no value: ", "line is 0: seeds/lines.csv:103"}, nil, "priced", "--key", "number=2", "--key", "line=0")
	// An order that is computed, with a filter behind it.
	check(0, []string{"a filter drops it", "number is 9: seeds/lines.csv:105", "not seeds/lines.csv:106: by coalesce(quantity, 0) desc; it has quantity null, the row that is kept quantity 8"}, nil, "best", "--key", "c")
	check(0, []string{"number    4", "not seeds/lines.csv:107: coalesce(quantity, 0): the same in both, and of equals the later row is kept"}, nil, "best", "--key", "d")
	check(0, []string{"lines: its record was rejected: quantity: found many, expected a whole number", "seeds/lines.csv:109"}, nil, "best", "--key", "e")
	// Keys that are personal.
	check(0, []string{"people of login=<redacted>", "seeds/lines.csv:103"}, []string{"lee"}, "people", "--key", "lee")
	check(0, []string{"people has no row with login=<redacted>", "lines: no record has login=<redacted>"}, []string{"nobody"}, "people", "--key", "nobody")
	check(0, []string{"team = null", "logins: no row has login=<redacted>"}, []string{"lee"}, "priced", "--key", "number=1,line=2", "--column", "team")
	check(0, []string{"team    null", "no row of logins has login=<redacted>"}, []string{"lee"}, "priced", "--key", "number=1,line=2")
	check(0, []string{"no row has login=lee"}, nil, "priced", "--key", "number=1,line=2", "--column", "team", "--reveal")
	// A source, several rows of a key that is none, and the key in other spellings.
	check(0, []string{"lines of line=2, number=3", "sku       null", "seeds/lines.csv:104"}, nil, "lines", "--key", "line= 2.0,number=+3")
	check(0, []string{"lines of number=7: 100 rows", "... and 90 more"}, nil, "lines", "--key", "number=7")
	check(0, []string{"lines has no row with number=7, line=1", "no record has number=7, line=1"}, nil, "lines", "--key", "number=7,line=1")
	// Usage.
	for _, x := range []struct {
		says string
		args []string
	}{
		{`there is no source or model "prised"; did you mean "priced"?`, []string{"prised", "--key", "1"}},
		{"explain takes the name of one source or model", []string{"--key", "1"}},
		{"--key is missing; a row of priced is known by number, line", []string{"priced"}},
		{"--key: a row of priced is known by number, line; write COLUMN=VALUE for each", []string{"priced", "--key", "1"}},
		{"--key names line twice", []string{"priced", "--key", "line=1,line=2"}},
		{"--key number=x: expected a whole number", []string{"priced", "--key", "number=x,line=2"}},
		{`--column: priced has no column "vendors"; did you mean "vendor"?`, []string{"priced", "--key", "number=1,line=2", "--column", "vendors"}},
		{`--output is "csv"; give text or json`, []string{"priced", "--key", "number=1,line=2", "--output", "csv"}},
	} {
		check(2, []string{x.says}, nil, x.args...)
	}
	// Failing tests name the cells by the same reading.
	put("lines", strings.NewReplacer("1,2,b,0,", "1,2,b,1,", "2,0,b,", "2,3,b,").Replace(cornerSeeds()["lines"]))
	got := program.Run(t, "corners", "test", "--root", root, "--as-of", "2024-05-01")
	for _, words := range []string{
		"range_vendors_dearest: 1 of 3 rows", "vendor=v at seeds/lines.csv:90: found 89.50",
		"not_null_priced_team: ", "number=1, line=2 at ", "no row of logins has login=<redacted>", "which row of lines is joined goes by an aggregate over lines, and is not told",
	} {
		if !strings.Contains(got.Stdout, words) {
			t.Errorf("a run does not say %q:\n%s", words, got.Stdout)
		}
	}
	// A file that breaks off: what stands before that is told.
	put("lines", cornerSeeds()["lines"]+"4,4,\"a,1,1,kim\n")
	check(0, []string{"number  1", "Note: ", "a quote that is never closed", "what stands behind it was not looked at"}, nil, "priced", "--key", "number=1,line=2")
	put("lines", "number,line\n1,2\n")
	put("products", "vendor\nv\n")
	check(2, []string{"seeds/lines.csv", "seeds/products.csv"}, nil, "priced", "--key", "number=1,line=2")
}
