package pipeline

import (
	"cmp"
	"slices"

	"martlet/internal/contract"
	"martlet/internal/ingest"
)

// faultError is a fault as the reason of a reject. What was found is in it, as
// the field does not tell.
type faultError struct{ reason string }

func (e *faultError) Error() string { return e.reason }

// withFaults adds to cells, the fields of rows that a parser rejected, the faults
// among rows. Where a cell has both, the fault stands: it knows what the parser
// could not see. faults are those of the whole file, sorted by record.
func withFaults(cells []contract.Reject, faults []ingest.Fault, rows *contract.Rows) []contract.Reject {
	first := rows.First.Record()
	from, _ := slices.BinarySearchFunc(faults, first, func(f ingest.Fault, record int64) int { return cmp.Compare(f.Record, record) })
	var found []contract.Reject
	for _, f := range faults[from:] {
		if f.Record >= first+int64(rows.Len()) {
			break
		}
		found = append(found, contract.Reject{Row: int(f.Record - first), Column: f.Column, Err: &faultError{f.Reason}})
	}
	if found == nil {
		return cells
	}
	both := append(found, cells...) // the faults first, so that they are what stays of equals
	sortCells(both)
	return slices.CompactFunc(both, func(a, b contract.Reject) bool { return a.Row == b.Row && a.Column == b.Column })
}
