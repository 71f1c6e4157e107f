package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"martlet/internal/scratch"
)

// diffed is what these tests read of build diff --output json.
type diffed struct {
	From, To struct {
		Run  string
		AsOf *string `json:"as_of"`
	}
	Models []modelDiff
}

type modelDiff struct {
	Name, Status string
	Note         *string
	Rows         *struct {
		Key                                               []string
		Before, After, Added, Removed, Changed, Unchanged int
		Examples                                          struct{ Added, Removed []map[string]*string }
		Columns                                           []columnDiff
	}
}

type columnDiff struct {
	Name, Status string
	PII          bool
	Changed      *int
	Examples     []struct {
		Key           map[string]*string
		Before, After *string
	}
}

// readDiff reads what diff printed, and holds it to its schema.
func readDiff(t testing.TB, text string) (d diffed) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(scratch.Root(), "docs", "diff.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Runs are found by the beginning of their names, and by default the last two are.
func TestDiffOfRuns(t *testing.T) {
	s := sampleSite(t)
	s.expect(s.run("diff"), 2, "out: nothing is published there")
	var runs []string
	for _, day := range []string{"2024-05-01", "2024-05-02", "2024-05-31"} {
		s.expect(s.run("--as-of", day), 0)
		if runs = append(runs, s.currentRun()); len(runs) == 1 {
			s.expect(s.run("diff"), 2, "one run is kept, "+runs[0]+", and none that was published before it")
			s.expect(s.run("diff", runs[0]), 0, "2 models compared: 2 the same, 0 with differences.")
		}
	}
	between := func(from, to int, args ...string) {
		t.Helper()
		got := s.run(append([]string{"diff", "--output", "json"}, args...)...)
		s.expect(got, 0)
		d := readDiff(t, got.stdout)
		if d.From.Run != runs[from] || d.To.Run != runs[to] {
			t.Errorf("diff %v is from %s to %s", args, d.From.Run, d.To.Run)
		}
	}
	between(1, 2)
	between(0, 2, runs[0])
	between(2, 0, runs[2][:9], runs[0][:10])
	between(1, 1, runs[1], runs[1])
	s.expect(s.run("rollback"), 0)
	between(2, 1)

	s.expect(s.run("diff", "nothing", "x"), 2, `found no run "nothing"; those that are kept are `+runs[1], `found no run "x"`)
	s.expect(s.run("diff", ""), 2, `found no run ""`)
	s.expect(s.run("diff", "1", "2", "3"), 2, "diff takes two runs at most")
	s.expect(s.run("diff", "--limit", "-1", "--output", "csv"), 2, "--limit is -1", `--output is "csv"; give text or json`)
	s.expect(s.run("diff", "--select", "country"), 2, "nothing that is selected was published")
	s.expect(s.run("diff", "--select", "nothing"), 2, "nothing is selected")

	got := s.run("diff", runs[0], runs[2], "-s", "layer:mart", "--limit", "1")
	s.expect(got, 0, "from  "+runs[0]+"  2024-05-01 00:00:00  ", "to    "+runs[2]+"  2024-05-31 00:00:00  ",
		"\n  recency_segmentation: ", ": 61-90 days -> over 90 days\n    and 121 more\n", "\n  mart_built_at: 948 rows; it tells the as-of time, which is no change by itself\n", "1 model compared: 0 the same, 1 with differences.\n")
	if strings.Contains(got.stdout, "campaign_audience") {
		t.Errorf("what was not selected is told:\n%s", got.stdout)
	}
	s.expect(s.run("diff", runs[0], runs[2], "--exclude", "layer:mart"), 0, "1 model compared: 1 the same")
}

// What diff counts is what maps of the published CSV files count, whatever changed.
func TestDiffAgainstMaps(t *testing.T) {
	s := sampleSite(t)
	s.remove("raw_data/ae_sample_db.xlsx", "seeds/seeds.lock") // else the seeds would be edited
	s.expect(s.build(), 0)
	original := map[string][][]string{}
	for _, name := range []string{"user_account", "user_account_attributes", "user_account_closures"} {
		_, original[name] = readCSV(t, s.path("seeds/"+name+".csv"))
	}
	for round := range uint64(6) {
		before := s.currentRun()
		s.shake(rand.New(rand.NewPCG(round, 1)), original)
		s.expect(s.run("--as-of", fmt.Sprintf("2024-05-%02d", 2+round), "--memory", "64MB"), 0)
		after := s.currentRun()
		const limit = 4
		got := s.run("diff", "--output", "json", "--limit", fmt.Sprint(limit))
		s.expect(got, 0)
		d := readDiff(t, got.stdout)
		if d.From.Run != before || d.To.Run != after || len(d.Models) != 2 {
			t.Fatalf("found %+v", d)
		}
		for _, m := range d.Models {
			key, ignored := "user_id", "mart_built_at"
			if m.Name == "campaign_audience" {
				key, ignored = "email_sha256", ""
			}
			checkDiff(t, &m, key, ignored, limit, s.path("out/runs/"+before), s.path("out/runs/"+after))
		}
		text := s.run("diff")
		s.expect(text, 0)
		if both := text.stdout + got.stdout; strings.Contains(both, "@") || strings.Contains(both, "1999-09-09") {
			t.Errorf("personal data are shown:\n%s", both)
		}
	}
}

// shake changes some of the records of the original seeds: some are left out, some have
// other values, some are new.
func (s *site) shake(r *rand.Rand, original map[string][][]string) {
	for name, records := range original {
		header, _ := readCSV(s.t, s.path("seeds/"+name+".csv"))
		out := [][]string{header}
		for _, x := range records {
			x = slices.Clone(x)
			switch pick := r.IntN(40); {
			case pick == 0:
				continue
			case pick == 1 && name == "user_account":
				x[1] = fmt.Sprintf("moved%d@example.com", r.IntN(50))
			case pick == 2 && name == "user_account":
				x[0] = fmt.Sprint(900_000 + r.IntN(1000)) // another user altogether
			case pick == 1 && name == "user_account_attributes":
				x[1], x[3] = []string{"M", "F", ""}[r.IntN(3)], "1999-09-09"
			}
			out = append(out, x)
		}
		var text strings.Builder
		if err := csv.NewWriter(&text).WriteAll(out); err != nil {
			s.t.Fatal(err)
		}
		s.write("seeds/"+name+".csv", text.String())
	}
}

// checkDiff compares one model with what maps of the CSV files give.
func checkDiff(t *testing.T, m *modelDiff, key, ignored string, limit int, before, after string) {
	t.Helper()
	header, order, was := keyed(t, filepath.Join(before, m.Name+".csv"), key)
	_, now, is := keyed(t, filepath.Join(after, m.Name+".csv"), key)
	var added, removed []string
	changed := map[string][]string{} // keys by column
	rows := 0
	for _, k := range order {
		if is[k] == nil {
			removed = append(removed, k)
		}
	}
	for _, k := range now {
		if was[k] == nil {
			added = append(added, k)
			continue
		}
		differs := false
		for i, name := range header {
			if was[k][i] != is[k][i] {
				changed[name] = append(changed[name], k)
				differs = differs || name != ignored
			}
		}
		if differs {
			rows++
		}
	}
	r := m.Rows
	if m.Status != "compared" || r.Before != len(was) || r.After != len(is) || r.Added != len(added) || r.Removed != len(removed) || r.Changed != rows || r.Unchanged != len(was)-len(removed)-rows {
		t.Fatalf("%s: %+v; want %d added, %d removed, %d changed of %d", m.Name, r, len(added), len(removed), rows, len(was))
	}
	if len(r.Examples.Added) != min(limit, len(added)) || len(r.Examples.Removed) != min(limit, len(removed)) {
		t.Errorf("%s: examples are %+v", m.Name, r.Examples)
	}
	for i, c := range r.Columns {
		switch {
		case c.Name != header[i]:
			t.Errorf("column %d is %s, want %s", i, c.Name, header[i])
		case c.Name == key && c.Changed == nil:
		case c.Changed == nil || *c.Changed != len(changed[c.Name]):
			t.Errorf("%s differs in %v rows, want %d", c.Name, c.Changed, len(changed[c.Name]))
		case c.Name != ignored && len(c.Examples) != min(limit, *c.Changed):
			t.Errorf("%s has the examples %+v", c.Name, c.Examples)
		}
		for j, x := range c.Examples {
			k := *x.Key[key]
			old, new := was[k][i], is[k][i]
			if c.PII {
				old, new = redacted(old), redacted(new)
			}
			if k != changed[c.Name][j] || text(x.Before) != old || text(x.After) != new {
				t.Errorf("%s: an example is %s: %s -> %s, want %s: %s -> %s", c.Name, k, text(x.Before), text(x.After), changed[c.Name][j], old, new)
			}
		}
	}
}

// keyed reads a CSV file by its key.
func keyed(t *testing.T, path, key string) (header, order []string, rows map[string][]string) {
	t.Helper()
	header, records := readCSV(t, path)
	at := slices.Index(header, key)
	rows = map[string][]string{}
	for _, r := range records {
		rows[r[at]] = r
		order = append(order, r[at])
	}
	return header, order, rows
}

func redacted(value string) string {
	if value == "" {
		return ""
	}
	return "<redacted>"
}

// text is what encoding/csv has for a field, null and empty text alike.
func text(field *string) string {
	if field == nil {
		return ""
	}
	return *field
}

// TestDiffOfAnotherProject compares runs between which the project was changed: its models,
// their columns and their grain.
func TestDiffOfAnotherProject(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles projects")
	}
	const source = `
name = "p"
[[source]]
name = "s"
columns = [{ name = "id", type = "int64", nullable = false }, { name = "who", type = "string", pii = true }, { name = "n", type = "int64" }]
`
	p := scratch.Compile(t, map[string]string{
		"one": source + `
[[model]]
name = "kept"
from = "s"
grain = ["id"]
columns = [{ name = "id" }, { name = "who", pii = false }, { name = "n" }, { name = "old", expr = "n" }, { name = "day", expr = "now()::date" }]
output = {}
[[model]]
name = "bag"
from = "s"
columns = [{ name = "who" }, { name = "n" }, { name = "at", expr = "now()" }]
output = { compression = "zstd" }
[[model]]
name = "text"
from = "s"
columns = [{ name = "n" }]
output = { formats = ["csv"] }
[[model]]
name = "gone"
from = "s"
columns = [{ name = "n" }]
output = {}
`,
		"two": source + `
[[model]]
name = "fresh"
from = "s"
columns = [{ name = "n" }]
output = {}
[[model]]
name = "kept"
from = "s"
grain = ["id"]
columns = [{ name = "new", expr = "n + 1" }, { name = "n", expr = "n::float64" }, { name = "id" }, { name = "who" }, { name = "day", expr = "now()::date" }]
output = { formats = ["arrow", "parquet"] }
[[model]]
name = "bag"
from = "s"
columns = [{ name = "who" }, { name = "n" }, { name = "at", expr = "now()" }]
output = { formats = ["arrow"] }
[[model]]
name = "text"
from = "s"
columns = [{ name = "n" }]
output = { formats = ["csv"] }
`,
	})
	s := &site{t, t.TempDir()}
	run := func(project string, args ...string) outcome {
		got := p.Run(t, project, append(args, "--root", s.root)...)
		return outcome{got.Exit, got.Stdout, got.Stderr}
	}
	s.write("seeds/s.csv", "id,who,n\n1,Ann,1\n2,Ben,1\n3,Ben,1\n4,Cem,\n5,Ben,1\n")
	s.expect(run("one", "--as-of", "2024-05-01"), 0)
	s.write("seeds/s.csv", "id,who,n\n5,Ben,1\n1,Anna,1\n2,Ben,1\n6,Cem,\n8,Cem,\n")
	s.expect(run("two", "--as-of", "2024-05-02"), 0)
	got := run("two", "diff", "--output", "json")
	s.expect(got, 0)
	d := readDiff(t, got.stdout)
	models := map[string]modelDiff{}
	var names []string
	for _, m := range d.Models {
		models[m.Name] = m
		names = append(names, m.Name+" "+m.Status)
	}
	if want := "fresh added, kept compared, bag compared, text not_compared, gone removed"; strings.Join(names, ", ") != want {
		t.Errorf("models are %v, want %s", names, want)
	}
	var columns []string
	for _, c := range models["kept"].Rows.Columns {
		columns = append(columns, c.Name+" "+c.Status)
	}
	if want := "id key, who compared, day as_of, new added, n retyped, old removed"; strings.Join(columns, ", ") != want {
		t.Errorf("columns are %v, want %s", columns, want)
	}
	if bag := models["bag"].Rows; len(bag.Key) != 0 || bag.Changed != 0 || *models["bag"].Note != "no grain: rows are compared whole" {
		t.Errorf("the bag is %+v", bag)
	}
	// Of the bag: Ann is gone, one of three Bens is, Anna is new and another Cem.
	if bag := models["bag"].Rows; bag.Before != 5 || bag.After != 5 || bag.Added != 2 || bag.Removed != 2 || bag.Unchanged != 3 {
		t.Errorf("the bag is %+v", bag)
	}
	if kept := models["kept"].Rows; kept.Added != 2 || kept.Removed != 2 || kept.Changed != 1 || kept.Unchanged != 2 {
		t.Errorf("what was kept is %+v", kept)
	}
	s.expect(run("two", "diff"), 0, "only in run "+d.To.Run, "only in run "+d.From.Run, "\n  n: not compared: it was int64 and is float64\n", "\n  new: it is new: int64\n", "\n  old: it is gone; it was int64\n",
		"who=<redacted>, n=null\n", "id=1: <redacted> -> <redacted>\n", "the csv files differ", "2 models compared: 0 the same, 2 with differences; 2 in one run only; 1 not compared.")
	for _, word := range []string{"Ann", "Ben", "Cem"} {
		if all := got.stdout + run("two", "diff").stdout + run("one", "diff").stdout; strings.Contains(all, word) {
			t.Errorf("%s is shown in\n%s", word, all)
		}
	}
	if keys := slices.Sorted(maps.Keys(models["bag"].Rows.Examples.Added[0])); !slices.Equal(keys, []string{"n", "who"}) {
		t.Errorf("rows of the bag are known by %v", keys)
	}
	s.expect(run("one", "diff", "--limit", "0"), 0, "kept")
	s.flipLast("out/runs/" + d.To.Run + "/bag.arrow")
	s.expect(run("two", "diff"), 2, "bag.arrow cannot be read")
}

// flipLast damages the end of a file.
func (s *site) flipLast(name string) {
	content := []byte(s.read(name))
	content[len(content)-1] ^= 1
	s.write(name, string(content))
}
