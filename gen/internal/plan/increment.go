package plan

import (
	"fmt"
	"slices"
	"strings"

	"martlet/gen/internal/expr"
)

// Increments says how the incremental models are brought up to date: by a key that
// all of them have, in columns of their own and of sources; see contract.Increments.
type Increments struct {
	Sources []KeyedSource // by source of the plan
	Lookups []Lookup      // none twice
	Models  []*Model      // in the plan's order
}

// KeyedSource is what one source is to the incremental models.
type KeyedSource struct {
	Key             []int // its columns that are the key; nil where it has none
	Whole, Anywhere bool  // as contract.KeyedSource has them
}

// Lookup finds the keys of the rows of Base to which those of Input are joined:
// columns OfInput of Input match OfBase of Base, whose key is Key.
type Lookup struct {
	Input, Base          *Relation
	OfInput, OfBase, Key []int
}

func (l Lookup) equal(o Lookup) bool {
	return l.Input == o.Input && l.Base == o.Base && slices.Equal(l.OfInput, o.OfInput) && slices.Equal(l.OfBase, o.OfBase)
}

// Increment is of an incremental model.
type Increment struct {
	Key []int // columns of the model
	// Timed are the columns that depend on now(), Constant those of them that read
	// nothing else.
	Timed, Constant []int
	// Refresh computes each column from a row of the model as of another time:
	// Column.Input is 0, the model itself. It is nil where nothing is timed.
	Refresh []expr.Node
	found   string // for people: what the key is, here and in the sources
}

// RowByRow says whether each row is computed from one row of the base, at whatever
// time.
func (m *Model) RowByRow() bool {
	return len(m.Joins) == 0 && m.Dedupe == nil && m.Group == nil && !m.asksForNow()
}

// increments plans the incremental models, once all models stand.
func (b *builder) increments() {
	if b.errs.Len() > 0 {
		return // what is not understood cannot be traced
	}
	all := b.plan.lineage()
	var options [][]*trace // of each incremental model, the best first
	for _, m := range b.plan.Models {
		if !m.Incremental {
			continue
		}
		b.nowUpstream(all, m)
		refresh := b.refresh(m)
		if traces := b.keys(all, m); len(traces) > 0 {
			m.Increment = refresh
			options = append(options, traces)
		}
	}
	if len(options) == 0 {
		return
	}
	shared := agree(options)
	for _, r := range shared.refused {
		b.report(b.models[r.model.Name].IncrementalPos, r.model.path, OtherKey, r.why, "",
			"all incremental models of a project have one key: give this one the other's, by its grain, or leave incremental out of one of them")
	}
	b.plan.Increments = shared.increments(b.plan, all)
	for _, t := range shared.traces {
		t.model.Increment.Key, t.model.Increment.found = t.key, t.text(b.plan)
	}
}

// keys traces a model by each key that it may have: all columns of its grain that
// go back to a source, or one of them. Those that find most sources come first.
func (b *builder) keys(all lineage, m *Model) []*trace {
	refuse := func(message, help string) {
		b.report(b.models[m.Name].IncrementalPos, m.path, NotIncremental, message, "", help)
	}
	if len(m.Formats) == 0 {
		refuse("an incremental model is brought up to date where it was published, and this one is not", "add output = {}, or leave incremental out")
	}
	if len(m.Grain) == 0 {
		refuse("an incremental model needs a grain, by whose columns the rows are known that new input touches", "declare its grain, or leave incremental out")
		return nil
	}
	var whole []int
	var lost []string
	for _, c := range m.Grain {
		if _, _, why := all.origin(&m.Relation, c); why == "" {
			whole = append(whole, c)
		} else {
			lost = append(lost, why)
		}
	}
	if len(whole) == 0 {
		refuse("no column of the grain goes back to a source as it is: "+strings.Join(lost, "; "),
			"hand a column that identifies the rows on from the source, through every dedupe and group_by, or leave incremental out")
		return nil
	}
	traces := []*trace{newTrace(all, m, whole)}
	if len(whole) > 1 {
		for _, c := range whole {
			traces = append(traces, newTrace(all, m, []int{c}))
		}
	}
	slices.SortStableFunc(traces, func(x, y *trace) int { return len(y.sources()) - len(x.sources()) })
	return traces
}

// agreement is the one key of several incremental models.
type agreement struct {
	traces  []*trace
	refused []refusal
}

type refusal struct {
	model *Model
	why   string
}

// agree picks of each model's traces one that agrees with those of the models
// before it; the first model's such that most others can follow.
func agree(options [][]*trace) *agreement {
	var best *agreement
	for _, first := range options[0] {
		a := &agreement{traces: []*trace{first}}
		for _, traces := range options[1:] {
			a.add(traces)
		}
		if best == nil || len(a.refused) < len(best.refused) {
			best = a
		}
	}
	return best
}

func (a *agreement) add(traces []*trace) {
	i := slices.IndexFunc(traces, func(t *trace) bool { return a.against(t) == "" })
	if i < 0 {
		a.refused = append(a.refused, refusal{traces[0].model, a.against(traces[0])})
		return
	}
	a.traces = append(a.traces, traces[i])
}

// against says why a trace does not go together with those here, or nothing.
func (a *agreement) against(t *trace) string {
	first := a.traces[0]
	if !slices.Equal(t.types(), first.types()) {
		return fmt.Sprintf("its key is %s, and that of %s is %s", t.typesText(), first.model.Name, first.typesText())
	}
	for _, other := range a.traces {
		for _, s := range t.sources() {
			if key, ok := other.keyed[s]; ok && !slices.Equal(key, t.keyed[s]) {
				return fmt.Sprintf("it knows the rows of %s by %s, and %s knows them by %s", s.Name,
					strings.Join(s.Names(t.keyed[s]), ", "), other.model.Name, strings.Join(s.Names(key), ", "))
			}
		}
	}
	return ""
}

// increments puts together what the models rest on.
func (a *agreement) increments(p *Plan, all lineage) *Increments {
	out := new(Increments)
	for _, s := range p.Sources {
		var keyed KeyedSource
		for _, t := range a.traces {
			if key := t.keyed[&s.Relation]; key != nil {
				keyed.Key = key
			}
			keyed.Whole = keyed.Whole || t.whole[&s.Relation]
			keyed.Anywhere = keyed.Anywhere || t.anywhere[&s.Relation]
		}
		out.Sources = append(out.Sources, keyed)
	}
	for _, m := range p.Models {
		of := func(t *trace) bool {
			return t.model == m || t.keyed[&m.Relation] != nil && all.rowByRow(&m.Relation) == nil
		}
		if slices.ContainsFunc(a.traces, of) {
			out.Models = append(out.Models, m)
		}
	}
	for _, t := range a.traces {
		for _, l := range t.lookups {
			if !slices.ContainsFunc(out.Lookups, l.equal) {
				out.Lookups = append(out.Lookups, l)
			}
		}
	}
	return out
}
