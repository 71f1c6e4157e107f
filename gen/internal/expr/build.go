package expr

// NewColumn makes a reference to column index of the scope's given input.
func NewColumn(input, index int, name string, t Type, nullable bool, offset int) *Column {
	return &Column{base: base{t, nullable, offset}, Input: input, Index: index, Name: name}
}

// NewLiteral makes a constant of the Go type that Literal documents for t, or
// nil for null.
func NewLiteral(value any, t Type) *Literal { return literalAt(value, t, 0) }

// NewIsTrue is "arg IS TRUE", which is false where a condition is null.
func NewIsTrue(arg Node) *IsBool {
	return &IsBool{base: boolean(false, arg.Offset()), Arg: arg, Want: true}
}

// NewIsNotNull is "arg IS NOT NULL".
func NewIsNotNull(arg Node) *IsNull { return newIsNull(arg, true, arg.Offset()) }

// NewBoolAnd is the aggregate "bool_and(arg)" of a condition.
func NewBoolAnd(arg Node) *Aggregate {
	return &Aggregate{base: boolean(true, arg.Offset()), Kind: BoolAnd, Arg: arg}
}

func literalAt(value any, t Type, offset int) *Literal {
	return &Literal{base: base{t, value == nil, offset}, Value: value}
}

// boolean is the base of a bool expression.
func boolean(nullable bool, offset int) base { return base{Type{Kind: Bool}, nullable, offset} }

// newCall applies a strict function.
func newCall(f *Func, t Type, offset int, extra []int64, args ...Node) *Call {
	return &Call{base: base{t, anyNullable(args), offset}, Func: f, Args: args, Extra: extra}
}

func newCompare(op string, left, right Node, offset int) *Compare {
	return &Compare{base: boolean(left.Nullable() || right.Nullable(), offset), Op: op, Left: left, Right: right}
}

// newAnd joins conditions; what is itself an AND joins in with its arguments.
func newAnd(args []Node, offset int) *And {
	var all []Node
	for _, a := range args {
		if inner, ok := a.(*And); ok {
			all = append(all, inner.Args...)
		} else {
			all = append(all, a)
		}
	}
	return &And{boolean(anyNullable(all), offset), all}
}

// newOr is to OR what newAnd is to AND.
func newOr(args []Node, offset int) *Or {
	var all []Node
	for _, a := range args {
		if inner, ok := a.(*Or); ok {
			all = append(all, inner.Args...)
		} else {
			all = append(all, a)
		}
	}
	return &Or{boolean(anyNullable(all), offset), all}
}

func newNot(arg Node, offset int) *Not {
	return &Not{base: boolean(arg.Nullable(), offset), Arg: arg}
}

// newIsNull tests for null; a bare null needs a type to be computed with.
func newIsNull(arg Node, not bool, offset int) *IsNull {
	return &IsNull{base: boolean(false, offset), Arg: settle(arg, Bool), Not: not}
}

func anyNullable(nodes []Node) bool {
	for _, n := range nodes {
		if n.Nullable() {
			return true
		}
	}
	return false
}

func allNullable(nodes []Node) bool {
	for _, n := range nodes {
		if !n.Nullable() {
			return false
		}
	}
	return true
}

// settle gives a bare null a type where nothing around it does.
func settle(n Node, k Kind) Node {
	if n.Type().Kind == Null {
		return literalAt(nil, Type{Kind: k}, n.Offset())
	}
	return n
}
