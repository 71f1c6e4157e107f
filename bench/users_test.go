package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

func TestPermutationHasEachNumberOnce(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 1000} {
		seen := make([]bool, n)
		p := newPermutation(n, 7)
		for i := range n {
			seen[p.at(i)] = true
		}
		if slices.Contains(seen, false) {
			t.Errorf("of %d, some never come", n)
		}
	}
}

func TestCalendarWritesTimes(t *testing.T) {
	c := newCalendar()
	for _, s := range []int64{0, 1, day - 1, firstCreated, asked - 1, lastEvent, (lastDate - 1) * day} {
		if got, want := string(c.appendTime(nil, s)), time.Unix(s, 0).UTC().Format(time.DateTime); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
	for _, d := range []int64{firstDate, -1, 0, firstBorn, lastBorn} {
		if got, want := string(c.appendDate(nil, d)), time.Unix(d*day, 0).UTC().Format(time.DateOnly); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
}

// recordsOf reads the records of a table.
func recordsOf(t *testing.T, root, table string) (records [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "seeds", table+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err = csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

func tablesOf(t *testing.T, users int, s shape) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	if err := makeUsers(root, users, s); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTablesAreTheSameEachTime(t *testing.T) {
	one, two := tablesOf(t, 500, usual), tablesOf(t, 500, usual)
	for _, table := range tables {
		if !slices.EqualFunc(recordsOf(t, one, table.name), recordsOf(t, two, table.name), slices.Equal[[]string]) {
			t.Errorf("%s differs", table.name)
		}
	}
}

func TestCleanTablesHaveEachUserOnce(t *testing.T) {
	const users = 3000
	for _, shuffled := range []bool{false, true} {
		root := tablesOf(t, users, shape{shuffled: shuffled})
		for table, share := range map[string]float64{
			"user_account": 1, "user_account_closures": 0.1, "user_account_reactivations": 0.05,
			"user_marketing_preferences": 1, "user_account_attributes": 0.9,
		} {
			ids := userIDs(t, recordsOf(t, root, table))
			if got := float64(len(ids)) / users; got < share-0.03 || got > share+0.03 {
				t.Errorf("%s: %.3f of the users have a record, expected %.2f", table, got, share)
			}
			if slices.IsSorted(ids) == shuffled {
				t.Errorf("%s: shuffled is %t, and sorted too", table, shuffled)
			}
			slices.Sort(ids)
			if n := len(slices.Compact(ids)); n != len(ids) {
				t.Errorf("%s: %d users have %d records", table, n, len(ids))
			}
		}
	}
}

func TestMessyTablesAreMessy(t *testing.T) {
	const users = 3000
	root := tablesOf(t, users, usual)
	accounts := recordsOf(t, root, "user_account")
	distinct := func(records [][]string, column int) int {
		seen := map[string]bool{}
		for _, r := range records {
			seen[r[column]] = true
		}
		return len(seen)
	}
	if n := distinct(accounts, 0); n != users {
		t.Errorf("%d users have an account, expected %d", n, users)
	}
	if n := len(accounts) - users; n < users*2/100 || n > users*4/100 {
		t.Errorf("%d accounts are repeated", n)
	}
	if n := distinct(accounts, 4); n < 16 {
		t.Errorf("%d spellings of booleans", n)
	}
	known := map[string]bool{}
	for _, r := range accounts {
		known[r[0]] = true
	}
	unknown, missing := 0, 0
	preferences := recordsOf(t, root, "user_marketing_preferences")
	for _, r := range preferences {
		if !known[r[0]] {
			unknown++
		}
	}
	for _, r := range recordsOf(t, root, "user_account_attributes") {
		if r[3] == "" {
			missing++
		}
	}
	if unknown == 0 || missing == 0 || distinct(preferences, 0) > len(preferences)*9/10 {
		t.Errorf("%d preferences of unknown users, %d dates of birth missing, %d preferences of %d users", unknown, missing, len(preferences), distinct(preferences, 0))
	}
}

func userIDs(t *testing.T, records [][]string) (ids []int) {
	t.Helper()
	for _, r := range records {
		n, err := strconv.Atoi(r[0])
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, n)
	}
	return ids
}
