package plan

import (
	"fmt"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
)

// scope resolves the names in the expressions of one model: unqualified ones in
// the base input first, then in the joins.
type scope struct{ inputs []input }

// input is one relation as an expression sees it.
type input struct {
	name     string // its qualifier
	relation *Relation
	columns  []*Column
}

// Column implements expr.Scope.
func (s *scope) Column(qualifier, name string) (expr.Resolved, *expr.Problem) {
	if qualifier != "" {
		return s.qualified(qualifier, name)
	}
	found := -1
	for i, in := range s.inputs {
		if indexOf(in.columns, name) < 0 {
			continue
		}
		if i == 0 {
			return s.resolved(0, name)
		}
		if found > 0 {
			return expr.Resolved{}, &expr.Problem{
				Code:    AmbiguousColumn,
				Message: fmt.Sprintf("column %q stands in the joins %q and %q", name, s.inputs[found].name, in.name),
				Help:    fmt.Sprintf("name the join: %s.%s", in.name, name),
			}
		}
		found = i
	}
	if found > 0 {
		return s.resolved(found, name)
	}
	return expr.Resolved{}, &expr.Problem{
		Code: UnknownColumn, Message: fmt.Sprintf("there is no column %q", name),
		Suggestion: diag.Nearest(name, s.columnNames()),
	}
}

func (s *scope) qualified(qualifier, name string) (expr.Resolved, *expr.Problem) {
	var names []string
	for i, in := range s.inputs {
		if in.name != qualifier {
			names = append(names, in.name)
			continue
		}
		if indexOf(in.columns, name) >= 0 {
			return s.resolved(i, name)
		}
		return expr.Resolved{}, &expr.Problem{
			Code: UnknownColumn, Message: fmt.Sprintf("%s has no column %q", qualifier, name),
			Suggestion: diag.Nearest(name, columnNames(in.columns)),
		}
	}
	return expr.Resolved{}, &expr.Problem{
		Code: UnknownRelation, Message: fmt.Sprintf("no input is called %q here", qualifier),
		Suggestion: diag.Nearest(qualifier, names),
	}
}

// resolved gives a column that is there. One that could not be typed was
// reported where it is declared, hence the problem without a code.
func (s *scope) resolved(i int, name string) (expr.Resolved, *expr.Problem) {
	in := s.inputs[i]
	index := indexOf(in.columns, name)
	c := in.columns[index]
	if c.Type.Kind == expr.Invalid {
		return expr.Resolved{}, &expr.Problem{}
	}
	shown := name
	if i > 0 {
		shown = in.name + "." + name
	}
	return expr.Resolved{Input: i, Index: index, Name: shown, Type: c.Type, Nullable: c.Nullable}, nil
}

func (s *scope) columnNames() []string {
	var names []string
	for _, in := range s.inputs {
		names = append(names, columnNames(in.columns)...)
	}
	return names
}

// at is the column that an expression's Column names.
func (s *scope) at(c *expr.Column) *Column { return s.inputs[c.Input].columns[c.Index] }

// reads names, for lineage, the columns of relations behind an expression's
// Column: itself, or what a join's aggregate reads.
func (s *scope) reads(c *expr.Column) []ColumnRef {
	if c.Input > 0 {
		return s.at(c).Inputs
	}
	return []ColumnRef{{s.inputs[0].relation.Name, s.at(c).Name}}
}

func indexOf(columns []*Column, name string) int {
	for i, c := range columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

func columnNames(columns []*Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}
