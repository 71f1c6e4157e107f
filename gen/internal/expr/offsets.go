package expr

import pg "github.com/pganalyze/pg_query_go/v6"

// offset is where a parsed expression is reported. Not all of them have a
// place: then it is that of their first part.
func (c *checker) offset(n *pg.Node) int {
	switch n := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return c.at(n.ColumnRef.GetLocation())
	case *pg.Node_AConst:
		return c.at(n.AConst.GetLocation())
	case *pg.Node_TypeCast:
		return c.offsetOfCast(n.TypeCast)
	case *pg.Node_BoolExpr:
		return c.at(n.BoolExpr.GetLocation())
	case *pg.Node_NullTest:
		return c.at(n.NullTest.GetLocation())
	case *pg.Node_BooleanTest:
		return c.at(n.BooleanTest.GetLocation())
	case *pg.Node_AExpr:
		return c.at(n.AExpr.GetLocation())
	case *pg.Node_CaseExpr:
		return c.at(n.CaseExpr.GetLocation())
	case *pg.Node_CoalesceExpr:
		return c.at(n.CoalesceExpr.GetLocation())
	case *pg.Node_MinMaxExpr:
		return c.at(n.MinMaxExpr.GetLocation())
	case *pg.Node_FuncCall:
		return c.at(n.FuncCall.GetLocation())
	case *pg.Node_SqlvalueFunction:
		return c.at(n.SqlvalueFunction.GetLocation())
	case *pg.Node_SubLink:
		return c.at(n.SubLink.GetLocation())
	case *pg.Node_AArrayExpr:
		return c.at(n.AArrayExpr.GetLocation())
	case *pg.Node_RowExpr:
		return c.at(n.RowExpr.GetLocation())
	case *pg.Node_AIndirection:
		return c.offset(n.AIndirection.GetArg())
	case *pg.Node_ParamRef:
		return c.at(n.ParamRef.GetLocation())
	case *pg.Node_CollateClause:
		return c.at(n.CollateClause.GetLocation())
	case *pg.Node_NamedArgExpr:
		return c.at(n.NamedArgExpr.GetLocation())
	case *pg.Node_GroupingFunc:
		return c.at(n.GroupingFunc.GetLocation())
	case *pg.Node_XmlExpr:
		return c.at(n.XmlExpr.GetLocation())
	case *pg.Node_JsonIsPredicate:
		return c.at(n.JsonIsPredicate.GetLocation())
	case *pg.Node_SetToDefault:
		return c.at(n.SetToDefault.GetLocation())
	}
	return 0
}
