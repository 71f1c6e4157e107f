package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// results puts what the run found into words: every origin as a place,
// everything personal redacted. problem is what stopped the run, if anything.
func (r *run) results(started time.Time, problem error) *report.Run {
	out := &report.Run{
		Project: r.project.Name, Command: r.settings.command, ID: r.id, Schema: r.project.Fingerprint,
		Invocation: r.invocation, Args: r.settings.args, AsOf: time.UnixMicro(int64(r.settings.asOf)).UTC(),
		Started: started, Threads: r.settings.threads, Files: r.files, Published: r.published,
	}
	r.gates = r.closeGates()
	r.placeOrigins()
	if r.executed {
		r.describeRejects(out)
	}
	r.storeFailures()
	r.describeFailures(out)
	var stopper *nodeError
	errors.As(problem, &stopper)
	for _, n := range r.graph.nodes {
		if r.scope.includes(n) {
			out.Nodes = append(out.Nodes, r.describeNode(n, stopper))
			out.Tests = append(out.Tests, r.describeTests(n)...)
		}
	}
	switch {
	case errors.Is(problem, context.Canceled):
		out.Outcome, out.Problem = report.Stopped, problem.Error()
	case problem != nil:
		out.Outcome, out.Problem = report.Impeded, problem.Error()
	case !r.good():
		out.Outcome = report.BadData
	}
	out.Freshness = r.describeFreshness()
	out.Note = r.publishingNote()
	out.Increment = r.describeIncrement()
	out.Seconds = time.Since(started).Seconds()
	return out
}

// placeOrigins looks up the records that the report will name.
func (r *run) placeOrigins() {
	var all []contract.Origin
	if r.rejects != nil {
		for _, x := range r.rejects.first() {
			if x.line > 0 {
				r.places.lines[x.origin] = x.line
			}
			all = append(all, x.origin)
		}
	}
	for _, f := range r.failures.First() {
		all = append(all, f.Origin)
	}
	for _, o := range r.observers {
		if o == nil {
			continue
		}
		for i := range o.tests {
			for _, e := range o.tests[i].Shown() {
				all = append(all, e.Origin)
			}
		}
	}
	for _, a := range r.answers {
		for _, f := range a.fields {
			all = append(all, f.origin)
		}
	}
	r.places.locate(all)
}

func (r *run) describeRejects(out *report.Run) {
	out.Rejected = r.rejects.counts
	for _, x := range r.rejects.first() {
		out.Rejects = append(out.Rejects, report.Reject{Source: x.node.Name, Place: r.places.of(x.origin, x.node, x.column),
			Column: x.column, Found: x.found, Expected: x.expected})
	}
	files, err := r.rejects.finish(r.places)
	out.RejectFiles = files
	if err != nil {
		r.warnings = append(r.warnings, fmt.Errorf("rejects could not be written: %w", err))
	}
}

func (r *run) describeFailures(out *report.Run) {
	for _, count := range r.failureCounts() {
		out.FailureCount += count
	}
	for _, f := range r.failures.First() {
		out.Failures = append(out.Failures, report.Failure{Node: f.Node, Column: f.Column, Key: shownKey(r.graph.byName[f.Node], f.Key),
			Place: r.placeOf(r.graph.byName[f.Node], f.Origin, []string{f.Column}), Message: f.Err.Error()})
	}
}

// shownKey is the key of a row of n as it may be shown; "" where there is none.
func shownKey(n *node, key string) string {
	switch {
	case key == "":
		return ""
	case n == nil || n.piiKey():
		return contract.Redacted
	}
	return report.Printable(key)
}

// failureCounts is how many expressions failed, by node and column.
func (r *run) failureCounts() map[[2]string]int64 {
	counts := map[[2]string]int64{}
	for _, f := range r.failures.First() {
		counts[[2]string{f.Node, f.Column}] = r.failures.Len(f.Node, f.Column)
	}
	return counts
}

func (r *run) describeNode(n *node, stopper *nodeError) report.Node {
	out := report.Node{Name: n.Name, Kind: n.kind(), Selected: r.scope.selected[n.index], Status: report.Skipped}
	if n.source != nil {
		out.Relation = n.source.Seed
	} else {
		out.Layer = n.model.Layer
	}
	lap := r.watch.nodes[n.index]
	out.Started, out.Completed, out.Seconds = lap.started, lap.completed, lap.spent.Seconds()
	o := r.observers[n.index]
	if o == nil {
		return out
	}
	if r.gates.closes(n) && r.failed(n) == 0 && !r.guarded(n) {
		out.Message = "as " + r.gates.closed[n.index]
		return out
	}
	out.RowsIn, out.Rejected, out.Filtered, out.Folded, out.RowsOut = o.rowsIn, o.rejected, o.filtered, o.folded, o.rowsOut
	if o.ended {
		out.Status = report.Success
	}
	out.Rejection = r.rejection(n)
	failed := r.failed(n)
	switch {
	case stopper != nil && stopper.node == n:
		out.Status, out.Message = report.Errored, stopper.err.Error()
	case o.broken != nil:
		out.Status, out.Message = report.Errored, o.broken.Error()
	case out.Rejection != "" && (n.model != nil || o.intolerable()):
		out.Status, out.Message = report.Errored, out.Rejection
	case failed > 0:
		out.Status, out.Message = report.Errored, report.Plural(failed, "expression")+" failed"
	case out.Rejection != "" && o.ended:
		out.Status, out.Message = report.Warn, out.Rejection
	}
	return out
}

// guarded says whether a node is a complete model for which records are missing.
func (r *run) guarded(n *node) bool { return n.model != nil && r.rejection(n) != "" }

// rejection says what rejects mean to a node, "" where nothing: to a source those
// of its own records, to a complete model those of what it rests on.
func (r *run) rejection(n *node) string {
	for i := range r.guards {
		if r.guards[i].model == n {
			return r.guards[i].text()
		}
	}
	return r.observers[n.index].rejection()
}

func (r *run) describeTests(n *node) []report.Test {
	o := r.observers[n.index]
	spanning := map[int]bool{} // relationships tests end later than their node
	for i := range r.project.Relationships {
		if rel := &r.project.Relationships[i]; rel.Child == n.Name {
			spanning[rel.Test] = true
		}
	}
	var tests []report.Test
	for i, declared := range n.Tests {
		if !r.scope.tests[n.index][i] {
			continue
		}
		out := report.Test{Test: declared, Node: n.Name, NodeKind: n.kind(), Status: report.Skipped}
		switch {
		case o == nil || !o.ended || !r.related && spanning[i] || r.gates.closesTest(n, i):
		case !declared.Runs(r.env):
			out.Status, out.ByProof = report.Pass, true
		default:
			out.Errors, out.Status = r.failures.Len(n.Name, testPrefix+declared.Name), r.verdict(n, i)
			r.describeTest(&out, n, &o.tests[i])
			o.describeStored(&out, i)
		}
		tests = append(tests, out)
	}
	return tests
}

// testPrefix stands before a test's name where a contract.Failure names the
// test's expression and not a column.
const testPrefix = "test "

func (r *run) describeTest(out *report.Test, n *node, result *contract.TestResult) {
	out.Rows, out.Failures, out.Distinct = result.Rows, result.Failures, result.Distinct
	for _, e := range result.Shown() {
		x := report.Example{Key: shownKey(n, e.Key), Count: e.Count}
		if e.Origin != 0 {
			x.Place = r.placeOf(n, e.Origin, columnsOf(&out.Test))
		}
		switch {
		case out.PII:
			x.Value = contract.Redacted
		case e.Value != "":
			x.Value = report.Printable(e.Value)
		}
		out.Examples = append(out.Examples, x)
	}
}

// publishingNote says what became of the outputs, where files do not say it.
func (r *run) publishingNote() string {
	switch {
	case !r.writesOutputs() || r.published:
		return ""
	case r.scope.partial && r.committed:
		return "This run leaves out part of the project, so it published nothing."
	}
	if _, err := os.Lstat(filepath.Join(r.settings.out, "current")); err == nil {
		return fmt.Sprintf("Nothing was published; the last good data in %s are untouched.", r.settings.out)
	}
	return "Nothing was published."
}
