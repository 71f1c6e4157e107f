package profile

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"pgregory.net/rapid"

	"martlet/internal/contract"
)

// settled profiles a relation of which an earlier accumulator knows rows that were: the
// relation's, but that those with an index below of was stand in the place of as many of
// the first.
func settled(t rapid.TB, mem memory.Allocator, r *relation, was []any, changed int, anew []int) Relation {
	old := &relation{subject: r.subject, rows: append(append([]any{}, was...), r.rows[changed:]...)}
	for i := range old.rows {
		old.origins = append(old.origins, contract.MakeOrigin(2, int64(i+1)))
	}
	earlier := New(r.columns(), 2)
	all := old.batch(mem, 0, len(old.rows), 0, 0)
	earlier.Add(all)
	all.Release()
	text, err := json.Marshal(earlier.Tables())
	if err != nil {
		t.Fatal(err)
	}
	var tables Tables
	if err := json.Unmarshal(text, &tables); err != nil {
		t.Fatal(err)
	}
	a := New(r.columns(), 2)
	before, after := old.batch(mem, 0, len(was), 0, 0), r.batch(mem, 0, changed, 0, 0)
	defer before.Release()
	defer after.Release()
	if err := a.Settle(tables, []contract.Batch{before}, []contract.Batch{after}, anew); err != nil {
		t.Fatal(err)
	}
	for lo, size := 0, len(r.rows)/3+1; lo < len(r.rows); lo += size {
		b, beside := r.batch(mem, lo, min(lo+size, len(r.rows)), 0, 0), a.Beside()
		beside.Add(b)
		b.Release()
		a.Merge(beside)
	}
	return a.Profile()
}

// plain profiles a relation of which nothing was known.
func plain(mem memory.Allocator, r *relation) Relation {
	a, b := New(r.columns(), 2), r.batch(mem, 0, len(r.rows), 0, 0)
	defer b.Release()
	a.Add(b)
	return a.Profile()
}

// Rows that take the place of others make the profile that all rows make.
func TestSettledColumnsAreAsIfLookedAt(t *testing.T) {
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
				defer mem.AssertSize(t, 0)
				r, was := drawRelation(t, s), drawRelation(t, s)
				changed := rapid.IntRange(0, len(r.rows)).Draw(t, "changed")
				var anew []int
				if rapid.Bool().Draw(t, "anew") {
					anew = []int{rapid.IntRange(0, 1).Draw(t, "column")}
				}
				if got, want := settled(t, mem, r, was.rows, changed, anew), plain(mem, r); !reflect.DeepEqual(got, want) {
					t.Errorf("%+v, want %+v", got, want)
				}
			})
		})
	}
}

// It is so too where a table overflows, or no longer would, and where so many rows are
// others that these have none.
func TestSettledColumnsOverflow(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for _, s := range subjects[1:3] {
		for _, distinct := range []int{maxExact - 10, maxExact, maxExact + 10, 3 * maxExact} {
			for _, changed := range []int{0, 20, 2 * maxExact} {
				r, was := large(s, 4*maxExact, distinct, 1), large(s, 30, maxExact-5, 2)
				if got, want := settled(t, mem, r, was.rows, changed, nil), plain(mem, r); !reflect.DeepEqual(got, want) {
					t.Errorf("%s, %d distinct, %d changed: %+v, want %+v", s.name, distinct, changed, got, want)
				}
			}
		}
	}
}

// A table that does not have the rows which are to be taken away is of another relation.
func TestSettleRefusesOtherTables(t *testing.T) {
	batches := martBatches(2, 50)
	a := New(martColumns, 3)
	a.Add(batches[0])
	tables := a.Tables()
	if err := New(martColumns, 3).Settle(tables, batches, nil, nil); !errors.Is(err, errNotThere) {
		t.Errorf("more rows than there are: %v", err)
	}
	if err := New(martColumns[1:], 3).Settle(tables, nil, nil, nil); err == nil {
		t.Error("tables of other columns are taken")
	}
}
