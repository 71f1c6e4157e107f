package explain

import "strings"

// reason writes why a row is not there: what was found at one node on its way.
func (p *page) reason(x *Reason) {
	p.line(0, "")
	p.line(0, "%s: %s", x.Node, x.Text)
	if x.Expr != "" {
		p.expression(1, "where "+x.Expr)
	}
	for i := range x.Reads {
		c := &x.Reads[i]
		p.line(1, "%s is %s: %s", c.Name, c.Value.shown(), c.origin())
	}
	for i := range x.Facts {
		p.line(1, "%s", x.Facts[i].String())
	}
	if x.Row != nil {
		p.row(1, "", x.Row)
	}
	p.lost(2, x.Lost, x.LostCount)
	if x.Kept != nil {
		p.row(1, "kept: ", x.Kept)
	}
}

// String is the fact with its places.
func (f *Fact) String() string {
	var cells []Cell
	for _, place := range f.Places {
		cells = append(cells, Cell{Place: place})
	}
	if len(cells) == 0 {
		return f.Text
	}
	return f.Text + ": " + strings.Join(cellsText(cells), "; ")
}
