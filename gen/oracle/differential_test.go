package oracle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"martlet/gen/internal/plan"
	"martlet/gen/internal/randschema"
	"martlet/gen/internal/sqlemit"
	"martlet/internal/scratch"
)

// Settings are read from the environment by the tests themselves, or go test
// would not know that a result kept from before is of others.

// firstSeed is the seed of the first schema, and of all data.
func firstSeed() uint64 { return setting("ORACLE_SEED", 1) }

// setCount is how many sets of data each schema has.
func setCount() uint64 { return setting("ORACLE_SETS", 6) }

// schemaCount is how many schemas are made up, each of the seed after the last.
func schemaCount() uint64 { return setting("ORACLE_SCHEMAS", 9) }

func setting(name string, otherwise uint64) uint64 {
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s=%s: expected a whole number", name, text))
	}
	return n
}

// subject is a project that is held to the SQL emitted for it.
type subject struct {
	name   string
	seed   uint64
	schema string
	random bool // it is made up
	plan   *plan.Plan
	rows   map[string]int // compared, by model
}

// TestDifferential compares every row of every model, in order, between the
// generated program and DuckDB: of the sample, of the shop and of schemas that
// are made up, on data that are. Tests are left out, so that data may be anything.
func TestDifferential(t *testing.T) {
	subjects := []*subject{
		{name: "sample", seed: firstSeed(), schema: everyModel(readFile(t, sampleSchema))},
		{name: "shop", seed: firstSeed(), schema: everyModel(readFile(t, shopSchema))},
	}
	for i := range schemaCount() {
		seed := firstSeed() + i
		subjects = append(subjects, &subject{name: fmt.Sprintf("random_%d", seed), seed: seed, random: true, schema: randschema.Total(rand.New(rand.NewPCG(seed, 4)))})
	}
	schemas := map[string]string{}
	for _, s := range subjects {
		schemas[s.name] = s.schema
	}
	program := compile(t, schemas)
	for _, s := range subjects {
		s.plan, s.rows = program.plans[s.name], map[string]int{}
		for set := range setCount() {
			t.Run(fmt.Sprintf("%s/%d", s.name, set), func(t *testing.T) { s.differ(t, program, set) })
		}
	}
	t.Run("compared", func(t *testing.T) { compared(t, subjects) })
}

// compared fails where so few models had rows that little was compared.
func compared(t *testing.T, subjects []*subject) {
	models, empty, rows := 0, 0, 0
	for _, s := range subjects {
		for _, m := range s.plan.Models {
			if models++; s.rows[m.Name] == 0 {
				empty++
			}
			rows += s.rows[m.Name]
		}
	}
	t.Logf("%d rows of %d models", rows, models-empty)
	if setCount() >= 4 && empty > models/3 {
		t.Errorf("%d of %d models never had a row", empty, models)
	}
}

var outputKey = regexp.MustCompile(`(?m)^output\s*=`)

// everyModel is a schema that publishes every model.
func everyModel(schema string) string {
	tables := strings.Split(schema, "\n[[model]]\n")
	for i, table := range tables[1:] {
		if !outputKey.MatchString(table) {
			tables[i+1] = "output = { formats = [\"arrow\"] }\n" + table
		}
	}
	return strings.Join(tables, "\n[[model]]\n")
}

// asOfDifferential is the as-of time of its runs.
const asOfDifferential = "2024-05-01T10:30:00Z"

// differ runs one set of data through both.
func (s *subject) differ(t *testing.T, program *compiled, set uint64) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to see it again:\n  cd gen/oracle && ORACLE_SEED=%d ORACLE_SCHEMAS=1 ORACLE_SETS=%d go test -run '^TestDifferential$/^%s$/^%d$' .", s.seed, set+1, s.name, set)
			if s.random {
				t.Logf("of the schema\n%s", s.schema)
			}
		}
	})
	d, root := openDuck(t), t.TempDir()
	d.script(t, program, s.name, "timestamptz '"+asOfDifferential+"'")
	r := rand.New(rand.NewPCG(s.seed, set))
	values := poolsOf(s.plan)
	for _, source := range s.plan.Sources {
		rows := records(r, source, values)
		writeMessy(t, r, root, source, rows)
		plain := filepath.Join(root, "plain", source.Name+".csv")
		writePlain(t, plain, source, rows)
		d.load(t, source.Name, plain, columnsOfSource(source))
	}
	got := program.Run(t, s.name, "--root", root, "--as-of", asOfDifferential, "--exclude", "resource_type:test", "--threads", fmt.Sprint(1+r.IntN(4)))
	if got.Exit != 0 {
		s.failed(t, d, root, got)
		return
	}
	for _, m := range s.plan.Models {
		if len(m.Formats) == 0 {
			continue // the keys of an audience, which cannot be published
		}
		path := filepath.Join(root, "target", "partial", m.Name+".arrow")
		if _, err := os.Stat(path); err != nil { // nothing was left out
			path = filepath.Join(root, "out", m.Name+".arrow")
		}
		s.compare(t, d, m, path)
	}
	s.inParts(t, program, root)
}

// inParts runs the same data in a memory that has no room for them, which must
// publish the same bytes.
func (s *subject) inParts(t *testing.T, program *compiled, root string) {
	t.Helper()
	out, target := filepath.Join(root, "out-in-parts"), filepath.Join(root, "target-in-parts")
	got := program.Run(t, s.name, "--root", root, "--out", out, "--target-path", target, "--as-of", asOfDifferential,
		"--exclude", "resource_type:test", "--threads", "2", "--memory", "8kB")
	if got.Exit != 0 {
		t.Fatalf("in parts: exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	for whole, parted := range map[string]string{
		filepath.Join(root, "out", "current"): filepath.Join(out, "current"), filepath.Join(root, "target", "partial"): filepath.Join(target, "partial"),
	} {
		files, err := filepath.Glob(filepath.Join(whole, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if readFile(t, file) != readFile(t, filepath.Join(parted, filepath.Base(file))) {
				t.Errorf("%s is not the same in parts", filepath.Base(file))
			}
		}
	}
}

// failed wants a run that failed to have failed for the models that DuckDB fails
// for: a product of made up numbers may have more digits than its column.
func (s *subject) failed(t *testing.T, d *duck, root string, got scratch.Result) {
	t.Helper()
	agree := got.Exit == 1 && strings.Contains(got.Stdout, " failed expression")
	for model, status := range statuses(t, filepath.Join(root, "target", "run_results.json")) {
		if status == "skipped" {
			continue
		}
		if _, err := d.query(fmt.Sprintf("select * from %q", model)); (err != nil) != (status == "error") {
			t.Errorf("%s: ours is %q, DuckDB's error %v", model, status, err)
			agree = false
		}
	}
	if !agree {
		t.Errorf("exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
}

// compare holds all rows of one model. Floats may differ in their last digits:
// those of a mean, of which ours is rounded once.
func (s *subject) compare(t *testing.T, d *duck, m *plan.Model, path string) {
	t.Helper()
	ours, schema := published(t, path)
	theirs, err := d.query(fmt.Sprintf("select * exclude (%[1]s) from %[2]q order by %[1]s", sqlemit.Row, m.Name))
	if err != nil {
		t.Errorf("%s: DuckDB: %v", m.Name, err)
		return
	}
	s.rows[m.Name] += len(ours)
	rowsDiffer(t, m.Name, ours, theirs, schema, func(string) float64 { return 1e-13 })
}

func columnsOfSource(s *plan.Source) []column {
	var out []column
	for _, c := range s.Columns {
		out = append(out, column{name: c.Name, typ: c.Type.String()})
	}
	return out
}
