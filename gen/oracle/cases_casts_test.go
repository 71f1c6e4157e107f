package oracle

import "slices"

var casts = slices.Concat(
	same(
		"b1::int64::bigint", "b1::bool", "b1::text", "i1::bool", "i1::float8", "ib::float8", "i1::decimal(20,0)", "i1::decimal(20,4)", "ib::decimal(38,10)", "i1::text", "ib::text", "i1::bigint", "i1::int8::text",
		"cast(b1 as text)", "cast(i1 as float8)", "cast(f1 as float8)", "d1::float8", "d2::float8", "d1::decimal(20,4)", "d1::decimal(12,1)", "d2::decimal(9,2)", "d2::decimal(5,0)", "d1::decimal(38,20)", "dw::decimal(32,3)", "-d2::decimal(9,1)",
		"(-d2)::decimal(9,3)", "d1::bigint", "d2::bigint", "(-d2)::bigint", "d1::text", "d2::text", "dw::text", "d0::text", "ff::bigint", "(-ff)::bigint", "d1::numeric(14,2)",
		"s1::text", "trim(si)::bigint", "si::bigint", "cast(si as bigint)", "si::bigint::text", "st::date", "cast(st as date)", "sz::timestamptz",
		"t1::timestamp", "tx::timestamp", "t1::timestamptz", "t1::text", "tx::text", "t1::date", "p1::date", "px::date", "p1::timestamptz", "px::timestamptz", "p1::text", "px::text", "p1::timestamp",
		"z1::timestamp", "zx::timestamp", "z1::date", "zx::date", "z1::timestamptz", "z1::timestamp::date", "(z1::date)::timestamptz", "z1::timestamp::timestamptz", "p1::date::timestamp",
		"null::bigint", "cast(null as text)", "i1::integer + 1", "i1::int + 0", "date '2024-02-29'", "timestamp '2024-02-29 10:00:00.5'", "timestamptz '2024-02-29 10:00:00+01'", "bool 'yes'", "bigint '12'", "'2024-02-29'::date",
		"decimal(5,2) '1.25' + d1",
	),
	emitted(
		"dw::float8", "(d1 * d2)::float8", "b1::int64", "i1::float64", "cast(i1 as string)", "f1::text", "ff::string", "ff::varchar || 'x'",
		"ff::decimal(20,2)", "ff::decimal(20,0)", "ff::decimal(38,10)", "(ff / 3)::decimal(38,16)", "sb::bool", "cast(sb as boolean)", "sf::float8",
		"sf::float64 + 1", "sd::decimal(12,2)", "sd::decimal(12,0)", "cast(sd as numeric(20,8))", "(d1 * d2)::text", "sp::timestamp", "z1::text", "zx::text",
		"sp::timestamp::date",
	),
	same(
		"i1::boolean", "'1.25'::decimal(3,2)",
	),
)
