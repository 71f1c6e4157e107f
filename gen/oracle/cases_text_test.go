package oracle

import "slices"

var patterns = slices.Concat(
	emitted(
		"s1 like 'a%'", "s1 like '%b'", "s1 like '%b%'", "s1 like 'a_b'", "s1 like '_'", "s1 like '__'", "s1 like ''", "s1 like '%'", "s1 like 'abc'", "s1 like '%a%b%'",
		"s1 like 'é_'", "s1 like '_本%'", "s1 like '%ß%'", `s1 like '%\%%'`, `s1 like 'a\_b'`, `s1 like '%\\%'`, "s3 like '%a_b%'", "s3 like 'a%b%a'", "s3 like '%  %'", "s3 like '_%_'",
		"s1 not like 'a%'", `s1 not like '%\_%'`, "s1 ilike 'ABC'", "s1 ilike 'a%'", "s1 ilike '%PFEL'", "s1 ilike 'äp%'", "s1 not ilike 'ab%'", "s1 ilike '_BC'", "s1 ilike 'É_'", "lower(s1) like '%line%'",
		"s1 like '%.%.%'", "s1 like '%\n%'", "s1 like 'line_break'", "s1 || s2 like '%ab%'", "s1 like 'it''s'",
	),
	same("s1 like '%x%%' escape 'x'", "s1 like 'a!_b' escape '!'", "s1 not like '%!%%' escape '!'", "s1 ilike 'A!%B' escape '!'", "s1 not ilike 'A!_%' escape '!'", "s3 like 'a%' escape ''"),
	emitted(each("regexp_like(s1, #)",
		"'^a'", "'b$'", "'^[a-c]+$'", "'[[:upper:]]'", "'(?i)^abc$'", "'.'", "'^.$'", "''", "'a|é'", `'\d'`, `'^a.*b$'`, `'(?s)^line.break$'`, `'\s'`, `'^\S+$'`, "'(a.){2}'", "'日'")...),
	emitted(each("not regexp_like(s3, #)", "'a'", "'^ *$'", "'a b'")...),
)

var texts = slices.Concat(
	same(
		"s1", "lower(s1)", "lower(s1 || s2)", "upper(s3)", "trim(s1)", "trim(s3)", "ltrim(s3)", "rtrim(s3)", "trim(s3, 'a')", "trim(s3, 'ab ')", "trim(s1, 'aé')",
		"trim(s1, s2)", "ltrim(s3, 'a')", "ltrim(s3, ' a')", "rtrim(s3, 'b')", "rtrim(s3, '% ')", "ltrim(s1, s2)", "rtrim(s1, s3)", "trim(s1, '')", "trim(both from s3)",
		"trim(leading from s3)", "trim(trailing from s3)", "trim(both 'a' from s3)", "trim(leading 'ab' from s3)", "trim(trailing 'b' from s3)",
		"length(s1)", "char_length(s1)", "character_length(s2)", "length(s1 || s3)", "length('')",
		"substring(s1, 1)", "substring(s1, 2)", "substring(s1, 1, 2)", "substring(s1, 2, 1)", "substr(s1, 2, 3)", "substr(s1, 3)", "substring(s1 from 2)", "substring(s1 from 2 for 2)", "substring(s1, 100)", "substring(s1, 2, 0)", "substring(s1, 1, 100)",
		"replace(s1, 'a', 'xy')", "replace(s1, 'ab', '')", "replace(s3, 'a', s1)", "replace(s1, s2, '-')", "replace(s3, ' ', '')", "replace(s1, '日', '月')", "replace(s1, '', 'x')", "replace(s1, 'aa', 'b')",
		"s1 || s2", "s1 || 'x' || s3", "'[' || s1 || ']'", "s1 || i1", "i1 || s1", "s1 || d1", "s1 || dw", "s1 || b1", "s1 || t1", "s1 || ''", "s1 || null", "s1 || '1'", "d1 || '%'",
		"concat(s1, s2)", "concat(s1, '-', s2)", "concat(s1)", "concat(s1, null)", "concat(i1, s1)", "concat(d1, '/', i1)", "concat(t1, s1)", "concat(s1, ' (', s2, ')')", "concat(i1)", "concat(nullif(s1, ''), s2)",
		"split_part(s1, '.', 1)", "split_part(s1, '.', 2)", "split_part(s1, '.', 5)", "split_part(s1, '.', -1)", "split_part(s1, '.', -2)", "split_part(s1, '.', -9)", "split_part(s1, 'bc', 2)", "split_part(s3, ' ', 2)", "split_part(s1, ',', 1)", "split_part(s1, '本', 2)",
		"starts_with(s1, 'a')", "starts_with(s1, s2)", "starts_with(s1, '')", "starts_with(s1, 'é')", "not starts_with(s3, ' ')",
		"md5(s1)", "md5(s1 || 'salt')", "sha256(s1)", "sha256(lower(trim(s3)))", "md5('')", "sha256('')",
		"nullif(lower(trim(s3)), '')", "lower(split_part(s1, 'b', 1))", "length(replace(s3, 'a', 'bbb')) - length(s3)", "'it''s ' || s1", `'back\slash' || s1`, "'ünï' || s1",
	),
	emitted(
		"btrim(s3)", "btrim(s3, 'ab')", "upper(s1)", "upper(s1 || s2)", "s1 || f1", "s1 || p1", "concat(f1, '/', s1)", "concat(z1, s1)", "s1 || z1",
		"split_part(s1, '', 1)", "split_part(s1, '', 2)", "split_part(s1, '', -1)", "split_part(s1, s3, i3)", "substring(s1, 0)", "substring(s1, -3)",
		"substring(s1, i1)", "substring(s1, -1, 3)", "substring(s1, 0, 2)", "substring(s1, -5, 3)", "substring(s1, i1, abs(i2))", "substr(s3, i1, 3)",
		"substring(s1 from i1 for 2)",
	),
	same(
		"concat(p1, s1)",
	),
)
