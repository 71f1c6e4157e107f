// Package plan turns declarations into the typed plan: every name resolved,
// every expression typed, nullability, grain, order and column lineage
// inferred. The plan is the only thing emitters read.
//
// It knows the schema language and expressions; it knows nothing of Go code,
// of other engines' SQL, or of files.
package plan

import (
	"slices"
	"time"

	"martlet/gen/internal/diag"
	"martlet/gen/internal/expr"
)

// Plan is a whole project, ready to be emitted.
type Plan struct {
	Name        string
	Description string
	Timezone    string
	Sources     []*Source // as declared
	Models      []*Model  // inputs before the models that read them, otherwise as declared
	UnitTests   []*UnitTest
	Increments  *Increments // nil where no model is incremental
}

// Relation is what a source and a model have in common.
type Relation struct {
	Name        string
	Description string
	Columns     []*Column
	// Grain is the key that the schema declares or the plan proves; empty where
	// none is known.
	Grain []int
	Proof Proof
	Tests []*Test
	Tags  []string

	keys []key  // every set of columns known to identify a row
	path string // in diagnostics
}

// key is a set of columns that identifies a row.
type key struct {
	columns []int
	by      string // what makes it so: "the dedupe of users"; empty where only a test holds it
}

// Proof says how a relation's grain is known.
type Proof string

// The proofs of a grain.
const (
	NoGrain   Proof = ""
	ByDedupe  Proof = "dedupe"
	ByGroup   Proof = "group_by"
	ByInput   Proof = "input"    // the base input's grain, carried through
	ByTesting Proof = "declared" // only declared: a uniqueness test, always error, holds it
)

// Column is one column of a relation.
type Column struct {
	Name        string
	Description string
	Type        expr.Type
	Nullable    bool
	PII         bool
	// Inputs are the columns its expression reads, in the order it names them.
	Inputs []ColumnRef
	// Lineage are the source columns it goes back to, sorted.
	Lineage []ColumnRef
	// Declared is its expression as the schema has it; empty for a source's.
	Declared string
}

// ColumnRef names a column of a relation.
type ColumnRef struct{ Relation, Column string }

// String is "relation.column".
func (r ColumnRef) String() string { return r.Relation + "." + r.Column }

// Source is a raw table.
type Source struct {
	Relation
	Workbook, Sheet, Seed string
	Dialect               Dialect
	ExtraColumns          bool // the file may have columns that are not declared
	MaxRejects            Allowance
	Freshness             *Freshness
}

// Dialect is how the CSV files of a source are written. A zero field is RFC
// 4180's, in UTF-8.
type Dialect struct {
	Delimiter, Quote byte
	Unquoted         bool // nothing quotes
	Nulls            []string
	Encoding         string
}

// Allowance is how many records of a source may be rejected: a count, or a
// share of those read in millionths. The zero value allows none.
type Allowance struct{ Records, PerMillion int64 }

// Freshness is how old a source may be. In LoadedAt and Filter Column.Input is
// 0: the source itself.
type Freshness struct {
	LoadedAt expr.Node // a date, timestamp or timestamptz, whose latest value counts
	Filter   expr.Node // nil where every record counts
	// Instant is the latest LoadedAt as a timestamptz; its one column is that.
	Instant                  expr.Node
	Declared, DeclaredFilter string        // LoadedAt and Filter as they are written in the schema, for people
	WarnAfter, ErrorAfter    time.Duration // of whole minutes; 0 where there is none
}

// Timed says whether the same records may have another latest load at another time.
func (f *Freshness) Timed() bool { return callsNow(f.LoadedAt) || callsNow(f.Filter) }

// Model is a transformation. In its expressions Column.Input is 0 for the base
// input and k for Joins[k-1]; GroupKey and GroupAggregate for what a Fold gives.
type Model struct {
	Relation
	Layer        string
	From         *Relation
	Dedupe       *Dedupe // nil where every row is kept
	Joins        []*Join
	Where        expr.Node // nil where nothing is filtered
	Group        *Fold     // nil where the model does not group
	Exprs        []expr.Node
	Formats      []string     // of the published output
	Compression  string       // of its files that have one; empty where not given
	Dictionaries []Dictionary // of its Arrow file, in the order of the columns
	Neutralize   bool         // formulas in its CSV file
	Incremental  bool
	Increment    *Increment // nil where the model is not incremental
	Complete     bool       // no record may be rejected in what it rests on
}

// Inputs of the columns of a Fold's outputs.
const (
	GroupKey       = -1 // Index is that of Fold.Keys
	GroupAggregate = -2 // Index is that of Fold.Aggregates
)

// Dedupe keeps one row a key: the first by Order, nulls last, ties to the later row.
type Dedupe struct {
	Key   []int // columns of From
	Order []expr.OrderTerm
}

// Join is a left join of Input, on Left[i] = Input.Columns[Right[i]] for all i.
type Join struct {
	Name    string
	Input   *Relation
	Left    []*expr.Column // of the base input or of earlier joins
	Right   []int
	Columns []*Column // what it offers to expressions: Input's columns, or the aggregates by name
	Fold    *Fold     // nil where Input is unique on Right
}

// Fold groups rows by Keys and computes Aggregates over each group. Outputs
// are expressions over both.
type Fold struct {
	Keys       []expr.Node
	Aggregates []*expr.Aggregate
	Outputs    []expr.Node // of a join: one for each of its Columns; of group_by: Model.Exprs serve
}

// Test is one test of a relation. A row fails it where Row is false; uniqueness,
// relationships and monotonic are not about one row, row_count and recency about
// none, and have no Row.
type Test struct {
	Name        string
	Kind        string // as contract.Test has it
	Columns     []int  // looked at, for uniqueness and tests of a column
	Severity    string
	Description string
	Expected    string
	Where       expr.Node // only rows for which it is true are seen; nil for all
	WhereText   string    // as written
	WarnIf      string    // as contract.Threshold has it
	ErrorIf     string
	Tags        []string
	PII         bool
	Store       bool
	Limit       int64
	Proved      string    // why it holds for any data; empty where it may not
	Row         expr.Node // Column.Input is 0: the relation itself
	Grain       bool      // holds a grain that is declared and not proved
	NullsCount  bool      // of uniqueness: null is a value like any other
	NullsFail   bool      // a null fails; Row says so by itself
	Parent      *Relation // of relationships
	Field       int       // of Parent
	Order       string    // of monotonic: what each value is to the one before: ">="
	Min, Max    *int64    // of row_count; nil for no bound
	Instant     expr.Node // of recency: the column as a timestamptz
	Within      time.Duration
	pos         diag.Pos
}

// Whole says whether the test judges the relation as a whole, once all rows
// were seen.
func (t *Test) Whole() bool { return t.Instant != nil || t.Min != nil || t.Max != nil }

// Additive says whether the result over some rows is the sum of the results over
// parts of them, at whatever time; of uniqueness and relationships, which is of no
// row alone, it only says that the time does not matter.
func (t *Test) Additive() bool {
	return !t.Whole() && t.Order == "" && !callsNow(t.Row) && !callsNow(t.Where)
}

// Unique says whether the test is of uniqueness.
func (t *Test) Unique() bool { return t.Kind == "unique" || t.Kind == "unique_combination" }

// Column gives the name of the column tested, or "" for a test of the row.
func (t *Test) Column(r *Relation) string {
	if len(t.Columns) != 1 {
		return ""
	}
	return r.Columns[t.Columns[0]].Name
}

// Reads gives the names of the columns that a test of the row looks at, in the
// order its condition names them; nil for a test of one column.
func (t *Test) Reads(r *Relation) []string {
	if len(t.Columns) == 1 {
		return nil
	}
	return r.appendNames(r.Names(t.Columns), t.Row)
}

// WhereReads gives the names of the columns that the test's condition looks at, in
// the order it names them.
func (t *Test) WhereReads(r *Relation) []string { return r.appendNames(nil, t.Where) }

// appendNames adds the names of the relation's columns in an expression over them.
func (r *Relation) appendNames(names []string, e expr.Node) []string {
	expr.Walk(e, func(n expr.Node) bool {
		if c, ok := n.(*expr.Column); ok && !slices.Contains(names, r.Columns[c.Index].Name) {
			names = append(names, r.Columns[c.Index].Name)
		}
		return true
	})
	return names
}

// Relations lists sources, then models.
func (p *Plan) Relations() []*Relation {
	var all []*Relation
	for _, s := range p.Sources {
		all = append(all, &s.Relation)
	}
	for _, m := range p.Models {
		all = append(all, &m.Relation)
	}
	return all
}

// column finds a column by name, or gives -1.
func (r *Relation) column(name string) int {
	for i, c := range r.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

func (r *Relation) columnNames() []string {
	names := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		names[i] = c.Name
	}
	return names
}

// Names gives the names of columns by index.
func (r *Relation) Names(columns []int) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = r.Columns[c].Name
	}
	return names
}
