package plan_test

import (
	"strings"
	"testing"

	"martlet/gen/internal/plan"
)

// What a source says of its files and a model of rejects is in the plan's text,
// and so in its fingerprint; what is as always is not.
func TestTextOfSourcesAndOutputs(t *testing.T) {
	const schema = `
[[source]]
name = "s"
seed = "extracts/*.csv.gz"
SOURCE
columns = [{ name = "a", type = "date" }]

[[model]]
name = "m"
from = "s"
MODEL
columns = [{ name = "a" }]
`
	text := func(source, model string) string {
		t.Helper()
		p, errs := build("f.toml", []byte(strings.NewReplacer("SOURCE", source, "MODEL", model).Replace(schema)))
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		return p.Text()
	}
	plain := text("", "")
	for _, c := range []struct{ source, model, want string }{
		{`csv = { delimiter = ";" }`, "", `csv          delimiter ";"`},
		{`csv = { delimiter = "\t", quote = "'", nulls = ["NA", '\N'], encoding = "utf-16" }`, "", `csv          delimiter "\t", quote "'", null "NA", null "\\N", utf-16`},
		{`csv = { quote = "" }`, "", "csv          no quotes"},
		{`freshness = { loaded_at = "a", warn_after = "90m" }`, "", "freshness    max(a), warn after 1h30m0s"},
		{`freshness = { loaded_at = "a + interval '1 day'", filter = "a > '2020-01-01'", error_after = "2d" }`, "",
			"freshness    max(cast(a as timestamp) + interval '1 day') filter (where a > date '2020-01-01'), error after 48h0m0s"},
		{"extra_columns = true", "", "extra        columns that are not declared are passed over"},
		{"max_rejects = 12", "", "max rejects  12"},
		{`max_rejects = "0.05%"`, "", "max rejects  0.05%"},
		{"", "complete = true", "complete     yes"},
		{"", "output = { neutralize_formulas = true }", "output       arrow, csv, formulas neutralized"},
		{"", `output = { formats = ["parquet", "arrow"], compression = "zstd", neutralize_formulas = false }`, "output       parquet, arrow, compression zstd"},
		{"", `output = { compression = "none" }`, "output       arrow, csv, compression none"},
		{`csv = { delimiter = ",", quote = '"', encoding = "utf-8" }`, "", ""},
		{"extra_columns = false\nmax_rejects = 0", "complete = false", ""},
		{`max_rejects = "0%"`, "", ""},
	} {
		got := text(c.source, c.model)
		if c.want == "" && got != plain || c.want != "" && !strings.Contains(got, "\n  "+c.want+"\n") {
			t.Errorf("%s%s: %q is not in\n%s", c.source, c.model, c.want, got)
		}
	}
}

// A dictionary has the values of the first test that fixes them, and is in the
// plan's text, and so in its fingerprint.
func TestDictionaries(t *testing.T) {
	p, errs := build("f.toml", []byte(`
[[source]]
name = "s"
columns = [{ name = "a", type = "string" }, { name = "n", type = "int64" }]

[[model]]
name = "m"
from = "s"
output = { dictionaries = true }
columns = [
  { name = "n", tests = [{ accepted_values = [1] }] },
  { name = "a", tests = ["not_null", { accepted_values = ["it's", "b"] }, { accepted_values = ["b", "c"] }] },
  { name = "free", expr = "a" },
  { name = "b", expr = "a", tests = [{ accepted_values = ["x"], severity = "warn" }, { accepted_values = [""] }] },
]

[[model]]
name = "without"
from = "m"
output = {}
columns = [{ name = "a", tests = [{ accepted_values = ["b"] }] }]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	m := p.Models[0]
	if len(m.Dictionaries) != 2 || m.Dictionaries[0].Column != 1 || m.Dictionaries[1].Column != 3 {
		t.Errorf("dictionaries are %+v", m.Dictionaries)
	}
	if want := "\n  dictionary   a of 'it''s', 'b'\n  dictionary   b of ''\n"; !strings.Contains(p.Text(), want) || strings.Count(p.Text(), "  dictionary ") != 2 {
		t.Errorf("%q is not in\n%s", want, p.Text())
	}
}

func TestDialectLeavesOutDefaults(t *testing.T) {
	p, errs := build("f.toml", []byte(`
[[source]]
name = "s"
csv = { delimiter = ",", quote = "|", encoding = "utf-8" }
max_rejects = "1.5%"
columns = [{ name = "a", type = "int64" }]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	s := p.Sources[0]
	if d := s.Dialect; d.Delimiter != 0 || d.Quote != '|' || d.Unquoted || d.Nulls != nil || d.Encoding != "" {
		t.Errorf("dialect is %+v", d)
	}
	if s.MaxRejects != (plan.Allowance{PerMillion: 15_000}) {
		t.Errorf("allowance is %+v", s.MaxRejects)
	}
}
