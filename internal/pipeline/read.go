package pipeline

import (
	"context"

	"github.com/spf13/cobra"

	"martlet/internal/contract"
)

// addSome adds some of the flags of every command that reads data.
func (o *options) addSome(cmd *cobra.Command, names ...string) {
	var all cobra.Command
	o.addShared(&all)
	for _, name := range names {
		cmd.Flags().AddFlag(all.Flags().Lookup(name))
	}
}

// readOnly makes the run one of some nodes that leaves nothing behind but seeds:
// it tests nothing, writes no output and no file of rejects.
func (r *run) readOnly(wants func(*node) bool) {
	size := len(r.graph.nodes)
	s := &scope{selected: make([]bool, size), runs: make([]bool, size), writes: make([]bool, size), tests: make([][]bool, size), partial: true}
	for _, n := range r.graph.nodes {
		s.runs[n.index] = wants(n)
		s.selected[n.index] = s.runs[n.index]
		s.tests[n.index] = make([]bool, len(n.Tests))
	}
	r.scope = s
	r.rejects = newRejectLog("", len(r.project.Sources))
}

// read reads the nodes of a run that is readOnly; take takes over the rows of
// those that no other of them reads, nil drops them.
func (r *run) read(ctx context.Context, take contract.Emit) error {
	defer r.progress.stop()
	defer func() { closeInputs(r.inputs) }()
	if err := r.findInputs(ctx, nil); err != nil {
		return err
	}
	if err := r.openInputs(ctx); err != nil {
		return err
	}
	for _, n := range r.graph.nodes {
		if r.scope.includes(n) {
			r.observers[n.index] = newObserver(n, r.scope.tests[n.index], r.env, false, "")
		}
	}
	r.ages = watchFreshness(r.graph, r.observers, r.env)
	r.take = take
	return r.execute(ctx)
}

// quiet is a progress that does not tell of every node.
type quiet struct{ progress }

func (quiet) nodeDone(*observer) {}

func quietly(p progress) progress { return quiet{p} }
