package oracle

import "slices"

// orderable are one column of each type.
var orderable = []string{"b1", "i1", "ib", "f1", "d1", "d2", "dw", "s1", "t1", "p1", "z1"}

var aggregates = slices.Concat(
	overEach("min(#)", "max(#)", "count(#)", "count(distinct #)", "min(#) filter (where b1)", "max(#) filter (where i1 > 2)", "count(#) filter (where not b1)", "count(distinct #) filter (where b2)",
		"max(#) filter (where false)", "min(#) filter (where i1 > 5000000)", "count(#) filter (where false)", "count(distinct #) filter (where i1 > 5000000)"),
	same(
		"count(*)", "count(*) filter (where b1)", "count(*) filter (where i1 is null)", "count(*) filter (where null)", "count(*) filter (where s1 like 'a%')", "count(i1 + i2)", "count(distinct i1 + i2)", "count(distinct lower(s1))", "count(distinct case when b1 then i1 end)", "count(1)",
		"sum(i1)", "sum(ib % 1000)", "sum(i1) filter (where b1)", "sum(i1) filter (where false)", "sum(i1 * i2)", "sum(case when b1 then 1 else 0 end)", "sum(-i1)",
		"sum(d1)", "sum(d2)", "sum(dw)", "sum(d1) filter (where d1 > 0)", "sum(d2) filter (where false)", "sum(d1 * i1)", "sum(d1 + d2) filter (where i1 > i2)", "sum(d0)", "sum(1)", "sum(1.5)",
		"bool_and(b1)", "bool_or(b1)", "bool_and(b1) filter (where b2)", "bool_or(i1 > i2)", "bool_and(i1 < 5000000)", "bool_or(b1) filter (where false)", "bool_and(s1 is not null)",
		"coalesce(sum(i1), 0)", "max(i1) - min(i1)", "sum(i1) + count(*)", "count(*) > 300", "case when count(i1) > 290 then max(s1) else min(s1) end", "max(i1) is null", "max(greatest(i1, i2))", "min(coalesce(i1, 0))", "max(p1)::date", "sum(i1) % 7", "nullif(count(*), 0)",
		"greatest(max(i1), count(*))", "concat(min(s1), '-', max(s1))", "max(t1) - min(t1)", "max(z1) + interval '36 hours'", "count(*) - count(i1)", "bool_or(b1) and bool_and(b2)", "max(i1) in (min(i1), 100003)",
		"(sum(d1) filter (where b1))::decimal(20,2)", "max(lower(s1)) || min(upper(s3))", "sum(i1) filter (where b1 is true and i1 is not null)", "max(i1) filter (where i1 is not null and i1 < 3)", "min(p1) filter (where p1 > timestamp '2000-01-01')",
	),
	emitted(
		"every(b1)", "every(i1 > -5) filter (where i1 is not null)", "sum(d1 * d2)", "sum(d1)::decimal(20,2) / nullif(count(d1), 0)",
		"sum(d1) / nullif(count(d1), 0)", "sum(i1) / nullif(count(*), 0)", "round(avg(i1))", "count(*) filter (where z1 < now())", "max(z1) < now()",
		"sum(i1) filter (where null)",
	),
	same(
		"sum(ff) filter (where false)", "sum(f1) filter (where f1 >= 'Infinity')", "sum(f1) filter (where f1 = 'Infinity' or f1 = '-Infinity')",
		"avg(i1) filter (where false)",
	),
	near(1e-12, // a sum of floats depends on the order
		"sum(ff)", "sum(f1) filter (where abs(f1) < 1e30)", "avg(ff)", "avg(ff) filter (where b1)",
	),
	near(1e-15, // the mean here is rounded once
		"avg(dw)", "avg(i1)", "avg(ib)", "avg(i1) filter (where i1 > 0)", "avg(i1 * 2 + 1)", "avg(d1)", "avg(d2)", "avg(d1) filter (where d1 > 0 and b1)",
	),
	winners(),
)

func overEach(templates ...string) []example {
	var out []example
	for _, t := range templates {
		out = append(out, same(each(t, orderable...)...)...)
	}
	return out
}

// winners are arg_max and arg_min of and by every type, with ties and filters.
func winners() []example {
	var out []example
	add := func(x, by, filter string) {
		if filter != "" {
			filter = " filter (where " + filter + ")"
		}
		out = append(out, emitted("arg_max("+x+", "+by+")"+filter, "arg_min("+x+", "+by+")"+filter)...)
	}
	for _, c := range orderable {
		add("n", c, "")
		add(c, "i1", "")
	}
	add("s1", "p1", "b1")
	add("i1", "d1", "false")
	add("i1", "i1 % 3", "")
	add("s1 || s2", "i1 + i2", "i1 <> 4")
	add("coalesce(i1, 0)", "s1", "s1 is not null")
	add("i1", "t1::timestamp", "")
	return out
}

// groupedOnly use the key of the group beside aggregates.
var groupedOnly = same(
	"g", "g + 1", "g is null", "g + count(*)", "coalesce(g, 0) * sum(i1)", "case when g > 2 then max(i1) else g end", "max(i1 + g)", "sum(i1) filter (where i1 > g)", "concat(g, '-', count(*))",
	"case when g is not null then g else -1 end", "max(g)", "count(g)", "g in (1, 2, count(*))",
)
