package plan_test

import (
	"fmt"
	"testing"

	"martlet/gen/internal/expr"
)

// What a fold gives is written out, or told as it was declared, and a column that is nothing but an input's is a
// copy, also of a joined one or of a key.
func TestColumnsAreWrittenOut(t *testing.T) {
	models := planned(t)
	for _, want := range []struct {
		model, column, sql, text string
		copies                   bool
	}{
		{"paid_orders", "id", "order_id", "order_id", true},
		{"paid_orders", "who", "lower(customer)", "lower(customer)", false},
		{"paid_orders", "payer", "max(payer)", "max(payer)", false},
		{"paid_orders", "is_paid", "sum(paid) is not null and sum(paid) >= cast(amount as decimal(38,2))", "paid is not null and paid >= amount", false},
		{"by_country", "country", "upper(country)", "upper(country)", false},
		{"by_country", "share", "count(*) * 100 / count(distinct customer)", "count(*) * 100 / count(distinct customer)", false},
		{"one_each", "order_id", "order_id", "order_id", true},
		{"by_payer", "payer", "max(payer)", "max(payer)", false},
		{"by_payer", "country", "country", "country", true},
		{"by_payer", "last_payer", "max(lower(max(payer)))", "max(lower(max(payer)))", false},
	} {
		m := models[want.model]
		for i, c := range m.Columns {
			if c.Name != want.column {
				continue
			}
			if got := expr.SQL(m.Written(i)); got != want.sql || m.Text(i) != want.text || m.Copies(i) != want.copies {
				t.Errorf("%s.%s is %s, declared %s, a copy: %t, want %s, %s, %t", want.model, want.column, got, m.Text(i), m.Copies(i), want.sql, want.text, want.copies)
			}
		}
	}
	m := models["by_payer"]
	if m.Aggregated(m.Joins[0], 0) || !m.Aggregated(m.Joins[1], 0) {
		t.Error("what a join is matched by is an aggregate where it is one of an earlier join")
	}
	if got := fmt.Sprint(models["paid_orders"].WhereReads()); got != "[{0 amount false}]" {
		t.Errorf("where reads %s", got)
	}
}
