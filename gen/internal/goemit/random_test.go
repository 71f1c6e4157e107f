package goemit_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"martlet/internal/scratch"
)

// randomProjects is how many projects are made up; they are the same every time.
const randomProjects = 60

// TestRandomProjectsCompile makes up projects and has Go's compiler and vet look
// at what is generated of them. Their results are compared elsewhere.
func TestRandomProjectsCompile(t *testing.T) {
	dir := t.TempDir()
	packages := map[string]map[string][]byte{}
	for seed := range randomProjects {
		p := &project{grammar: grammar{Rand: rand.New(rand.NewPCG(uint64(seed), 4))}, used: map[string]bool{}}
		file := filepath.Join(dir, fmt.Sprintf("%d.toml", seed))
		put(t, file, p.schema())
		packages[fmt.Sprintf("random%d", seed)] = emit(t, file)
	}
	scratch.Vet(t, packages)
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// project makes up one project.
type project struct {
	grammar
	used      map[string]bool
	relations []relation
	out       strings.Builder
}

type relation struct {
	name    string
	columns []column
	grain   []string
}

// Names on which generated code might stumble.
var words = strings.Fields(`id key value type func len err in out rows m i v ok user_id userId order1 term known result
	sum quotient greatest since holds origin groups joined kept both either part given sought contract arrow string math
	append_a add_b wins fail a b c a_b aB x_key rows2 keys_key`)

func (p *project) name() string {
	for {
		name := pick(p.Rand, words)
		if n := p.IntN(4); n > 0 {
			name += fmt.Sprint("_", n)
		}
		if !p.used[name] {
			p.used[name] = true
			return name
		}
	}
}

// names gives a few names that differ among themselves.
func (p *project) names(n int) []string {
	set := map[string]bool{}
	for len(set) < n {
		set[pick(p.Rand, words)] = true
	}
	names := slices.Sorted(maps.Keys(set))
	p.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

func (p *project) schema() string {
	fmt.Fprintf(&p.out, "name = \"random\"\ntimezone = %q\n", pick(p.Rand, []string{"UTC", "America/New_York", "Asia/Kolkata"}))
	for range 2 + p.IntN(2) {
		p.source()
	}
	for range 2 + p.IntN(4) {
		p.model()
	}
	return p.out.String()
}

var sourceTypes = []string{"bool", "int64", "int64", "float64", "decimal(12,2)", "decimal(38,10)", "string", "string", "date", "timestamp", "timestamptz"}

func (p *project) source() {
	r := relation{name: p.name()}
	fmt.Fprintf(&p.out, "\n[[source]]\nname = %q\ncolumns = [\n", r.name)
	for _, name := range p.names(3 + p.IntN(8)) {
		typ := pick(p.Rand, sourceTypes)
		kind, _, _ := strings.Cut(typ, "(")
		r.columns = append(r.columns, column{name: name, kind: kind, typ: typ})
		fmt.Fprintf(&p.out, "  { name = %q, type = %q, nullable = %t, pii = %t, description = \"Is `so`, */ \\\"so\\\".\"%s },\n",
			name, typ, p.IntN(4) > 0, p.IntN(5) == 0, p.columnTests(kind))
	}
	p.out.WriteString("]\n")
	r.grain = []string{r.columns[0].name}
	if p.IntN(3) == 0 {
		r.grain = append(r.grain, r.columns[1].name)
	}
	fmt.Fprintf(&p.out, "grain = %s\n", quoted(r.grain))
	p.rowTests(r)
	p.relations = append(p.relations, r)
}

// columnTests are some tests of a column.
func (p *project) columnTests(kind string) string {
	tests := []string{`"not_null"`, `"unique"`, `{ unique = true, severity = "warn" }`}
	switch kind {
	case "int64", "decimal", "float64":
		tests = append(tests, "{ range = { min = 1, max = 9.5 } }", "{ accepted_values = [1, 2, 3] }",
			"{ range = { min = 1, inclusive = false }, nulls = 'fail' }", "{ not_accepted_values = [1, 2, 3], nulls = 'fail', store_failures = true }")
	case "string":
		tests = append(tests, `{ matches = '^[a-z"]+$' }`, `{ accepted_values = ["a", "it's"] }`, `"not_empty"`,
			`{ length = { max = 3 }, error_if = "> 10%", warn_if = ">= 2", tags = ["a"] }`, `{ matches = '\bè*/', nulls = "fail" }`)
	case "date":
		tests = append(tests, "{ range = { min = 2024-01-01 } }")
	}
	if kind != "bool" {
		tests = append(tests, `"monotonic"`, `{ monotonic = { descending = true }, nulls = "fail" }`)
	}
	if kind == "date" || kind == "timestamp" || kind == "timestamptz" {
		tests = append(tests, `{ recency = { within = "1d12h" } }`, `{ recency = { within = "90m" }, where = "now() > '2024-01-01'" }`)
	}
	if p.IntN(2) == 0 {
		return ""
	}
	return ", tests = [" + pick(p.Rand, tests) + ", " + pick(p.Rand, tests) + "]"
}

// rowTests writes tests of whole rows.
func (p *project) rowTests(r relation) {
	if p.IntN(2) == 0 {
		return
	}
	g := p.over(r.name, r.columns)
	both := []string{r.columns[0].name, r.columns[len(r.columns)-1].name}
	fmt.Fprintf(&p.out, "tests = [{ unique_combination = %s, severity = \"warn\" }, { name = %q, expr = %q }, { expr = %q, name = %q },\n",
		quoted(both), p.name(), g.of("bool", 2), g.of("bool", 3), p.name())
	fmt.Fprintf(&p.out, "  { row_count = { min = 1 }, where = %q }, { name = %q, expr = %q, where = %q, nulls = \"fail\" }, { unique_combination = %s, where = %q }]\n",
		g.of("bool", 2), p.name(), g.of("bool", 2), g.of("bool", 2), quoted(both), g.of("bool", 2))
}

// over is the grammar over the columns of an input.
func (p *project) over(input string, columns []column) *grammar {
	g := &grammar{Rand: p.Rand}
	for _, c := range columns {
		c.sql = fmt.Sprintf(`"%s"."%s"`, input, c.name)
		g.columns = append(g.columns, c)
	}
	return g
}

func (p *project) model() {
	from := pick(p.Rand, p.relations)
	r := relation{name: p.name()}
	g := p.over(from.name, from.columns)
	fmt.Fprintf(&p.out, "\n[[model]]\nname = %q\nfrom = %q\n", r.name, from.name)
	if p.IntN(2) == 0 {
		var order []string
		for range p.IntN(3) {
			term := g.of(pick(p.Rand, kinds), 2)
			if !strings.Contains(term, `"."`) { // a constant orders nothing
				term = pick(p.Rand, g.columns).sql
			}
			order = append(order, term+pick(p.Rand, []string{"", " desc"}))
		}
		key := []string{from.columns[0].name, from.columns[p.IntN(len(from.columns)-1)+1].name}[:1+p.IntN(2)]
		fmt.Fprintf(&p.out, "dedupe = { key = %s", quoted(key))
		if len(order) > 0 {
			fmt.Fprintf(&p.out, ", order_by = %q", strings.Join(order, ", "))
		}
		p.out.WriteString(" }\n")
	}
	p.joins(from, g)
	if p.IntN(2) == 0 {
		fmt.Fprintf(&p.out, "where = %q\n", g.of("bool", 3))
	}
	if p.IntN(3) == 0 {
		p.grouped(&r, g)
	} else {
		p.computed(&r, g, from)
	}
	p.rowTests(r)
	p.relations = append(p.relations, r)
}

// computed writes columns: some of the base input, and expressions.
func (p *project) computed(r *relation, g *grammar, from relation) {
	p.out.WriteString("columns = [\n")
	for i, name := range p.names(3 + p.IntN(6)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		sql := g.of(c.kind, 3)
		if i < len(from.columns) && p.IntN(2) == 0 {
			c.kind, c.typ, sql = from.columns[i].kind, from.columns[i].typ, g.columns[i].sql
		}
		p.column(r, c, sql)
	}
	p.out.WriteString("]\n")
}

// grouped writes group_by, and columns of its keys and of aggregates.
func (p *project) grouped(r *relation, g *grammar) {
	var keys, keyKinds []string
	for range 1 + p.IntN(3) {
		kind := pick(p.Rand, kinds)
		if key := g.of(kind, 2); !slices.Contains(keys, key) {
			keys, keyKinds = append(keys, key), append(keyKinds, kind)
		}
	}
	fmt.Fprintf(&p.out, "group_by = %s\ncolumns = [\n", quoted(keys))
	for i, name := range p.names(3 + p.IntN(5)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		if i < len(keys) && p.IntN(2) == 0 {
			c.kind = keyKinds[i]
			p.column(r, c, keys[i])
		} else {
			p.column(r, c, g.aggregate(c.kind))
		}
	}
	p.out.WriteString("]\n")
}

func (p *project) column(r *relation, c column, sql string) {
	fmt.Fprintf(&p.out, "  { name = %q, expr = %q%s },\n", c.name, sql, p.columnTests(c.kind))
	r.columns = append(r.columns, c)
}

// joins writes joins to relations that share a type with the base input, and
// adds their columns to the grammar.
func (p *project) joins(from relation, g *grammar) {
	var joins []string
	for range p.IntN(4) {
		input := pick(p.Rand, p.relations)
		left, right, ok := p.pair(from, input)
		if !ok {
			continue
		}
		name := p.name()
		on := fmt.Sprintf("on = [{ left = %q, right = %q }]", left.name, right.name)
		offered := input.columns
		if len(input.grain) != 1 || input.grain[0] != right.name || p.IntN(2) == 0 {
			var aggregate string
			aggregate, offered = p.aggregated(input, right)
			on += ", aggregate = [" + aggregate + "]"
		}
		joins = append(joins, fmt.Sprintf("  { input = %q, as = %q, %s },\n", input.name, name, on))
		g.columns = append(g.columns, p.over(name, offered).columns...)
	}
	if len(joins) > 0 {
		fmt.Fprintf(&p.out, "joins = [\n%s]\n", strings.Join(joins, ""))
	}
}

// pair finds columns of one type in two relations.
func (p *project) pair(a, b relation) (left, right column, ok bool) {
	for range 20 {
		left, right = pick(p.Rand, a.columns), pick(p.Rand, b.columns)
		if left.typ != "" && left.typ == right.typ {
			return left, right, true
		}
	}
	return left, right, false
}

// aggregated are the outputs of a join that aggregates.
func (p *project) aggregated(input relation, key column) (toml string, offered []column) {
	g := p.over(input.name, input.columns)
	var decls []string
	for _, name := range p.names(1 + p.IntN(3)) {
		c := column{name: name, kind: pick(p.Rand, kinds)}
		sql := g.aggregate(c.kind)
		switch p.IntN(5) {
		case 0:
			c.kind, sql = key.kind, fmt.Sprintf(`"%s"."%s"`, input.name, key.name)
		case 1:
			sql = pick(p.Rand, leaves[c.kind])
		}
		offered = append(offered, c)
		decls = append(decls, fmt.Sprintf("{ name = %q, expr = %q }", name, sql))
	}
	return strings.Join(decls, ", "), offered
}

// quoted is a TOML array of strings.
func quoted(items []string) string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
