package schema

import "martlet/gen/internal/diag"

// Text is a string of the schema that knows where it stands, to the byte.
type Text struct {
	Value string
	// Pos is that of its key, or its own in an array; a default that repeats
	// another text (a column's expr, a join's as) stands where that does; the
	// zero Pos for every other default.
	Pos   diag.Pos
	spans []span // maps offsets in Value to places in the file, by offset
}

// Project is one schema file as declared, defaults filled in.
type Project struct {
	File        string
	Name        Text
	Description Text
	Timezone    Text   // default "UTC"
	Include     []Text // paths and patterns of files that hold unit tests
	Sources     []*Source
	Models      []*Model    // those that the audiences stand for last
	UnitTests   []*UnitTest // of the schema, then of the files it includes
}

// Source is a [[source]].
type Source struct {
	Pos         diag.Pos // of the entry's header
	Name        Text
	Description Text
	Workbook    Text // "" where there is none
	Sheet       Text // default: the source's name
	Seed        Text // default: seeds/<name>.csv
	CSV         Dialect
	// ExtraColumns says that the file may have columns which are not declared.
	ExtraColumns bool
	MaxRejects   Allowance
	Grain        []Text
	Tags         []Text
	Freshness    *Freshness
	Columns      []*SourceColumn
	Tests        []*Test
}

// Dialect is how the CSV files of a source are written.
type Dialect struct {
	Delimiter Text   // one ASCII character; default ","
	Quote     Text   // one ASCII character, or "" where nothing quotes; default "\""
	Nulls     []Text // words that stand for null
	Encoding  Text   // default "utf-8"
}

// Allowance is how many records of a source may be rejected: a count, or a
// share of those read in millionths. The zero value allows none.
type Allowance struct{ Records, PerMillion int64 }

// Freshness says how old a source may be.
type Freshness struct {
	Pos        diag.Pos
	LoadedAt   Text  // an expression: usually a column
	Filter     *Text // nil where every record counts
	WarnAfter  Text  // a duration: "24h", "2d"; "" where not given
	ErrorAfter Text
}

// SourceColumn is a column of a source.
type SourceColumn struct {
	Pos         diag.Pos
	Name        Text
	Type        Text
	Nullable    *bool // nil where not declared: it may be null
	PII         *bool
	Description Text
	Tests       []*Test
}

// Model is a [[model]].
type Model struct {
	Pos         diag.Pos
	Name        Text
	Layer       Text
	Description Text
	From        Text
	Grain       []Text
	Tags        []Text
	Dedupe      *Dedupe
	Joins       []*Join
	Where       *Text
	GroupBy     []Text // expressions: usually columns of the inputs
	Columns     []*ModelColumn
	Tests       []*Test
	Output      *Output // nil where the model is not published
	Incremental bool
	Complete    bool // no record of any source it rests on may be rejected

	IncrementalPos diag.Pos // of the key incremental; zero where it is not given

	// Audience is the [[audience]] that the model is one of the two models of, nil
	// for a [[model]].
	Audience *Audience
}

// Audience is what an [[audience]] says beside what a model does. It stands for two
// models, Keys and the one that is published.
type Audience struct {
	Name Text
	// Keys is the model that has a row for each value of Key, null left out, with that
	// value in the column KeyColumn and, in MemberColumn, whether Filter is true of every
	// row of the base input that has it. The plan writes both columns before those declared.
	Keys        *Model
	Key, Filter Text
}

// KeysOf is the audience whose keys the model has; nil for any other model.
func (m *Model) KeysOf() *Audience {
	if m.Audience != nil && m.Audience.Keys == m {
		return m.Audience
	}
	return nil
}

// The columns that the first model of every audience has.
const (
	KeyColumn    = "audience_key"
	MemberColumn = "in_audience"
)

// Dedupe keeps one row a key.
type Dedupe struct {
	Pos     diag.Pos
	Key     []Text
	OrderBy Text // as in SQL: "last_updated_time desc, created_at desc"; "" where not given: the later row wins
}

// Join attaches another relation, as a left join.
type Join struct {
	Pos       diag.Pos
	Input     Text
	As        Text // default: the input's name
	On        []On
	Aggregate []*ModelColumn // name and expr only
}

// On is one pair of join columns; both sides are the same Text where one name is given.
type On struct{ Left, Right Text }

// ModelColumn is a column that a model computes.
type ModelColumn struct {
	Pos         diag.Pos
	Name        Text
	Expr        Text // default: the name
	Nullable    *bool
	PII         *bool
	Description Text
	Tests       []*Test
}

// Output publishes a model.
type Output struct {
	Pos     diag.Pos
	Formats []Text // "arrow", "csv", "parquet"; default the first two
	// Compression is that of the files which have one: "none", "lz4", "zstd"; "" where
	// not given.
	Compression Text
	// Dictionaries says that columns whose values are known are written as
	// dictionaries in the Arrow file; nil where not.
	Dictionaries *diag.Pos // of its key
	// NeutralizeFormulas says that texts which a spreadsheet would take for
	// formulas are made harmless in the CSV file.
	NeutralizeFormulas bool
}

// Test is one test of a column, or of the whole row where it stands at a node.
type Test struct {
	Pos         diag.Pos
	Kind        string // as contract.Test has it
	Name        Text   // default: derived by the plan
	Severity    string // error (default), warn
	Description Text
	Where       *Text  // only rows for which it is true are seen; nil where not given
	WarnIf      string // "> 10", "> 0.5%", in one spelling; "" where not given
	ErrorIf     string // the same
	NullsFail   bool   // a null fails the test
	Store       bool   // keep the failing rows
	Limit       int64  // of the rows kept; 0 where not given
	Tags        []Text
	Columns     []Text  // unique_combination
	Expr        Text    // expression
	Pattern     Text    // matches
	Values      []Value // accepted_values, not_accepted_values
	To, Field   Text    // relationships
	Min, Max    *Value  // range, length, row_count; either may be absent
	Exclusive   bool    // range: the bounds themselves are outside
	Within      Text    // recency: a duration
	Strictly    bool    // monotonic: no value twice in a row
	Descending  bool    // monotonic
}

// Value is a TOML scalar given where a column's value is meant: a string, int64,
// float64, bool, or a date or time as the text it was written as.
type Value struct {
	Pos  diag.Pos // its own
	Any  any      // string, int64, float64 or bool; a TOML date or time is a string
	Text string   // as written, without quotes; a number without its underscores
}
