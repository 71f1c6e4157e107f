package plan

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/dfa"
	"martlet/gen/internal/expr"
)

func (r *Relation) testsText(out *strings.Builder) {
	if len(r.Tests) == 0 {
		return
	}
	out.WriteString("  tests\n")
	for _, t := range r.Tests {
		t.text(out, r)
	}
}

func (t *Test) text(out *strings.Builder, r *Relation) {
	fmt.Fprintf(out, "    %-5s  %s: %s", t.Severity, t.Name, t.Kind)
	if len(t.Columns) > 0 {
		fmt.Fprintf(out, " of %s", strings.Join(r.Names(t.Columns), ", "))
	}
	out.WriteString(t.condition())
	for _, option := range t.options() {
		fmt.Fprintf(out, "; %s", option)
	}
	if t.Description != "" {
		fmt.Fprintf(out, " -- %s", prose(t.Description))
	}
	out.WriteString("\n")
	if t.Proved != "" {
		fmt.Fprintf(out, "           proved: %s\n", t.Proved)
	}
}

// condition is what a test looks for, beyond its kind and columns.
func (t *Test) condition() string {
	switch {
	case t.Row != nil:
		return ": " + expr.SQL(t.Row)
	case t.Parent != nil:
		return " in " + t.Parent.Name + "." + t.Parent.Columns[t.Field].Name
	case t.Order != "":
		return ", each " + t.Order + " the one before"
	case t.Instant != nil:
		return fmt.Sprintf(": max(%s) >= now() - %s", expr.SQL(t.Instant), t.Within)
	case t.Whole():
		return ": " + t.Expected
	}
	return ""
}

func (t *Test) options() []string {
	var out []string
	add := func(given bool, format string, args ...any) {
		if given {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	if t.Where != nil {
		out = append(out, "where "+expr.SQL(t.Where))
	}
	add(t.NullsFail, "a null fails")
	add(t.WarnIf != "", "warn if %s", t.WarnIf)
	add(t.ErrorIf != "", "error if %s", t.ErrorIf)
	add(t.Store && t.Limit == 0, "failing rows are stored")
	add(t.Limit > 0, "%d failing rows at most are stored", t.Limit)
	add(len(t.Tags) > 0, "tags %s", strings.Join(t.Tags, ", "))
	return out
}

// conditions are the expressions of a relation's tests.
func (r *Relation) conditions() []expr.Node {
	var out []expr.Node
	for _, t := range r.Tests {
		out = append(out, t.Row, t.Where)
	}
	return out
}

// expressions are those of a model, but for its tests.
func (m *Model) expressions() []expr.Node {
	out := append(slices.Clone(m.Exprs), m.Where)
	if m.Dedupe != nil {
		for _, o := range m.Dedupe.Order {
			out = append(out, o.Expr)
		}
	}
	folds := []*Fold{m.Group}
	for _, j := range m.Joins {
		folds = append(folds, j.Fold)
	}
	for _, f := range folds {
		if f != nil {
			out = append(append(out, f.Keys...), f.Outputs...)
			for _, a := range f.Aggregates {
				out = append(out, a)
			}
		}
	}
	return out
}

// patternsText notes the patterns that are not matched by an automaton.
func patternsText(out *strings.Builder, nodes []expr.Node) {
	noted := map[string]bool{}
	for _, n := range nodes {
		if n == nil {
			continue
		}
		expr.Walk(n, func(n expr.Node) bool {
			if m, ok := n.(*expr.Match); ok && m.Syntax == expr.RegExp && !noted[m.Pattern] {
				noted[m.Pattern] = true
				if _, err := dfa.Compile(m.Pattern); err != nil {
					line(out, "note", fmt.Sprintf("%s is matched by package regexp, which is slower: %v", sqlString(m.Pattern), err))
				}
			}
			return true
		})
	}
}
