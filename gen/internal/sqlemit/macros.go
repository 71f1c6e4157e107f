package sqlemit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// macro notes that a macro is used, with those that it uses itself, and gives its name.
func (s *script) macro(name string) string {
	m := macros[name]
	s.macros[name] = m
	return name
}

// macroText writes the macros that are used.
func (s *script) macroText(out *strings.Builder) {
	for _, name := range slices.Sorted(maps.Keys(s.macros)) {
		out.WriteString("\n" + s.macros[name] + "\n")
	}
}

// macros are what PostgreSQL gives and DuckDB does not, in DuckDB's SQL.
var macros = map[string]string{
	AsOf: `-- now(): a run's as-of time. To look at another one, make this macro again.
create or replace macro as_of() as now();`,

	"pg_upper": `-- PostgreSQL and Unicode's mapping of single characters leave ß; DuckDB makes it ẞ.
create or replace macro pg_upper(s) as replace(upper(replace(s, 'ß', chr(57344))), chr(57344), 'ß');`,

	"pg_substring_from": `-- Positions below 1 lie before the text; DuckDB counts them from its end.
create or replace macro pg_substring_from(s, f) as substring(s, least(greatest(f, 1), 4294967295)) || case when f is not null then '' end;`,

	"pg_substring": `-- Positions below 1 lie before the text; DuckDB counts them from its end, and in 32 bits.
create or replace macro pg_substring(s, f, n) as case
  when n < 0 and s is not null and f is not null then error('negative substring length not allowed')
  when f is not null and n is not null then
    substring(s, least(greatest(f, 1), 4294967295), least(greatest(f::hugeint + n - greatest(f, 1), 0), 4294967295)::bigint) end;`,

	"pg_split_part": `-- An empty delimiter does not cut, and there is no part 0.
create or replace macro pg_split_part(s, d, n) as case
  when n = 0 and s is not null and d is not null then error('field position must not be zero')
  when d <> '' then split_part(s, d, n)
  when d = '' and n in (1, -1) then s
  when d = '' and s is not null and n is not null then '' end;`,

	"pg_round": `-- A float is rounded half to even; DuckDB rounds half away from zero.
create or replace macro pg_round(f) as case when abs(f) < 1e15 then round_even(f, 0) else f end;`,

	"pg_div": `-- A whole number divided by zero is an error; DuckDB gives null.
create or replace macro pg_div(a, b) as case when b = 0 and a is not null then error('division by zero') else a // b end;`,

	"pg_divide": `-- A float divided by zero is an error, but for NaN; DuckDB gives infinity.
create or replace macro pg_divide(a, b) as case when b = 0 and not isnan(a) then error('division by zero') else a / b end;`,

	"pg_mod": `-- What is left of a division by zero is an error, by -1 it is nothing; DuckDB gives null, and fails for the least number.
create or replace macro pg_mod(a, b) as case when b = 0 and a is not null then error('division by zero') when b = -1 then a - a else a % b end;`,

	"pg_float": `-- The text of a float: the shortest that reads back, with an exponent from 1e15 up, and no point in a whole number.
create or replace macro pg_float(f) as case
  when f is null then null
  when isnan(f) then 'NaN'
  when isinf(f) then case when f > 0 then 'Infinity' else '-Infinity' end
  when abs(f) >= 1e15 and abs(f) < 1e16 then
    case when f < 0 then '-' else '' end || regexp_replace(regexp_replace(replace(regexp_replace(abs(f)::varchar, '\.0$', ''), '.', ''), '^(.)(.*?)0*$', '\1.\2'), '\.$', '') || 'e+15'
  else regexp_replace(f::varchar, '\.0$', '') end;`,

	"pg_numeric": `-- A float as a number is made of its first 15 digits.
create or replace macro pg_numeric(f) as format('{:.15g}', f);`,

	"pg_instant": `-- An instant as text, in UTC.
create or replace macro pg_instant(z) as (z at time zone 'UTC')::varchar || '+00';`,

	"pg_boolean": `-- More spellings than DuckDB knows.
create or replace macro pg_boolean(s) as case
  when s is null then null
  when lower(trim(s)) in ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') then true
  when lower(trim(s)) in ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') then false
  else error('not a boolean: ' || s) end;`,

	"pg_bigint": `-- A whole number has no point and no exponent; DuckDB rounds one that has.
create or replace macro pg_bigint(s) as case
  when regexp_full_match(trim(s), '[+-]?[0-9]+') then trim(s)::bigint
  when s is not null then error('not a whole number: ' || s) end;`,

	"pg_trunc_century":    years("century", 100),
	"pg_trunc_millennium": years("millennium", 1000),

	"pg_trunc_hour": `-- An hour that clocks show twice stays the one it is.
create or replace macro pg_trunc_hour(z) as z - (z::timestamp - date_trunc('hour', z::timestamp));`,

	"pg_second": `-- Seconds with their fraction; DuckDB gives whole ones.
create or replace macro pg_second(t) as (extract(microsecond from t)::decimal(18,0) * 0.000001::decimal(7,6))::decimal(8,6);`,

	"pg_milliseconds": `-- Milliseconds with their fraction; DuckDB gives whole ones.
create or replace macro pg_milliseconds(t) as (extract(microsecond from t)::decimal(18,0) * 0.001::decimal(4,3))::decimal(8,3);`,

	"pg_epoch": `-- Seconds since 1970, exactly; DuckDB gives a float.
create or replace macro pg_epoch(t) as (epoch_us(t)::decimal(20,0) * 0.000001::decimal(7,6))::decimal(18,6);`,
}

func years(unit string, n int) string {
	return fmt.Sprintf(`-- The first %[1]s begins with the year 1; DuckDB's begin with the years that end in 00.
create or replace macro pg_trunc_%[1]s(t) as make_timestamp((extract(year from t) - 1) // %[2]d * %[2]d + 1, 1, 1, 0, 0, 0);`, unit, n)
}

// quotientMacro is the macro that divides decimals of at most `scale` digits
// after the point and gives `digits` of them. Their digits are divided as whole
// numbers of 128 bits, as on paper: what is left over, times ten to a power, is
// divided again. Twice, so that a divisor may have some 29 digits; more is an
// error. The fraction is then added to the whole part, as a decimal cannot be made
// of its digits.
func (s *script) quotientMacro(scale, digits int) string {
	name := fmt.Sprintf("quotient_%d_%d", scale, digits)
	first := (digits + 1) / 2
	s.macros[name] = strings.NewReplacer("NAME", name, "SCALE", fmt.Sprint(scale), "DIGITS", fmt.Sprint(digits),
		"FIRST", "1"+strings.Repeat("0", first), "SECOND", "1"+strings.Repeat("0", digits-first),
		"WIDTH", fmt.Sprint(min(38, digits+1)), "UNIT", "0."+strings.Repeat("0", digits-1)+"1").Replace(
		`-- a / b of decimals with up to SCALE digits after the point, to DIGITS digits, half rounded away from zero; DuckDB
-- divides decimals as floats. On paper: the whole part, then the first half of the digits, then the second.
create or replace macro NAME_rest(r, b) as r * FIRST::hugeint // b * SECOND + (r * FIRST::hugeint % b * 2 * SECOND + b) // (2 * b);
create or replace macro NAME_of(a, b) as (a // b)::decimal(38,0)::decimal(38,DIGITS) + NAME_rest(a % b, b)::decimal(WIDTH,0) * UNIT::decimal(WIDTH,DIGITS);
create or replace macro NAME_digits(x) as replace(abs(x)::decimal(38,SCALE)::varchar, '.', '')::hugeint;
create or replace macro NAME(a, b) as case
  when b = 0 and a is not null then error('division by zero')
  else sign(a) * sign(b) * NAME_of(NAME_digits(a), NAME_digits(b)) end;`)
	return name
}
