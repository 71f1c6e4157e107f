package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
)

const keyedSources = `
[[source]]
name = "orders"
grain = ["id"]
columns = [
  { name = "id", type = "int64" }, { name = "customer", type = "int64" }, { name = "region", type = "string" },
  { name = "day", type = "date" }, { name = "placed_at", type = "timestamp" },
]

[[source]]
name = "lines"
columns = [{ name = "order_id", type = "int64" }, { name = "day", type = "date" }, { name = "n", type = "int64" }]

[[source]]
name = "regions"
grain = ["code"]
columns = [{ name = "manager", type = "int64" }, { name = "code", type = "string" }, { name = "area", type = "string" }]
`

// TestKeys traces keys to the sources: of each its key, and what it is besides;
// then the lookups, and the models computed from rows with the key.
func TestKeys(t *testing.T) {
	for name, c := range map[string]struct{ models, want string }{
		"a source": {`
[[model]]
name = "m"
from = "orders"
columns = [{ name = "order_id", expr = "id" }]
`, "orders: id; m"},

		"the key that more sources have": {`
[[model]]
name = "m"
from = "lines"
group_by = ["day", "order_id"]
joins = [{ input = "orders", on = [{ left = "order_id", right = "id" }] }]
columns = [{ name = "day" }, { name = "order_id" }, { name = "n", expr = "sum(n)" }]
`, "orders: id; lines: order_id; m"},

		"of as many sources all columns": {`
[[model]]
name = "m"
from = "lines"
group_by = ["day", "order_id"]
columns = [{ name = "day" }, { name = "order_id" }, { name = "n", expr = "sum(n)" }]
`, "lines: day, order_id; m"},

		"all columns are matched, in whatever order": {`
[[model]]
name = "m"
from = "lines"
group_by = ["day", "order_id"]
joins = [{ input = "orders", on = [{ left = "order_id", right = "id" }, "day"], aggregate = [{ name = "r", expr = "max(region)" }] }]
columns = [{ name = "day" }, { name = "order_id" }, { name = "r", expr = "max(r)" }]
`, "orders: day, id; lines: day, order_id; m"},

		"through dedupe and group_by": {`
[[model]]
name = "renamed"
from = "lines"
where = "n > 0"
columns = [{ name = "order_no", expr = "order_id" }, { name = "day" }, { name = "n" }]

[[model]]
name = "per_day"
from = "renamed"
group_by = ["order_no", "day"]
columns = [{ name = "of_order", expr = "order_no" }, { name = "of_day", expr = "day" }, { name = "n", expr = "sum(n)" }]

[[model]]
name = "m"
from = "per_day"
dedupe = { key = ["of_order"], order_by = "of_day" }
columns = [{ name = "id", expr = "of_order" }, { name = "n" }]
`, "lines: order_id; per_day m"},

		"through a joined input's own inputs": {`
[[model]]
name = "per_order"
from = "lines"
group_by = ["order_id"]
columns = [{ name = "order_id" }, { name = "n", expr = "sum(n)" }]

[[model]]
name = "above_it"
from = "per_order"
columns = [{ name = "order_no", expr = "order_id" }, { name = "n" }]

[[model]]
name = "m"
from = "orders"
joins = [{ input = "above_it", on = [{ left = "id", right = "order_no" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; lines: order_id; per_order above_it m"},

		"a join by other columns": {`
[[model]]
name = "m"
from = "orders"
joins = [{ input = "regions", on = [{ left = "region", right = "code" }] }]
columns = [{ name = "id" }, { name = "manager" }]
`, "orders: id; regions: whole; regions.code finds orders.region -> id; m"},

		"a join by other columns of a model row by row": {`
[[model]]
name = "upper_regions"
from = "regions"
columns = [{ name = "code", expr = "upper(code)" }, { name = "manager" }]

[[model]]
name = "deduped"
from = "orders"
dedupe = { key = ["id"] }
columns = [{ name = "id" }, { name = "region" }]

[[model]]
name = "m"
from = "deduped"
joins = [{ input = "upper_regions", on = [{ left = "region", right = "code" }], aggregate = [{ name = "n", expr = "count(*)" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; regions: whole; upper_regions.code finds deduped.region -> id; deduped m"},

		"a join by other columns of a model that holds rows": {`
[[model]]
name = "areas"
from = "regions"
group_by = ["area"]
columns = [{ name = "area" }, { name = "n", expr = "count(*)" }]

[[model]]
name = "m"
from = "orders"
joins = [{ input = "areas", on = [{ left = "region", right = "area" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; regions: whole; areas.area finds orders.region -> id; m"},

		"a join by a column of another join": {`
[[model]]
name = "m"
from = "orders"
joins = [
  { input = "regions", on = [{ left = "region", right = "code" }] },
  { input = "lines", on = [{ left = "manager", right = "order_id" }], aggregate = [{ name = "n", expr = "count(*)" }] },
]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; lines: whole, anywhere; regions: whole; regions.code finds orders.region -> id; m"},

		"a join by the key of what has it no more": {`
[[model]]
name = "shifted"
from = "lines"
columns = [{ name = "next_id", expr = "order_id + 1" }, { name = "n" }]

[[model]]
name = "m"
from = "orders"
joins = [{ input = "shifted", on = [{ left = "id", right = "next_id" }], aggregate = [{ name = "n", expr = "sum(n)" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; lines: whole; shifted.next_id finds orders.id -> id; m"},

		"the base again, by another column": {`
[[model]]
name = "m"
from = "orders"
joins = [{ input = "orders", as = "same", on = [{ left = "id", right = "customer" }], aggregate = [{ name = "n", expr = "count(*)" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id, whole; orders.customer finds orders.id -> id; m"},

		"the base again, by the key": {`
[[model]]
name = "m"
from = "orders"
joins = [{ input = "orders", as = "same", on = ["id"], aggregate = [{ name = "n", expr = "count(*)" }] }]
columns = [{ name = "id" }, { name = "n" }]
`, "orders: id; m"},

		"two models of one key": {`
[[model]]
name = "by_order"
from = "lines"
group_by = ["order_id", "day"]
output = {}
incremental = true
columns = [{ name = "order_id" }, { name = "day" }, { name = "n", expr = "sum(n)" }]

[[model]]
name = "m"
from = "orders"
columns = [{ name = "id" }]
`, "orders: id; lines: order_id; by_order m"},
	} {
		t.Run(name, func(t *testing.T) {
			text := keyedSources + strings.Replace(c.models, "name = \"m\"\n", "name = \"m\"\nincremental = true\noutput = {}\n", 1)
			p, errs := build("schema.toml", []byte(text))
			if err := errs.Err(); err != nil {
				t.Fatal(err)
			}
			if got := increments(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func increments(p *plan.Plan) string {
	var parts, models []string
	for i, s := range p.Increments.Sources {
		var is []string
		if s.Key != nil {
			is = append(is, p.Sources[i].Names(s.Key)...)
		}
		if s.Whole {
			is = append(is, "whole")
		}
		if s.Anywhere {
			is = append(is, "anywhere")
		}
		if len(is) > 0 {
			parts = append(parts, p.Sources[i].Name+": "+strings.Join(is, ", "))
		}
	}
	names := func(r *plan.Relation, columns []int) string { return strings.Join(r.Names(columns), "+") }
	for _, l := range p.Increments.Lookups {
		parts = append(parts, fmt.Sprintf("%s.%s finds %s.%s -> %s", l.Input.Name, names(l.Input, l.OfInput), l.Base.Name, names(l.Base, l.OfBase), names(l.Base, l.Key)))
	}
	for _, m := range p.Increments.Models {
		models = append(models, m.Name)
	}
	return strings.Join(append(parts, strings.Join(models, " ")), "; ")
}

func TestIncrementOfTheSample(t *testing.T) {
	decl, errs := schema.Load("../../../schema.toml")
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	p, errs := plan.Build(decl)
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	const want = "user_account: user_id; user_account_closures: user_id; user_account_reactivations: user_id; user_marketing_preferences: user_id; " +
		"user_account_attributes: user_id; country: whole; country.country_code finds int_users_acc__core.country_code -> user_id; " +
		"stg_sample_db__user_acc_attributes int_users_acc__core mart_users_marketing"
	if got := increments(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const shown = "  incremental  by user_id: user_account.user_id, user_account_closures.user_id, user_account_reactivations.user_id, " +
		"user_marketing_preferences.user_id, user_account_attributes.user_id; country whole, found by country_code\n"
	if !strings.Contains(p.Text(), shown) {
		t.Errorf("the plan does not show\n%s", shown)
	}
}

// TestRefresh holds what is computed anew as time goes by, and of what.
func TestRefresh(t *testing.T) {
	p, errs := build("schema.toml", []byte(keyedSources+`
[[model]]
name = "m"
from = "orders"
incremental = true
output = {}
joins = [{ input = "regions", on = [{ left = "region", right = "code" }] }]
columns = [
  { name = "order_id", expr = "id" }, { name = "at", expr = "placed_at" }, { name = "who", expr = "manager" },
  { name = "is_old", expr = "placed_at < now() and manager > 1" }, { name = "as_of", expr = "now()" }, { name = "big", expr = "id > 7" },
]

[[model]]
name = "timeless"
from = "orders"
incremental = true
output = {}
columns = [{ name = "id" }]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	of := p.Models[0].Increment
	if fmt.Sprint(of.Key, of.Timed, of.Constant) != "[0] [3 4] [4]" {
		t.Errorf("the key is %v, timed are %v, constant %v", of.Key, of.Timed, of.Constant)
	}
	want := []string{"order_id", "at", "who", `cast(at as timestamptz) < now() and who > 1`, "now()", "big"}
	for i, n := range of.Refresh {
		if got := expr.SQL(n); got != want[i] {
			t.Errorf("%s is refreshed by %s, want %s", p.Models[0].Columns[i].Name, got, want[i])
		}
	}
	if none := p.Models[1].Increment; none.Refresh != nil || none.Timed != nil {
		t.Errorf("nothing of a model without now() is refreshed: %v", none.Timed)
	}
}

func TestRowByRow(t *testing.T) {
	const models = `
[[model]]
name = "yes"
from = "orders"
where = "id > 1"
columns = [{ name = "id" }, { name = "upper", expr = "upper(region)" }]

[[model]]
name = "deduped"
from = "orders"
dedupe = { key = ["id"] }
columns = [{ name = "id" }]

[[model]]
name = "grouped"
from = "orders"
group_by = ["id"]
columns = [{ name = "id" }]

[[model]]
name = "joined"
from = "orders"
joins = [{ input = "regions", on = [{ left = "region", right = "code" }] }]
columns = [{ name = "id" }]

[[model]]
name = "timed"
from = "orders"
columns = [{ name = "now", expr = "now()" }]

[[model]]
name = "filtered_by_time"
from = "orders"
where = "placed_at < now()"
columns = [{ name = "id" }]
`
	p, errs := build("schema.toml", []byte(keyedSources+models))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	for _, m := range p.Models {
		if m.RowByRow() != (m.Name == "yes") {
			t.Errorf("%s is row by row: %v", m.Name, m.RowByRow())
		}
	}
	if p.Increments != nil {
		t.Error("a plan without incremental models has increments")
	}
}

// TestAdditive names the tests of which the results of parts make no result of all.
func TestAdditive(t *testing.T) {
	p, errs := build("schema.toml", []byte(strings.Replace(keyedSources, `{ name = "placed_at", type = "timestamp" },`,
		`{ name = "placed_at", type = "timestamp", tests = ["not_null", "monotonic", { recency = { within = "1d" } }, { expr = "placed_at < now()", name = "past" }, { range = { min = 2020-01-01 }, name = "since", where = "placed_at < now()" }, { range = { min = 2020-01-01 }, name = "ranged", where = "id > 1" }] },`, 1)+`
[[model]]
name = "m"
from = "orders"
columns = [{ name = "id" }]
tests = [{ row_count = { min = 1 } }, { name = "positive", expr = "id > 0" }]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	var whole []string
	for _, r := range p.Relations() {
		for _, test := range r.Tests {
			if !test.Additive() {
				whole = append(whole, test.Name)
			}
		}
	}
	if got := strings.Join(whole, " "); got != "monotonic_orders_placed_at recency_orders_placed_at past since row_count_m" {
		t.Errorf("tests of the whole are %s", got)
	}
}

// TestIncrementalIsInTheFingerprint holds that a model which becomes incremental is
// another; the key, which follows from what it rests on, is the project's.
func TestIncrementalIsInTheFingerprint(t *testing.T) {
	of := func(text string) (model, project string) {
		p, errs := build("schema.toml", []byte(text))
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		return p.Models[len(p.Models)-1].Fingerprint(), p.Fingerprint()
	}
	full := keyedSources + `
[[model]]
name = "before"
from = "lines"
columns = [{ name = "order_id" }, { name = "day" }]

[[model]]
name = "m"
from = "before"
grain = ["order_id", "day"]
output = {}
incremental = false
columns = [{ name = "order_id" }, { name = "day" }]
`
	incremental := strings.Replace(full, "incremental = false", "incremental = true", 1)
	otherKey := strings.Replace(incremental, `{ name = "day" }]

[[model]]`, `{ name = "day", expr = "day + 0" }]

[[model]]`, 1)
	model, project := of(full)
	model2, project2 := of(incremental)
	model3, project3 := of(otherKey)
	if model == model2 || project == project2 {
		t.Error("incremental is not in the fingerprint")
	}
	if model2 != model3 || project2 == project3 {
		t.Error("another key is not another project, or is another model")
	}
}

// What does not stand otherwise is not traced.
func TestNoIncrementsOfWhatIsWrong(t *testing.T) {
	_, errs := build("schema.toml", []byte(keyedSources+`
[[model]]
name = "m"
from = "nowhere"
incremental = true
columns = [{ name = "id" }]
`))
	if errs.Len() != 1 || !strings.Contains(errs.Err().Error(), "nowhere") {
		t.Errorf("got %v", errs.Err())
	}
}
