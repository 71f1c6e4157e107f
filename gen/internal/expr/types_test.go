package expr_test

import (
	"strings"
	"testing"

	"martlet/gen/internal/expr"
)

func TestParseType(t *testing.T) {
	for _, text := range []string{"bool", "int64", "float64", "decimal(1,0)", "decimal(38,38)", "string", "date", "timestamp", "timestamptz"} {
		typ, err := expr.ParseType(text)
		if err != nil || typ.String() != text || !typ.Storable() {
			t.Errorf("%s is read as %s, %v", text, typ, err)
		}
	}
	if typ, err := expr.ParseType("decimal( 10 , 2 )"); err != nil || typ.String() != "decimal(10,2)" {
		t.Errorf("with spaces: %s, %v", typ, err)
	}
	for text, says := range map[string]string{
		"":               "expected one of bool",
		"int":            `no type "int"`,
		"null":           "expected one of",
		"interval":       "expected one of",
		"decimal":        "precision and scale",
		"decimal(39,0)":  "1 to 38",
		"decimal(0,0)":   "1 to 38",
		"decimal(5,6)":   "0 to 5",
		"decimal(10)":    "expected one of",
		"decimal(10,-1)": "expected one of",
	} {
		if _, err := expr.ParseType(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q in it", text, err, says)
		}
	}
}

func TestTypesAreRead(t *testing.T) {
	for _, text := range expr.Types() {
		if _, err := expr.ParseType(strings.Replace(text, "(p,s)", "(10,2)", 1)); err != nil {
			t.Error(err)
		}
	}
}
