package oracle

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
)

// table is a seed of a project: its columns, whose values are made from left to
// right, and how many rows.
type table struct {
	name    string
	columns []column
	rows    int
}

// write writes a table's random rows; n, the record, is not in the file.
func (s table) write(t testing.TB, root string, r *rand.Rand) string {
	t.Helper()
	var b strings.Builder
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	b.WriteString(strings.Join(names, ",") + "\n")
	for range s.rows {
		for i, c := range s.columns {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(c.value(r))
		}
		b.WriteByte('\n')
	}
	path := filepath.Join(root, "seeds", s.name+".csv")
	writeFile(t, path, b.String())
	return path
}

// or gives one of other's values in one of `in` cases: written as they are in the
// file, where nothing is null and two quotes are empty text.
func or(in int, other string, source func(*rand.Rand) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		if r.IntN(in) == 0 {
			return other
		}
		return source(r)
	}
}

func id(n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return fmt.Sprint(1 + r.IntN(n)) }
}

// moment is a time among few, so that there are ties, or any time of the days before end.
func moment(end string, days int) func(*rand.Rand) string {
	last, err := time.Parse(time.DateTime, end)
	if err != nil {
		panic(err)
	}
	return func(r *rand.Rand) string {
		hours := r.IntN(24 * days)
		if r.IntN(2) == 0 {
			hours = 24 * r.IntN(12) * days / 12
		}
		return last.Add(-time.Duration(hours) * time.Hour).Format(time.DateTime)
	}
}

// sampleTables are messy raw tables of accounts: users twice and more, ties in
// every time, internal users, ids that no account has.
func sampleTables() []table {
	const users = 400
	at := moment("2022-04-09 00:00:00", 120)
	long := moment("2022-04-01 00:00:00", 1200)
	when := either(at, long)
	return []table{
		{"user_account", []column{
			{"user_id", "int64", id(users)},
			{"email", "string", or(8, "", or(12, `""`, oneOf(" A@x.org ", "b@x.org", "C@X.ORG", "  ", "not an address", "é@x.org")))},
			{"created_timestamp", "timestamp", when}, {"last_updated", "timestamp", when},
			{"internal_user", "bool", oneOf("false", "false", "false", "true")},
		}, 900},
		{"user_account_closures", []column{{"user_id", "int64", id(users + 50)}, {"closed_timestamp", "timestamp", when}}, 300},
		{"user_account_reactivations", []column{{"user_id", "int64", id(users + 50)}, {"reopened_timestamp", "timestamp", when}}, 300},
		{"user_marketing_preferences", []column{
			{"user_id", "int64", id(users + 50)}, {"marketing_opt_in", "bool", oneOf("true", "false")}, {"timestamp", "timestamp", when},
		}, 1000},
		{"user_account_attributes", []column{
			{"user_id", "int64", id(users + 50)},
			{"gender", "string", or(6, "", or(6, `""`, oneOf("M", "F", " f ", "m", "x")))},
			{"country", "string", or(6, "", or(6, `""`, oneOf("NA", "de", " GB ", "FR", "ie")))},
			{"date_of_birth", "date", or(6, "", date)},
		}, 500},
		{"country", []column{{"country_code", "string", inTurn("DE", "GB", "NA", "FR", "IE", "US")}, {"country_name", "string", inTurn("Germany", "United Kingdom", "Namibia", "France", "Ireland", "United States")}}, 6},
	}
}

// inTurn gives one value after the other.
func inTurn(values ...string) func(*rand.Rand) string {
	next := 0
	return func(*rand.Rand) string {
		next++
		return values[(next-1)%len(values)]
	}
}

// numbered gives 1, 2, 3 and so on.
func numbered() func(*rand.Rand) string {
	next := 0
	return func(*rand.Rand) string {
		next++
		return fmt.Sprint(next)
	}
}

// shopTables are messy raw tables of the shop. What its error tests refuse is
// left out: they have tests elsewhere.
func shopTables() []table {
	const orders = 400
	skus := []string{"A-1", "A-2", "B-1", "B-2", "C-1", "C-2"}
	price := oneOf("0.01", "9.99", "10.00", "49.99", "50.00", "19.95", "3.33", "120.00")
	instant := func(r *rand.Rand) string {
		return either(moment("2024-04-30 22:00:00", 90), oneOf("2024-03-31 00:59:59", "2024-03-31 01:00:00", "2023-10-29 00:30:00", "2023-10-29 01:30:00", "2023-12-31 23:30:00", "2024-02-28 23:30:00"))(r) + "+00"
	}
	person := numbered()
	return []table{
		{"customers", []column{
			{"customer_id", "int64", id(120)}, {"name", "string", or(8, "", or(8, `""`, oneOf("Ada", " Bo ", "  ", "Çelik")))},
			{"email", "string", or(8, "", func(r *rand.Rand) string { return " U" + person(r) + oneOf("@x.org", "@Y.de ", "@z.fr")(r) })},
			{"country", "string", or(8, "", oneOf("DE", " de", "FR", "at "))}, {"birth_date", "date", or(6, "", date)},
			{"referred_by", "int64", or(3, "", id(130))}, {"updated_at", "timestamp", or(5, "", moment("2024-04-30 00:00:00", 30))},
		}, 300},
		{"products", []column{
			{"sku", "string", inTurn(skus...)}, {"title", "string", inTurn("Lamp", `""`, "", "Chair", "Desk", "Rug")}, {"category", "string", inTurn("light", "light", "", "seats", "tables", "")},
			{"list_price", "decimal(12,2)", price}, {"tax_rate", "decimal(5,4)", oneOf("0.1900", "0.0700", "0.0000", "0.2550")},
		}, len(skus)},
		{"orders", []column{
			{"order_id", "int64", numbered()}, {"customer_id", "int64", or(5, "", id(130))}, {"ordered_at", "timestamptz", instant},
			{"status", "string", or(8, "", oneOf("open", "open", "cancelled", "test"))}, {"shipping", "decimal(12,2)", or(3, "", oneOf("4.90", "0.00"))},
			{"coupon", "string", or(3, "", oneOf("spring", " Spring ", `""`))}, {"discount", "decimal(12,2)", or(2, "", oneOf("5.00", "0.50"))}, {"ship_date", "date", or(2, "", oneOf("2024-04-01", "2024-04-30"))},
		}, orders},
		{"order_lines", []column{
			{"order_id", "int64", id(orders + 20)}, {"line_no", "int64", numbered()}, {"sku", "string", or(8, "", either(oneOf(skus...), oneOf("Z-9")))},
			{"quantity", "int64", or(8, "", oneOf("1", "1", "2", "3", "-1", "0"))}, {"unit_price", "decimal(12,2)", price}, {"gift", "bool", or(3, "", oneOf("true", "false"))},
		}, 1200},
		payments(orders, price, instant),
	}
}

// payments pays most orders once, for certain, before payments and refunds are
// random: a test of the shop wants that no more is paid back than was paid.
func payments(orders int, price, instant func(*rand.Rand) string) table {
	paid := orders * 3 / 4
	row, refund := 0, false
	first := func() bool { return row <= paid }
	return table{"payments", []column{
		{"order_id", "int64", func(r *rand.Rand) string {
			row++
			refund = !first() && r.IntN(3) == 0
			switch {
			case first():
				return fmt.Sprint(row)
			case refund:
				return id(paid)(r)
			}
			return id(orders + 20)(r)
		}},
		{"paid_at", "timestamptz", func(r *rand.Rand) string {
			if first() {
				return instant(r)
			}
			return or(5, "", instant)(r)
		}},
		{"method", "string", or(4, "", oneOf("card", "bank", "cash"))},
		{"amount", "decimal(12,2)", func(r *rand.Rand) string {
			switch {
			case refund:
				return "0.01"
			case first():
				return oneOf("0.20", "120.00", "9.99")(r)
			}
			return price(r)
		}},
		{"refund", "bool", func(*rand.Rand) string { return fmt.Sprint(refund) }},
	}, 2 * orders}
}

// sample holds the mart of the sample to its SQL.
func sample(t *testing.T, program *compiled, seed uint64) {
	d := openDuck(t)
	root := project(t, d, program, "sample", "timestamptz '2022-04-09 00:00:00+00'", sampleTables(), seed)
	got := program.Run(t, "sample", "--root", root, "--as-of", "2022-04-09T00:00:00Z")
	if got.Exit != 0 {
		t.Fatalf("exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	hold(t, d, root, "mart_users_marketing", readFile(t, filepath.Join("testdata", "mart_users_marketing.sql")), nil)
}

// shop holds every published model of the shop to its SQL.
func shop(t *testing.T, program *compiled, seed uint64) {
	d := openDuck(t)
	root := project(t, d, program, "shop", "timestamptz '2024-05-01 00:00:00+00'", shopTables(), seed)
	got := program.Run(t, "shop", "--root", root, "--as-of", "2024-05-01T00:00:00Z")
	if got.Exit != 0 {
		t.Fatalf("exit status %d\n%s%s", got.Exit, got.Stdout, got.Stderr)
	}
	d.exec(t, readFile(t, filepath.Join("testdata", "shop.sql")))
	near := map[string]float64{"average_quantity": 1e-15, "average_price": 1e-15}
	for _, model := range []string{"order_lines_priced", "order_summary", "category_months", "customer_value"} {
		hold(t, d, root, model, fmt.Sprintf("select * exclude (row$) from %s order by row$", model), near)
	}
}

// project runs the script of a project, and writes its seeds and loads them.
func project(t *testing.T, d *duck, program *compiled, name, asOf string, tables []table, seed uint64) (root string) {
	t.Helper()
	d.script(t, program, name, asOf)
	root = t.TempDir()
	r := rand.New(rand.NewPCG(seed, 1))
	for _, s := range tables {
		d.load(t, s.name, s.write(t, root, r), s.columns)
	}
	return root
}

// hold compares all rows of a published model, in order, with those of a query
// whose columns have the same names.
func hold(t *testing.T, d *duck, root, model, sql string, near map[string]float64) {
	t.Helper()
	ours, schema := published(t, filepath.Join(root, "out", model+".arrow"))
	theirs, err := d.query(sql)
	if err != nil {
		t.Fatalf("%s: DuckDB: %v", model, err)
	}
	if len(ours) < 20 {
		t.Fatalf("%s has %d rows; more than 20 were meant", model, len(ours))
	}
	rowsDiffer(t, model, ours, theirs, schema, func(column string) float64 { return near[column] })
}

// rowsDiffer compares all rows, in order; within is how far floats of a column
// may be apart.
func rowsDiffer(t *testing.T, model string, ours, theirs [][]any, schema *arrow.Schema, within func(column string) float64) {
	t.Helper()
	if len(ours) != len(theirs) {
		t.Errorf("%s has %d rows, DuckDB's %d", model, len(ours), len(theirs))
	}
	wrong := 0
	for i := range min(len(ours), len(theirs)) {
		for c, f := range schema.Fields() {
			want, err := duckValue(theirs[i][c], f.Type)
			if err != nil {
				t.Fatalf("%s.%s: %v", model, f.Name, err)
			}
			if equal(ours[i][c], want, within(f.Name)) {
				continue
			}
			if wrong++; wrong <= 10 {
				t.Errorf("%s, row %d (%s), %s: ours %s, DuckDB %s", model, i+1, show(ours[i][0]), f.Name, show(ours[i][c]), show(want))
			}
		}
	}
	if wrong > 10 {
		t.Errorf("%s: %d values differ in all", model, wrong)
	}
}
