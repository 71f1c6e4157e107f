package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/explain"
	"martlet/internal/report"
)

// reasons say why a node has none of the rows that were asked for.
func (x *explainer) reasons(s *rowSet) ([]explain.Reason, error) {
	n := s.node
	if n.source != nil {
		return x.noRecord(s)
	}
	below, ok := s.demand.push(n)
	if !ok || below.keys == nil {
		return []explain.Reason{x.computedKey(s)}, nil
	}
	base, err := x.rows(n.inputs[0], below)
	if err != nil {
		return nil, err
	}
	if base.Len() == 0 {
		reasons, err := x.reasons(base)
		if err == nil {
			last := &reasons[len(reasons)-1]
			last.Facts = append(last.Facts, x.related(s, below)...)
		}
		return reasons, err
	}
	return x.dropped(s, base)
}

// noRecord says that no record of a source has a key, or that those were rejected.
func (x *explainer) noRecord(s *rowSet) (reasons []explain.Reason, err error) {
	n := s.node
	for _, r := range s.rejected {
		x.told[r.origin()] = true
		reason := explain.Reason{Node: n.Name, Kind: explain.Rejected, Text: "its record was rejected: " + r.why()}
		if reason.Row, err = x.row(r.row, s.demand.keys.columns, false); err != nil {
			return nil, err
		}
		if at := r.cells[0].Column; at != noColumn {
			place := x.place(r.origin(), at)
			reason.Row.Place = &place
		}
		reasons = append(reasons, reason)
	}
	if len(reasons) == 0 {
		reason := explain.Reason{Node: n.Name, Kind: explain.NoRecord, Text: "no record has " + x.shownKey(s)}
		if u := s.unread; u.count > 0 {
			unread := explain.Fact{Text: fmt.Sprintf("%s of %s, in which that could not be read and which were rejected", report.Plural(u.count, "record"), n.Name)}
			for _, o := range u.first {
				unread.Places = append(unread.Places, x.place(o, noColumn))
			}
			reason.Facts = append(reason.Facts, unread)
		}
		reasons = append(reasons, reason)
	}
	return reasons, nil
}

// why says what is wrong with a record.
func (r *rejectedRecord) why() string {
	parts := make([]string, len(r.cells))
	for i, c := range r.cells {
		parts[i] = c.Found
		if c.Expected != "" {
			parts[i] = fmt.Sprintf("found %s, expected %s", c.Found, c.Expected)
		}
		if c.Name != "" {
			parts[i] = c.Name + ": " + parts[i]
		}
	}
	return strings.Join(parts, "; ")
}

// shownKey is what was asked for of a set: "user_id=1006".
func (x *explainer) shownKey(s *rowSet) string {
	var parts []string
	for _, v := range x.asked(s) {
		parts = append(parts, v.Column+"="+shownText(v.Value))
	}
	return strings.Join(parts, ", ")
}

// computedKey says that no row has a key whose columns are computed, and how they are.
func (x *explainer) computedKey(s *rowSet) explain.Reason {
	n := s.node
	reason := explain.Reason{Node: n.Name, Kind: explain.NoRecord, Text: "no row has " + x.shownKey(s)}
	for _, name := range s.demand.keys.columns {
		if c := &n.Columns[n.at(name)]; !c.Copy {
			reason.Facts = append(reason.Facts, explain.Fact{Text: fmt.Sprintf("%s is computed: %s", name, strings.Join(strings.Fields(c.Expr), " "))})
		} else if c.Reads[0].Input > 0 {
			reason.Facts = append(reason.Facts, explain.Fact{Text: fmt.Sprintf("%s is that of %s", name, n.inputs[c.Reads[0].Input].Name)})
		}
	}
	return reason
}

// fact tells of rows of a node that have a key.
func (x *explainer) fact(n *node, rows []row, key, more string) explain.Fact {
	f := explain.Fact{Text: fmt.Sprintf("%s of %s with %s%s", report.Plural(int64(len(rows)), "row"), n.Name, key, more)}
	for _, r := range rows[:min(len(rows), maxFields)] {
		f.Places = append(f.Places, x.place(r.origin(), noColumn))
	}
	return f
}

// related are the rows that would have been joined to a row that is not there.
func (x *explainer) related(s *rowSet, below demand) (facts []explain.Fact) {
	n := s.node
	for k, on := range n.model.On {
		at, ok := below.keys.columnsOf(on)
		if !ok {
			continue
		}
		columns := rights(on)
		for _, values := range below.keys.onto(at, columns).known {
			rows := s.inputs[k+1].with(columns, values)
			if len(rows) == 0 || slices.Contains(values, null) {
				continue
			}
			input := n.inputs[k+1]
			shown := make([]string, len(columns))
			for i, c := range columns {
				v := x.keyValue(input, c, values[i])
				if !x.reveal && n.inputs[0].pii(on[i].Left.Column) {
					v.Text = contract.Redacted
				}
				shown[i] = c + "=" + shownText(v)
			}
			facts = append(facts, x.fact(input, rows, strings.Join(shown, ", "), ", to be joined to a row of "+n.inputs[0].Name))
		}
	}
	return facts
}

// dropped says why none of the rows of the base that have a key are in a model. Where only
// a part of the key is known of the base, it is told of the rows that have that part.
func (x *explainer) dropped(s, base *rowSet) (reasons []explain.Reason, err error) {
	partly := len(base.demand.keys.columns) < len(s.demand.keys.columns)
	if partly {
		return x.droppedPartly(s, base)
	}
	fates, err := x.fates(s, base, shownGiven)
	if err != nil {
		return nil, err
	}
	for _, f := range fates {
		var reason explain.Reason
		switch {
		case f.lost:
			reason, err = x.lostTo(s, f.row, f.kept)
		case f.filtered:
			reason, err = x.filtered(s, f.kept)
		default: // it would be there
			continue
		}
		if err != nil {
			return nil, err
		}
		reasons = append(reasons, reason)
	}
	if len(reasons) == 0 {
		reasons = append(reasons, x.computedKey(s))
	}
	return reasons, nil
}

// droppedPartly says that no row has a key, and what became of rows that have a part of it.
func (x *explainer) droppedPartly(s, base *rowSet) ([]explain.Reason, error) {
	reason := x.computedKey(s)
	rows := base.rows()
	reason.Facts = append(reason.Facts, x.fact(base.node, rows, x.shownKey(base), ""))
	fates, err := x.fates(s, base, maxFates)
	if err != nil {
		return nil, err
	}
	var lost, filtered []row
	for _, f := range fates {
		switch {
		case f.lost:
			lost = append(lost, f.row)
		case f.filtered:
			filtered = append(filtered, f.kept)
		}
	}
	if len(lost) > 0 {
		reason.Facts = append(reason.Facts, x.fact(base.node, lost, x.shownKey(base), ", in whose place dedupe kept another"))
	}
	if len(filtered) > 0 {
		reason.Facts = append(reason.Facts, x.fact(base.node, filtered, x.shownKey(base), ", which a filter drops: where "+s.node.model.Where.Expr))
	}
	return []explain.Reason{reason}, nil
}

// maxFates bounds the rows of which it is found out what became of them.
const maxFates = 200

// fate is what became of a row of the base.
type fate struct {
	row            row
	kept           row // by dedupe, of its key; the row itself where nothing is deduped
	lost, filtered bool
}

// fates are those of the first rows of a set that have a key; of those that are one key of
// dedupe there is one, or more where it cannot be told which is kept.
func (x *explainer) fates(s, base *rowSet, most int) (fates []fate, err error) {
	dedupe := s.node.model.Dedupe
	settled := map[string]bool{} // keys of dedupe
	for _, asked := range base.rows() {
		r, _ := s.inputs[0].from(asked.origin())
		candidates := []row{r}
		if dedupe != nil {
			key := r.values(dedupe.Key)
			at := strings.Join(key, "")
			if settled[at] {
				continue
			}
			settled[at] = true
			if candidates, err = x.kept(s, s.inputs[0].with(dedupe.Key, key)); err != nil {
				return nil, err
			}
		}
		for _, kept := range candidates {
			if len(fates) == most {
				return fates, nil
			}
			f := fate{row: r, kept: kept}
			if _, has := base.from(kept.origin()); !has {
				f.lost = true
			} else if _, filtered, err := x.try(s, []row{kept}, nil); err != nil {
				return nil, err
			} else if filtered > 0 {
				f.filtered = true
			}
			fates = append(fates, f)
		}
	}
	return fates, nil
}

// lostTo says that dedupe kept another row, of another key.
func (x *explainer) lostTo(s *rowSet, lost, kept row) (reason explain.Reason, err error) {
	reason = explain.Reason{Node: s.node.Name, Kind: explain.Lost}
	reason.Text = "dedupe kept another row: " + x.whyLost(s.node, kept, lost)
	reason.Row, err = x.row(lost, s.node.ordered(), false)
	if err != nil {
		return reason, err
	}
	reason.Kept, err = x.row(kept, s.node.ordered(), false)
	return reason, err
}

// filtered says that where dropped a row of the base.
func (x *explainer) filtered(s *rowSet, r row) (reason explain.Reason, err error) {
	n := s.node
	where := n.model.Where
	reason = explain.Reason{Node: n.Name, Kind: explain.Filtered, Text: "a filter drops it", Expr: where.Expr}
	if why := x.failure(r, n, "where"); why != "" {
		reason.Facts = append(reason.Facts, explain.Fact{Text: "it has no value: " + why})
	}
	var needs []string
	for _, read := range where.Reads {
		rows, name := []row{r}, read.Column
		if read.Input > 0 {
			rows, name = s.beside(r, read.Input-1), n.inputs[read.Input].Name+"."+read.Column
		} else {
			needs = append(needs, read.Column)
		}
		if len(rows) == 0 {
			c := explain.Column{Name: name, Type: n.inputs[read.Input].Columns[n.inputs[read.Input].at(read.Column)].Type, Value: explain.Scalar{Null: true}}
			c.Missing = x.missing(s, r, read.Input-1)
			reason.Reads = append(reason.Reads, c)
		}
		for _, from := range rows[:min(len(rows), maxFields)] {
			c, err := x.column(from, read.Column, true)
			if err != nil {
				return reason, err
			}
			c.Name, c.Reads = name, nil
			reason.Reads = append(reason.Reads, c)
		}
	}
	if reason.Row, err = x.row(r, needs, false); err == nil && n.model.Dedupe != nil {
		reason.Lost, reason.LostCount, err = x.losers(s, []row{r})
	}
	return reason, err
}
