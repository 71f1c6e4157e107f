package contract

// Dedupe keeps, of the base's rows that have the same values in the columns Key,
// null being a value like any other, the first by Order. Nulls come last; of rows
// that are equal in it the later one is kept.
type Dedupe struct {
	Key   []string
	Order []Term
}

// Term is one term of an order.
type Term struct {
	Expr  string // SQL
	Desc  bool
	Reads []string // the columns of the base in Expr
}

// Condition is what a row has to meet: Expr is true.
type Condition struct {
	Expr  string // SQL
	Reads []Read // the columns in it
}
