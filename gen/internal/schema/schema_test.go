package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/diag/diagtest"
)

func parseOnly(file string, src []byte) *diag.List {
	_, list := Parse(file, src)
	return list
}

func TestErrors(t *testing.T) { diagtest.Run(t, "testdata", parseOnly) }

func TestEveryCodeHasACase(t *testing.T) {
	diagtest.Covered(t, "testdata", Codes, Unreadable) // TestLoad
	if _, err := diag.Registry(Codes); err != nil {
		t.Error(err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none.toml")
	for path, want := range map[string]string{missing: "no such file", dir: "directory"} {
		p, list := Load(path)
		if p != nil || list.Len() != 1 {
			t.Fatalf("%s: got %v, %v", path, p, list.Err())
		}
		if d := list.Sorted()[0]; d.Code != Unreadable || d.Pos.File != path || !strings.Contains(d.Message, want) {
			t.Errorf("got %v, want %q in it", d, want)
		}
	}
	file := filepath.Join(dir, "schema.toml")
	if err := os.WriteFile(file, []byte("name = 'x'\n[[model]]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, list := Load(file)
	if p == nil || p.File != file || p.Name.Value != "x" || list.Len() != 3 {
		t.Errorf("got %v, %v", p, list.Err())
	}
}

// TestOwnSchemas holds that the schemas this repository ships are accepted.
func TestOwnSchemas(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	examples, err := filepath.Glob(filepath.Join(root, "examples", "*", "schema.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(examples, filepath.Join(root, "schema.toml")) {
		if _, err := os.Stat(path); err != nil {
			t.Logf("%s is not there", path)
			continue
		}
		if _, list := Load(path); list.Len() > 0 {
			t.Error(list.Err())
		}
	}
}

func parseValid(t *testing.T, src string) *Project {
	t.Helper()
	p, list := Parse("f.toml", []byte(src))
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDefaults(t *testing.T) {
	p := parseValid(t, `
[[source]]
name = "s"
columns = [{ name = "a", type = "int64", tests = ["unique"] }]
[[model]]
name = "m"
from = "s"
joins = [{ input = "t", on = ["k"] }]
columns = [{ name = "a" }]
output = {}
[[audience]]
name = "u"
from = "m"
key = "a"
filter = "true"
columns = [{ name = "a" }]
`)
	if u := p.Models[2]; u.Layer.Value != "audience" || !u.Complete || len(u.Output.Formats) != 2 || u.Tags != nil || u.Grain != nil || p.Models[1].Complete {
		t.Errorf("audience is %+v", u)
	}
	if p.Timezone.Value != "UTC" || p.Timezone.Pos != (diag.Pos{}) {
		t.Errorf("timezone is %v", p.Timezone)
	}
	s := p.Sources[0]
	if s.Sheet.Value != "s" || s.Seed.Value != "seeds/s.csv" || s.Workbook.Value != "" || s.Freshness != nil {
		t.Errorf("source is %+v", s)
	}
	if d := s.CSV; d.Delimiter.Value != "," || d.Quote.Value != `"` || d.Nulls != nil || d.Encoding.Value != "utf-8" || s.ExtraColumns || s.MaxRejects != (Allowance{}) {
		t.Errorf("source is %+v", s)
	}
	if c := s.Columns[0]; c.Nullable != nil || c.PII != nil || c.Tests[0].Severity != "error" || c.Tests[0].Kind != "unique" {
		t.Errorf("source column is %+v", c)
	}
	m := p.Models[0]
	if j := m.Joins[0]; j.As.Value != "t" || j.As.Pos != j.Input.Pos || j.On[0].Left.Value != "k" || j.On[0].Right.Value != "k" {
		t.Errorf("join is %+v", j)
	}
	if c := m.Columns[0]; c.Expr.Value != "a" || c.Expr.Pos != c.Name.Pos || c.Expr.At(0) != c.Name.At(0) {
		t.Errorf("model column is %+v", c)
	}
	if f := m.Output.Formats; len(f) != 2 || f[0].Value != "arrow" || f[1].Value != "csv" {
		t.Errorf("formats are %v", f)
	}
	if m.Where != nil || m.Dedupe != nil || m.GroupBy != nil || m.Incremental || m.Complete || m.Output.NeutralizeFormulas || m.Output.Compression.Value != "" || m.Output.Dictionaries != nil {
		t.Errorf("model is %+v", m)
	}
}

// TestDeclarations reads testdata/valid.toml back.
func TestDeclarations(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("testdata", "valid.toml"))
	if err != nil {
		t.Fatal(err)
	}
	p := parseValid(t, string(src))
	s, m := p.Sources[0], p.Models[0]
	if p.Name.Value != `a "project"` || p.Timezone.Value != "Europe/London" {
		t.Errorf("project is %q in %q", p.Name.Value, p.Timezone.Value)
	}
	if s.Sheet.Value != "First sheet" || s.Freshness.LoadedAt.Value != "b" || s.Freshness.Filter.Value != "a > 0" || s.Freshness.ErrorAfter.Value != "1.5d" || s.Grain[0].Value != "a" {
		t.Errorf("source is %+v", s)
	}
	if a, b := s.Columns[0], s.Columns[1]; *a.Nullable || a.PII != nil || !*b.PII || b.Type.Value != "timestamp" {
		t.Errorf("source columns are %+v, %+v", a, b)
	}
	other := p.Sources[1]
	if d := other.CSV; d.Delimiter.Value != ";" || d.Quote.Value != "'" || len(d.Nulls) != 2 || d.Nulls[1].Value != `\N` || d.Encoding.Value != "utf-16le" {
		t.Errorf("dialect is %+v", d)
	}
	if !other.ExtraColumns || other.MaxRejects != (Allowance{PerMillion: 5000}) {
		t.Errorf("source is %+v", other)
	}
	if low := s.Columns[1].Tests[0].Min; low.Any != "2024-01-01" || low.Text != "2024-01-01" {
		t.Errorf("min is %+v", low)
	}
	if m.Where.Value != "  a > 1 and b is not null" || m.Dedupe.OrderBy.Value != "b desc" || len(m.GroupBy) != 2 || !m.Incremental || !m.Complete {
		t.Errorf("model is %+v", m)
	}
	j := m.Joins[1]
	if j.Input.Value != "t" || j.As.Value != "t2" || j.On[0].Right.Value != "a" || j.On[1].Left.Value != "b" || j.Aggregate[0].Expr.Value != "count(*)" {
		t.Errorf("join is %+v", j)
	}
	if m.Tests[0].Kind != "unique_combination" || m.Tests[0].Columns[1].Value != "b" || m.Tests[1].Kind != "expression" || m.Tests[1].Name.Value != "positive" {
		t.Errorf("tests are %+v, %+v", m.Tests[0], m.Tests[1])
	}
	o := m.Output
	if !o.NeutralizeFormulas || len(o.Formats) != 3 || o.Formats[0].Value != "csv" || o.Formats[2].Value != "parquet" || o.Compression.Value != "lz4" || o.Dictionaries.Col != 72 {
		t.Errorf("output is %+v", o)
	}
	columnTests(t, m.Columns[1].Tests)
	audience(t, p.Models[1:])
}

// audience reads the two models of the audience back.
func audience(t *testing.T, models []*Model) {
	t.Helper()
	if len(models) != 2 {
		t.Fatalf("found %d models, want 2", len(models))
	}
	keys, m := models[0], models[1]
	a := keys.KeysOf()
	if a == nil || m.KeysOf() != nil || m.Audience != a || keys.Path() != `audience "c"` || m.Path() != keys.Path() {
		t.Fatalf("models are %+v and %+v", keys, m)
	}
	if a.Key.Value != "lower(a)" || a.Filter.Value != "  a > 1 and\n  b" || a.Filter.At(14).Line != a.Filter.Pos.Line+2 {
		t.Errorf("audience is %+v", a)
	}
	if keys.Name.Value != "c__keys" || keys.From.Value != "m" || keys.Layer.Value != "upload" || keys.Tags[0].Value != "nightly" || keys.Output != nil || keys.Complete || keys.Description.Value == "" {
		t.Errorf("the model of the keys is %+v", keys)
	}
	if m.Name.Value != "c" || m.From.Value != "c__keys" || m.Where.Value != "in_audience" || m.Layer.Value != "upload" || m.Grain[0].Value != "h" || m.Complete || m.Output.Formats[0].Value != "csv" {
		t.Errorf("the model published is %+v", m)
	}
	if c := keys.Columns[0]; c.Expr.Value != "sha256(lower(a))" || !*c.Nullable || c.Tests != nil || c.Description.Value != "e" {
		t.Errorf("the column is computed by %+v", c)
	}
	if c := m.Columns[0]; c.Name.Value != "h" || c.Expr.Value != "h" || c.Expr.Pos != c.Name.Pos || len(c.Tests) != 1 || c.Description.Value != "e" || len(m.Tests) != 1 {
		t.Errorf("the column published is %+v", c)
	}
}

// TestOptionsOfTests reads every option back.
func TestOptionsOfTests(t *testing.T) {
	p := parseValid(t, `
[[source]]
name = "s"
tags = ["nightly", "team:crm"]
columns = [{ name = "a", type = "string", tests = [
  "not_empty", "monotonic",
  { not_accepted_values = ["x"], nulls = "fail", where = "a > 'b'", warn_if = ">=10", error_if = " <> 0.50 %", tags = ["pii"], store_failures = true, limit = 1_000 },
  { length = { min = 1, max = 20 } }, { recency = { within = "1d12h" } }, { monotonic = { strictly = true, descending = true } },
  { range = { min = 1, inclusive = false }, nulls = "pass" },
] }]
tests = [{ row_count = { min = 1 } }]
`)
	s := p.Sources[0]
	if len(s.Tags) != 2 || s.Tags[1].Value != "team:crm" {
		t.Errorf("tags are %v", s.Tags)
	}
	tests := s.Columns[0].Tests
	if x := tests[2]; !x.NullsFail || x.Where.Value != "a > 'b'" || x.WarnIf != ">= 10" || x.ErrorIf != "!= 0.50%" || x.Tags[0].Value != "pii" || !x.Store || x.Limit != 1000 {
		t.Errorf("options are %+v", x)
	}
	if x := tests[0]; x.Kind != "not_empty" || x.NullsFail || x.Where != nil || x.WarnIf != "" || x.Store {
		t.Errorf("defaults are %+v", x)
	}
	if x := tests[3]; x.Min.Any != int64(1) || x.Max.Any != int64(20) {
		t.Errorf("length is %+v", x)
	}
	if x := tests[4]; x.Within.Value != "1d12h" {
		t.Errorf("recency is %+v", x)
	}
	if x := tests[5]; !x.Strictly || !x.Descending || tests[1].Strictly || tests[1].Descending {
		t.Errorf("monotonic is %+v", x)
	}
	if x := tests[6]; !x.Exclusive || x.NullsFail || tests[3].Exclusive {
		t.Errorf("range is %+v", x)
	}
	if x := s.Tests[0]; x.Kind != "row_count" || x.Min.Any != int64(1) || x.Max != nil {
		t.Errorf("row_count is %+v", x)
	}
}

func columnTests(t *testing.T, tests []*Test) {
	t.Helper()
	kinds := "not_null unique not_null unique accepted_values relationships matches range range expression"
	var got []string
	for _, test := range tests {
		got = append(got, test.Kind)
	}
	if strings.Join(got, " ") != kinds {
		t.Fatalf("tests are %v", got)
	}
	if u := tests[3]; u.Name.Value != "u" || u.Severity != "warn" || u.Description.Value != "d" {
		t.Errorf("options are %+v", u)
	}
	for i, want := range []any{"x", int64(1), 1.0, true, "2024-01-01"} {
		if v := tests[4].Values[i]; v.Any != want {
			t.Errorf("value %d is %#v, want %#v", i, v.Any, want)
		}
	}
	if v := tests[4].Values; v[0].Text != "x" || v[2].Text != "1.0" || v[3].Text != "true" {
		t.Errorf("values are %+v", v)
	}
	if r := tests[5]; r.To.Value != "t" || r.Field.Value != "a" {
		t.Errorf("relationship is %+v", r)
	}
	if r := tests[7]; r.Min != nil || r.Max.Any != int64(1000) || r.Max.Text != "1000" {
		t.Errorf("range is %+v", r)
	}
	if r := tests[8]; r.Min.Any != int64(-1) || r.Max.Any != 1000.0 || r.Max.Text != "+1e3" {
		t.Errorf("range is %+v, %+v", r.Min, r.Max)
	}
}

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"24h": 24 * time.Hour, "2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour,
		"90m": 90 * time.Minute, "1h30m": 90 * time.Minute, "100000d": 100000 * 24 * time.Hour,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "d", "0d", "0", "0h", "-1h", "-1d", "+1d", "1d-1h", "2", "h", "1h2d", "1d1d", "1 d", "106752d", "9999999999h", "106751d24h", "1e3d"} {
		if got, err := ParseDuration(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

func TestParsePercentage(t *testing.T) {
	for text, want := range map[string]int64{
		"0%": 0, "100%": 1_000_000, "0.5%": 5000, "0.0001%": 1, "12.34%": 123_400, "007%": 70_000, "100.0000%": 1_000_000, "99.9999%": 999_999,
	} {
		if got, ok := parsePercentage(text); !ok || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "%", "1", "1.%", ".5%", "-1%", "+1%", "100.0001%", "101%", "1e1%", "1 %", "1%%", "0.00001%", "1.2.3%", "99999999999999999999%"} {
		if got, ok := parsePercentage(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestPaths(t *testing.T) {
	node := SourcePath("s")
	for got, want := range map[string]string{
		ColumnPath(node, "c"):                                    `source "s", column "c"`,
		JoinPath(ModelPath("m"), "j"):                            `model "m", join "j"`,
		(&Test{Kind: "range"}).Path(node):                        `source "s", test "range"`,
		TestPath(ColumnPath(node, "c"), "t"):                     `source "s", column "c", test "t"`,
		(&Source{Name: Text{Value: "s"}}).Path():                 `source "s"`,
		(&Model{Name: Text{Value: "m"}}).Path():                  `model "m"`,
		(&Test{Kind: "range", Name: Text{Value: "t"}}).Path("x"): `x, test "t"`,
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
