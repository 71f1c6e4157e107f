package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// traceWarnings is how large the inputs of a run may be, in bytes, for rows that
// only warn to be traced: a warning that stands for months is not to double the
// time of every run.
const traceWarnings = 256 << 20

// traceFailures finds out where the values came from that the report will show.
// Those of rows that rest on base inputs alone are known; for others the plan is
// read again. That it could not be is a warning: the report then names the base
// record of the row.
func (r *run) traceFailures(ctx context.Context) {
	r.gates = r.closeGates()
	var questions []question
	ask := func(n *node, origin contract.Origin, columns []string) {
		for _, column := range columns {
			if n.model != nil && n.at(column) >= 0 && !n.onBaseAlone(column) {
				questions = append(questions, question{n, origin, column})
			}
		}
	}
	for _, f := range r.failures.First() {
		ask(r.graph.byName[f.Node], f.Origin, []string{f.Column})
	}
	for _, o := range r.observers {
		if o == nil || r.gates.closes(o.node) {
			continue
		}
		for i := range o.tests {
			v := r.verdict(o.node, i)
			if r.gates.closesTest(o.node, i) || v == report.Pass || v == report.Warn && r.inputBytes > traceWarnings {
				continue
			}
			for _, e := range o.tests[i].Shown() {
				ask(o.node, e.Origin, columnsOf(&o.node.Tests[i]))
			}
		}
	}
	if len(questions) == 0 {
		return
	}
	var err error
	r.answers, err = r.answer(ctx, questions)
	if changed := r.inputsChanged(); changed != nil { // other records stand at the places of those that were read
		r.answers, err = nil, changed
	}
	if err != nil {
		r.warnings = append(r.warnings, fmt.Errorf("where some values came from could not be found out: %w", err))
	}
}

// answer reads the rows that are asked about, and what they were computed from.
func (r *run) answer(ctx context.Context, questions []question) (map[question]answer, error) {
	reading := r.newReading(ctx)
	defer reading.close()
	origins := map[*node]map[contract.Origin]bool{}
	for _, q := range questions {
		for _, n := range []*node{q.node, q.node.ground()} {
			if origins[n] == nil {
				origins[n] = map[contract.Origin]bool{}
			}
			origins[n][q.origin] = true
		}
	}
	for _, n := range r.graph.nodes { // each source once, for whatever rests on it
		if n.source != nil && origins[n] != nil {
			if _, err := reading.rows(n, demand{origins: origins[n]}); err != nil {
				return nil, err
			}
		}
	}
	t := reading.newTracer(maxFields)
	for _, q := range questions {
		s, err := reading.rows(q.node, demand{origins: origins[q.node]})
		if err != nil {
			return t.answers, err
		}
		row, ok := s.from(q.origin)
		if !ok { // the model does not give it: its base is all there is to say
			t.answers[q] = answer{}
			continue
		}
		if _, err := t.trace(row, q.column); err != nil {
			return t.answers, err
		}
	}
	return t.answers, nil
}

// columnsOf are the columns that a test looks at.
func columnsOf(t *contract.Test) []string {
	if t.Column != "" {
		return []string{t.Column}
	}
	return t.Reads
}

// onBaseAlone says whether a column is computed from columns of the base input
// alone, that from those of its own, and so on: they are of one record.
func (n *node) onBaseAlone(column string) bool {
	if n.source != nil {
		return true
	}
	for _, read := range n.readsOf(column) {
		if read.Input > 0 || n.model.Grouped || !n.inputs[0].onBaseAlone(read.Column) {
			return false
		}
	}
	return true
}

// reread reads some nodes once more, and what they rest on, and has take look at
// their batches, one at a time.
func (r *run) reread(ctx context.Context, nodes []*node, take func(*node, contract.Batch)) error {
	needed := make([]bool, len(r.graph.nodes))
	observers := make([]*observer, len(r.graph.nodes))
	for _, n := range nodes {
		needed[n.index] = true
		markInputs(needed, n)
	}
	for i, n := range r.graph.nodes {
		if needed[i] {
			observers[i] = &observer{node: n}
		}
	}
	var taking sync.Mutex                                   // nodes are read side by side
	for _, n := range slices.Compact(slices.Clone(nodes)) { // a node named twice is looked at once
		observers[n.index].sides = append(observers[n.index].sides, func(b contract.Batch) error {
			taking.Lock()
			defer taking.Unlock()
			take(n, b)
			return nil
		})
	}
	rejects := &rejectLog{silent: true}
	inputs := make([][]*input, len(r.graph.nodes))
	defer func() { closeInputs(inputs) }()
	for i, f := range r.places.files {
		if !needed[f.node.index] {
			continue
		}
		in, _, err := openInput(r.settings.root, f, i, nil)
		if err != nil {
			return err
		}
		rejects.expect(i, f.Faults)
		inputs[f.node.index] = append(inputs[f.node.index], in)
	}
	x := &executor{
		ctx: ctx, graph: r.graph, threads: r.settings.threads, inputs: inputs, observers: observers, rejects: rejects,
		env:      &contract.Env{AsOf: r.settings.asOf, Memory: r.mem, Failures: &contract.Failures{}},
		progress: noProgress{}, watch: newStopwatch(len(r.graph.nodes)), memory: r.settings.memory, temporary: r.settings.target,
	}
	return x.execute()
}

// placeOf says where to look for what some columns of a row of n hold: at the
// fields that gave it, record by record, and what was not there.
func (r *run) placeOf(n *node, origin contract.Origin, columns []string) string {
	var fields []field
	var missing []string
	grouped := false
	for _, column := range columns {
		a, traced := r.answers[question{n, origin, column}]
		switch {
		case traced && len(a.fields) > 0:
			fields, grouped = append(fields, a.fields...), grouped || a.grouped
		case traced:
			missing = append(missing, a.missing...)
		case n.model != nil && n.at(column) >= 0 && len(n.readsOf(column)) == 0: // of no input, such as now()
		default:
			fields = append(fields, r.places.field(origin, n, column))
		}
	}
	if len(fields) == 0 {
		fields = append(fields, r.places.field(origin, n, ""))
	}
	list := r.places.records(fields)
	if len(list) > maxFields {
		list = append(list[:maxFields], "...")
	}
	if grouped {
		list[0] = "the group that begins at " + list[0]
	}
	slices.Sort(missing)
	return strings.Join(append(list, slices.Compact(missing)...), "; ")
}
