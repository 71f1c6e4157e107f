package main

import (
	"testing"

	"martlet/internal/contract"
)

// Where nothing is new and what the state has of rejected records is damaged,
// everything is computed.
func TestNothingNewAndDamage(t *testing.T) {
	x := newExtracts(t)
	for i := range x.project.Sources {
		x.project.Sources[i].MaxRejects = contract.Allowance{Records: 5}
	}
	for i := range x.project.Models {
		x.project.Models[i].Complete = false
	}
	x.add(accountFile, "900002,too,few\n")
	x.expect(x.run(), 0)
	want := x.read(martArrow)
	x.flip("out/current/state/user_account-0.rejects.json", 10)
	x.expect(x.run(), 0, "Full refresh: user_account-0.rejects.json of the state cannot be used")
	if x.read(martArrow) != want {
		t.Error("other bytes")
	}
	x.expect(x.run(), 0, "nothing is new")
}
