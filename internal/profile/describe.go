package profile

import (
	"cmp"
	"math"
	"slices"
)

const (
	maxTop = 10
	// maxSet is how many distinct values there are at most where all are told.
	maxSet = 256
	// leastSeen is how often a value is seen in a sample at least that is told to be a
	// frequent one: less often are many by chance.
	leastSeen = 5
	maxBins   = 24
)

// shares are those of the quantiles.
var shares = []float64{0.05, 0.25, 0.5, 0.75, 0.95}

// counted is how many values there are in all.
func counted[K any](all []tally[K]) (n int64) {
	for _, t := range all {
		n += t.count
	}
	return n
}

// describe describes values, which ascend: all that there are, or a sample.
func describe[K cmp.Ordered](all []tally[K], exact bool, k *kind[K]) *Values {
	v := &Values{Counted: counted(all), Exact: exact, Top: top(all, exact, k), Quantiles: []Quantile{}}
	if len(all) == 0 {
		return v
	}
	v.Min, v.Max = k.shown(all[0].value), k.shown(all[len(all)-1].value)
	if k.spread == nil {
		return v
	}
	for _, share := range shares {
		v.Quantiles = append(v.Quantiles, Quantile{share, *k.shown(quantile(all, share))})
	}
	v.Histogram = histogram(all, k)
	return v
}

// set are all values, where they are few.
func set[K cmp.Ordered](all []tally[K], k *kind[K]) []string {
	if len(all) > maxSet {
		return nil
	}
	set := make([]string, len(all))
	for i, t := range all {
		set[i] = *k.shown(t.value)
	}
	return set
}

// top are the most frequent values. Where these are not all, such as stand once are
// not among them: any other would do as well.
func top[K cmp.Ordered](all []tally[K], exact bool, k *kind[K]) []Top {
	least := int64(leastSeen)
	switch {
	case exact && len(all) <= maxTop:
		least = 1
	case exact:
		least = 2
	}
	frequent := slices.DeleteFunc(slices.Clone(all), func(t tally[K]) bool { return t.count < least })
	slices.SortStableFunc(frequent, func(a, b tally[K]) int { return cmp.Compare(b.count, a.count) })
	out := []Top{}
	for _, t := range frequent[:min(len(frequent), maxTop)] {
		out = append(out, Top{*k.shown(t.value), t.count})
	}
	return out
}

// quantile is the least value that a share of the values does not exceed.
func quantile[K cmp.Ordered](all []tally[K], share float64) K {
	want := max(1, int64(math.Ceil(share*float64(counted(all)))))
	for _, t := range all {
		if want -= t.count; want <= 0 {
			return t.value
		}
	}
	return all[len(all)-1].value
}

// histogram counts values by where they lie; nil where all lie in one place.
func histogram[K cmp.Ordered](all []tally[K], k *kind[K]) *Histogram {
	lo, hi, ok := extent(all, k.spread)
	if !ok {
		return nil
	}
	bounds := k.spread.bounds(lo, hi)
	h := &Histogram{Of: OfValues}
	for i := range bounds[1:] {
		h.Bins = append(h.Bins, Bin{From: *k.shown(bounds[i]), To: *k.shown(bounds[i+1])})
	}
	bin, last := -1, len(h.Bins)-1
	for _, t := range all {
		for bin < last && bounds[bin+1] <= t.value {
			bin++
		}
		switch {
		case bin < 0:
			h.Below += t.count
		case t.value > bounds[last+1]:
			h.Above += t.count
		default:
			h.Bins[bin].Count += t.count
		}
	}
	return h
}

// Values are far off where they lie beyond the quartiles by more than fence times the
// distance of these, and all together are spread over more than farOff times as much as
// the others.
const (
	fence  = 3
	farOff = 8
)

// extent is between which values a histogram spreads them out: all that lie
// somewhere, or those of them that are not far off.
func extent[K cmp.Ordered](all []tally[K], s *spread[K]) (lo, hi K, ok bool) {
	if s.finite != nil {
		all = slices.DeleteFunc(slices.Clone(all), func(t tally[K]) bool { return !s.finite(t.value) })
	}
	if len(all) < 2 {
		return lo, hi, false
	}
	lo, hi = all[0].value, all[len(all)-1].value
	low, high := quantile(all, 0.25), quantile(all, 0.75)
	if low == high { // as of a column that is mostly 0
		low, high = quantile(all, 0.05), quantile(all, 0.95)
	}
	reach := fence * (s.at(high) - s.at(low))
	near := slices.DeleteFunc(slices.Clone(all), func(t tally[K]) bool {
		return s.at(t.value) < s.at(low)-reach || s.at(t.value) > s.at(high)+reach
	})
	first, last := near[0].value, near[len(near)-1].value
	if first < last && s.at(hi)/farOff-s.at(lo)/farOff > s.at(last)-s.at(first) {
		return first, last, true
	}
	return lo, hi, true
}
