// Package sqlemit writes the models of a plan as SQL of another engine: a script
// of views, one a model, as a person would write them. It reads plan and expr
// only, and gives text.
//
// The SQL gives PostgreSQL's results, as the generated program does. Where the
// engine's own function gives another, the script says so in a macro. What stays
// different are failures: a float beyond its range is infinite, a date beyond the
// year 9999 is one, a sum of decimals may have a 39th digit, and text that is
// cast is read as the engine reads it, which takes more forms than ours.
package sqlemit

import (
	"fmt"
	"strings"

	"martlet/gen/internal/plan"
)

// Row is the column by which rows are ordered: in a source the number of the
// record, in a model that of the first record of the row's key. No column of a
// schema can be called so.
const Row = "row$"

// AsOf is the macro that now() is: the run's as-of time.
const AsOf = "as_of"

// DuckDB gives the script for DuckDB. Its error names what DuckDB cannot hold.
func DuckDB(p *plan.Plan) (string, error) {
	s, err := newScript(p)
	if err != nil {
		return "", err
	}
	views := s.views() // which say what macros there are
	var out strings.Builder
	s.head(&out)
	s.macroText(&out)
	for _, src := range p.Sources {
		out.WriteString("\n")
		s.source(&out, &src.Relation)
	}
	for _, m := range p.Models {
		out.WriteString("\n" + views[m.Name])
	}
	return out.String(), nil
}

// Views gives what the script for DuckDB has of each model, by name; nothing where
// DuckDB cannot hold the plan.
func Views(p *plan.Plan) map[string]string {
	s, err := newScript(p)
	if err != nil {
		return nil
	}
	return s.views()
}

// views writes each model, by name.
func (s *script) views() map[string]string {
	views := map[string]string{}
	for _, m := range s.plan.Models {
		var out strings.Builder
		s.model(&out, m)
		views[m.Name] = out.String()
	}
	return views
}

// script is what is known while one is written.
type script struct {
	plan     *plan.Plan
	macros   map[string]string // those used: their definitions by name
	confused map[interval]bool // intervals that DuckDB takes for others in the plan
}

func newScript(p *plan.Plan) (*script, error) {
	if err := tellApart(p); err != nil {
		return nil, err
	}
	return &script{plan: p, macros: map[string]string{}, confused: confusedIntervals(p)}, nil
}

// head says what the script is, and sets the zone.
func (s *script) head(out *strings.Builder) {
	name := s.plan.Name
	if name == "" {
		name = "the project"
	}
	comment(out, "", fmt.Sprintf("The models of %s as views of DuckDB, from schema.toml by `go run ./gen sql`.", name))
	out.WriteString("--\n")
	comment(out, "", "Each source is a table of typed columns in which "+Row+" is the number of the record, all files of the source "+
		"counted on. To read a model in its order: select * exclude ("+Row+") from MODEL order by "+Row+".")
	fmt.Fprintf(out, "\nset timezone = %s;\n", quote(s.plan.Timezone))
}

// source declares the table of a source.
func (s *script) source(out *strings.Builder, r *plan.Relation) {
	comment(out, "", r.Description)
	fmt.Fprintf(out, "create table if not exists %s (\n", name(r.Name))
	rows := []line{{text: Row + " bigint not null"}}
	for _, c := range r.Columns {
		text := name(c.Name) + " " + typeName(c.Type)
		if !c.Nullable {
			text += " not null"
		}
		rows = append(rows, line{text, c.Description})
	}
	list(out, rows)
	out.WriteString(");\n")
}
