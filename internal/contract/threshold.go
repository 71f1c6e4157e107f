package contract

import (
	"fmt"
	"math/big"
	"strings"
)

// Threshold is a condition on the failures of a test: an operator (>, >=, <,
// <=, = or !=) and a number of failures, or a percentage of the rows that the
// test saw: "> 10", ">= 0.5%". The generator has checked its form; "" is "!= 0".
type Threshold string

// Met says whether so many failures in so many rows meet the condition. It
// computes exactly; of no rows at all any number of failures is 0%.
func (t Threshold) Met(failures, rows int64) bool {
	if t == "" {
		return failures != 0
	}
	op, text, _ := strings.Cut(string(t), " ")
	number, percent := strings.CutSuffix(text, "%")
	limit, ok := new(big.Rat).SetString(number)
	if !ok {
		panic(fmt.Sprintf("contract: %q is no threshold", string(t)))
	}
	found := new(big.Rat).SetInt64(failures)
	switch {
	case percent && rows == 0:
		found.SetInt64(0)
	case percent:
		found.Mul(found, big.NewRat(100, rows))
	}
	order := found.Cmp(limit)
	switch op {
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case "=":
		return order == 0
	case "!=":
		return order != 0
	}
	panic(fmt.Sprintf("contract: %q is no threshold", string(t)))
}

// Judge says what a result does to the run, as dbt does: with severity error
// it fails the run where ErrorIf is met, with either severity it is a warning
// where WarnIf is met, and else it passes.
func (t *Test) Judge(r *TestResult) Severity {
	switch {
	case t.Severity == Error && t.ErrorIf.Met(r.Failures, r.Rows):
		return Error
	case t.WarnIf.Met(r.Failures, r.Rows):
		return Warn
	}
	return Passed
}
