package oracle

import "slices"

var integers = slices.Concat(
	same(
		"i1", "ib", "i1 + i2", "i1 - i2", "i1 * i2", "i1 % i3", "i1 % nullif(i2, 0)", "-i1", "- (-i1)", "+i1", "-ib", "i1 + 1", "1 - i1", "2 * i1", "i1 + i2 * i3", "(i1 + i2) * i3", "i1 - i2 - i3", "i1 - (i2 - i3)",
		"abs(i1)", "abs(ib)", "abs(i1 - i2)", "mod(i1, i3)", "mod(i1, 3)", "mod(-7, i3)", "n * 10 + 1", "i1 + null", "ib % 1000", "ib + 0", "i1 + '2'", "1_000 + i1",
	),
	emitted(
		"0x1F + i1", "i1 / i3", "i1 / nullif(i2, 0)", "ib / 7", "-7 / i3", "i1 / 2 * 2", "case when i2 <> 0 then i1 / i2 end", "round(i1)", "floor(i1)",
		"ceil(i1)", "ceiling(i1)", "round(i1, 2)", "round(i1, -1)", "round(i1, -2)",
	),
)

var floats = slices.Concat(
	same(
		"f1", "ff", "ff + 0.5", "ff - 1", "ff * 2", "ff / 4", "ff + ff", "ff - i1", "i1 * ff", "ff / i3", "f1 / 2", "f1 + 1", "f1 - 1", "f1 * 0", "-f1", "-ff", "+ff", "abs(f1)", "abs(ff)", "d1 + ff", "ff - d2", "d1 * ff", "ff / i3 * i3",
		"floor(f1)", "ceil(f1)", "ceiling(ff)", "floor(ff)", "floor(-ff)", "ff + 'NaN'", "f1 + 'Infinity'", "float8 '0.1' + ff", "ff * float8 '1e-10'", "ff + i1 + d1",
		"ff / nullif(i2, 0)", "abs(ff - 1)", "f1 - f1", "ff = 0.5", "i1 / float8 '2'",
	),
	emitted(
		"round(ff)", "round(f1)", "round(-ff)", "round(ff * 2) / 2",
	),
	same(
		"ff / nullif(ff, 0)",
	),
)

var decimals = slices.Concat(
	same(
		"d1", "d2", "dw", "d0", "d1 + d3", "d1 + d2", "d1 - d2", "d2 - d1", "d1 * i1", "i1 * d1", "d1 + i1", "i1 - d2", "d1 * 2", "d1 + 0.001", "1.5 - d1", "d1 * 0.19", "-d1", "-d2", "- (-d1)", "+d1", "-dw",
		"d1 + d2 + d3", "d1 - d2 * i1", "dw + 1", "dw - d1", "d0 * i1", "d0 + d2",
		"abs(d1)", "abs(d2)", "abs(dw)", "abs(d1 - d3)", "floor(d1)", "floor(d2)", "floor(-d1)", "ceil(d1)", "ceil(d2)", "ceiling(-d2)", "floor(dw)", "ceil(dw)", "floor(d0)", "ceil(d0)",
		"round(d1)", "round(d2)", "round(-d2)", "round(dw)", "round(d0)", "round(d1, 1)", "round(d2, 2)", "round(d2, 3)", "round(-d2, 2)", "round(d1, 0)", "round(dw, 5)", "round(dw, 2)", "round(d1 * 0.19, 2)",
		"round(d1, 2)", "round(d1 + d2, 3)", "round(2.5)", "round(-0.5)", "0.1 + 0.2", "1.10 * 1.10", "d1 * null",
		"d1 % 7", "mod(d1, 0.3)", "d1 % i3", "i1 % 2.5", "mod(-d1, 1.5)",
	),
	emitted(
		"d1 * d2", "d1 * d3", "d1 * d2 * i3", "(d1 + d2) * d3", "round(d1 * d2, 2)", "d1 + '1.25'", "round(d1, 5)", "round(d1, -1)", "round(d1, -2)",
		"round(d1, -20)", "d1 / 3", "d1 / i3", "i1 / 7.0", "d1 / nullif(d3, 0)", "d1 / nullif(d2, 0)", "d2 / nullif(d1, 0)", "1 / nullif(d1, 0)", "d0 / 7",
		"round(d1 / 3, 2)", "(d1 / 8)::decimal(12,2)", "d1 / 3 * 3", "100 * d1 / nullif(d1 + d3, 0)",
	),
	same(
		"round(d2, -1)", "round(d0, -3)", "d1 % nullif(d3, 0)", "d1 % nullif(d2, 0)",
	),
)
