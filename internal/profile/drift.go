package profile

import "slices"

// Drift is what differs between two profiles of a node.
type Drift struct {
	Since   string        `json:"since"` // the as-of time of the one before
	Rows    Change        `json:"rows"`
	Columns []ColumnDrift `json:"columns"` // those that both have, with one type, in the order of the later
}

// Change is a number, before and after.
type Change struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// ColumnDrift is what differs in one column.
type ColumnDrift struct {
	Name     string `json:"name"`
	Nulls    Shares `json:"nulls"`
	Distinct Change `json:"distinct"`
	// Exact says which of Distinct were counted and not estimated.
	Exact Exact `json:"distinct_exact"`
	// Min and Max are null where they are as they were, or are not shown.
	Min *Moved `json:"min"`
	Max *Moved `json:"max"`
	// New are values that there were none of, Gone those that there are none of any
	// more, ascending or the most frequent first: all of them where both profiles know
	// all values, else those that can be told. They are empty where none can be.
	New  []string `json:"new"`
	Gone []string `json:"gone"`
}

// Exact says of a number, before and after, whether it is exact.
type Exact struct {
	Before bool `json:"before"`
	After  bool `json:"after"`
}

// Shares are shares of the rows, before and after; 0 where there are no rows.
type Shares struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Moved is a bound, before and after; null where there was no value.
type Moved struct {
	Before *string `json:"before"`
	After  *string `json:"after"`
}

// Compare finds what differs between two profiles of a node; nil where there is none
// before. Of columns that are, or were, personal only counts are compared.
func Compare(before, after *Node) *Drift {
	if before == nil || after == nil {
		return nil
	}
	d := &Drift{Since: before.AsOf, Rows: Change{before.Rows, after.Rows}, Columns: []ColumnDrift{}}
	for i := range after.Columns {
		is := &after.Columns[i]
		at := slices.IndexFunc(before.Columns, func(c Column) bool { return c.Name == is.Name && c.Type == is.Type })
		if at < 0 {
			continue
		}
		was := &before.Columns[at]
		c := ColumnDrift{
			Name: is.Name, Nulls: Shares{share(was.Nulls, before.Rows), share(is.Nulls, after.Rows)},
			Distinct: Change{was.Distinct, is.Distinct}, Exact: Exact{was.DistinctExact, is.DistinctExact},
			New: []string{}, Gone: []string{},
		}
		if !was.PII && !is.PII && was.Values != nil && is.Values != nil {
			c.compare(was.Values, is.Values)
		}
		d.Columns = append(d.Columns, c)
	}
	return d
}

func share(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

func (c *ColumnDrift) compare(was, is *Values) {
	c.Min, c.Max = moved(was.Min, is.Min), moved(was.Max, is.Max)
	c.New, c.Gone = lacking(is.known(), was.Set), lacking(was.known(), is.Set)
}

func moved(was, is *string) *Moved {
	if was == nil && is == nil || was != nil && is != nil && *was == *is {
		return nil
	}
	return &Moved{was, is}
}

// known are values that are there: all where they are told, else frequent ones.
func (v *Values) known() (values []string) {
	if v.Set != nil {
		return v.Set
	}
	for _, t := range v.Top {
		values = append(values, t.Value)
	}
	return values
}

// lacking are the values that a set, which is nil where it is not known, does not have.
func lacking(values, set []string) []string {
	lacking := []string{}
	if set == nil {
		return lacking
	}
	there := map[string]bool{}
	for _, v := range set {
		there[v] = true
	}
	for _, v := range values {
		if !there[v] {
			lacking = append(lacking, v)
		}
	}
	return lacking
}
