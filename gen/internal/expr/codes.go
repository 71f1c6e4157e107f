package expr

import "martlet/gen/internal/diag"

// The errors that checking an expression finds, beside those of its Scope.
const (
	BadSyntax           diag.Code = "sql_syntax"
	NotOneExpression    diag.Code = "sql_not_one_expression"
	Unsupported         diag.Code = "sql_unsupported"
	TooDeep             diag.Code = "sql_too_deep"
	UnknownFunction     diag.Code = "sql_unknown_function"
	UnknownTypeName     diag.Code = "sql_unknown_type"
	BadArguments        diag.Code = "sql_arguments"
	NoCommonType        diag.Code = "sql_no_common_type"
	NotBoolean          diag.Code = "sql_not_boolean"
	NoCast              diag.Code = "sql_no_cast"
	BadLiteral          diag.Code = "sql_bad_literal"
	NotLiteral          diag.Code = "sql_not_literal"
	BadPattern          diag.Code = "sql_bad_pattern"
	DecimalTooLong      diag.Code = "sql_decimal_too_long"
	MisplacedInterval   diag.Code = "sql_misplaced_interval"
	MisplacedAggregate  diag.Code = "sql_misplaced_aggregate"
	NestedAggregate     diag.Code = "sql_nested_aggregate"
	UnsupportedOrdering diag.Code = "sql_ordering"
)

// Codes explains them.
var Codes = []diag.Explained{
	{Code: BadSyntax, Explanation: "The text is not PostgreSQL's SQL."},
	{Code: NotOneExpression, Explanation: "The text is SQL, but not one expression and nothing else."},
	{Code: Unsupported, Explanation: "The expression uses a part of SQL that the schema language does not have."},
	{Code: TooDeep, Explanation: "The expression is too long or too deeply nested."},
	{Code: UnknownFunction, Explanation: "There is no function of that name."},
	{Code: UnknownTypeName, Explanation: "A cast or a typed literal names a type that the schema language does not have."},
	{Code: BadArguments, Explanation: "A function or operator is given arguments of a number or of types that it does not take."},
	{Code: NoCommonType, Explanation: "Values that are compared or chosen between are of types that do not meet."},
	{Code: NotBoolean, Explanation: "An expression that has to be true or false is of another type."},
	{Code: NoCast, Explanation: "There is no cast from the one type to the other."},
	{Code: BadLiteral, Explanation: "The text of a literal is not one of its type, or a number is out of range."},
	{Code: NotLiteral, Explanation: "Something that has to be known when generating is not a literal."},
	{Code: BadPattern, Explanation: "A pattern is not a valid one of its language."},
	{Code: DecimalTooLong, Explanation: "The result of decimal arithmetic would have more than 38 digits after the point."},
	{Code: MisplacedInterval, Explanation: "An interval stands where it is not added to or subtracted from a date or timestamp."},
	{Code: MisplacedAggregate, Explanation: "An aggregate stands where rows are not aggregated, or something that only aggregates take is given to another function."},
	{Code: NestedAggregate, Explanation: "An aggregate stands inside another one."},
	{Code: UnsupportedOrdering, Explanation: "A term of an ordering is not an expression followed by ASC or DESC and perhaps NULLS LAST."},
}
