package expr_test

import (
	"testing"

	"martlet/gen/internal/expr"
)

// narrowed are expressions in which the last mention of i_n is known not to be
// null, or is not. Some would be true of two-valued logic only.
var narrowed = []struct {
	src     string
	notNull bool
}{
	{"i_n is not null and i_n > 1", true},
	{"i_n is null and i_n > 1", false},
	{"i_n is not null or i_n > 1", false},
	{"i_n is null or i_n > 1", true},
	{"not (i_n is null) and i_n > 1", true},
	{"not (i_n is not null) or i_n > 1", true},
	{"not (i_n is null or i2_n is null) and i_n > 1", true},
	{"(i_n is null or i2_n is null) or i_n > 1", true},
	{"(i_n is null and i2_n is null) or i_n > 1", false},
	{"(i_n is not null or b) and i_n > 1", false},
	{"b and i_n is not null and i_n > 1", true},
	{"i_n is not null and (b or i_n > 1)", true},
	{"(i_n is not null and b_n) and i_n > 1", true},
	{"(b_n or i_n is not null) and i_n > 1", false},
	// A null on the left of AND lets the right side count: null and false is false.
	{"i_n > 0 and i_n > 1", false},
	{"i_n > 0 or i_n > 1", false},
	{"(i_n > 0) is true and i_n > 1", true},
	{"(i_n > 0) is not true or i_n > 1", true},
	{"(i_n > 0) is false and i_n > 1", true},
	{"(i_n > 0) is not false and i_n > 1", false},
	{"(i_n > 0) is not null and i_n > 1", true},
	{"(i_n > 0) is null or i_n > 1", true},
	{"coalesce(i_n > 0, false) and i_n > 1", true},
	{"coalesce(i_n > 0, true) and i_n > 1", false},
	{"coalesce(i_n > 0, true) or i_n > 1", true},
	{"i_n is not distinct from i and i_n > 1", true},
	{"i_n is distinct from i or i_n > 1", true},
	{"i_n is distinct from i and i_n > 1", false},
	{"i_n is not distinct from i2_n and i_n > 1", false},
	// CASE: a result counts where its condition is true, the rest where none was.
	{"case when i_n is not null then i_n end", true},
	{"case when i_n is null then 0 else i_n end", true},
	{"case when i_n is null then i_n end", false},
	{"case when i_n > 1 then i_n end", true},
	{"case when i_n > 1 then 0 else i_n end", false},
	{"case when i_n > 1 and b_n then i_n end", true},
	{"case when i_n > 1 or b_n then i_n end", false},
	{"case when i_n > 1 or i_n < 0 then i_n end", true},
	{"case when not i_n > 1 then i_n end", true},
	{"case when i_n in (1, 2) then i_n end", true},
	{"case when i_n not in (1, 2) then i_n end", true},
	{"case when i not in (1, i_n) then i_n end", true},
	{"case when i in (1, i_n) then i_n end", false},
	{"case when i in (1, i_n) then 0 else i_n end", false},
	{"(i in (1, i_n)) is not false or i_n > 1", true},
	{"case when i_n between 1 and 2 then i_n end", true},
	{"case when cast(i_n as string) like 'a' then i_n end", true},
	{"case when nullif(i_n, 1) > 2 then i_n end", true},
	{"case when greatest(i_n, 1) > 2 then i_n end", false},
	{"case when greatest(i_n, null) > 2 then i_n end", true},
	{"case when coalesce(i_n, i2_n) > 2 then i_n end", false},
	{"case when concat(cast(i_n as string)) = '' then i_n end", false},
	{"case when i_n + i > 2 then i_n end", true},
	{"case when b then 1 when i_n is null then 2 when b then i_n end", true},
	{"case when i_n is null and b then 2 else i_n end", false},
	{"case when i_n is null or b then 2 else i_n end", true},
	{"case i_n when 1 then i_n end", true},
	{"case when false then i_n end", true},
	{"case when true then 0 else i_n end", true},
	{"coalesce(i_n, i_n)", false},
	{"coalesce(case when i_n is not null then null else 1 end, i_n)", false},
	// Other columns, and other inputs, are not narrowed.
	{"i2_n is not null and i_n > 1", false},
	{"other.i_n is not null and i_n > 1", false},
	// A group's column is not its rows'.
	{"case when i_n is not null then max(i_n) end", false},
	{"max(i_n) filter (where i_n is not null)", true},
	{"max(i_n) > 0 and i_n > 1", false},
	{"case when max(i_n) > 0 then i_n end", false},
}

func TestNarrowing(t *testing.T) {
	for _, c := range narrowed {
		t.Run(c.src, func(t *testing.T) {
			var last expr.Node
			expr.Walk(check(t, c.src), func(n expr.Node) bool {
				// An aggregate's filter is walked after its argument.
				if a, ok := n.(*expr.Aggregate); ok && a.Filter != nil {
					last = a.Arg
					return false
				}
				if column, ok := n.(*expr.Column); ok && column.Name == "i_n" {
					last = column
				}
				return true
			})
			if got := !last.Nullable(); got != c.notNull {
				t.Errorf("known not to be null: %v, want %v", got, c.notNull)
			}
		})
	}
}
