package explain

// Places visits all places of an explanation.
func (e *Explanation) Places(visit func(*Place)) {
	for _, r := range e.Rows {
		r.places(visit)
	}
	for i := range e.Reasons {
		x := &e.Reasons[i]
		for _, r := range []*Row{x.Row, x.Kept} {
			if r != nil {
				r.places(visit)
			}
		}
		visitFacts(x.Facts, visit)
		for _, l := range x.Lost {
			l.Row.places(visit)
		}
		for j := range x.Reads {
			x.Reads[j].places(visit)
		}
	}
	visitFacts(e.Notes, visit)
}

func visitFacts(facts []Fact, visit func(*Place)) {
	for i := range facts {
		for j := range facts[i].Places {
			visit(&facts[i].Places[j])
		}
	}
}

func (r *Row) places(visit func(*Place)) {
	if r.Place != nil {
		visit(r.Place)
	}
	for i := range r.Columns {
		r.Columns[i].places(visit)
	}
	for i := range r.Inputs {
		for _, below := range r.Inputs[i].Rows {
			below.places(visit)
		}
		for _, l := range r.Inputs[i].Lost {
			l.Row.places(visit)
		}
	}
}

func (c *Column) places(visit func(*Place)) {
	for i := range c.From {
		visit(&c.From[i].Place)
	}
}
