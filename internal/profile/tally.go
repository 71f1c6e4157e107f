package profile

import (
	"cmp"
	"slices"
)

const (
	// maxExact is how many distinct values are counted one by one.
	maxExact = 1024
	// maxExactBytes is how many bytes these have, where they are texts.
	maxExactBytes = 32 << 10
)

// tally is a value and how often it was seen.
type tally[K any] struct {
	value K
	count int64
}

// ascending sorts tallies by value.
func ascending[K cmp.Ordered](all []tally[K]) []tally[K] {
	slices.SortFunc(all, func(a, b tally[K]) int { return cmp.Compare(a.value, b.value) })
	return all
}

// talliesOf counts values, and gives them ascending.
func talliesOf[K cmp.Ordered](values []K) (all []tally[K]) {
	slices.Sort(values)
	for _, v := range values {
		if last := len(all) - 1; last >= 0 && all[last].value == v {
			all[last].count++
		} else {
			all = append(all, tally[K]{v, 1})
		}
	}
	return all
}
