package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/publish"
	"martlet/internal/report"
	"martlet/internal/selection"
)

func (a *app) retryCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "retry",
		Short: "Run again what failed or was skipped in the last run",
		Long: `Run again what failed or was skipped in the last run, and what rests on it, with
the command and the options of that run, its as-of time included. Like every run
that leaves out part of the project it publishes nothing: run build once it passes.`,
		Example: "  build retry\n  build retry --root sample --target-path /var/lib/mart/target",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.retry(cmd.Context(), o) },
	}
	o.addFolders(cmd)
	return cmd
}

// ranWith are the options of an earlier run as run_results.json has them.
type ranWith struct {
	Which       string
	Root        string
	Out         string
	AsOf        string `json:"as_of"`
	Threads     int
	Limit       map[string]string
	Select      []string
	Exclude     []string
	State       string
	FullRefresh bool `json:"full_refresh"`
	WarnError   bool `json:"warn_error"`
	NoProofs    bool `json:"no_proofs"`
	Keep        int
	Wait        string
}

func (a *app) retry(ctx context.Context, o *options) error {
	if err := o.checkRoot(); err != nil {
		return err
	}
	path := filepath.Join(o.targetFolder(), resultsFile)
	earlier, err := readResults(o.targetFolder())
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	var was ranWith
	if err := remarshal(earlier.Args, &was); err != nil || was.Which != "build" && was.Which != "test" {
		return &exitError{status: exitImpeded, err: fmt.Errorf("%s: found the results of no build or test that can be run again; run `build` anew", path)}
	}
	g, err := newGraph(a.project)
	if err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	again := newRetry(newCatalogue(a.project, g), earlier)
	for _, id := range again.gone {
		fmt.Fprintf(a.stderr, "Warning: %s is no longer part of the project; it is not run again.\n", id)
	}
	if len(again.ids) == 0 {
		fmt.Fprintf(a.stdout, "Nothing to retry: nothing failed or was skipped in the last run (%s).\n", path)
		return nil
	}
	was.become(o)
	started := time.Now()
	s, err := o.settings(was.Which, started)
	if err != nil {
		return err
	}
	s.choice.only = again.ids
	fmt.Fprintf(a.stderr, "Retrying %s --as-of %s, %s: %s.\n", was.Which, was.AsOf, again.describe(), again.reasons())
	return a.perform(ctx, s, started)
}

// become sets the options that the earlier run had. The root and the target
// folder are those by which its results were found.
func (w *ranWith) become(o *options) {
	o.limitFlag = "limit"
	o.asOf, o.threads, o.limits, o.refresh = w.AsOf, w.Threads, w.Limit, w.FullRefresh
	o.selects, o.excludes, o.state = w.Select, w.Exclude, w.State
	o.warnError, o.noProofs = w.WarnError, w.NoProofs
	o.keep = cmp.Or(w.Keep, publish.DefaultKeep)
	o.wait, _ = time.ParseDuration(w.Wait) // as it was written; where it was not, none
	if w.Out != filepath.Join(w.Root, "out") {
		o.out = w.Out
	}
}

func remarshal(from map[string]any, to any) error {
	text, err := json.Marshal(from)
	return errors.Join(err, json.Unmarshal(text, to))
}

// retry is what is to be run again.
type retry struct {
	ids  []string // what to select
	why  []string // what did not pass, in words
	gone []string // what did not pass and is no longer there
	rest int      // how many of ids rest on those
}

// newRetry finds what did not pass in an earlier run, and of what that run was
// asked for all that rests on it. Where the run ended badly though everything
// passed, as when nothing could be published, it is all to be done again.
func newRetry(all *catalogue, earlier *report.Earlier) *retry {
	r := &retry{}
	asked, failed := all.graph.None(), all.graph.None()
	for _, result := range earlier.Results {
		i, found := all.items[result.ID]
		bad := result.Status == report.Errored || result.Status == report.Fail || result.Status == report.Skipped
		switch {
		case !found && bad:
			r.gone = append(r.gone, result.ID)
		case bad:
			failed[i] = true
			if result.Status != report.Skipped {
				r.why = append(r.why, fmt.Sprintf("%s (%s)", all.graph.Items[i].Values[selection.Name][0], result.Status))
			}
		}
		if found {
			asked[i] = result.Selected
		}
	}
	if failed.Empty() && len(r.gone) == 0 && !earlier.Done {
		r.why = append(r.why, "the run could not be finished")
		copy(failed, asked)
	} else if len(r.why) == 0 {
		r.why = append(r.why, "they were skipped")
	}
	resting := all.resting(failed)
	for i, id := range all.ids {
		if asked[i] && (failed[i] || resting[i]) {
			r.ids = append(r.ids, id)
			if !failed[i] {
				r.rest++
			}
		}
	}
	return r
}

// describe counts what is to be run again.
func (r *retry) describe() string {
	text := report.Plural(int64(len(r.ids)-r.rest), "result")
	if r.rest > 0 {
		text += fmt.Sprintf(" and %s that rest on them", report.Count(int64(r.rest)))
	}
	return text
}

// maxReasons bounds what did not pass and is named.
const maxReasons = 10

func (r *retry) reasons() string {
	shown := r.why[:min(len(r.why), maxReasons)]
	text := strings.Join(shown, ", ")
	if rest := len(r.why) - len(shown); rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// resting are the items that rest on any of some. What rests on a test are the
// models that read what it looks at, as it would have kept dbt from building
// them, with their tests.
func (c *catalogue) resting(some selection.Set) selection.Set {
	nodes, looked := c.graph.None(), c.graph.None()
	for i, marked := range some {
		switch {
		case !marked:
		case !c.graph.Items[i].IsTest:
			nodes[i] = true
		default:
			for _, node := range c.graph.Items[i].Reads {
				looked[node] = true
			}
		}
	}
	resting := c.graph.Descendants(nodes)
	readers := c.graph.Descendants(looked)
	for i := range readers {
		readers[i] = readers[i] && !c.graph.Items[i].IsTest
	}
	tests := c.graph.Descendants(readers)
	for i := range resting {
		resting[i] = resting[i] || readers[i] || tests[i]
	}
	return resting
}
