package plan_test

import (
	"slices"
	"testing"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/diag/diagtest"
	"martlet/gen/internal/expr"
	"martlet/gen/internal/plan"
	"martlet/gen/internal/schema"
)

// build plans a schema, giving the errors of whichever step finds some first.
func build(file string, src []byte) (*plan.Plan, *diag.List) {
	decl, errs := schema.Parse(file, src)
	if errs.Len() > 0 {
		return nil, errs
	}
	return plan.Build(decl)
}

func TestErrors(t *testing.T) {
	diagtest.Run(t, "testdata/errors", func(file string, src []byte) *diag.List {
		_, errs := build(file, src)
		return errs
	})
}

func TestErrorForEachCode(t *testing.T) {
	diagtest.Covered(t, "testdata/errors", slices.Concat(plan.Codes, expr.Codes))
}
