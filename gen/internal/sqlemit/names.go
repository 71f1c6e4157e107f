package sqlemit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// Keywords are the words of DuckDB that a name in quotes only may be. That they
// are all is held by gen/oracle.
var Keywords = strings.Fields(`all analyse analyze and anti any array as asc asof asymmetric at authorization between
	bigint binary bit boolean both by case cast char character check coalesce collate collation column columns
	concurrently constraint create cross dec decimal default deferrable desc describe distinct do else end except exists
	extract false fetch float for foreign freeze from full generated glob group grouping grouping_id having ilike in
	initially inner inout int integer intersect interval into is isnull join lambda lateral leading left like limit map
	national natural nchar none not notnull null nullif numeric offset on only or order out outer overlaps overlay pivot
	pivot_longer pivot_wider placing position positional precision primary qualify real references returning right row
	select semi setof show similar smallint some struct substring summarize symmetric table tablesample then time
	timestamp to trailing treat trim true try_cast union unique unpack unpivot using values varchar variadic verbose when
	where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
	xmlserialize xmltable`)

// name writes a name, in quotes where it needs them.
func name(s string) string {
	if plainName.MatchString(s) && !slices.Contains(Keywords, s) {
		return s
	}
	return `"` + s + `"`
}

func names(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = name(s)
	}
	return out
}

// quote writes text as a literal on one line.
func quote(s string) string {
	s = strings.ReplaceAll(s, "'", "''")
	if strings.ContainsAny(s, "\n\r") {
		return "e'" + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
	}
	return "'" + s + "'"
}

// typeName is DuckDB's name of a type.
func typeName(t expr.Type) string {
	switch t.Kind {
	case expr.Bool:
		return "boolean"
	case expr.Int64:
		return "bigint"
	case expr.Float64:
		return "double"
	case expr.String:
		return "varchar"
	}
	return t.String()
}

// tellApart fails where names differ in nothing but their case, which DuckDB
// does not look at, in quotes either.
func tellApart(p *plan.Plan) error {
	var relations []string
	for _, r := range p.Relations() {
		relations = append(relations, r.Name)
		var columns []string
		for _, c := range r.Columns {
			columns = append(columns, c.Name)
		}
		if err := differ(columns, "columns of "+r.Name); err != nil {
			return err
		}
	}
	for _, m := range p.Models {
		inputs := []string{m.From.Name}
		for _, j := range m.Joins {
			inputs = append(inputs, j.Name)
			var columns []string
			for _, c := range j.Columns {
				columns = append(columns, c.Name)
			}
			if err := differ(columns, fmt.Sprintf("aggregates of the join %s of model %s", j.Name, m.Name)); err != nil {
				return err
			}
		}
		if err := differ(inputs, "inputs of model "+m.Name); err != nil {
			return err
		}
	}
	return differ(relations, "sources and models")
}

func differ(all []string, what string) error {
	seen := map[string]string{}
	for _, s := range all {
		if other, ok := seen[strings.ToLower(s)]; ok {
			return fmt.Errorf("%s: %q and %q differ in case only, and DuckDB takes them for one; rename one of them", what, other, s)
		}
		seen[strings.ToLower(s)] = s
	}
	return nil
}

// free gives a name that is not taken, and takes it.
func free(wanted string, taken map[string]bool) string {
	found := wanted
	for n := 2; taken[strings.ToLower(found)]; n++ {
		found = fmt.Sprintf("%s_%d", wanted, n)
	}
	taken[strings.ToLower(found)] = true
	return found
}
