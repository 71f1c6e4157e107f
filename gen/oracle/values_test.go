package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// pools are the values that a plan's data are made of, by kind: few, so that
// keys repeat, match and tie, and with what the plan's expressions compare with.
type pools map[expr.Kind][]string

func poolsOf(p *plan.Plan) pools {
	v := pools{
		expr.Bool:    {"true", "false"},
		expr.Int64:   {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "-1", "-2", "-3", "100", "365", "-1000", "2147483648", "1000003"},
		expr.Float64: {"0", "0.5", "1.5", "2.5", "-0.5", "-1.5", "0.1", "3", "100", "1e15", "NaN", "Infinity", "-Infinity", "-0"},
		expr.Decimal: {"0", "1", "-1", "2.25", "-2.25", "0.5", "0.05", "9.99", "1.99", "-100", "12345.67", "99999.99"},
		expr.String:  slices.Concat(words, []string{"x", "y", "a-b-c", "-", "M", "F", "DE", " de ", "A@x.org", " b@y.de "}),
	}
	for _, day := range days {
		v[expr.Date] = append(v[expr.Date], day)
		for _, clock := range []string{"00:00:00", "01:30:00", "02:30:00", "23:59:59.999999"} {
			v[expr.Timestamp] = append(v[expr.Timestamp], day+" "+clock)
			v[expr.TimestampTZ] = append(v[expr.TimestampTZ], day+" "+clock+"+00")
		}
	}
	for _, m := range p.Models {
		for _, n := range expressionsOf(m) {
			expr.Walk(n, func(n expr.Node) bool {
				if l, ok := n.(*expr.Literal); ok && l.Value != nil && l.Type().Storable() {
					v.add(l.Type(), l.Value)
				}
				return true
			})
		}
	}
	return v
}

// add puts a constant among the values, but for the few that sums do not bear.
func (v pools) add(t expr.Type, value any) {
	text := expr.FormatValue(value, t)
	switch t.Kind {
	case expr.Int64, expr.Decimal:
		if len(text) > 12 {
			return
		}
	case expr.Date, expr.Timestamp, expr.TimestampTZ:
		if text < "1900" { // local mean time
			return
		}
	}
	for range 3 { // met more often than others
		v[t.Kind] = append(v[t.Kind], text)
	}
}

// expressionsOf lists the expressions of a model.
func expressionsOf(m *plan.Model) []expr.Node {
	all := append([]expr.Node{m.Where}, m.Exprs...)
	if m.Dedupe != nil {
		for _, term := range m.Dedupe.Order {
			all = append(all, term.Expr)
		}
	}
	folds := []*plan.Fold{m.Group}
	for _, j := range m.Joins {
		folds = append(folds, j.Fold)
	}
	for _, f := range folds {
		if f != nil {
			all = slices.Concat(all, f.Keys, f.Outputs)
			for _, a := range f.Aggregates {
				all = append(all, a)
			}
		}
	}
	return all
}

// of gives the values of a column's type that are drawn from: some of them.
func (v pools) of(r *rand.Rand, t expr.Type) []string {
	all := v[t.Kind]
	if t.Kind == expr.Decimal {
		all = slices.DeleteFunc(slices.Clone(all), func(s string) bool {
			_, err := expr.ParseField(s, t)
			return err != nil
		})
	}
	some := make([]string, 1+r.IntN(15))
	for i := range some {
		some[i] = all[r.IntN(len(all))]
	}
	return some
}

// spelled writes a value in one of the ways in which a field may have it.
func spelled(r *rand.Rand, t expr.Type, value string) string {
	if t.Kind == expr.String {
		return value
	}
	s := value
	switch t.Kind {
	case expr.Bool:
		s = oneOf(map[string][]string{"true": {"true", "t", "yes", "Y", "on", "1", "TRUE"}, "false": {"false", "F", "no", "n", "Off", "0", "False"}}[value]...)(r)
	case expr.Int64:
		s = oneOf(s, s, s+".0", s+"e0", s+".000")(r)
	case expr.Decimal:
		if s = oneOf(s, s, s+"e0")(r); !strings.ContainsAny(s, ".e") {
			s += oneOf("", ".", ".00")(r)
		}
	case expr.Timestamp:
		s = oneOf(s, s, fraction(s), strings.Replace(s, " ", "T", 1), strings.TrimSuffix(s, " 00:00:00"))(r)
	case expr.TimestampTZ:
		s = elsewhere(r, s)
	}
	if t.Numeric() && s[0] >= '0' && s[0] <= '9' {
		s = oneOf(s, s, "+"+s)(r)
	}
	return oneOf(s, s, s, " "+s, s+" ", "\t"+s+"  ")(r)
}

// fraction writes a time with all its digits.
func fraction(s string) string {
	whole, digits, _ := strings.Cut(s, ".")
	return whole + "." + digits + strings.Repeat("0", 6-len(digits))
}

// elsewhere writes an instant with another offset.
func elsewhere(r *rand.Rand, instant string) string {
	at, err := time.Parse("2006-01-02 15:04:05.999999-07", instant)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", instant, err))
	}
	zone := time.FixedZone("", []int{0, 3600, -5*3600 - 1800, 14 * 3600}[r.IntN(4)])
	return at.In(zone).Format("2006-01-02" + oneOf(" ", "T")(r) + "15:04:05.999999" + oneOf("Z07:00", "-07:00", "-0700")(r))
}
