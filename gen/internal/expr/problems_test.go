package expr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
)

// Each wrong expression, with ^ before the byte at which each problem is
// reported, and the codes of the problems in that order. A ^ of SQL's own is not used.
var wrong = []struct {
	marked string
	codes  string
	says   string // part of the first problem's message, suggestion or help
}{
	{"i + ^", "sql_syntax", "end of input"},
	{"'é' = s ^) x", "sql_syntax", `at or near ")"`},
	{"s = ^'open", "sql_syntax", "unterminated"},
	{"^", "sql_not_one_expression", "empty"},
	{"^-- nothing", "sql_not_one_expression", "comment"},
	{"i, ^s", "sql_not_one_expression", "second"},
	{"^i as x", "sql_not_one_expression", "alias"},
	{"i ^from t", "sql_not_one_expression", "FROM"},
	{"i ^where b", "sql_not_one_expression", "WHERE"},
	{"i ^order by i", "sql_not_one_expression", "ORDER BY"},
	{"i ^limit 1", "sql_not_one_expression", "LIMIT"},
	{"^distinct i", "sql_not_one_expression", "DISTINCT"},
	{"i ^union select 1", "sql_not_one_expression", "UNION"},
	{"i^; select 1", "sql_not_one_expression", "statement"},
	{"i = ^(select 1)", "sql_unsupported", "subquery"},
	{"^array[1]", "sql_unsupported", "IN"},
	{"^sum(i) over ()", "sql_unsupported", "window"},
	{"i ^between symmetric 1 and 2", "sql_unsupported", "SYMMETRIC"},
	{"s ^~ 'a'", "sql_unsupported", "regexp_like"},
	{"i ^& 1", "sql_unsupported", "there are + -"},
	{"^*", "sql_unsupported", "count(*)"},
	{"^a.b.c", "sql_unsupported", "input.column"},
	{"s ^collate \"C\"", "sql_unsupported", "COLLATE"},
	{"^user", "sql_unsupported", "double quotes"},
	{"^current_date", "sql_unsupported", "cast(now() as date)"},
	{"ts ^- ts", "sql_unsupported", "epoch"},
	{"s::^varchar(3)", "sql_unsupported", "substring"},
	{"^max(distinct i)", "sql_unsupported", "DISTINCT"},
	{"i = 1 and ^loewr(s) = 'a'", "sql_unknown_function", "lower"},
	{"^zzzzzzzzzzz(i)", "sql_unknown_function", "age_years, arg_max"},
	{"^to_char(ts, 'YYYY')", "sql_unknown_function", "extract"},
	{"^mine.lower(s)", "sql_unknown_function", "schema"},
	{"i::^integre", "sql_unknown_type", "integer"},
	{"i::^numeric", "sql_unknown_type", "decimal(10,2)"},
	{"i::^decimal(40,2)", "sql_unknown_type", "1 to 38"},
	{"^lower(i)", "sql_arguments", "lower(string)"},
	{"^lower()", "sql_arguments", "lower(string)"},
	{"s ^+ 1", "sql_arguments", "cast"},
	{"^round(f, 2)", "sql_arguments", "decimal"},
	{"date_trunc(^'moth', ts)", "sql_arguments", "month"},
	{"^extract(hour from day)", "sql_arguments", "time of day"},
	{"sum(^s)", "sql_arguments", "number"},
	{"i = ^s", "sql_no_common_type", "cast(x as int64)"},
	{"case when b then 1 else ^s end", "sql_no_common_type", "results of CASE"},
	{"b and ^i", "sql_not_boolean", "x <> 0"},
	{"case when ^s then 1 end", "sql_not_boolean", "WHEN"},
	{"day^::int64", "sql_no_cast", "date can be cast to"},
	{"day = ^'2020-02-30'", "sql_bad_literal", "date"},
	{"i = ^'x'", "sql_bad_literal", "int64"},
	{"^1e400", "sql_bad_literal", "38 digits"},
	{"ts + ^interval '3 parsecs'", "sql_bad_literal", "30 days"},
	{"s like ^s_n", "sql_not_literal", "LIKE"},
	{"round(d, ^i)", "sql_not_literal", "digits"},
	{"ts + ^cast(s as interval)", "sql_not_literal", "interval"},
	{"regexp_like(s, ^'(')", "sql_bad_pattern", "missing closing"},
	{`s like ^'a\'`, "sql_bad_pattern", "escape"},
	{"big ^* big", "sql_decimal_too_long", "40 digits"},
	{"^interval '1 day'", "sql_misplaced_interval", "added"},
	{"interval '1 day' ^* 2", "sql_misplaced_interval", "literals"},
	{"^lower(distinct s)", "sql_misplaced_aggregate", "DISTINCT"},
	{"max(^min(i))", "sql_nested_aggregate", "inside max"},
	{"^nope + 1 = 2 or ^nopa = 3 or ^lower(5) = 'x'", "test_unknown_column test_unknown_column sql_arguments", "nope"},
	{"^nope.i", "test_unknown_column", "nope"},
	{"max(^nope) filter (where ^nopa)", "test_unknown_column test_unknown_column", "nope"},
	{"case when ^nope then ^nopa else ^nopi end", "test_unknown_column test_unknown_column test_unknown_column", ""},
}

// marks takes the marks out of a text and gives their offsets.
func marks(marked string) (src string, offsets []int) {
	for i, part := range strings.Split(marked, "^") {
		if i > 0 {
			offsets = append(offsets, len(src))
		}
		src += part
	}
	return src, offsets
}

func TestProblems(t *testing.T) {
	for _, w := range wrong {
		t.Run(w.marked, func(t *testing.T) {
			src, offsets := marks(w.marked)
			n, problems := expr.Check(src, scope{}, expr.Options{Aggregates: true})
			if n != nil {
				t.Errorf("there is a node: %s", expr.SQL(n))
			}
			holds(t, problems, offsets, w.codes, w.says)
		})
	}
}

func holds(t *testing.T, problems []expr.Problem, offsets []int, codes, says string) {
	t.Helper()
	var gotOffsets []int
	var gotCodes []string
	for _, p := range problems {
		gotOffsets = append(gotOffsets, p.Offset)
		gotCodes = append(gotCodes, string(p.Code))
		if p.Message == "" {
			t.Errorf("a problem without a message: %+v", p)
		}
	}
	if !slices.Equal(gotOffsets, offsets) || strings.Join(gotCodes, " ") != codes {
		t.Errorf("got %v at %v, want %s at %v", gotCodes, gotOffsets, codes, offsets)
	}
	if len(problems) > 0 && !strings.Contains(fmt.Sprint(problems[0].Message, problems[0].Suggestion, problems[0].Help), says) {
		t.Errorf("%q is not in %+v", says, problems[0])
	}
}

// TestWithoutAggregates and the next hold what depends on where an expression stands.
func TestWithoutAggregates(t *testing.T) {
	_, problems := expr.Check("1 + max(i)", scope{}, expr.Options{})
	holds(t, problems, []int{4}, "sql_misplaced_aggregate", "group_by")
}

var wrongOrders = []struct{ marked, codes, says string }{
	{"^ts desc nulls first", "sql_ordering", "NULLS FIRST"},
	{"ts, ^1", "sql_ordering", "column"},
	{"^i using <", "sql_ordering", "ASC"},
	{"i ^limit 1", "sql_not_one_expression", "LIMIT"},
	{"^nope, ^nopa desc", "test_unknown_column test_unknown_column", "nope"},
	{"^max(i)", "sql_misplaced_aggregate", "max"},
	{"i desc ^desc", "sql_syntax", "desc"},
	{"^", "sql_not_one_expression", "empty"},
}

func TestOrderProblems(t *testing.T) {
	for _, w := range wrongOrders {
		t.Run(w.marked, func(t *testing.T) {
			src, offsets := marks(w.marked)
			terms, problems := expr.CheckOrderBy(src, scope{})
			if terms != nil {
				t.Error("there are terms")
			}
			holds(t, problems, offsets, w.codes, w.says)
		})
	}
}

func TestTooDeep(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("-(", 300) + "i" + strings.Repeat(")", 300),
		"i" + strings.Repeat(" + 1", 300),
		"i" + strings.Repeat(" + 1", 30_000),
		strings.Repeat("(", 100_000),
		"s = '" + strings.Repeat("x", 100_000) + "'",
	} {
		_, problems := expr.Check(src, scope{}, expr.Options{})
		if len(problems) != 1 || problems[0].Code != expr.TooDeep || problems[0].Help == "" {
			t.Errorf("%.20s...: got %v", src, problems)
		}
	}
	wide := "s in ('" + strings.Join(slices.Repeat([]string{"a"}, 5000), "', '") + "')"
	check(t, strings.ReplaceAll(wide, "'a'", "'1'"))
}

// TestEveryCodeIsExplainedAndShown holds the table of codes to the constants,
// and wants a failing example of each.
func TestEveryCodeIsExplainedAndShown(t *testing.T) {
	if _, err := diag.Registry(expr.Codes); err != nil {
		t.Error(err)
	}
	shown := string(expr.TooDeep) // has a test of its own
	for _, w := range wrong {
		shown += " " + w.codes
	}
	for _, w := range wrongOrders {
		shown += " " + w.codes
	}
	for _, e := range expr.Codes {
		if !slices.Contains(strings.Fields(shown), string(e.Code)) {
			t.Errorf("no example of %s", e.Code)
		}
	}
	for code := range strings.FieldsSeq(shown) {
		if diag.Code(code) != unknownColumn && diag.Explain(expr.Codes, diag.Code(code)) == "" {
			t.Errorf("%s is not explained", code)
		}
	}
}
