package goemit

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/dave/jennifer/jen"

	"martlet/gen/internal/expr"
)

// The packages that generated code imports.
const (
	arrowPkg    = "github.com/apache/arrow/go/v17/arrow"
	arrayPkg    = "github.com/apache/arrow/go/v17/arrow/array"
	decimalPkg  = "github.com/apache/arrow/go/v17/arrow/decimal128"
	contractPkg = "martlet/internal/contract"
	valuePkg    = "martlet/internal/value"
	opsPkg      = "martlet/internal/arrowops"
	memoryPkg   = "github.com/apache/arrow/go/v17/arrow/memory" // of its tests alone
	unittestPkg = "martlet/internal/unittest"                   // likewise
)

func contract(name string) *jen.Statement { return jen.Qual(contractPkg, name) }
func ops(name string) *jen.Statement      { return jen.Qual(opsPkg, name) }
func val(name string) *jen.Statement      { return jen.Qual(valuePkg, name) }

// family tells apart the three ways in which columns are stored.
type family uint8

const (
	fixed family = iota // a slice of fixed-width values
	bits                // booleans, one bit each
	text                // offsets into bytes
)

func familyOf(t expr.Type) family {
	switch t.Kind {
	case expr.Bool:
		return bits
	case expr.String:
		return text
	}
	return fixed
}

// goType is the type of one value in generated code.
func goType(t expr.Type) *jen.Statement {
	switch t.Kind {
	case expr.Bool:
		return jen.Bool()
	case expr.Int64:
		return jen.Int64()
	case expr.Float64:
		return jen.Float64()
	case expr.Decimal:
		return jen.Qual(decimalPkg, "Num")
	case expr.String:
		return jen.String()
	case expr.Date:
		return jen.Qual(arrowPkg, "Date32")
	case expr.Timestamp, expr.TimestampTZ:
		return jen.Qual(arrowPkg, "Timestamp")
	}
	panic(fmt.Sprintf("goemit: no Go type for %v", t))
}

// dataType is the Arrow type of a column.
func dataType(t expr.Type) *jen.Statement {
	switch t.Kind {
	case expr.Bool:
		return jen.Qual(arrowPkg, "FixedWidthTypes").Dot("Boolean")
	case expr.Int64:
		return jen.Qual(arrowPkg, "PrimitiveTypes").Dot("Int64")
	case expr.Float64:
		return jen.Qual(arrowPkg, "PrimitiveTypes").Dot("Float64")
	case expr.Decimal:
		return jen.Op("&").Qual(arrowPkg, "Decimal128Type").Values(jen.Dict{
			jen.Id("Precision"): jen.Lit(t.Precision), jen.Id("Scale"): jen.Lit(t.Scale)})
	case expr.String:
		return jen.Qual(arrowPkg, "BinaryTypes").Dot("String")
	case expr.Date:
		return jen.Qual(arrowPkg, "FixedWidthTypes").Dot("Date32")
	case expr.Timestamp:
		return jen.Op("&").Qual(arrowPkg, "TimestampType").Values(jen.Dict{jen.Id("Unit"): jen.Qual(arrowPkg, "Microsecond")})
	case expr.TimestampTZ:
		return jen.Op("&").Qual(arrowPkg, "TimestampType").Values(jen.Dict{
			jen.Id("Unit"): jen.Qual(arrowPkg, "Microsecond"), jen.Id("TimeZone"): jen.Lit("UTC")})
	}
	panic(fmt.Sprintf("goemit: no Arrow type for %v", t))
}

// kernel picks the arrowops type of a family: Column[T], Bools or Strings.
func kernel(t expr.Type, generic, boolean, str string) *jen.Statement {
	switch familyOf(t) {
	case bits:
		return ops(boolean)
	case text:
		return ops(str)
	}
	return ops(generic).Types(goType(t))
}

func viewType(t expr.Type) *jen.Statement { return kernel(t, "Column", "Bools", "Strings") }
func viewOf(t expr.Type) *jen.Statement   { return kernel(t, "View", "ViewBools", "ViewStrings") }
func storeType(t expr.Type) *jen.Statement {
	return kernel(t, "Store", "BoolStore", "StringStore")
}
func builderType(t expr.Type) *jen.Statement {
	return jen.Op("*").Add(kernel(t, "Builder", "BoolBuilder", "StringBuilder"))
}

// newBuilder makes a column's builder: arrowops.NewBuilder[int64](mem, type).
func newBuilder(t expr.Type, mem jen.Code) *jen.Statement {
	b := kernel(t, "NewBuilder", "NewBoolBuilder", "NewStringBuilder")
	if familyOf(t) == fixed {
		return b.Call(mem, dataType(t))
	}
	return b.Call(mem)
}

// typeName is how functions of internal/value call a type: ParseTimestampTZ.
func typeName(t expr.Type) string {
	switch t.Kind {
	case expr.Bool:
		return "Bool"
	case expr.Int64:
		return "Int64"
	case expr.Float64:
		return "Float64"
	case expr.Decimal:
		return "Decimal"
	case expr.String:
		return "String"
	case expr.Date:
		return "Date"
	case expr.Timestamp:
		return "Timestamp"
	case expr.TimestampTZ:
		return "TimestampTZ"
	}
	panic(fmt.Sprintf("goemit: no name for %v", t))
}

// formatted is a value as text for people.
func formatted(t expr.Type, v *jen.Statement) *jen.Statement {
	switch t.Kind {
	case expr.String:
		return v
	case expr.Decimal:
		return val("FormatDecimal").Call(v, jen.Lit(t.Scale))
	}
	return val("Format" + typeName(t)).Call(v)
}

// literal is a constant of the type; dates and times carry their text along.
func literal(v any, t expr.Type) *jen.Statement {
	switch x := v.(type) {
	case float64:
		return floatLiteral(x)
	case decimal128.Num:
		if n := int64(x.LowBits()); x.HighBits() == n>>63 {
			return jen.Qual(decimalPkg, "FromI64").Call(jen.Lit(int(n)).Add(remark(x.ToString(int32(t.Scale)))))
		}
		return jen.Qual(decimalPkg, "New").Call(jen.Lit(int(x.HighBits())), jen.Lit(uint64(x.LowBits())).Add(remark(x.ToString(int32(t.Scale)))))
	case arrow.Date32:
		return jen.Qual(arrowPkg, "Date32").Call(jen.Lit(int(x)).Add(remark(x.ToTime().Format("2006-01-02"))))
	case arrow.Timestamp:
		return jen.Qual(arrowPkg, "Timestamp").Call(jen.Lit(int(x)).Add(remark(x.ToTime(arrow.Microsecond).Format("2006-01-02 15:04:05.999999"))))
	case int64:
		return jen.Lit(int(x))
	}
	return jen.Lit(v)
}

// floatLiteral writes the floats for which Go has no literal as calls.
func floatLiteral(x float64) *jen.Statement {
	switch {
	case math.IsNaN(x):
		return jen.Qual("math", "NaN").Call()
	case math.IsInf(x, 1):
		return jen.Qual("math", "Inf").Call(jen.Lit(1))
	case math.IsInf(x, -1):
		return jen.Qual("math", "Inf").Call(jen.Lit(-1))
	case x == 0 && math.Signbit(x):
		return jen.Qual("math", "Copysign").Call(jen.Lit(0), jen.Lit(-1))
	}
	return jen.Lit(x)
}

// remark is a comment within a line.
func remark(s string) *jen.Statement { return jen.Comment("/* " + s + " */") }

// zero is the zero value of a type.
func zero(t expr.Type) *jen.Statement {
	switch t.Kind {
	case expr.Bool:
		return jen.False()
	case expr.String:
		return jen.Lit("")
	case expr.Decimal:
		return jen.Qual(decimalPkg, "Num").Values()
	}
	return jen.Lit(0)
}
