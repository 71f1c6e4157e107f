package expr

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// registers are the Go types in which values of each kind are held.
var registers = map[Kind]string{
	Bool: "bool", Int64: "int64", Float64: "float64", Decimal: "decimal128.Num", String: "string",
	Date: "arrow.Date32", Timestamp: "arrow.Timestamp", TimestampTZ: "arrow.Timestamp",
}

// TestFunctionsExist holds the table to the functions of package value, read
// from its source: each takes the arguments, then the extras as int64, then the
// zone, and gives the result, with an error where it fails.
func TestFunctionsExist(t *testing.T) {
	defined := signatures(t, "../../../internal/value")
	for _, e := range table {
		var want []string
		for _, k := range e.Args {
			want = append(want, registers[k])
		}
		for range e.extras {
			want = append(want, "int64")
		}
		if e.Zone {
			want = append(want, "*time.Location")
		}
		result := registers[e.Result]
		if e.Fails {
			result += ", error"
		}
		signature := "(" + strings.Join(want, ", ") + ") (" + result + ")"
		if got, ok := defined[e.Go]; !ok || got != signature {
			t.Errorf("%s: value.%s is %q, want %q", e.signature(), e.Go, got, signature)
		}
	}
}

// signatures gives the functions of a package as "(int64, int64) (int64, error)".
func signatures(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				out[fn.Name.Name] = "(" + fieldTypes(fn.Type.Params) + ") (" + fieldTypes(fn.Type.Results) + ")"
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("no functions in %s", dir)
	}
	return out
}

func fieldTypes(fields *ast.FieldList) string {
	var out []string
	if fields != nil {
		for _, f := range fields.List {
			for range max(1, len(f.Names)) {
				out = append(out, types.ExprString(f.Type))
			}
		}
	}
	return strings.Join(out, ", ")
}

func TestTableHasNoDoubles(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range table {
		key := e.signature() + " " + e.Go
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
	}
	if got := len(Functions()); got != len(table) {
		t.Errorf("Functions lists %d of %d", got, len(table))
	}
	for synonym, of := range synonyms {
		if len(overloads(of)) == 0 || len(overloads(synonym)) > 0 {
			t.Errorf("%s is no synonym of %s", synonym, of)
		}
	}
}

// TestEveryEntryIsReached wants an expression that calls each entry, so that
// none is there in vain, and checks the number of its extras.
func TestEveryEntryIsReached(t *testing.T) {
	reached := map[*Func]int{}
	for _, src := range everyFunction() {
		n, problems := Check(src, kindScope{}, Options{})
		if len(problems) > 0 {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		Walk(n, func(n Node) bool {
			if c, ok := n.(*Call); ok {
				reached[c.Func] = len(c.Extra)
			}
			return true
		})
	}
	for _, e := range table {
		if extras, ok := reached[&e.Func]; !ok {
			t.Errorf("nothing calls %s, %s", e.signature(), e.Go)
		} else if extras != e.extras {
			t.Errorf("a call of %s has %d extras, the table says %d", e.Go, extras, e.extras)
		}
	}
}

func everyFunction() []string {
	all := []string{
		"_float64 / _float64", "_float64 - _float64", "_float64 * _float64", "_float64 + _float64", "-_float64", "abs(_float64)",
		"floor(_float64)", "ceil(_float64)", "round(_float64)", "_int64 + _int64 - _int64 * _int64 / _int64 % -_int64", "abs(_int64)",
		"_decimal + _decimal", "_decimal - _decimal", "_decimal * _decimal", "_decimal / _decimal", "_decimal % -_decimal",
		"abs(_decimal)", "floor(_decimal)", "ceil(_decimal)", "round(_decimal)",
		"lower(upper(trim(_string)))", "trim(both _string from _string)", "ltrim(rtrim(_string))", "ltrim(rtrim(_string, 'a'), 'b')",
		"length(substring(_string, 1))", "substring(_string, 1, 2)", "replace(_string, 'a', 'b') || 'c'", "split_part(_string, 'a', 1)",
		"starts_with(_string, 'a')", "md5(sha256(_string))",
		"_date + 1", "_date - 1", "_date - _date", "_timestamp + interval '1 day'", "_timestamptz + interval '1 hour'",
		"age_years(_timestamp, _timestamp)", "extract(epoch from _timestamptz)",
	}
	for _, unit := range suffixes(truncations, "Trunc") {
		all = append(all, "date_trunc('"+unit+"', _timestamp)")
	}
	for _, e := range instantTruncations {
		all = append(all, "date_trunc('"+strings.TrimSuffix(strings.TrimPrefix(e.Go, "Trunc"), "TZ")+"', _timestamptz)")
	}
	for _, field := range suffixes(extractions, "Extract") {
		all = append(all, "extract("+field+" from _timestamp)")
	}
	for _, c := range casts {
		to := c.Result.String()
		if c.Result == Decimal {
			to = "decimal(20,5)"
		}
		all = append(all, "cast(_"+c.Args[0].String()+" as "+to+")")
	}
	return all
}

// kindScope has a column for each type: _int64.
type kindScope struct{}

func (kindScope) Column(_, name string) (Resolved, *Problem) {
	i := slices.Index(kindNames[:], strings.TrimPrefix(name, "_"))
	if i < 0 {
		return Resolved{}, &Problem{Code: "test_unknown", Message: name}
	}
	t := Type{Kind: Kind(i)}
	if t.Kind == Decimal {
		t.Precision, t.Scale = 10, 2
	}
	return Resolved{Index: i, Name: name, Type: t}, nil
}
