package sqlemit

import (
	"maps"
	"strings"

	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
)

// trunc: DuckDB's centuries and millennia begin with the years that end in 00,
// and it makes one of an hour that clocks show twice.
func (p *printer) trunc(n *expr.Call) text { return p.truncated(n, n.Args[0]) }

func (p *printer) truncated(n *expr.Call, x expr.Node) text {
	unit := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(n.Func.Go, "Trunc"), "TZ"))
	switch {
	case unit == "century" || unit == "millennium":
		return p.function(p.macro("pg_trunc_"+unit), x)
	case n.Func.Go == "TruncHourTZ":
		return p.function(p.macro("pg_trunc_hour"), x)
	}
	return atom("date_trunc('%s', %s)", unit, p.sql(x, 0))
}

// extract: DuckDB gives whole seconds, and the epoch as a float.
func (p *printer) extract(n *expr.Call) text {
	field := strings.ToLower(strings.TrimPrefix(n.Func.Go, "Extract"))
	x := n.Args[0]
	switch field {
	case "second", "milliseconds", "epoch":
		return p.function(p.macro("pg_"+field), x)
	}
	return atom("extract(%s from %s)", field, p.sql(day(x), 0))
}

// day is a date that is taken for its midnight, where DuckDB does so by itself.
func day(n expr.Node) expr.Node {
	if c, ok := n.(*expr.Call); ok && c.Func.Go == "DateToTimestamp" {
		return c.Args[0]
	}
	return n
}

// interval is what a call of AddInterval adds.
type interval struct{ months, days, micros int64 }

func intervalOf(n *expr.Call) interval { return interval{n.Extra[0], n.Extra[1], n.Extra[2]} }

// length is what DuckDB compares intervals by.
func (i interval) length() int64 {
	const day = 24 * 3600 * 1_000_000
	return (i.months*30+i.days)*day + i.micros
}

func (p *printer) addInterval(n *expr.Call) text { return p.added(n.Args[0], intervalOf(n)) }

func (p *printer) added(n expr.Node, i interval) text {
	out := p.sql(day(n), bindAdd)
	for _, step := range p.steps(i) {
		op, written := expr.IntervalText(step.months, step.days, step.micros)
		out += " " + op + " interval " + quote(written)
	}
	return text{out, bindAdd}
}

// steps cuts an interval that DuckDB takes for another one of the plan in two,
// but for one that is only months, or one day.
func (p *printer) steps(i interval) []interval {
	var one interval
	switch {
	case !p.confused[i]:
	case i.days > 1:
		one.days = 1
	case i.days < -1:
		one.days = -1
	case i.days == 0:
		one.micros = i.micros / 3
	}
	if one == (interval{}) {
		return []interval{i}
	}
	return []interval{{i.months, i.days - one.days, i.micros - one.micros}, one}
}

// confusedIntervals finds the intervals of a plan that DuckDB takes for another
// one there, as it does with the constants of 30 days and a month, of 24 hours
// and a day.
func confusedIntervals(p *plan.Plan) map[interval]bool {
	equal := map[int64]map[interval]bool{}
	for _, m := range p.Models {
		for _, n := range expressions(m) {
			expr.Walk(n, func(n expr.Node) bool {
				if c, ok := n.(*expr.Call); ok && c.Func.Go == "AddInterval" {
					for _, i := range signs(intervalOf(c)) {
						if equal[i.length()] == nil {
							equal[i.length()] = map[interval]bool{}
						}
						equal[i.length()][i] = true
					}
				}
				return true
			})
		}
	}
	confused := map[interval]bool{}
	for _, intervals := range equal {
		if len(intervals) > 1 {
			maps.Copy(confused, intervals)
		}
	}
	return confused
}

// signs: an interval that is taken away is written as the one that is added.
func signs(i interval) []interval { return []interval{i, {-i.months, -i.days, -i.micros}} }

// expressions lists all of a model.
func expressions(m *plan.Model) []expr.Node {
	all := append([]expr.Node{m.Where}, m.Exprs...)
	if m.Dedupe != nil {
		for _, t := range m.Dedupe.Order {
			all = append(all, t.Expr)
		}
	}
	folds := []*plan.Fold{m.Group}
	for _, j := range m.Joins {
		folds = append(folds, j.Fold)
	}
	for _, f := range folds {
		if f != nil {
			all = append(append(all, f.Keys...), f.Outputs...)
			for _, a := range f.Aggregates {
				all = append(all, a)
			}
		}
	}
	return all
}
