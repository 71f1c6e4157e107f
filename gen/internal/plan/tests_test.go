package plan_test

import (
	"strings"
	"testing"
)

const checked = `
name = "checked"

[[source]]
name = "t"
grain = ["id"]
tags = ["nightly", "crm"]
columns = [
  { name = "id", type = "int64", nullable = false, tests = ["not_null", "unique"] },
  { name = "word", type = "string", tests = ["not_null",
    { matches = '\bx', name = "bounded" }, { matches = '^x', name = "anchored", where = "id > 1", nulls = "fail", warn_if = "> 1%", error_if = "> 10", tags = ["a", "b"], store_failures = true, limit = 3, description = "As agreed." },
  ] },
  { name = "at", type = "timestamp", tests = [{ recency = { within = "1d12h" } }, { monotonic = { strictly = true } }] },
]
tests = [{ row_count = { min = 1, max = 9 } }]

[[model]]
name = "deduped"
from = "t"
dedupe = { key = ["word"] }
columns = [
  { name = "word", tests = ["unique", "not_null"] },
  { name = "id", tests = ["unique"] },
  { name = "n", expr = "coalesce(id, 0)", tests = ["not_null"] },
  { name = "widened", expr = "id", nullable = true, tests = ["not_null"] },
]
tests = [{ unique_combination = ["n", "word"] }, { unique_combination = ["n", "id"] }]

[[model]]
name = "after"
from = "deduped"
where = "id > 0"
columns = [{ name = "w", expr = "word", tests = ["unique"] }, { name = "id" }, { name = "cut", expr = "lower(word)", tests = ["unique"] }]

[[model]]
name = "grouped"
from = "after"
group_by = ["w", "id"]
columns = [{ name = "w" }, { name = "id", tests = ["unique"] }]
tests = [{ unique_combination = ["id", "w"] }]
`

// TestProofs: what is proved by construction is, and nothing that rests on a
// test of the data. The source's grain is only declared, so no model is unique
// on id by proof.
func TestProofs(t *testing.T) {
	p, errs := build("schema.toml", []byte(checked))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"not_null_t_id":                     "nullable = false makes a record without id a reject",
		"unique_t_id":                       "",
		"grain_t":                           "",
		"not_null_t_word":                   "",
		"unique_deduped_word":               "the dedupe of deduped gives one row for each word",
		"not_null_deduped_word":             "",
		"unique_deduped_id":                 "",
		"not_null_deduped_n":                "what n is computed from is never null",
		"not_null_deduped_widened":          "",
		"unique_combination_deduped_n_word": "the dedupe of deduped gives one row for each word",
		"unique_combination_deduped_n_id":   "",
		"unique_after_w":                    "the dedupe of deduped gives one row for each w",
		"unique_after_cut":                  "",
		"unique_grouped_id":                 "",
		"unique_combination_grouped_id_w":   "the group_by of grouped gives one row for each w, id",
	}
	found := 0
	for _, r := range p.Relations() {
		for _, test := range r.Tests {
			if proof, ok := want[test.Name]; ok {
				found++
				if test.Proved != proof {
					t.Errorf("%s is proved by %q, want %q", test.Name, test.Proved, proof)
				}
			} else if test.Proved != "" {
				t.Errorf("%s is proved by %q", test.Name, test.Proved)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d tests of %d are there", found, len(want))
	}
}

func TestTextOfTests(t *testing.T) {
	p, errs := build("schema.toml", []byte(checked))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	text := p.Text()
	for _, line := range []string{
		"  tags         nightly, crm\n",
		"    error  not_null_t_id: not_null of id: id is not null\n           proved: nullable = false makes a record without id a reject\n",
		"    error  bounded: matches of word: regexp_like(word, '\\bx')\n",
		"    error  anchored: matches of word: regexp_like(word, '^x') is true; where id > 1; a null fails; warn if > 1%; error if > 10; 3 failing rows at most are stored; tags a, b -- As agreed.\n",
		"    error  recency_t_at: recency of at: max(cast(at as timestamptz)) >= now() - 36h0m0s\n",
		"    error  monotonic_t_at: monotonic of at, each > the one before\n",
		"    error  row_count_t: row_count: at least 1 and at most 9 rows\n",
		"  note         '\\bx' is matched by package regexp, which is slower: \\b and \\B look at two characters at once\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the plan lacks\n%s", line)
		}
	}
	if strings.Contains(text, "'^x' is matched by package regexp") {
		t.Error("a pattern with an automaton is noted")
	}
	if t.Failed() {
		t.Log(text)
	}
}
