package expr

// Kind is a type without its parameters.
type Kind uint8

// The types of the schema language; Null is the type of a bare null, Interval
// that of interval literals. Neither can be the type of a column.
const (
	Invalid Kind = iota
	Null
	Bool
	Int64
	Float64
	Decimal
	String
	Date
	Timestamp
	TimestampTZ
	Interval
)

// Type is the type of an expression or a column.
type Type struct {
	Kind      Kind
	Precision int // of a decimal: 1 to 38
	Scale     int // of a decimal: 0 to Precision
}

// Node is a typed expression. Trees are immutable.
type Node interface {
	Type() Type
	Nullable() bool // whether its value may be null, as far as inference can tell
	// Offset is the byte of the source text at which the expression is reported.
	Offset() int
}

// base is what every Node has.
type base struct {
	typ      Type
	nullable bool
	offset   int
}

func (b base) Type() Type     { return b.typ }
func (b base) Nullable() bool { return b.nullable }
func (b base) Offset() int    { return b.offset }

type (
	// Column is a column of an input. Nullable is narrowed by what the
	// expression has tested around it ("x is not null and x > 1").
	Column struct {
		base
		Input int // which input of the scope
		Index int // which of its columns
		Name  string
	}
	// Literal is a constant: bool, int64, float64, decimal128.Num, string,
	// arrow.Date32, arrow.Timestamp or nil for null of its type.
	Literal struct {
		base
		Value any
	}
	// Now is now(), a timestamptz.
	Now struct{ base }
	// And and Or are three-valued; two or more arguments, evaluated left to
	// right and only as far as needed.
	And struct {
		base
		Args []Node
	}
	Or struct {
		base
		Args []Node
	}
	// Not is three-valued.
	Not struct {
		base
		Arg Node
	}
	// Compare is =, <>, <, <=, > or >=; both sides have the same Type.
	Compare struct {
		base
		Op          string
		Left, Right Node
	}
	// Distinct is IS [NOT] DISTINCT FROM; never null.
	Distinct struct {
		base
		Left, Right Node
		Not         bool
	}
	// IsNull is IS [NOT] NULL, and IS [NOT] UNKNOWN; never null.
	IsNull struct {
		base
		Arg Node
		Not bool
	}
	// IsBool is IS [NOT] TRUE or FALSE; never null.
	IsBool struct {
		base
		Arg  Node
		Want bool
		Not  bool
	}
	// In is [NOT] IN (list of expressions), three-valued; all have one Type.
	In struct {
		base
		Arg  Node
		List []Node
		Not  bool
	}
	// Case is CASE WHEN; the simple form is rewritten to it. Else is never nil
	// (a null literal where none was written). All results have the case's Type.
	Case struct {
		base
		Whens []When
		Else  Node
	}
	// Coalesce evaluates its arguments, all of its Type, only as far as needed.
	Coalesce struct {
		base
		Args []Node
	}
	// NullIf is null where both are equal, else Left.
	NullIf struct {
		base
		Left, Right Node
	}
	// Extreme is greatest or least: nulls are passed over, null only where all are.
	Extreme struct {
		base
		Greatest bool
		Args     []Node
	}
	// Concat is concat(...): text arguments, nulls taken as empty; never null.
	Concat struct {
		base
		Args []Node
	}
	// Match tests text against a pattern known when generating.
	Match struct {
		base
		Arg     Node
		Syntax  MatchSyntax
		Pattern string
		Escape  rune // of like and ilike; 0 for none
	}
	// Call is a strict scalar function: null where an argument is.
	Call struct {
		base
		Func *Func
		Args []Node
		// Extra are constants passed to the Go function after the arguments
		// (scales, precisions, the parts of an interval).
		Extra []int64
	}
	// Aggregate is an aggregate call; only where the scope allows aggregates.
	Aggregate struct {
		base
		Kind     AggregateKind
		Arg      Node // nil for count(*)
		By       Node // arg_max and arg_min: what is compared
		Distinct bool // count only
		Filter   Node // nil for none
	}
)

// When is one branch of a Case.
type When struct{ Cond, Then Node }

// MatchSyntax is the language of a Match's pattern.
type MatchSyntax string

// The pattern languages.
const (
	Like   MatchSyntax = "like"
	ILike  MatchSyntax = "ilike"
	RegExp MatchSyntax = "regexp" // RE2; matches anywhere in the text
)

// AggregateKind names an aggregate.
type AggregateKind string

// The aggregates.
const (
	Min     AggregateKind = "min"
	Max     AggregateKind = "max"
	Count   AggregateKind = "count"
	Sum     AggregateKind = "sum"
	Avg     AggregateKind = "avg"
	BoolAnd AggregateKind = "bool_and"
	BoolOr  AggregateKind = "bool_or"
	ArgMax  AggregateKind = "arg_max"
	ArgMin  AggregateKind = "arg_min"
)

// Func is one scalar function or operator over given argument types, from the
// table of functions.
type Func struct {
	Name   string // SQL name, for messages: "lower", "+"
	Args   []Kind
	Result Kind
	Go     string // the function of internal/value that computes it
	Fails  bool   // the Go function returns (value, error)
	Zone   bool   // the Go function takes the project's *time.Location as its last argument
}
