package plan

import "martlet/gen/internal/diag"

// The errors that planning finds, beside those of expressions.
const (
	UnknownRelation diag.Code = "unknown_relation"
	UnknownColumn   diag.Code = "unknown_column"
	UnknownType     diag.Code = "unknown_type"
	AmbiguousColumn diag.Code = "ambiguous_column"
	AmbiguousInput  diag.Code = "ambiguous_input"
	Cycle           diag.Code = "cycle"
	TypeMismatch    diag.Code = "type_mismatch"
	JoinMultiplies  diag.Code = "join_multiplies"
	MayBeNull       diag.Code = "may_be_null"
	NoType          diag.Code = "no_type"
	Ungrouped       diag.Code = "ungrouped_column"
	DuplicateTest   diag.Code = "duplicate_test"
	UnknownInput    diag.Code = "unknown_input"
	NowNeeded       diag.Code = "now_needed"
	BadValue        diag.Code = "bad_value"
	ValueNeeded     diag.Code = "value_needed"
	NoClosedSet     diag.Code = "no_closed_set"
	// PersonalFreshness is of a source's age that would tell of a person.
	PersonalFreshness diag.Code = "personal_freshness"

	// Of incremental models.
	NotIncremental diag.Code = "not_incremental"
	OtherKey       diag.Code = "other_key"
	NowUpstream    diag.Code = "now_upstream"
	NowReads       diag.Code = "now_reads"

	// PersonalAudience is of an audience that would give people away.
	PersonalAudience diag.Code = "personal_audience"
)

// Codes explains them.
var Codes = []diag.Explained{
	{Code: UnknownRelation, Explanation: "There is no source, model or join of that name."},
	{Code: UnknownColumn, Explanation: "There is no column of that name where one is looked for."},
	{Code: UnknownType, Explanation: "A source's column is declared with a type that does not exist."},
	{Code: AmbiguousColumn, Explanation: "A name without its join stands in more than one join."},
	{Code: AmbiguousInput, Explanation: "A join goes by the name of the base input; one of them needs another."},
	{Code: Cycle, Explanation: "A model reads itself, directly or through others."},
	{Code: TypeMismatch, Explanation: "Two things that must be of one type are not, or a condition is not a bool."},
	{Code: JoinMultiplies, Explanation: "A join's input may hold several rows for one key, so that the join would multiply rows."},
	{Code: MayBeNull, Explanation: "A column is declared not to be null, and inference finds that it may be."},
	{Code: NoType, Explanation: "A column's expression is a bare null, of which no column can be."},
	{Code: Ungrouped, Explanation: "An expression over groups reads a column that is neither a key nor inside an aggregate."},
	{Code: DuplicateTest, Explanation: "Two tests of the project have one name."},
	{Code: UnknownInput, Explanation: "A unit test gives rows of something that its model does not read."},
	{Code: NowNeeded, Explanation: "A unit test does not say what time it is, and its model calls now()."},
	{Code: BadValue, Explanation: "A value of a unit test is not one of its column's type."},
	{Code: ValueNeeded, Explanation: "A row of a unit test has no value of a column that is never null."},
	{Code: NoClosedSet, Explanation: "An output has dictionaries, but no test fixes the values of any column of text."},
	{Code: PersonalFreshness, Explanation: "The freshness of a source reads a column that holds personal data, whose latest value would be reported."},
	{Code: NotIncremental, Explanation: "An incremental model is not published, has no grain, or none of which a column goes back to a source as it is."},
	{Code: OtherKey, Explanation: "Two incremental models have keys that do not agree; those of a project share one."},
	{Code: NowUpstream, Explanation: "An incremental model rests on now() elsewhere than in a column of its own, so that its rows would change without any new input."},
	{Code: NowReads, Explanation: "A column of an incremental model is computed from now() and from a column that the model does not hand on."},
	{Code: PersonalAudience, Explanation: "A column of an audience has personal data otherwise than as its SHA-256, as a hash that gets past an objection, or declares that it has none."},
}
