package oracle

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"martlet/gen/internal/expr"
	"martlet/internal/scratch"
)

// rowScope resolves the columns of the rows.
type rowScope struct{ nullable bool }

func (s rowScope) Column(_, name string) (expr.Resolved, *expr.Problem) {
	if name == "n" {
		return expr.Resolved{Name: name, Type: expr.Type{Kind: expr.Int64}}, nil
	}
	for i, c := range columns {
		if c.name == name {
			t, err := expr.ParseType(c.typ)
			if err != nil {
				panic(err)
			}
			return expr.Resolved{Index: i + 1, Name: name, Type: t, Nullable: s.nullable}, nil
		}
	}
	return expr.Resolved{}, &expr.Problem{Code: "unknown_column", Message: "there is no column " + name}
}

// TestTableIsComplete wants an example of every function, operator and cast, of
// every kind of node and aggregate, of every name, and of each choice that nodes
// have, so that what is added to the language is added to the table.
func TestTableIsComplete(t *testing.T) {
	found := map[string]bool{}
	for _, e := range all() {
		n, problems := expr.Check(e.ours, rowScope{nullable: true}, expr.Options{Aggregates: true})
		if len(problems) > 0 {
			t.Errorf("%s: %v", e.ours, problems)
			continue
		}
		expr.Walk(n, func(n expr.Node) bool {
			for _, what := range constructs(n) {
				found[what] = true
			}
			return true
		})
		for _, call := range regexp.MustCompile(`\w+\(`).FindAllString(e.ours, -1) {
			found["name "+strings.TrimSuffix(call, "(")] = true
		}
	}
	for _, want := range wanted(t) {
		if !found[want] {
			t.Errorf("no example has %s", want)
		}
	}
}

// constructs names what one node is an example of.
func constructs(n expr.Node) []string {
	kind := reflect.TypeOf(n).Elem().Name()
	out := []string{"node " + kind}
	switch n := n.(type) {
	case *expr.Compare:
		out = append(out, fmt.Sprintf("Compare %s of %s", n.Op, n.Left.Type().Kind))
	case *expr.Distinct:
		out = append(out, fmt.Sprintf("Distinct not %t of %s", n.Not, n.Left.Type().Kind))
	case *expr.In:
		out = append(out, fmt.Sprintf("In not %t of %s", n.Not, n.Arg.Type().Kind))
	case *expr.IsNull:
		out = append(out, fmt.Sprintf("IsNull not %t of %s", n.Not, n.Arg.Type().Kind))
	case *expr.IsBool:
		out = append(out, fmt.Sprintf("IsBool %t not %t", n.Want, n.Not))
	case *expr.Case, *expr.Coalesce, *expr.NullIf:
		out = append(out, fmt.Sprintf("%s of %s", kind, n.Type().Kind))
	case *expr.Extreme:
		out = append(out, fmt.Sprintf("Extreme %t of %s", n.Greatest, n.Type().Kind))
	case *expr.Match:
		out = append(out, fmt.Sprintf("MatchSyntax %s", n.Syntax))
	case *expr.Call:
		out = append(out, function(*n.Func))
	case *expr.Aggregate:
		out = append(out, ofAggregate(n)...)
	}
	return out
}

func function(f expr.Func) string { return fmt.Sprintf("function %s %v %s", f.Name, f.Args, f.Go) }

func ofAggregate(n *expr.Aggregate) []string {
	name := "AggregateKind " + string(n.Kind)
	out := []string{name}
	if n.Arg != nil {
		out = append(out, fmt.Sprintf("%s of %s", name, n.Arg.Type().Kind))
	}
	if n.By != nil {
		out = append(out, fmt.Sprintf("%s by %s", name, n.By.Type().Kind))
	}
	if n.Distinct {
		out = append(out, fmt.Sprintf("%s distinct of %s", name, n.Arg.Type().Kind))
	}
	if n.Filter != nil {
		out = append(out, name+" filtered")
	}
	return out
}

// wanted lists what the table must have an example of.
func wanted(t *testing.T) []string {
	var out []string
	for _, f := range expr.Functions() {
		out = append(out, function(f))
	}
	out = append(out, declared(t)...)
	for kind := expr.Bool; kind <= expr.TimestampTZ; kind++ {
		for _, op := range []string{"=", "<>", "<", "<=", ">", ">="} {
			out = append(out, fmt.Sprintf("Compare %s of %s", op, kind))
		}
		for _, choice := range []string{"Distinct not true", "Distinct not false", "In not true", "In not false", "IsNull not true", "IsNull not false",
			"Case", "Coalesce", "NullIf", "Extreme true", "Extreme false",
			"AggregateKind min", "AggregateKind max", "AggregateKind count", "AggregateKind count distinct", "AggregateKind arg_max", "AggregateKind arg_min"} {
			out = append(out, choice+" of "+kind.String())
		}
		out = append(out, "AggregateKind arg_max by "+kind.String(), "AggregateKind arg_min by "+kind.String())
	}
	for _, kind := range []expr.Kind{expr.Int64, expr.Float64, expr.Decimal} {
		out = append(out, "AggregateKind sum of "+kind.String(), "AggregateKind avg of "+kind.String())
	}
	for _, choice := range []string{"true not true", "true not false", "false not true", "false not false"} {
		out = append(out, "IsBool "+choice)
	}
	return out
}

// declared reads what package expr's source declares: the kinds of node, the
// words of pattern languages and aggregates, the names of functions.
func declared(t *testing.T) []string {
	t.Helper()
	var out []string
	dir := filepath.Join(scratch.Root(), "gen", "internal", "expr")
	for _, name := range []string{"ir.go", "functions.go", "aggregates.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if isNode(n) {
					out = append(out, "node "+n.Name.Name)
				}
			case *ast.ValueSpec:
				out = append(out, wordsOf(n)...)
			}
			return true
		})
	}
	if len(out) < 60 {
		t.Fatalf("package expr is not read as it is written: only %v", out)
	}
	return out
}

func isNode(n *ast.TypeSpec) bool {
	s, ok := n.Type.(*ast.StructType)
	return ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool {
		embedded, ok := f.Type.(*ast.Ident)
		return ok && len(f.Names) == 0 && embedded.Name == "base"
	})
}

// wordsOf are the texts in the declaration of a typed constant or of a list of names.
func wordsOf(n *ast.ValueSpec) []string {
	var out []string
	typ, _ := n.Type.(*ast.Ident)
	for i, name := range n.Names {
		if i >= len(n.Values) {
			continue
		}
		switch {
		case typ != nil && typ.Name == "AggregateKind":
			out = append(out, "AggregateKind "+unquote(n.Values[i]), "AggregateKind "+unquote(n.Values[i])+" filtered")
		case typ != nil && typ.Name == "MatchSyntax":
			out = append(out, "MatchSyntax "+unquote(n.Values[i]))
		case name.Name == "synonyms" || name.Name == "unlisted" || name.Name == "aggregates":
			for _, element := range n.Values[i].(*ast.CompositeLit).Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					element = pair.Key
				}
				out = append(out, "name "+unquote(element))
			}
		}
	}
	return out
}

func unquote(e ast.Expr) string {
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	if err != nil {
		panic(err)
	}
	return s
}
