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
