package oracle

import (
	"slices"
	"strings"
)

// pairs are two comparable things of each type, and of types that meet.
var pairs = []string{"b1,b2", "i1,i2", "f1,f2", "d1,d3", "d1,d2", "s1,s2", "s3,s1", "t1,t2", "p1,p2", "z1,z2",
	"i1,d1", "i1,f1", "d2,f1", "t1,p1", "p1,z1", "t1,z2", "ib,f1", "ib,dw", "d0,i1"}

// ofPairs fills @1 and @2 with each pair.
func ofPairs(templates ...string) []example {
	var out []example
	for _, pair := range pairs {
		a, b, _ := strings.Cut(pair, ",")
		for _, t := range templates {
			out = append(out, same(strings.NewReplacer("@1", a, "@2", b).Replace(t))...)
		}
	}
	return out
}

var comparisons = slices.Concat(
	ofPairs("@1 = @2", "@1 <> @2", "@1 < @2", "@1 <= @2", "@1 > @2", "@1 >= @2",
		"@1 is distinct from @2", "@1 is not distinct from @2"),
	same(
		"i1 != i2", "f1 = f1", "f1 = 'NaN'", "f1 > 1e10", "d1 = 0.5", "d1 = 0.505", "i1 = 2.0", "s1 = ''", "s1 <> ''", "s1 < 'b'",
		"t1 >= '2024-01-31'", "p1 < '2024-01-31'", "p1 >= '2024-03-31 02:30:00'", "z1 > '2024-03-31 02:30:00+00'", "z1 < '2024-03-31 02:30:00+05:30'",
		"z1 < '2024-01-31 02:30:00'", "z1 >= date '2024-03-31'", "p1 > date '2024-03-31'", "z1 = timestamp '2024-10-27 02:30:00'",
		"t1 = date '2024-02-29'", "z1 > timestamptz '2024-01-01 00:00:00+00'", "b1 = true", "b1 <> 'f'", "i1 = null", "null = i1", "i1 is distinct from null",
		"s1 is not distinct from null", "i1 = '3'", "d1 > '1.5'", "9223372036854775807 > ib", "-9223372036854775807 <= ib",
		"i1 between -1 and 3", "i1 not between -1 and 3", "i1 between i2 and i3", "d1 between d2 and d3", "f1 between f2 and 1e10", "s1 between 'a' and s2",
		"t1 between '2000-01-01' and t2", "p1 between p2 and z1", "z1 not between z2 and '2024-03-31 02:30:00+00'", "b1 between b2 and true", "i1 between null and 3", "i1 not between 5 and null",
	))

var logic = slices.Concat(
	same(
		"b1 and b2", "b1 or b2", "not b1", "not (b1 and b2)", "not b1 or b2", "b1 and null", "b1 or null", "not cast(null as bool)",
		"b1 and true", "b1 or false", "b1 and false", "b1 or true", "b1 and b2 and i1 > 0", "b1 or b2 or i1 > 0", "b1 and (b2 or i1 > 0)", "(b1 and b2) or (i1 > 0 and i2 > 0)",
		"b1 and i1 > 0 or b2 and i2 > 0", "not not b1", "not (b1 or b2) and (i1 < 3 or i2 < 3)", "true", "false", "not true",
		"b1 is true", "b1 is not true", "b1 is false", "b1 is not false",
		"(b1 and b2) is true", "(i1 > i2) is not true", "(i1 > i2) is false", "(i1 = i2) is not false", "(b1 or b2) is null", "(b1 and b2) is not null",
		"case when b1 then b2 end and b1", "coalesce(b1, false) and b2", "b1 = b2 or b1 <> b2",
	),
	same(each("# is null", "b1", "i1", "f1", "d1", "s1", "t1", "p1", "z1", "n", "i1 + i2", "lower(s1)", "nullif(s1, '')")...),
	same(each("# is not null", "b1", "i1", "f1", "d1", "s1", "t1", "p1", "z1", "n", "i1 * d1", "s1 || s2")...),
	emitted(
		"b1 is unknown", "b1 is not unknown", "(i1 > i2) is unknown", "(b1 and b2) is not unknown",
	),
	same(
		"i1 in (1, 2, -3)", "i1 not in (1, 2, -3)", "i1 in (1, null)", "i1 not in (1, null)", "i1 in (i2, i3, 4)", "i1 not in (i2, i3, 4)", "i1 in (null)",
		"s1 in ('a', 'abc', '')", "s1 not in ('a', 'abc', '')", "s1 in (s2, 'b', null)", "s1 not in (s2, s3)", "d1 in (0.5, 5, d3)", "d1 not in (d2, 1)",
		"f1 in ('NaN', 0.5, f2)", "f1 not in (0, f2)", "t1 in ('2024-02-29', date '2000-01-01', t2)", "t1 not in (t2, '1970-01-01')", "p1 not in (p2, timestamp '2024-03-31 02:30:00')",
		"p1 in (p2, timestamp '2024-03-31 02:30:00')", "z1 in (z2, '2024-03-31 02:30:00+00')", "z1 not in (z2, '2024-03-31 01:30:00+00')", "b1 in (b2, true)", "b1 not in (b2)", "n in (1, 2, 3)",
		"i1 in (1, 2.5, d1)", "(i1 + 1) in (i2)", "i1 in (0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)",
		"s1 in ('a','b','c','d','e','f','g','ab','abc','é','éa','Äpfel')",
	))

var choices = slices.Concat(
	ofPairs("coalesce(@1, @2)", "nullif(@1, @2)", "greatest(@1, @2)", "least(@1, @2)",
		"case when b1 then @1 else @2 end", "case @1 when @2 then 'same' else 'other' end"),
	same(
		"case when b1 then 1 end", "case when b1 then 1 when b2 then 2 else 3 end", "case when i1 > 0 then 'more' when i1 < 0 then 'less' when i1 = 0 then 'none' end",
		"case i1 when 1 then 'one' when 2 then 'two' else s1 end", "case i1 when i2 then i1 when i3 then i2 end", "case s1 when '' then null else s1 end", "case s1 when null then 1 else 2 end",
		"case when b1 then i1 when b2 then d1 else f1 end", "case when null then 1 else 2 end", "case when b1 then null else i1 end",
		"case when b1 then t1 when b2 then p1 else z1 end", "case when b1 then 1 else 2.5 end", "case when i1 > i2 then case when b1 then 'x' else 'y' end else 'z' end",
		"case when b1 then true else b2 end", "case b1 when true then b2 when false then not b2 end", "case when s1 like 'a%' then upper(s3) else lower(s3) end",
		"coalesce(i1, i2, i3)", "coalesce(i1, 0)", "coalesce(null, i1)", "coalesce(i1, d1, f1)", "coalesce(s1, s2, 'none')", "coalesce(t1, p1)", "coalesce(t1, '2024-01-01')",
		"coalesce(z1, z2, '2024-01-01 00:00:00+00')", "coalesce(b1, b2, false)", "coalesce(nullif(s1, ''), s2)", "coalesce(i1)", "coalesce(d1, 0)", "coalesce(d2, d1, 1.5)",
		"coalesce(i1 + i2, i1, i2, -1)", "coalesce(case when b1 then i1 end, i2)",
		"nullif(i1, 0)", "nullif(s1, '')", "nullif(i1, null)", "nullif(d1, 0.5)", "nullif(i1, 2.0)", "nullif(t1, '2024-02-29')", "nullif(b1, false)", "nullif(i1 + 1, i2)", "nullif(f1, 'NaN')",
		"greatest(i1, i2, i3)", "least(i1, i2, i3)", "greatest(i1)", "greatest(i1, null, i2)", "least(i1, d1, 0.25)", "greatest(s1, s2, s3)", "least(t1, p1, p2)", "greatest(z1, p1, t1)",
		"greatest(f1, f2, 0)", "least(f1, f2, i1)", "greatest(b1, b2)", "least(d1, d2, d0)", "greatest(i1, 3)", "least('b', s1)", "greatest(t1, '2024-01-31', t2)", "greatest(coalesce(i1, 0), i2)",
	))

var narrowing = same(
	"i1 is not null and i1 > 2", "i1 is null or i1 > 2", "i1 is not null and i2 is not null and i1 + i2 > 2", "not (i1 is null or i2 is null) and i1 > i2",
	"case when i1 is not null then i1 + 1 else 0 end", "case when i1 is null then 0 else i1 * 2 end", "case when i1 is null then 0 when i2 is null then i1 else i1 + i2 end",
	"case when i1 is null or i2 is null then -1 else i1 - i2 end", "case when i1 is not null and i2 is not null then i1 - i2 else -1 end", "case when not (i1 is null) then i1 end",
	"case when i1 > 0 then i1 else -1 end", "case when i1 > 0 and i2 > 0 then i1 + i2 else 0 end", "case when s1 = 'a' then s1 || 'b' else '' end", "case when b1 then b1 else false end",
	"case when b1 is true then b1 when b1 is false then not b1 else false end", "case when i1 in (1, 2) then i1 else 0 end", "case when i1 between 1 and 3 then i1 else 0 end",
	"case when s1 like 'a%' then length(s1) else 0 end", "case when coalesce(i1 > 0, false) then i1 else 0 end", "case i1 when 1 then i1 else 2 end",
	"case when p1 is not null and z1 is not null then p1 < z1 else false end", "p1 is not null and (p2 is null or p1 > p2)", "p1 is null or p2 is null or p1 <= p2",
	"(i1 is not null and i1 > 0) or (i2 is not null and i2 > 0)", "case when nullif(i1, 0) is not null then i1 else 1 end", "case when i1 is not distinct from i2 then i1 else i2 end",
	"case when (i1 is null) = (i2 is null) then 1 else 2 end", "i1 is not null or i1 > 0", "case when i1 is null and i2 is null then 0 when i1 is null then i2 else i1 end",
	"coalesce(i1, 0) > 0 and i1 < 5", "case when (i1 > 0) is true then i1 else 0 end", "case when not b1 then b1 else true end", "case when i1 is null then i2 is null or i2 > 1 else i1 > 1 end",
	"case when d1 is not null then round(d1) else 0 end", "case when t1 is not null then extract(year from t1) else 0 end", "case when s1 is not null and s2 is not null then s1 || s2 else '' end",
)
