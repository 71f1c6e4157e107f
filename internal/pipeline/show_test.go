package pipeline

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// show runs the command and gives what it printed.
func (d *diskProject) show(status int, args ...string) string {
	d.t.Helper()
	d.expect(d.run(append([]string{"show", "--root", d.root, "--as-of", "2024-05-01"}, args...)...), status)
	return d.stdout.String()
}

func TestShow(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,a@x,1\n2,,2\n1,c@x,3\n17,d@x,4\n3,\"\",\n"})
	for _, c := range []struct{ args, want string }{
		{"users", "id  email          n\n 1  <redacted>     1\n 2  null           2\n 1  <redacted>     3\n17  <redacted>     4\n 3  <redacted>  null\n"},
		{"stg --reveal", "id  email     n\n 1  a@x       1\n 2  null      2\n 1  c@x       3\n 3  \"\"     null\n"},
		{"stg --reveal --where id=1", "id  email  n\n 1  a@x    1\n 1  c@x    3\n"},
		{"stg --where id=1.0 --where n=+3", "id  email       n\n 1  <redacted>  3\n"},
		{"stg --reveal --where email=", "id  email  n\n 2  null   2\n"},
		{`stg --reveal --where email=""`, "id  email     n\n 3  \"\"     null\n"},
		{"stg --reveal --where email=c@x", "id  email  n\n 1  c@x    3\n"},
		{"stg --limit 1", "id  email       n\n 1  <redacted>  1\n"},
		{"stg --where id=99", "id  email  n\n"},
		{"mart --output csv --reveal", "id,email,n\n1,a@x,5\n2,,3\n3,\"\",\n"},
		{"mart --output json --limit 2", "{\n  \"node\": \"mart\",\n  \"show\": [\n    {\"id\": 1, \"email\": \"<redacted>\", \"n\": 5},\n    {\"id\": 2, \"email\": null, \"n\": 3}\n  ]\n}\n"},
	} {
		if got := d.show(exitDone, strings.Fields(c.args)...); got != c.want {
			t.Errorf("show %s:\n%s\nwant\n%s", c.args, got, c.want)
		}
	}
	if d.text("target/run_results.json") != "" {
		t.Error("it left results")
	}
	d.expect(d.build(), exitDone)
	if got, want := d.show(exitDone, "mart", "--limit", "0", "--reveal", "--output", "csv"), d.text("out/mart.csv"); got != want {
		t.Errorf("shown\n%s\npublished\n%s", got, want)
	}
}

// Only what the node needs is run, and that not further than it takes.
func TestShowReadsOnlyWhatItNeeds(t *testing.T) {
	var users strings.Builder
	users.WriteString("id,email,n\n")
	for i := range 400_000 {
		fmt.Fprintf(&users, "%d,somebody@example.org,%d\n", 10*i, 1)
	}
	users.WriteString("last,x@x,1\n")
	d := onDisk(t, map[string]string{"users": users.String()})
	for _, name := range []string{"events", "lonely"} {
		if err := os.Remove(filepath.Join(d.root, "seeds", name+".csv")); err != nil {
			t.Fatal(err)
		}
	}
	d.show(exitDone, "stg", "--limit", "3")
	if said := d.stderr.String(); strings.Contains(said, "rejected") || !strings.Contains(said, "There may be more than 3 rows; --limit 0 prints all.") {
		t.Errorf("it read to the end:\n%s", said)
	}
	if got := strings.Count(d.show(exitBadData, "stg", "--limit", "0"), "\n"); got != 1+400_000 {
		t.Errorf("%d lines", got)
	}
	d.expect(exitBadData, exitBadData, "1 record rejected")
	if _, err := os.Stat(filepath.Join(d.root, "target")); err == nil {
		t.Error("it left something in target")
	}
	d.show(exitImpeded, "core") // which needs events
}

// A failed expression is shown as null, and said to be one.
func TestShowFailures(t *testing.T) {
	d := onDisk(t, map[string]string{"users": "id,email,n\n1,a@x,13\n2,b@x,2\n"})
	if got, want := d.show(exitBadData, "stg", "--output", "csv"), "id,email,n\n1,<redacted>,\n2,<redacted>,2\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.expect(exitBadData, exitBadData, "1 failed expression", "stg.n: id=1 at seeds/users.csv:2: division by zero")
}

func TestShowUsage(t *testing.T) {
	d := onDisk(t, nil)
	for _, c := range []struct{ args, want string }{
		{"", "show takes the name of one source or model"},
		{"stg mart", "show takes the name of one source or model"},
		{"mrt", `there is no source or model "mrt"; did you mean "mart"?`},
		{"elephants", "`build list` shows them"},
		{"stg --limit -1", "--limit is -1"},
		{"stg --output xml", `--output is "xml"; give text, csv or json`},
		{"stg --where id", `--where "id"; write COLUMN=VALUE`},
		{"stg --where emial=x", `--where: stg has no column "emial"; did you mean "email"?`},
		{"stg --where elephant=x", `it has id, email, n`},
		{"stg --where id=one", "--where id=one: expected a"},
		{"stg --threads 0", "--threads is 0"},
		{"stg --workbook-limit rows=many", "--workbook-limit: "},
	} {
		d.show(exitImpeded, strings.Fields(c.args)...)
		d.expect(exitImpeded, exitImpeded, c.want)
		if d.stdout.Len() > 0 {
			t.Errorf("show %s printed\n%s", c.args, d.stdout.String())
		}
	}
	d.show(exitImpeded, "stg", "--output", "xml", "--where", "id=one", "--where", "x=1")
	d.expect(exitImpeded, exitImpeded, `--output is "xml"`, "--where id=one", `no column "x"`)
}

// A value is compared as what its column holds, in whatever way it is written.
func TestConditions(t *testing.T) {
	column := func(t arrow.DataType) *node {
		n := contract.Define(contract.Node{Name: "m", Columns: []contract.Column{{Name: "c", Arrow: t, Nullable: true}, {Name: "who", Arrow: t, PII: true}}})
		return &node{Node: &n}
	}
	micro := arrow.Microsecond
	for _, c := range []struct {
		t           arrow.DataType
		given       string
		is, isnt    string // as the field stands in a CSV file
		bad, reason string
	}{
		{arrow.FixedWidthTypes.Boolean, "YES", "true", "false", "perhaps", "expected a boolean"},
		{arrow.PrimitiveTypes.Int64, "1e3", "1000", "100", "1.5", "expected a whole number"},
		{arrow.PrimitiveTypes.Float64, "0", "-0", "1", "much", "expected a number"},
		{arrow.PrimitiveTypes.Float64, "nan", "NaN", "0", "0_0_1", "expected a number"},
		{&arrow.Decimal128Type{Precision: 5, Scale: 2}, "1.5", "1.50", "1.05", "1.555", "expected"},
		{arrow.BinaryTypes.String, `a=b`, `a=b`, "a", "", ""},
		{arrow.BinaryTypes.String, `""`, "", `""`, "", ""},
		{arrow.FixedWidthTypes.Date32, "2024-04-08", "2024-04-08", "2024-04-09", "8.4.2024", "expected a date"},
		{&arrow.TimestampType{Unit: micro}, "2024-04-08T11:01:54.50", "2024-04-08 11:01:54.5", "2024-04-08 11:01:54", "2024-04-08 11:01:54Z", "expected a timestamp"},
		{&arrow.TimestampType{Unit: micro}, "2024-04-08", "2024-04-08 00:00:00", "2024-04-08", "tomorrow", "expected a timestamp"},
		{&arrow.TimestampType{Unit: micro, TimeZone: "UTC"}, "2024-04-08 11:01:54+02", "2024-04-08 09:01:54+00", "2024-04-08 11:01:54+00", "2024-04-08", "expected an offset"},
	} {
		n := column(c.t)
		got, err := parseCondition(n, "c="+c.given)
		if err != nil || !got.ok || !got.is(c.is) || got.is(c.isnt) {
			t.Errorf("%s=%s: %+v, %v", c.t, c.given, got, err)
		}
		if got, err := parseCondition(n, "c="); err != nil || got.ok {
			t.Errorf("%s=: %+v, %v", c.t, got, err)
		}
		if c.bad == "" {
			continue
		}
		if _, err := parseCondition(n, "c="+c.bad); err == nil || !strings.Contains(err.Error(), "--where c="+c.bad+": "+c.reason) {
			t.Errorf("%s=%s: %v", c.t, c.bad, err)
		}
		if _, err := parseCondition(n, "who="+c.bad); err == nil || strings.Contains(err.Error(), c.bad) {
			t.Errorf("%s: a personal value is told: %v", c.t, err)
		}
	}
}

// The rows shown are those that a reading of the seed by encoding/csv finds.
func TestShowAgainstCSV(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SampledFrom([]string{"", `""`, "a", "b@x", `"x,y"`, `"he said ""no"""`})
		var seed strings.Builder
		seed.WriteString("id,email,n\n")
		for range rapid.IntRange(0, 30).Draw(rt, "rows") {
			fmt.Fprintf(&seed, "%d,%s,%s\n", rapid.IntRange(1, 4).Draw(rt, "id"), text.Draw(rt, "email"), rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, "n"))
		}
		d := onDisk(t, map[string]string{"users": seed.String()})
		id, n, limit := rapid.IntRange(1, 4).Draw(rt, "want id"), rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, "want n"), rapid.IntRange(0, 5).Draw(rt, "limit")
		shown, err := csv.NewReader(strings.NewReader(d.show(exitDone, "users", "--reveal", "--output", "csv", "--limit", fmt.Sprint(limit),
			"--where", fmt.Sprintf("id=%d", id), "--where", "n="+n))).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		all, err := csv.NewReader(strings.NewReader(seed.String())).ReadAll()
		if err != nil {
			rt.Fatal(err)
		}
		want := all[:1]
		for _, row := range all[1:] {
			if row[0] == fmt.Sprint(id) && row[2] == n && (limit == 0 || len(want) <= limit) {
				want = append(want[:len(want):len(want)], row)
			}
		}
		if fmt.Sprintf("%q", shown) != fmt.Sprintf("%q", want) {
			rt.Fatalf("shown %q, want %q of\n%s", shown, want, seed.String())
		}
	})
}

// A condition never panics, never tells a personal value, and holds for the very
// value it was given in the text that the column has for it.
func FuzzParseCondition(f *testing.F) {
	f.Add("c=1")
	f.Add("c=")
	f.Add(`who=""`)
	f.Add("who=2024-04-08 11:01:54+02:00")
	types := []arrow.DataType{arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, &arrow.Decimal128Type{Precision: 9, Scale: 3},
		arrow.BinaryTypes.String, arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond}, arrow.FixedWidthTypes.Timestamp_us}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range types {
			n := contract.Define(contract.Node{Name: "m", Columns: []contract.Column{{Name: "c", Arrow: typ}, {Name: "who", Arrow: typ, PII: true}}})
			c, err := parseCondition(&node{Node: &n}, text)
			name, given, hasValue := strings.Cut(text, "=")
			if err != nil {
				if name == "who" && hasValue && !strings.HasPrefix(err.Error(), "--where who=<redacted>: expected ") {
					t.Errorf("%q is told: %v", given, err)
				}
				continue
			}
			if c.ok != (given != "") || n.Columns[c.column].Name != name {
				t.Errorf("%s %q: %+v", typ, text, c)
			}
			if own, err := canonical(typ, given); err == nil && c.ok && !c.is(own) {
				t.Errorf("%s: %q is not %q", typ, given, own)
			}
		}
	})
}
