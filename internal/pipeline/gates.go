package pipeline

import (
	"strings"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// gates says which nodes are closed off from what they read, and by what: a test
// of severity error that failed there. Nodes stream together, so a closed one
// has been computed; its rows and tests are not reported, as they rest on data
// that are known to be wrong. Expressions without a value are, as they are to be
// mended whatever else is. Rejects close nothing: what is known of the other
// records is told.
type gates struct {
	closed  []string // by index of the node; "" is open
	parents map[testRef]*node
}

// testRef is a test of a node, by its index there.
type testRef struct {
	node *node
	test int
}

// closes says whether what was found of a node is not to be reported.
func (g *gates) closes(n *node) bool { return len(g.closed) > 0 && g.closed[n.index] != "" }

// closesTest says whether what was found of a test is not to be reported: its
// node or, of a relationships test, the other one is closed.
func (g *gates) closesTest(n *node, test int) bool {
	parent := g.parents[testRef{n, test}]
	return g.closes(n) || parent != nil && g.closes(parent)
}

// closeGates goes through the nodes in the order of the graph, inputs first. A
// relationships test rests on two nodes, of which one may be closed by a test
// that is judged later; so these are judged one after the other, at the end.
func (r *run) closeGates() gates {
	g := gates{closed: make([]string, len(r.graph.nodes)), parents: map[testRef]*node{}}
	for _, rel := range r.project.Relationships {
		g.parents[testRef{r.graph.byName[rel.Child], rel.Test}] = r.graph.byName[rel.Parent]
	}
	obstacles := make([]string, len(r.graph.nodes)) // to whoever reads the node
	for _, n := range r.graph.nodes {
		obstacles[n.index] = r.obstacle(&g, n)
	}
	r.spread(&g, obstacles)
	for _, rel := range r.project.Relationships {
		child := r.graph.byName[rel.Child]
		if obstacles[child.index] == "" && r.stands(&g, child, rel.Test) {
			obstacles[child.index] = failedTest(child, rel.Test)
			r.spread(&g, obstacles)
		}
	}
	return g
}

// spread closes whatever rests on a node with an obstacle.
func (r *run) spread(g *gates, obstacles []string) {
	for _, n := range r.graph.nodes {
		for _, input := range n.inputs {
			if g.closed[n.index] == "" {
				g.closed[n.index] = g.closed[input.index]
			}
			if g.closed[n.index] == "" {
				g.closed[n.index] = obstacles[input.index]
			}
		}
	}
}

// obstacle says why nobody may rely on a node, "" for no reason: a test of its
// own rows that failed, or an expression without a value.
func (r *run) obstacle(g *gates, n *node) string {
	if r.observers[n.index] == nil {
		return ""
	}
	for i := range n.Tests {
		if g.parents[testRef{n, i}] == nil && r.stands(g, n, i) {
			return failedTest(n, i)
		}
	}
	if r.failed(n) > 0 {
		return "expressions of " + n.Name + " failed"
	}
	return ""
}

func failedTest(n *node, test int) string {
	return "test " + n.Tests[test].Name + " of " + n.Name + " failed"
}

// stands says whether a test failed on data that can be relied upon.
func (r *run) stands(g *gates, n *node, test int) bool {
	if r.observers[n.index] == nil || g.closesTest(n, test) {
		return false
	}
	v := r.verdict(n, test)
	return v == report.Fail || v == report.Errored
}

// failed is how many expressions of a node had no value on some row; those of
// its tests aside.
func (r *run) failed(n *node) (count int64) {
	for at, c := range r.failureCounts() {
		if at[0] == n.Name && !strings.HasPrefix(at[1], testPrefix) {
			count += c
		}
	}
	return count
}

// verdict is how a test of a node that was run ended; one that did not run, as it
// is proved or not selected, passed.
func (r *run) verdict(n *node, test int) report.Status {
	declared, result := &n.Tests[test], &r.observers[n.index].tests[test]
	status := verdicts[declared.Judge(result)]
	switch {
	case r.failures.Len(n.Name, testPrefix+declared.Name) > 0: // whatever its severity: nobody knows what it would have said
		return report.Errored
	case status == report.Warn && r.settings.warnError:
		return report.Fail
	}
	return status
}

// verdicts are the statuses of tests that ran.
var verdicts = map[contract.Severity]report.Status{contract.Passed: report.Pass, contract.Warn: report.Warn, contract.Error: report.Fail}
