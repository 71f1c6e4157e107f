package profile

import (
	"slices"

	"martlet/internal/contract"
)

// Known is a source or a published model as the schema has it.
type Known struct {
	UniqueID string
	Columns  []contract.Column
}

// Next gives what is known of the nodes, in their order, once a run has found profiles
// of some: what the run has found, else what there was in current. In before goes what
// there was in current, of another run that passed, where another takes its place. Of columns
// that are personal data by now only counts stay, of columns that are no more nothing.
// Both files may be nil.
func Next(project string, nodes []Known, found []Node, current, before *Profiles) (now, last *Profiles) {
	now, last = &Profiles{Version: Version, Project: project, Nodes: []Node{}}, &Profiles{Version: Version, Project: project, Nodes: []Node{}}
	for _, n := range nodes {
		fresh, was, earlier := nodeOf(found, n.UniqueID), current.Node(n.UniqueID), before.Node(n.UniqueID)
		if fresh == nil {
			fresh = was
		} else if was != nil && was.Run != fresh.Run && was.Passed && was.Complete {
			earlier = was
		}
		if fresh != nil {
			now.Nodes = append(now.Nodes, fresh.as(n.Columns))
		}
		if earlier != nil {
			last.Nodes = append(last.Nodes, earlier.as(n.Columns))
		}
	}
	return now, last
}

// Node gives the profile of a node by its unique id, nil where there is none. There
// is none without profiles.
func (p *Profiles) Node(uniqueID string) *Node {
	if p == nil {
		return nil
	}
	return nodeOf(p.Nodes, uniqueID)
}

func nodeOf(nodes []Node, uniqueID string) *Node {
	if i := slices.IndexFunc(nodes, func(n Node) bool { return n.UniqueID == uniqueID }); i >= 0 {
		return &nodes[i]
	}
	return nil
}

// as is the profile as far as the schema lets it be shown.
func (n Node) as(columns []contract.Column) Node {
	old := n.Columns
	n.Columns = []Column{}
	for _, c := range old {
		i := slices.IndexFunc(columns, func(known contract.Column) bool { return known.Name == c.Name })
		if i < 0 {
			continue
		}
		if columns[i].PII {
			c.PII, c.Values = true, nil
		}
		if c.PII || c.Values != nil {
			n.Columns = append(n.Columns, c)
		}
	}
	return n
}
