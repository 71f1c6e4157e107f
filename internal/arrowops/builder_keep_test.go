package arrowops

import (
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// keeper is what the builders have in common here.
type keeper interface {
	Keep(arrow.Array)
	NewArray() arrow.Array
	Release()
}

// An array that is kept is the one given; the builder is then as it was, and an
// array that nobody took is given back.
func TestBuildersKeepArrays(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	ints, texts, bools := NewBuilder[int64](mem, arrow.PrimitiveTypes.Int64), NewStringBuilder(mem), NewBoolBuilder(mem)
	for name, c := range map[string]struct {
		builder keeper
		append  func()
	}{
		"int64":  {ints, func() { ints.AppendOption(7, true); ints.AppendNull() }},
		"string": {texts, func() { texts.AppendOption("seven", true); texts.AppendNull() }},
		"bool":   {bools, func() { bools.AppendOption(true, true); bools.AppendNull() }},
	} {
		c.append()
		a := c.builder.NewArray()
		c.builder.Keep(a)
		same := c.builder.NewArray()
		if same != a {
			t.Errorf("%s: another array was given", name)
		}
		c.append()
		fresh := c.builder.NewArray()
		if fresh == a || fresh.Len() != 2 || fresh.NullN() != 1 {
			t.Errorf("%s: the builder gives %v after that", name, fresh)
		}
		c.builder.Keep(a)
		c.append()
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: rows beside an array that is kept were not refused", name)
				}
			}()
			c.builder.NewArray()
		}()
		for _, x := range []arrow.Array{a, same, fresh} {
			x.Release()
		}
		c.builder.Release()
	}
}
