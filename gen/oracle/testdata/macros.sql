-- What PostgreSQL gives and DuckDB does not, in DuckDB's SQL.

-- substring(s, from, count): positions below 1 lie before the text.
create macro pg_substring(s, f, n) as substring(s, greatest(f, 1), greatest(f + n - greatest(f, 1), 0)) || case when f is not null and n is not null then '' end;

-- The text of a float: the shortest that reads back, with an exponent from 1e15
-- up, and no point in a whole number.
create macro pg_float(f) as case
  when f is null then null
  when isnan(f) then 'NaN'
  when isinf(f) then case when f > 0 then 'Infinity' else '-Infinity' end
  when abs(f) >= 1e15 and abs(f) < 1e16 then
    case when f < 0 then '-' else '' end || regexp_replace(regexp_replace(replace(regexp_replace(abs(f)::varchar, '\.0$', ''), '.', ''), '^(.)(.*?)0*$', '\1.\2'), '\.$', '') || 'e+15'
  else regexp_replace(f::varchar, '\.0$', '') end;

-- A float as a number is made of its first 15 digits.
create macro pg_numeric(f) as format('{:.15g}', f);

-- An instant as text, in UTC.
create macro pg_instant(z) as (z at time zone 'UTC')::varchar || '+00';

-- Any beginning of a word that says which of the two it is.
create macro pg_bool(s) as case
  when s is null then null
  when lower(trim(s)) in ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') then true
  when lower(trim(s)) in ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') then false
  else error('not a boolean: ' || s) end;

-- a / b with 16 digits after the point, half rounded away from zero, for
-- numbers of at most 4 digits after the point. A fraction is added to the whole
-- part, as a decimal cannot be made of its digits.
create macro whole(x) as (x * 10000::decimal(5,0))::decimal(38,0)::hugeint;
create macro halves(a, b) as ((2 * abs(a) + abs(b)) // (2 * abs(b))) * sign(a)::hugeint * sign(b)::hugeint;
create macro points(h) as (h // 10000000000000000)::decimal(22,0)::decimal(38,16) + (h % 10000000000000000)::decimal(18,0) * 0.0000000000000001::decimal(17,16);
create macro quotient(a, b) as points(halves(whole(a) * 10000000000000000::hugeint, whole(b)));

-- A decimal that is multiplied in 128 bits.
create macro wide(d) as d::decimal(20,4);
