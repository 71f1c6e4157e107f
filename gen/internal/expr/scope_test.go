package expr_test

import (
	"strings"
	"testing"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
)

// unknownColumn is the code of the test scope's own problem.
const unknownColumn diag.Code = "test_unknown_column"

// declaration is one column of the test scope; its name ends in _n where it may be null.
type declaration struct{ name, typ string }

var declared = []declaration{
	{"b", "bool"}, {"b_n", "bool"}, {"i", "int64"}, {"i_n", "int64"}, {"f", "float64"}, {"f_n", "float64"},
	{"d", "decimal(10,2)"}, {"d_n", "decimal(10,2)"}, {"e", "decimal(12,4)"}, {"big", "decimal(38,20)"},
	{"s", "string"}, {"s_n", "string"}, {"day", "date"}, {"day_n", "date"}, {"ts", "timestamp"}, {"ts_n", "timestamp"},
	{"tz", "timestamptz"}, {"tz_n", "timestamptz"}, {"user", "string"}, {"Mixed", "int64"}, {"i2_n", "int64"},
}

// scope is the test columns as input 0, and again as input 1 under the name "other".
type scope struct{}

func (scope) Column(qualifier, name string) (expr.Resolved, *expr.Problem) {
	if qualifier != "" && qualifier != "other" {
		return expr.Resolved{}, &expr.Problem{Code: unknownColumn, Message: "no input " + qualifier}
	}
	for i, d := range declared {
		if d.name != name {
			continue
		}
		t, err := expr.ParseType(d.typ)
		if err != nil {
			panic(err)
		}
		r := expr.Resolved{Index: i, Name: name, Type: t, Nullable: strings.HasSuffix(name, "_n")}
		if qualifier == "other" {
			r.Input, r.Name = 1, "other."+name
		}
		return r, nil
	}
	return expr.Resolved{}, &expr.Problem{Code: unknownColumn, Message: "no column " + name}
}

// check checks an expression that has to be right.
func check(t *testing.T, src string) expr.Node {
	t.Helper()
	n, problems := expr.Check(src, scope{}, expr.Options{Aggregates: true})
	for _, p := range problems {
		t.Errorf("%s: offset %d: %s [%s] %s", src, p.Offset, p.Message, p.Code, p.Help)
	}
	if t.Failed() {
		t.FailNow()
	}
	return n
}
