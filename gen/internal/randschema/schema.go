// Package randschema makes up schemas for tests: every construct of the language
// over names on which emitters might stumble.
package randschema

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Schema makes one up; the same for the same random numbers. It may have
// expressions without a value on some rows, and tests that fail.
func Schema(r *rand.Rand) string { return newProject(r, grammar{}).schema() }

// Total makes one up of which every expression has a value on every row, and one
// that does not depend on the order of floats, as long as numbers are below some
// billions and times within the centuries around now. It has no tests, and
// publishes every model as an Arrow file.
func Total(r *rand.Rand) string { return newProject(r, grammar{total: true}).schema() }

// Incremental makes one up as Total does, in which models are incremental that may
// be: allowed says whether a schema stands. Keys run through it more often, and
// little depends on now().
func Incremental(r *rand.Rand, allowed func(schema string) bool) string {
	p := newProject(r, grammar{total: true, timeless: true})
	p.keyed = true
	text := p.schema()
	for _, m := range p.relations {
		begin := modelBegin(m.name)
		more := strings.Replace(text, begin, begin+"incremental = true\n", 1)
		if more != text && r.IntN(4) > 0 && allowed(more) {
			text = more
		}
	}
	return text
}

// project makes up one project.
type project struct {
	grammar
	used      map[string]bool
	relations []relation
	out       strings.Builder
	keyed     bool // the first column of a relation is often its key, and joined by
}

func newProject(r *rand.Rand, g grammar) *project {
	g.Rand = r
	return &project{grammar: g, used: map[string]bool{}}
}

type relation struct {
	name    string
	columns []column
	grain   []string // a key that the generator knows of; empty where there is none
}

// Names on which generated code, or SQL, might stumble.
var words = strings.Fields(`id key value type func len err in out rows m i v ok user_id userId order1 term known result
	sum quotient greatest since holds origin groups joined kept both either part given sought contract arrow string math
	append_a add_b wins fail a b c a_b aB x_key rows2 keys_key select row timestamp s f deduplicated as_of`)

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
	fmt.Fprintf(&p.out, "name = \"random\"\ntimezone = %q\n", pick(p.Rand, []string{"UTC", "America/New_York", "Asia/Kolkata", "Europe/Berlin"}))
	models := 2 + p.IntN(4)
	if p.total { // run, and not only compiled
		models *= 2
	}
	for range 2 + p.IntN(2) {
		p.source()
	}
	for range models {
		p.model()
	}
	return p.out.String()
}

var sourceTypes = []string{"bool", "int64", "int64", "float64", "decimal(12,2)", "decimal(38,10)", "string", "string", "date", "timestamp", "timestamptz"}

func (p *project) source() {
	r := relation{name: p.name()}
	fmt.Fprintf(&p.out, "\n[[source]]\nname = %q\n", r.name)
	if p.total {
		fmt.Fprint(&p.out, pick(p.Rand, []string{"", "max_rejects = \"100%\"\n", fmt.Sprintf("seed = \"extracts/%s_*.csv\"\n", r.name)}))
	}
	p.out.WriteString("columns = [\n")
	for i, name := range p.names(3 + p.IntN(8)) {
		typ := pick(p.Rand, sourceTypes)
		if i == 0 && p.often() {
			typ = "int64"
		}
		kind, _, _ := strings.Cut(typ, "(")
		r.columns = append(r.columns, column{name: name, kind: kind, typ: typ})
		fmt.Fprintf(&p.out, "  { name = %q, type = %q, nullable = %t, pii = %t, description = \"Is `so`, */ \\\"so\\\".\"%s },\n",
			name, typ, p.IntN(4) > 0, p.IntN(5) == 0, p.columnTests(kind))
	}
	p.out.WriteString("]\n")
	if p.IntN(4) > 0 {
		r.grain = []string{r.columns[0].name}
		if p.IntN(3) == 0 {
			r.grain = append(r.grain, r.columns[1].name)
		}
		fmt.Fprintf(&p.out, "grain = %s\n", quoted(r.grain))
	}
	p.rowTests(r)
	p.relations = append(p.relations, r)
}

// over is the grammar over the columns of an input.
func (p *project) over(input string, columns []column) *grammar {
	g := &grammar{Rand: p.Rand, total: p.total, timeless: p.timeless}
	for _, c := range columns {
		c.sql = fmt.Sprintf(`"%s"."%s"`, input, c.name)
		g.columns = append(g.columns, c)
	}
	return g
}

// quoted is a TOML array of strings.
func quoted(items []string) string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// often is true in most cases where keys are to run through the project, and never
// elsewhere.
func (p *project) often() bool { return p.keyed && p.IntN(4) > 0 }
