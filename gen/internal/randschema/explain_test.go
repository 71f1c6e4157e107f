package randschema_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/goemit"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/randschema"
	"martlet/internal/scratch"
)

// cell is a field of CSV: quoted tells the empty text from null.
type cell struct {
	text   string
	quoted bool
}

// key is the cell as --key takes it.
func (c cell) key() string {
	if c.text == "" && c.quoted || strings.ContainsAny(c.text, `",`) {
		return `"` + strings.ReplaceAll(c.text, `"`, `""`) + `"`
	}
	return c.text
}

// same says whether two cells are equal as keys are.
func (c cell) same(other cell) bool {
	zero := func(text string) string {
		if text == "-0" {
			return "0"
		}
		return text
	}
	return c.isNull() == other.isNull() && zero(c.text) == zero(other.text)
}

func (c cell) isNull() bool { return c.text == "" && !c.quoted }

// cells reads CSV without giving up what encoding/csv does.
func cells(text string) (rows [][]cell) {
	var row []cell
	for i := 0; i < len(text); {
		var c cell
		if text[i] == '"' {
			c.quoted = true
			for i++; text[i] != '"' || i+1 < len(text) && text[i+1] == '"'; i++ {
				if text[i] == '"' {
					i++
				}
				c.text += text[i : i+1]
			}
			i++
		} else {
			end := i + strings.IndexAny(text[i:], ",\n")
			c.text, i = text[i:end], end
		}
		row = append(row, c)
		if text[i] == '\n' {
			rows, row = append(rows, row), nil
		}
		i++
	}
	return rows
}

// explained is what the tests look at of an explanation.
type explained struct {
	Count int
	Rows  []struct {
		Columns []struct {
			Name  string
			Value any
			Copy  bool
			From  []struct {
				Source, Column string
				Place          struct {
					File   string
					Record int
				}
				Value any
			}
		}
	}
	Reasons []struct{ Node, Kind, Text string }
}

// shown is a value of JSON as CSV has it.
func shown(v any) cell {
	switch v := v.(type) {
	case nil:
		return cell{}
	case string:
		return cell{text: v, quoted: true}
	default:
		return cell{text: fmt.Sprint(v)}
	}
}

// Whatever a project is made of, the row that explain gives of a key is the row that a
// build gives, there is none where that gives none, and every cell that it names holds
// the value that it says. EXPLAIN_SCHEMAS are made up, from EXPLAIN_SEED on.
func TestExplainGivesWhatABuildGives(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles projects")
	}
	first, count := setting(t, "EXPLAIN_SEED", 1), setting(t, "EXPLAIN_SCHEMAS", 8)
	path := filepath.Join(t.TempDir(), "schema.toml")
	plans, texts, packages := map[string]*plan.Plan{}, map[string]string{}, map[string]map[string][]byte{}
	for seed := first; seed < first+count; seed++ {
		text := randschema.Total(rand.New(rand.NewPCG(seed, 9)))
		text = strings.ReplaceAll(text, `formats = ["arrow"]`, `formats = ["csv"]`)
		p := planned(t, path, text)
		if p == nil {
			t.Fatalf("seed %d: the schema does not stand", seed)
		}
		files, err := goemit.Emit(p, "generated", nil)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("random%d", seed)
		plans[name], texts[name], packages[name] = p, text, files
	}
	program := scratch.Link(t, packages)
	found, absent := 0, 0
	for seed := first; seed < first+count; seed++ {
		name := fmt.Sprintf("random%d", seed)
		t.Run(name, func(t *testing.T) {
			e := &explaining{T: t, rand: rand.New(rand.NewPCG(seed, 5)), plan: plans[name], root: t.TempDir(), run: func(args ...string) scratch.Result { return program.Run(t, name, args...) }}
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("of the schema\n%s", texts[name])
				}
			})
			e.fill()
			e.check()
			found, absent = found+e.found, absent+e.absent
		})
	}
	if count >= 8 && (found < 100 || absent < 50) {
		t.Errorf("only %d rows and %d missing ones were explained", found, absent)
	}
}

type explaining struct {
	*testing.T
	rand          *rand.Rand
	plan          *plan.Plan
	root          string
	run           func(args ...string) scratch.Result
	found, absent int
}

// fill writes the files of the sources.
func (e *explaining) fill() {
	for _, s := range e.plan.Sources {
		var text strings.Builder
		text.WriteString(strings.Join(s.Names(everyOne(len(s.Columns))), ",") + "\n")
		known := map[string]bool{}
		for n := range e.rand.IntN(40) {
			line := record(s, func(n int) int { return e.rand.IntN(n) }, n) + "\n"
			var grain string
			for _, c := range s.Grain {
				grain += cells(line)[0][c].text + "\n"
			}
			if len(s.Grain) == 0 || !known[grain] {
				text.WriteString(line)
			}
			known[grain] = true
		}
		path := filepath.Join(e.root, s.Seed)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			e.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			e.Fatal(err)
		}
	}
}

func (e *explaining) read(path string) [][]cell {
	e.Helper()
	text, err := os.ReadFile(filepath.Join(e.root, path))
	if err != nil {
		e.Fatal(err)
	}
	return cells(string(text))
}

func (e *explaining) check() {
	if got := e.run("--root", e.root, "--as-of", "2024-03-01"); got.Exit != 0 {
		e.Fatalf("exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	for _, m := range e.plan.Models {
		rows := e.read(filepath.Join("out", m.Name+".csv"))[1:]
		for range 6 {
			key := m.Grain
			if len(key) == 0 || e.rand.IntN(4) == 0 {
				key = []int{e.rand.IntN(len(m.Columns))}
				if more := e.rand.IntN(len(m.Columns)); more != key[0] && e.rand.IntN(2) == 0 {
					key = append(key, more)
				}
			}
			if values, ok := e.values(m, rows, key); ok {
				e.one(m, rows, key, values)
			}
		}
	}
}

// values are those of a row, of several, or of none; not of a type that has several ways
// to write a value.
func (e *explaining) values(m *plan.Model, rows [][]cell, key []int) (values []cell, ok bool) {
	from := e.rand.IntN(len(rows) + 1)
	for _, c := range key {
		if e.rand.IntN(6) == 0 {
			from = e.rand.IntN(len(rows) + 1)
		}
		if from < len(rows) {
			values = append(values, rows[from][c])
			continue
		}
		switch m.Columns[c].Type.Kind {
		case expr.Decimal, expr.Float64, expr.TimestampTZ:
			return nil, false
		}
		values = append(values, cells(field(m.Columns[c].Type, 5+e.rand.IntN(60)) + "\n")[0][0])
	}
	return values, true
}

// one explains the rows of one key.
func (e *explaining) one(m *plan.Model, rows [][]cell, key []int, values []cell) {
	args := []string{"explain", m.Name, "--root", e.root, "--as-of", "2024-03-01", "--output", "json", "--reveal"}
	var want [][]cell
	for _, row := range rows {
		if !slices.ContainsFunc(everyOne(len(key)), func(i int) bool { return !row[key[i]].same(values[i]) }) {
			want = append(want, row)
		}
	}
	for i, c := range key {
		args = append(args, "--key", m.Columns[c].Name+"="+values[i].key())
	}
	got := e.run(args...)
	var x explained
	decode := json.NewDecoder(strings.NewReader(got.Stdout))
	decode.UseNumber()
	if err := decode.Decode(&x); err != nil || got.Exit != 0 {
		e.Fatalf("%q: exit status %d, %v\n%s%s", args, got.Exit, err, got.Stdout, got.Stderr)
	}
	if x.Count != len(want) || len(x.Rows) != min(len(want), 10) {
		e.Fatalf("%q: %d rows, want %d\n%s", args, x.Count, len(want), got.Stdout)
	}
	if len(want) == 0 {
		e.absent++
		if len(x.Reasons) == 0 {
			e.Errorf("%q: there is no row, and no reason", args)
		}
		return
	}
	for i, row := range x.Rows {
		e.found++
		for j, c := range row.Columns {
			if v := shown(c.Value); v.isNull() != want[i][j].isNull() || v.text != want[i][j].text {
				e.Fatalf("%q: row %d, %s is %v, want %v\n%s", args, i, c.Name, c.Value, want[i][j], got.Stdout)
			}
			for _, from := range c.From {
				e.holds(args, from.Source, from.Column, from.Place.File, from.Place.Record, shown(from.Value))
			}
			if c.Copy && len(c.From) == 1 && copied(m, j) == c.From[0].Source && shown(c.From[0].Value).text != want[i][j].text {
				e.Errorf("%q: %s is a copy, and %v comes from %v", args, c.Name, c.Value, c.From[0])
			}
		}
	}
}

// copied is the source that a column is a copy of, "" where it is one of a model.
func copied(m *plan.Model, column int) string {
	read := m.Reads(column)[0]
	if read.Input == 0 {
		return m.From.Name
	}
	return m.Joins[read.Input-1].Input.Name
}

// holds looks a cell up that explain named.
func (e *explaining) holds(args []string, source, column, file string, record int, value cell) {
	at := slices.IndexFunc(e.plan.Sources, func(s *plan.Source) bool { return s.Name == source })
	s := e.plan.Sources[at]
	c := slices.IndexFunc(s.Columns, func(c *plan.Column) bool { return c.Name == column })
	got := e.read(file)[record][c]
	switch s.Columns[c].Type.Kind {
	case expr.Int64, expr.String, expr.Date, expr.Timestamp, expr.Bool:
		if got.isNull() != value.isNull() || got.text != value.text {
			e.Errorf("%q: %s, record %d, %s is %v, want %v", args, file, record, column, value, got)
		}
	}
}
