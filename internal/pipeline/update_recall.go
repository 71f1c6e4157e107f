package pipeline

import "martlet/internal/state"

// keepMore has an observer keep what the state is to have.
func (o *observer) keepMore() {
	o.keepExamples()
	if o.profiler != nil {
		o.profiler.keeps = o.node.source != nil || o.node.model.Increment != nil
	}
}

// keepExamples has the tests keep as many failing rows as the state is to have.
func (o *observer) keepExamples() {
	for i := range o.tests {
		o.tests[i].Keep = keptExamples
	}
}

// recallSources takes down what earlier runs found of the sources.
func (u *update) recallSources() error {
	for i := range u.manifest.Sources {
		n, known := u.graph.nodes[i], &u.manifest.Sources[i]
		for j := range known.Rejects {
			var entries []entry
			if err := known.Rejects[j].Read(u.dir, &entries); err != nil {
				return &impossible{err.Error()}
			}
			if err := u.rejects.recall(n, u.firstFile(n)+known.Rejects[j].File, entries); err != nil {
				return err
			}
		}
		for j := range u.ages {
			if u.ages[j].observer.node == n && !u.agesAnew(n) {
				u.ages[j].known = known.Latest
			}
		}
	}
	return nil
}

// recallProfile has the profile of a source go on from what earlier runs gathered, where
// its rows are not all looked at again.
func (u *update) recallProfile(n *node, known *state.Source) error {
	p, err := u.recalledProfiler(n, known, u.dir)
	if err != nil {
		return &impossible{err.Error()}
	}
	if !u.plan.whole[n.index] {
		u.observers[n.index].profiler = p
	}
	return nil
}
