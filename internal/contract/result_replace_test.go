package contract_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// tested is one row under a test.
type tested struct {
	fails bool
	value string // "" for null
}

func drawTested(t *rapid.T) tested {
	row := tested{fails: rapid.IntRange(0, 2).Draw(t, "passes") == 0}
	if row.fails {
		row.value = rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "value")
	}
	return row
}

// ordered are the ordinals of rows.
func ordered[T any](rows map[int64]T) []int64 { return slices.Sorted(maps.Keys(rows)) }

// rowTest is what a test that counts values finds of rows by ordinal, in batches.
func rowTest(t *rapid.T, rows map[int64]tested, keep int) *contract.TestResult {
	all := contract.TestResult{Keep: keep}
	for batch := range slices.Chunk(ordered(rows), rapid.IntRange(1, 20).Draw(t, "batch")) {
		one := contract.TestResult{Keep: keep, Ordinals: batch, Rows: int64(len(batch))}
		for i, ordinal := range batch {
			if row := rows[ordinal]; row.fails && one.FailValue(i, row.value, row.value != "") {
				one.Show(contract.Example{Origin: contract.Origin(ordinal + 1), Key: fmt.Sprint("id=", ordinal), Value: row.value})
			}
		}
		all.Merge(&one)
	}
	return &all
}

// uniqueTest is what a uniqueness test finds of the values of rows.
func uniqueTest(_ *rapid.T, rows map[int64]string, keep int) *contract.TestResult {
	r := contract.TestResult{Keep: keep}
	seen, ids := map[string]int64{}, map[string]int{}
	for _, ordinal := range ordered(rows) {
		v := rows[ordinal]
		r.Ordinals = []int64{ordinal}
		if seen[v]++; seen[v] == 1 {
			ids[v] = len(ids)
		} else if r.Repeat(0, ids[v], seen[v]) {
			r.Show(contract.Example{Origin: contract.Origin(ordinal + 1), Value: v})
		}
	}
	r.Ordinals = nil
	return &r
}

// shown is what there is to see of an example.
func shown(examples []contract.Example) (texts []string) {
	for _, e := range examples {
		texts = append(texts, fmt.Sprint(e.Ordinal, e.Origin, e.Key, e.Value, e.Count))
	}
	return texts
}

// mustBeAnew holds a result in which rows were replaced against that of all rows,
// with all its examples; before are the examples that were known.
func mustBeAnew(t *rapid.T, ok bool, got, want *contract.TestResult, before []contract.Example, beforeAll bool) {
	t.Helper()
	if !ok {
		known := 0 // of the failing rows now, those of which it is known that no others stand before
		for _, e := range want.Examples {
			if beforeAll || len(before) > 0 && e.Ordinal <= before[len(before)-1].Ordinal {
				known++
			}
		}
		if known >= min(len(want.Examples), contract.MaxExamples) {
			t.Fatalf("it is not ok, though %d examples are known", known)
		}
		return
	}
	if got.Rows != want.Rows || got.Failures != want.Failures || got.Distinct != want.Distinct {
		t.Fatalf("%d rows, %d failures, %d distinct; want %d, %d, %d", got.Rows, got.Failures, got.Distinct, want.Rows, want.Failures, want.Distinct)
	}
	if !maps.Equal(got.Values(), want.Values()) {
		t.Fatalf("the values are %v, want %v", got.Values(), want.Values())
	}
	if g, w := shown(got.Shown()), shown(want.Shown()); !slices.Equal(g, w) {
		t.Fatalf("shown are %v, want %v", g, w)
	}
	if g, w := shown(got.Examples), shown(want.Examples); len(g) > len(w) || !slices.Equal(g, w[:len(g)]) {
		t.Fatalf("kept are %v, which does not begin %v", g, w)
	}
}

// replaces draws rows, and new ones for some of them again and again: some are
// gone then, others are new. find gives what a test finds of rows, touch those
// rows, before and now, that are looked at for the ones that changed.
func replaces[T any](t *rapid.T, draw func(*rapid.T) T, find func(*rapid.T, map[int64]T, int) *contract.TestResult,
	touch func(before, now map[int64]T, changed map[int64]bool) (old, fresh map[int64]T),
) {
	keep := rapid.SampledFrom([]int{0, 6, 12}).Draw(t, "keep")
	atLeast := rapid.SampledFrom([]int{keep, math.MaxInt}).Draw(t, "kept of some")
	rows := map[int64]T{}
	for ordinal := range rapid.Int64Range(0, 60).Draw(t, "rows") {
		rows[ordinal*3] = draw(t)
	}
	got := find(t, rows, keep)
	for range rapid.IntRange(1, 4).Draw(t, "rounds") {
		now, changed := maps.Clone(rows), map[int64]bool{}
		for range rapid.IntRange(0, 25).Draw(t, "changes") {
			ordinal := rapid.Int64Range(0, 190).Draw(t, "ordinal")
			changed[ordinal] = true
			if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
				delete(now, ordinal)
			} else {
				now[ordinal] = draw(t)
			}
		}
		examples, all := slices.Clone(got.Examples), got.Failures == int64(len(got.Examples))
		old, fresh := touch(rows, now, changed)
		ok := got.Replace(find(t, old, atLeast), find(t, fresh, atLeast))
		mustBeAnew(t, ok, got, find(t, now, math.MaxInt), examples, all)
		if !ok {
			return
		}
		rows = now
	}
}

// only are the rows that are among those asked for.
func only[T any](rows map[int64]T, asked func(ordinal int64, row T) bool) map[int64]T {
	some := map[int64]T{}
	for ordinal, row := range rows {
		if asked(ordinal, row) {
			some[ordinal] = row
		}
	}
	return some
}

// A result in which some rows are replaced is that of all rows.
func TestReplaceRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		replaces(t, drawTested, rowTest, func(before, now map[int64]tested, changed map[int64]bool) (old, fresh map[int64]tested) {
			asked := func(ordinal int64, _ tested) bool { return changed[ordinal] || ordinal%7 == 0 } // more than need be
			return only(before, asked), only(now, asked)
		})
	})
}

// The same of a uniqueness test: the rows looked at are all those that have a value
// of a row that changed.
func TestReplaceRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, 40).Draw(t, "value")) }
		replaces(t, draw, uniqueTest, func(before, now map[int64]string, changed map[int64]bool) (old, fresh map[int64]string) {
			values := map[string]bool{}
			for ordinal := range changed {
				for _, rows := range []map[int64]string{before, now} {
					if v, there := rows[ordinal]; there {
						values[v] = true
					}
				}
			}
			asked := func(_ int64, v string) bool { return values[v] }
			return only(before, asked), only(now, asked)
		})
	})
}

// As many examples are kept as is asked for, and as are shown at least, however the
// rows were cut into batches or parts.
func TestKeep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keep := rapid.IntRange(0, 12).Draw(t, "keep")
		rows := map[int64]tested{}
		for ordinal := range rapid.Int64Range(0, 40).Draw(t, "rows") {
			rows[ordinal] = drawTested(t)
		}
		var failing []string
		for _, ordinal := range ordered(rows) {
			if row := rows[ordinal]; row.fails {
				failing = append(failing, fmt.Sprint(ordinal, ordinal+1, fmt.Sprint("id=", ordinal), row.value, 0))
			}
		}
		want := failing[:min(len(failing), max(keep, contract.MaxExamples))]
		r := rowTest(t, rows, keep)
		if got := shown(r.Examples); !slices.Equal(got, want) {
			t.Fatalf("kept are %v, want %v", got, want)
		}
		if got := shown(r.Shown()); !slices.Equal(got, failing[:min(len(failing), contract.MaxExamples)]) {
			t.Fatalf("shown are %v of %v", got, failing)
		}
		parts := [3]map[int64]tested{{}, {}, {}}
		for ordinal, row := range rows {
			parts[ordinal%3][ordinal] = row
		}
		whole := contract.TestResult{Keep: keep}
		for _, i := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "order") {
			whole.MergePart(rowTest(t, parts[i], keep))
		}
		if got := shown(whole.Examples); !slices.Equal(got, want) || whole.Failures != r.Failures || whole.Rows != r.Rows {
			t.Fatalf("of parts are kept %v, want %v", got, want)
		}
	})
}
