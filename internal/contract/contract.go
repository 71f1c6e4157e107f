// Package contract is what generated code and the runtime agree on: the
// project as data (sources, models, tests), the batches that flow between
// nodes, and the few interfaces that generated code implements.
//
// It knows Arrow and, for records that are yet to be typed, the fields of a
// column (value.Fields), and nothing else: no schema language, no file format,
// no operator. Generated code is written against one version of it and refuses to
// compile against another (see V1).
package contract

import "github.com/apache/arrow/go/v17/arrow"

// V1 is named by generated code. A change that generated code must follow
// renames it, so that stale generated code fails to compile instead of running.
const V1 = 1

// Project is everything one schema.toml declares, compiled.
type Project struct {
	Name        string
	Description string
	Timezone    string // IANA name: the zone in which a timestamp meets a timestamptz
	Fingerprint string // SHA-256, hex, of the compiled plan
	Sources     []Source
	Models      []Model // in dependency order: inputs come first
	// Relationships are the relationships tests of all nodes.
	Relationships []Relationship
	// UnitTests are of its models; no run looks at them.
	UnitTests []UnitTest
	// Increments is nil where no model is incremental.
	Increments *Increments
	// Places are where the nodes stand in a drawing, the sources first, then the models.
	Places []Place
}

// Node is what a source and a model have in common: a named relation with
// typed columns and tests.
type Node struct {
	Name        string
	Description string
	Tags        []string // to select it by
	// Fingerprint tells whether the node is defined as it was: SHA-256, hex, of
	// its own plan, without its tests and without what it reads.
	Fingerprint string
	Columns     []Column
	Grain       []string      // columns that identify a row; empty where none is known
	Schema      *arrow.Schema // of the node's batches; Define makes it
	Tests       []Test
	// NewValidator makes the checker of the node's tests for one run.
	// It is nil where the node has none.
	NewValidator func(env *Env) Validator
	// NewRepeats makes the checker of its uniqueness tests, nil where it has none.
	NewRepeats func(env *Env) Repeats
}

// Column describes one column of a node.
type Column struct {
	Name        string
	Type        string // as the schema language writes it: "int64", "decimal(10,2)"
	Arrow       arrow.DataType
	Nullable    bool
	PII         bool
	Description string
	Lineage     []string // the source columns it is computed from: "user_account.email"
	// Reads are, of a model's column, the input columns it is computed from, one
	// step back: of an aggregate those of the rows it is over.
	Reads []Read
	// Expr is, of a model's column, the SQL that it is computed by, as it was declared,
	// or where that only names what a join aggregates, that. Copy says that it is nothing but the value of
	// its one Read, null where a join found no row.
	Expr string
	Copy bool
}

// Source is a raw table: a seed file, and the workbook it is made from if any.
type Source struct {
	Node
	Workbook string // path from the root; empty where the seed has no workbook
	Sheet    string // sheet of Workbook; empty where there is no workbook
	Seed     string // path from the root of the CSV file, or a pattern that names several
	Dialect  Dialect
	// ExtraColumns says that the file may have columns which are not declared;
	// they are passed over, with a note.
	ExtraColumns bool
	MaxRejects   Allowance
	Freshness    *FreshnessRule // nil where the source may be of any age
	// NewParser makes a parser of CSV records into the source's batches. One
	// parser serves one goroutine; several may run side by side.
	NewParser func(env *Env) Parser
}

// Model is a transformation of one base input and any number of joined ones.
type Model struct {
	Node
	Layer string    // staging, intermediate, mart or whatever the schema says
	From  string    // the base input: a source or an earlier model
	Joins []string  // the joined inputs, in declared order
	On    [][]Match // by join: what its rows must match
	// Dedupe says which row of the base is kept for each key, nil where all are.
	Dedupe *Dedupe
	// Where is what the rows that are kept, and joined, have to meet before they are
	// grouped; nil where none is dropped.
	Where *Condition
	// Grouped says that a row stands for a group of the base's rows; GroupBy are
	// the columns of the base that these have in common, empty where the model
	// groups by anything else.
	Grouped bool
	GroupBy []string
	Formats []string // of the published output: arrow, csv, parquet; empty where not published
	// Compression of its Arrow and Parquet files: none, lz4, zstd; empty for what each
	// format does by itself.
	Compression string
	// Dictionaries are the values of the columns that its Arrow file has as
	// dictionaries, by name. A test that is an error holds that there are no others.
	Dictionaries map[string][]string
	// Neutralize says that texts in the published CSV which a spreadsheet would
	// take for formulas are made harmless.
	Neutralize bool
	// Complete says that no record may have been rejected in any source the
	// model rests on, whatever the source allows.
	Complete bool
	// RowByRow says that each row is computed from one row of the base, at whatever
	// time: the model joins, dedupes and groups nothing and does not call now().
	RowByRow bool
	// Increment is nil where the model is not incremental.
	Increment *Increment
	// Parted are the inputs, the base being 0 and first, of which rows that have to
	// meet are known by a key, so that the model can be computed in parts; empty
	// where it cannot.
	Parted []int
	// SQL is the model as a view of DuckDB that gives the same rows, for people; empty
	// where DuckDB has no such types.
	SQL string
	New func(env *Env) Transform
}

// Inputs lists every relation that the model reads, the base first. A relation
// joined twice stands twice.
func (m *Model) Inputs() []string { return append([]string{m.From}, m.Joins...) }

// Holds says whether the model holds its rows back until its base has ended.
func (m *Model) Holds() bool { return m.Dedupe != nil || m.Grouped }

// Parser turns CSV records into typed batches.
type Parser interface {
	// Parse gives a record with one row for each record of rows, in order, and
	// notes each field that is not of its type in rejects; such a row is in the
	// record all the same, with that field null, and is for the caller to drop.
	// The caller owns the record. The error is of rows whose text does not fit
	// one Arrow array, 2 GiB.
	Parse(rows *Rows, rejects *Rejects) (arrow.Record, error)
	// Release frees what the parser holds.
	Release()
}

// Emit takes over one batch of output; the receiver releases it.
type Emit func(Batch) error

// Transform is one model in one run: what it holds of its inputs. First it is
// fed, every joined input and, where the model holds its rows back, the base;
// then stages compute the rows from what it holds. It borrows the batches it is
// given.
type Transform interface {
	// Expect says about how many rows the base has, before it is fed: a table may be
	// chosen by it. It changes no result.
	Expect(rows int)
	// Join feeds a batch of the joined input at the index in Model.Joins. Joins
	// may be fed side by side, each by one goroutine and in order.
	Join(join int, b Batch) error
	// Fold feeds a batch of the base input, in order, to a model that holds its
	// rows back: those that dedupe keeps, before the joins are fed, or groups,
	// after that.
	Fold(b Batch) error
	// Began gives the rows of the batch folded last that are held back under a
	// key which no row before had. They are good until the next one.
	Began() []int
	// Held ends the feeding, once, and gives how many rows are held back.
	Held() int
	// NewStage makes what computes rows, once everything was fed. Stages read
	// what the transform holds and may work side by side, each on one goroutine.
	NewStage() Stage
	// Drop says that the rows held back below hi will not be asked for again.
	Drop(hi int)
	// Filtered is how many rows the where clause dropped before they were folded;
	// Folded how many rows dedupe and group_by merged into others.
	Filtered() int64
	Folded() int64
	// Part gives a number for each row of a batch of an input, the base being 0 and
	// the joins 1, 2 ..., of those in Model.Parted: rows that have to meet have the
	// same.
	Part(input int, b Batch, part []uint32)
	// Release frees what the transform holds.
	Release()
}

// Stage computes rows of a model, a batch at a time. Rows in = rows out +
// filtered + folded, over all stages and their transform.
type Stage interface {
	// Apply computes the rows of a batch of the base input, which it borrows, of
	// a model that holds nothing back.
	Apply(b Batch) (Batch, error)
	// Give computes the rows held back from lo to hi, hi excluded, which lie
	// between two multiples of BatchRows.
	Give(lo, hi int) (Batch, error)
	// Rows tells, for each row computed last, which row of the batch it is of, or
	// how far from lo; nil where it is each of them in turn.
	Rows() []int
	// Filtered is how many rows the where clause dropped here.
	Filtered() int64
	// Release frees what the stage holds.
	Release()
}

// Env is what a run gives generated code.
type Env struct {
	AsOf     arrow.Timestamp // now(): microseconds since 1970 in UTC
	Memory   Allocator
	Failures *Failures // collects expressions that failed on a row
	NoProofs bool      // tests that the plan proves run too
}
