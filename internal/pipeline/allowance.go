package pipeline

import (
	"fmt"
	"strings"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// guard is a model that is complete: it refuses rejects in the sources it rests
// on, whatever these allow.
type guard struct {
	model   *node
	sources []*observer
}

// guards are the complete models among the nodes of a run.
func guards(g *graph, observers []*observer) []guard {
	var all []guard
	for _, n := range g.nodes {
		if observers[n.index] == nil || n.model == nil || !n.model.Complete {
			continue
		}
		reached := make([]bool, len(g.nodes))
		markInputs(reached, n)
		x := guard{model: n}
		for _, m := range g.nodes {
			if m.source != nil && reached[m.index] {
				x.sources = append(x.sources, observers[m.index])
			}
		}
		all = append(all, x)
	}
	return all
}

// broken says whether a record was rejected in what the model rests on.
func (g *guard) broken() bool {
	for _, o := range g.sources {
		if o.lacking() {
			return true
		}
	}
	return false
}

// text says what broke the promise; "" where nothing did.
func (g *guard) text() string {
	var parts []string
	for _, o := range g.sources {
		switch {
		case o.broken != nil:
			parts = append(parts, o.node.Name+" was not read to its end")
		case o.rejected > 0:
			parts = append(parts, fmt.Sprintf("%s rejected of %s", report.Plural(o.rejected, "record"), o.node.Name))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "the model is complete, which allows no reject in what it rests on: " + strings.Join(parts, ", ")
}

// lacking says whether records of the source are missing from what it gave.
func (o *observer) lacking() bool { return o.rejected > 0 || o.broken != nil }

// intolerable says whether more records of the source were rejected than it
// allows. Once true it stays so: a count is judged as the source is read, a
// percentage when it has ended.
func (o *observer) intolerable() bool {
	if o.node.source == nil || !o.lacking() {
		return false
	}
	return o.broken != nil || o.allowed.Exceeded(o.rejected) || o.ended && !o.allowed.Allows(o.rejected, o.rowsIn)
}

// rejection says what the source's rejects are, of how many records, and how
// many of them it allows; "" where there are none.
func (o *observer) rejection() string {
	if o.rejected == 0 || o.node.source == nil {
		return ""
	}
	text := report.Plural(o.rejected, "record") + " rejected"
	if o.ended {
		text += " of " + report.Count(o.rowsIn)
	}
	if o.allowed == (contract.Allowance{}) {
		if allowed := o.node.source.MaxRejects; allowed != o.allowed {
			return text + ", allowed " + allowed.String() + " but for --warn-error"
		}
		return text + ", none allowed"
	}
	return text + ", allowed " + o.allowed.String()
}

// intolerable says whether rejects keep the run from going on without the
// records they are of.
func (r *run) intolerable() bool {
	r.rejects.mu.Lock()
	defer r.rejects.mu.Unlock()
	if r.rejects.counts.Lines == 0 {
		return false
	}
	for _, o := range r.observers {
		if o != nil && o.intolerable() {
			return true
		}
	}
	for i := range r.guards {
		if r.guards[i].broken() {
			return true
		}
	}
	return false
}
