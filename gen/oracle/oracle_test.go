package oracle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"martlet/internal/scratch"
)

// seeds start the random rows: one run of everything for each.
func seeds() []uint64 { return []uint64{firstSeed(), firstSeed() + 1, firstSeed() + 2} }

// rows is how many rows a run has; more than one word of a validity bitmap, and
// enough that each pair of edges of two columns meets.
const rows = 2500

// The projects that are held to SQL of their own.
var (
	sampleSchema = filepath.Join(scratch.Root(), "schema.toml")
	shopSchema   = filepath.Join(scratch.Root(), "examples", "shop", "schema.toml")
)

// TestAgainstDuckDB compiles the table of examples, the sample and the shop into
// one program and holds each to DuckDB.
func TestAgainstDuckDB(t *testing.T) {
	schema, queries := schemaOf()
	program := compile(t, map[string]string{
		"expressions": schema,
		"sample":      readFile(t, sampleSchema),
		"shop":        readFile(t, shopSchema),
	})
	seen := &differences{met: map[string]bool{}}
	for _, seed := range seeds() {
		t.Run(fmt.Sprintf("expressions/%d", seed), func(t *testing.T) { expressions(t, program, queries, seed, seen) })
		t.Run(fmt.Sprintf("sample/%d", seed), func(t *testing.T) { sample(t, program, seed) })
		t.Run(fmt.Sprintf("shop/%d", seed), func(t *testing.T) { shop(t, program, seed) })
	}
	t.Run("known", func(t *testing.T) { seen.gone(t) })
}

// expressions runs the table of examples on one set of random rows.
func expressions(t *testing.T, program *compiled, queries []query, seed uint64, seen *differences) {
	root, r := t.TempDir(), rand.New(rand.NewPCG(seed, 0))
	all := append([]column{{name: "n", typ: "int64"}}, columns...)
	d := openDuck(t)
	d.script(t, program, "expressions", asOf)
	for _, source := range rowSources {
		path := filepath.Join(root, "seeds", source.name+".csv")
		nulls := 0
		if source.nullable {
			nulls = 6
		}
		writeRows(t, path, r, rows, nulls)
		d.load(t, source.name, path, all)
	}
	path := filepath.Join(root, "seeds", "keys.csv")
	writeKeys(t, path, r, 100)
	d.load(t, "keys", path, []column{{name: "n", typ: "int64"}, {name: "k", typ: "int64"}})

	got := program.Run(t, "expressions", "--root", root, "--as-of", "2024-03-31T00:30:00Z")
	if got.Exit != 0 {
		t.Fatalf("exit status %d\n%s", got.Exit, failures(got.Stdout, queries))
	}
	for _, q := range queries {
		ours, schema := published(t, filepath.Join(root, "out", q.model+".arrow"))
		compare(t, d, q, ours, schema, false, seen)
		if seed == firstSeed() { // mostly it is the same SQL
			compare(t, d, q, ours, schema, true, seen)
		}
	}
}

// failures is the part of a run's report that names what failed, with the
// expressions behind the names of columns.
func failures(report string, queries []query) string {
	if _, rest, ok := strings.Cut(report, "\n\n"); ok {
		report = rest
	}
	return regexp.MustCompile(`(\w+)\.c(\d+):`).ReplaceAllStringFunc(report, func(place string) string {
		model, column, _ := strings.Cut(strings.TrimSuffix(place, ":"), ".c")
		for _, q := range queries {
			if i, err := strconv.Atoi(column); err == nil && q.model == model && i < len(q.examples) {
				return fmt.Sprintf("%s: %s:", model, q.examples[i].ours)
			}
		}
		return place
	})
}

// compare holds one published model to DuckDB's rows: to those of the SQL that
// is emitted, or to those of the examples as they are written.
func compare(t *testing.T, d *duck, q query, ours [][]any, schema *arrow.Schema, asIs bool, seen *differences) {
	t.Helper()
	sql, columns := q.view(), columnsOf(q.examples)
	if asIs {
		sql, columns = q.asIs, ownWords(q.examples)
	}
	theirs := d.ask(t, q, sql, columns)
	if theirs == nil {
		return
	}
	if len(ours) != len(theirs) {
		t.Errorf("%s has %d rows, DuckDB's %d", q.model, len(ours), len(theirs))
		return
	}
	for c, e := range q.examples {
		if asIs && !e.asIs {
			continue
		}
		if report := d.differ(t, q, ours, theirs, c, schema.Field(c).Type); report != "" {
			seen.add(t, e, fmt.Sprintf("%s: %s, of type %s, is not what DuckDB gives (as it is written: %t)%s", q.model, e.ours, schema.Field(c).Type, asIs, report))
		}
	}
}

// differ compares one column and says how it differs.
func (d *duck) differ(t *testing.T, q query, ours, theirs [][]any, c int, dt arrow.DataType) string {
	t.Helper()
	e := q.examples[c]
	var report strings.Builder
	wrong := 0
	for i := range ours {
		want, err := duckValue(theirs[i][c], dt)
		if err != nil {
			return ": " + err.Error()
		}
		if equal(ours[i][c], want, e.within) {
			continue
		}
		if wrong++; wrong <= 3 {
			fmt.Fprintf(&report, "\n  row %d%s: ours %s, DuckDB %s", i+1, d.inputs(t, q, e, i), show(ours[i][c]), show(want))
		}
	}
	if wrong == 0 {
		return ""
	}
	return fmt.Sprintf(" in %d of %d rows:%s", wrong, len(ours), report.String())
}

var word = regexp.MustCompile(`[a-z][a-z0-9]*`)

// inputs shows what an example computed a row from.
func (d *duck) inputs(t testing.TB, q query, e example, row int) string {
	if q.source == "" {
		return ""
	}
	var names []string
	for _, w := range word.FindAllString(e.ours, -1) {
		if slices.ContainsFunc(columns, func(c column) bool { return c.name == w }) && !slices.Contains(names, w) {
			names = append(names, w)
		}
	}
	if len(names) == 0 {
		return ""
	}
	rows, err := d.query(fmt.Sprintf("select %s from %q where n = %d", strings.Join(names, ", "), q.source, row+1))
	if err != nil || len(rows) != 1 {
		t.Fatalf("reading the inputs of row %d: %v", row+1, err)
	}
	var out strings.Builder
	for i, name := range names {
		v := rows[0][i]
		if r := rational(v); r != nil {
			v = r
		}
		fmt.Fprintf(&out, ", %s = %s", name, show(v))
	}
	return out.String()
}

// differences keeps which of the known ones were met.
type differences struct{ met map[string]bool }

// add fails the test, unless the difference is known to be a bug.
func (s *differences) add(t *testing.T, e example, report string) {
	t.Helper()
	if e.known == "" {
		t.Error(report)
		return
	}
	t.Logf("KNOWN BUG: %s\n%s", e.known, report)
	s.met[e.ours] = true
}

// gone fails for a known difference that there no longer is.
func (s *differences) gone(t *testing.T) {
	for _, e := range all() {
		if e.known != "" && !s.met[e.ours] {
			t.Errorf("%s agrees with the oracle; take out the note of a known bug: %s", e.ours, e.known)
		}
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
