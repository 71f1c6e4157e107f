package main

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"martlet/generated"
	"martlet/internal/unittest"
)

// The unit tests of the sample pass, and its models give back the memory they take.
func TestUnitTestsLeakNothing(t *testing.T) {
	project := generated.Project()
	if len(project.UnitTests) == 0 {
		t.Fatal("the sample has no unit tests")
	}
	for i := range project.UnitTests {
		u := &project.UnitTests[i]
		t.Run(u.Name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			if difference, err := unittest.Run(project, u, mem); err != nil || difference != "" {
				t.Errorf("%v\n%s", err, difference)
			}
		})
	}
}
