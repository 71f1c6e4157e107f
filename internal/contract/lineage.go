package contract

// Read is a column of one of a model's inputs: Input 0 is the base, k is
// Joins[k-1]. Part says of what a column is computed from that its value never is the
// very value of this one, but as in "a - b" or "not a": the same in both it is by chance.
type Read struct {
	Input  int
	Column string
	Part   bool
}

// Match is one pair of a join's condition: the joined input's column must equal
// what Left reads, of the base or of an earlier join.
//
// Aggregated says that Left is no value of one row, but computed from all that the
// earlier join found.
type Match struct {
	Left       Read
	Right      string
	Aggregated bool
}
