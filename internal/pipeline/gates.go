package pipeline

import (
	"strings"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// gates says which nodes are closed off from what they read, and by what: a test
// of severity error that failed there. Nodes stream together, so a closed one
// has been computed; its rows and tests are not reported, as they rest on data
// that are known to be wrong. Rejects and expressions without a value are, as
// they are to be mended whatever else is.
type gates struct{ closed []string } // by index of the node; "" is open

// closes says whether what was found of a node is not to be reported.
func (g *gates) closes(n *node) bool { return len(g.closed) > 0 && g.closed[n.index] != "" }

// closeGates goes through the nodes in the order of the graph, inputs first.
func (r *run) closeGates() gates {
	g := gates{closed: make([]string, len(r.graph.nodes))}
	for _, n := range r.graph.nodes {
		for _, input := range n.inputs {
			if g.closed[n.index] != "" {
				break
			}
			if g.closed[n.index] = g.closed[input.index]; g.closed[n.index] == "" {
				g.closed[n.index] = r.obstacle(input)
			}
		}
	}
	return g
}

// obstacle names a test of a node for which nobody may rely on it, "" where there
// is none.
func (r *run) obstacle(n *node) string {
	o := r.observers[n.index]
	if o == nil {
		return ""
	}
	for i := range o.tests {
		if v := r.verdict(n, i); v == report.Fail || v == report.Errored {
			return "test " + n.Tests[i].Name + " of " + n.Name + " failed"
		}
	}
	return ""
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
