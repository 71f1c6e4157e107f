package plan_test

import (
	"strings"
	"testing"

	"martlet/gen/internal/plan"
)

const shop = `
name = "shop"

[[source]]
name = "orders"
grain = ["order_id"]
columns = [
  { name = "order_id", type = "int64", nullable = false },
  { name = "customer", type = "string", pii = true, description = "Who ordered." },
  { name = "country", type = "string" },
  { name = "amount", type = "decimal(12,2)" },
]

[[source]]
name = "payments"
columns = [{ name = "order_id", type = "int64" }, { name = "paid", type = "decimal(12,2)" }, { name = "payer", type = "string", pii = true }]

[[model]]
name = "paid_orders"
from = "orders"
where = "amount is not null"
joins = [
  { input = "payments", on = ["order_id"], aggregate = [{ name = "paid", expr = "sum(paid)" }, { name = "payer", expr = "max(payer)" }] },
]
columns = [
  { name = "id", expr = "order_id" },
  { name = "customer" },
  { name = "who", expr = "lower(customer)" },
  { name = "who_hash", expr = "md5(customer)", pii = false },
  { name = "rest", expr = "amount - coalesce(paid, 0)" },
  { name = "payer" },
  { name = "is_paid", expr = "paid is not null and paid >= amount" },
  { name = "has_amount", expr = "amount is not null" },
]

[[model]]
name = "by_country"
from = "orders"
group_by = ["upper(country)"]
columns = [
  { name = "country", expr = "upper(country)" },
  { name = "orders", expr = "count(*)" },
  { name = "share", expr = "count(*) * 100 / count(distinct customer)" },
]

[[model]]
name = "by_payer"
from = "orders"
joins = [
  { input = "payments", on = ["order_id"], aggregate = [{ name = "payer", expr = "max(payer)" }] },
  { input = "one_each", as = "own", on = [{ left = "payments.payer", right = "customer" }] },
]
group_by = ["payments.payer", "country"]
columns = [
  { name = "payer", expr = "payments.payer" },
  { name = "country" },
  { name = "last_payer", expr = "max(lower(payments.payer))" },
]

[[model]]
name = "one_each"
from = "orders"
dedupe = { key = ["customer"] }
columns = [{ name = "customer" }, { name = "order_id" }]

[[model]]
name = "keyless"
from = "one_each"
columns = [{ name = "doubled", expr = "order_id * 2" }]

[[model]]
name = "promised"
from = "keyless"
grain = ["doubled"]
columns = [{ name = "doubled" }]
`

func planned(t *testing.T) map[string]*plan.Model {
	t.Helper()
	p, errs := build("schema.toml", []byte(shop))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	models := map[string]*plan.Model{}
	for _, m := range p.Models {
		models[m.Name] = m
	}
	return models
}

func column(t *testing.T, m *plan.Model, name string) *plan.Column {
	t.Helper()
	for _, c := range m.Columns {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("%s has no column %s", m.Name, name)
	return nil
}

func TestNullabilityAndTypes(t *testing.T) {
	models := planned(t)
	for _, c := range []struct {
		model, column, typ string
		nullable           bool
	}{
		{"paid_orders", "id", "int64", false},
		{"paid_orders", "customer", "string", true},
		{"paid_orders", "payer", "string", true},
		{"paid_orders", "is_paid", "bool", true},
		{"paid_orders", "has_amount", "bool", false},
		{"by_country", "country", "string", true},
		{"by_country", "orders", "int64", false},
		{"one_each", "order_id", "int64", false},
	} {
		got := column(t, models[c.model], c.column)
		if got.Type.String() != c.typ || got.Nullable != c.nullable {
			t.Errorf("%s.%s is %s, nullable %v; want %s, %v", c.model, c.column, got.Type, got.Nullable, c.typ, c.nullable)
		}
	}
}

func TestLineageAndPersonalData(t *testing.T) {
	m := planned(t)["paid_orders"]
	for _, c := range []struct {
		column, inputs, lineage string
		pii                     bool
	}{
		{"id", "orders.order_id", "orders.order_id", false},
		{"who", "orders.customer", "orders.customer", true},
		{"who_hash", "orders.customer", "orders.customer", false},
		{"rest", "orders.amount payments.paid", "orders.amount payments.paid", false},
		{"payer", "payments.payer", "payments.payer", true},
	} {
		got := column(t, m, c.column)
		if refs(got.Inputs) != c.inputs || refs(got.Lineage) != c.lineage || got.PII != c.pii {
			t.Errorf("%s reads %s, goes back to %s, pii %v; want %s, %s, %v", c.column, refs(got.Inputs), refs(got.Lineage), got.PII, c.inputs, c.lineage, c.pii)
		}
	}
	if d := column(t, m, "customer").Description; d != "Who ordered." {
		t.Errorf("a column handed on is described %q", d)
	}
}

func refs(list []plan.ColumnRef) string {
	var names []string
	for _, r := range list {
		names = append(names, r.String())
	}
	return strings.Join(names, " ")
}

func TestGrainIsProvedOrTested(t *testing.T) {
	models := planned(t)
	for name, want := range map[string]string{
		"paid_orders": "id input",
		"by_country":  "country group_by",
		"one_each":    "customer dedupe",
		"keyless":     " ",
		"promised":    "doubled declared",
	} {
		m := models[name]
		if got := strings.Join(m.Names(m.Grain), ",") + " " + string(m.Proof); got != want {
			t.Errorf("the grain of %s is %q, want %q", name, got, want)
		}
	}
	tests := models["promised"].Tests
	if len(tests) != 1 || tests[0].Name != "grain_promised" || tests[0].Severity != "error" {
		t.Errorf("a grain that is only declared is tested by %v", tests)
	}
	if tests := models["one_each"].Tests; len(tests) != 0 {
		t.Errorf("a proved grain is tested by %v", tests)
	}
}

// TestModelsFollowTheirInputs holds that the order of declaration is free.
func TestModelsFollowTheirInputs(t *testing.T) {
	backwards := strings.Replace(shop, "[[model]]\nname = \"one_each\"", "[[model]]\nname = \"reader\"\nfrom = \"promised\"\ncolumns = [{ name = \"doubled\" }]\n\n[[model]]\nname = \"one_each\"", 1)
	p, errs := build("schema.toml", []byte(backwards))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range p.Models {
		names = append(names, m.Name)
	}
	if got := strings.Join(names, " "); got != "paid_orders by_country one_each by_payer keyless promised reader" {
		t.Errorf("the order is %s", got)
	}
}

func TestFingerprintFollowsTheMeaning(t *testing.T) {
	fingerprint := func(schema string) string {
		p, errs := build("schema.toml", []byte(schema))
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		return p.Fingerprint()
	}
	base := fingerprint(shop)
	if fingerprint(strings.Replace(shop, "\n\n", "\n# a comment\n\n", 1)) != base {
		t.Error("a comment changes the fingerprint")
	}
	for _, edit := range [][2]string{{"amount is not null\"\njoins", "amount is null\"\njoins"}, {"sum(paid)", "min(paid)"}, {"pii = false", "pii = true"}, {"decimal(12,2)", "decimal(13,2)"}} {
		if !strings.Contains(shop, edit[0]) {
			t.Fatalf("no %q", edit[0])
		}
		if fingerprint(strings.Replace(shop, edit[0], edit[1], 1)) == base {
			t.Errorf("%q instead of %q keeps the fingerprint", edit[1], edit[0])
		}
	}
}
