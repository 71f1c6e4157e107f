package plan

import (
	"fmt"
	"strings"

	"martlet/gen/internal/expr"
)

func (u *UnitTest) text(out *strings.Builder) {
	fmt.Fprintf(out, "\nunit test %s\n", u.Name)
	line(out, "description", prose(u.Description))
	line(out, "model", u.Model.Name)
	if u.Now != nil {
		line(out, "now", expr.FormatValue(u.Now, expr.Type{Kind: expr.TimestampTZ}))
	}
	for _, t := range u.Given {
		line(out, "given", t.Relation.Name+": "+t.text())
	}
	expect := u.Expect.text()
	if u.Ordered {
		expect += ", in this order"
	}
	line(out, "expect", expect)
}

func (t *Table) text() string {
	text := fmt.Sprintf("%d rows", len(t.Rows))
	if len(t.Rows) == 1 {
		text = "1 row"
	}
	if len(t.Columns) > 0 {
		text += " of " + strings.Join(t.Relation.Names(t.Columns), ", ")
	}
	return text
}
