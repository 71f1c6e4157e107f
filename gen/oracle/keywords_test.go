package oracle

import (
	"slices"
	"testing"

	"martlet/gen/internal/sqlemit"
)

// The words that sqlemit puts in quotes are those that DuckDB reserves.
func TestKeywords(t *testing.T) {
	rows, err := openDuck(t).query("select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved' order by 1")
	if err != nil {
		t.Fatal(err)
	}
	var reserved []string
	for _, row := range rows {
		reserved = append(reserved, row[0].(string))
	}
	slices.Sort(reserved)
	known := slices.Sorted(slices.Values(sqlemit.Keywords))
	if reserved = slices.Compact(reserved); !slices.Equal(known, reserved) {
		t.Errorf("sqlemit.Keywords are\n%v\nDuckDB's\n%v", known, reserved)
	}
}
