package unittest

import "slices"

// change is one way in which rows differ from those expected: a row missing (got
// is nil), a row too many (want is nil), or one row in place of another. Of
// sequences the rows around changes, which are as expected, stand among them.
type change struct{ want, got []string }

// kept says whether the row is as expected.
func (c change) kept() bool { return c.want != nil && c.got != nil && slices.Equal(c.want, c.got) }

// compare finds what differs. Rows are compared as a multiset, or where their
// order counts as a sequence; the first keys of their columns are the key.
func compare(want, got [][]string, keys int, ordered bool) []change {
	if ordered {
		return nearby(compareSequences(want, got, keys))
	}
	missing := without(want, got)
	return pair(missing, without(got, want), keys)
}

// without gives the rows that are left of a when those of b are taken out, each
// as often as it stands there. Of equal rows the first are taken.
func without(a, b [][]string) [][]string {
	count := map[string]int{}
	for _, row := range b {
		count[joined(row)]++
	}
	var left [][]string
	for _, row := range a {
		if key := joined(row); count[key] > 0 {
			count[key]--
			continue
		}
		left = append(left, row)
	}
	return left
}

// joined is a row as one string, another for each row: no cell has a line end,
// as text with one is quoted.
func joined(row []string) string {
	var b []byte
	for _, cell := range row {
		b = append(append(b, cell...), '\n')
	}
	return string(b)
}

// pair puts rows that are missing beside rows that are too many where both are
// of one key; without a key where they have the most cells in common, and any.
func pair(missing, extra [][]string, keys int) []change {
	var changes []change
	taken := make([]bool, len(extra))
	for _, want := range missing {
		best, most := -1, 0
		for i, got := range extra {
			if taken[i] || !slices.Equal(want[:keys], got[:keys]) {
				continue
			}
			if same := inCommon(want, got); same > most {
				best, most = i, same
			}
		}
		if best < 0 {
			changes = append(changes, change{want: want})
			continue
		}
		taken[best] = true
		changes = append(changes, change{want, extra[best]})
	}
	for i, got := range extra {
		if !taken[i] {
			changes = append(changes, change{got: got})
		}
	}
	return changes
}

// inCommon counts the cells that two rows have in common.
func inCommon(a, b []string) int {
	n := 0
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// nearby leaves out the rows that are as expected, but for those beside a change.
func nearby(all []change) []change {
	var near []change
	for i, c := range all {
		if !c.kept() || i > 0 && !all[i-1].kept() || i+1 < len(all) && !all[i+1].kept() {
			near = append(near, c)
		}
	}
	return near
}

// compareSequences keeps a longest common subsequence and pairs what stands
// between its rows.
func compareSequences(want, got [][]string, keys int) []change {
	// length[i][j] is that of want[i:] and got[j:].
	length := make([][]int, len(want)+1)
	for i := range length {
		length[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if slices.Equal(want[i], got[j]) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var changes []change
	for i, j := 0, 0; i < len(want) || j < len(got); {
		lo, from := i, j
		for i < len(want) && length[i][j] == length[i+1][j] {
			i++
		}
		for j < len(got) && length[i][j] == length[i][j+1] {
			j++
		}
		changes = append(changes, pair(want[lo:i], got[from:j], keys)...)
		for i < len(want) && j < len(got) && length[i][j] > max(length[i+1][j], length[i][j+1]) {
			changes = append(changes, change{want[i], got[j]})
			i, j = i+1, j+1
		}
	}
	return changes
}
