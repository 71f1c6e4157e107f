package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/spf13/cobra"

	"martlet/internal/contract"
	"martlet/internal/report"
)

// ageing finds how old one source is while its batches stream past.
type ageing struct {
	observer *observer
	rule     *contract.FreshnessRule
	found    contract.Freshness
	known    *int64 // what an earlier run found of records that this one does not read
}

// watchFreshness has the observers of the sources that say how old they may be
// look for when these were last loaded.
func watchFreshness(g *graph, observers []*observer, env *contract.Env) []ageing {
	var all []ageing
	for _, n := range g.nodes {
		o := observers[n.index]
		if o == nil || n.source == nil || n.source.Freshness == nil {
			continue
		}
		a := ageing{observer: o, rule: n.source.Freshness, found: n.source.Freshness.New(env)}
		o.sides = append(o.sides, func(b contract.Batch) error {
			a.found.Add(b)
			return nil
		})
		all = append(all, a)
	}
	return all
}

// judge gives the age at asOf of what was loaded at latest, and what the rule
// says of it. An age that is just a limit is within it, as in dbt.
func judge(rule *contract.FreshnessRule, asOf, latest arrow.Timestamp) (report.Age, report.Status) {
	age := report.Age(asOf - latest)
	beyond := func(limit time.Duration) bool { return limit > 0 && age > report.Age(limit.Microseconds()) }
	switch {
	case beyond(rule.ErrorAfter):
		return age, report.Errored
	case beyond(rule.WarnAfter):
		return age, report.Warn
	}
	return age, report.Pass
}

// describeFreshness puts into words how old the sources are.
func (r *run) describeFreshness() []report.Freshness {
	var all []report.Freshness
	for _, n := range r.graph.nodes {
		if n.source == nil || n.source.Freshness == nil || !r.scope.includes(n) {
			continue
		}
		lap := r.watch.nodes[n.index]
		out := report.Freshness{Source: n.Name, Rule: n.source.Freshness, Status: report.RuntimeError,
			Started: lap.started, Completed: lap.completed, Seconds: lap.spent.Seconds()}
		if latest, problem := r.latestLoad(n); problem == "" {
			out.Age, out.Status = judge(out.Rule, r.settings.asOf, latest)
			out.Latest = time.UnixMicro(int64(latest)).UTC()
		} else {
			out.Problem = problem
		}
		all = append(all, out)
	}
	return all
}

// latestLoad is when a source was last loaded, or why that is not known.
func (r *run) latestLoad(n *node) (latest arrow.Timestamp, problem string) {
	for i := range r.ages {
		o := r.ages[i].observer
		if o.node != n {
			continue
		}
		if failed := r.failures.Len(n.Name, "freshness"); failed > 0 {
			return 0, "loaded_at or filter has no value on " + report.Plural(failed, "row")
		}
		if o.broken != nil {
			return 0, "the source was not read to its end: " + o.broken.Error()
		}
		if !o.ended {
			break
		}
		latest, ok := r.ages[i].latest()
		if !ok {
			return 0, "found no row with a value of " + r.ages[i].condition()
		}
		return latest, ""
	}
	return 0, "the run ended before the source was read"
}

// latest is the latest of what this run and those before it found.
func (a *ageing) latest() (latest arrow.Timestamp, ok bool) {
	latest, ok = a.found.Latest()
	if a.known != nil && (!ok || arrow.Timestamp(*a.known) > latest) {
		return arrow.Timestamp(*a.known), true
	}
	return latest, ok
}

// condition names the values that are looked for.
func (a *ageing) condition() string {
	if a.rule.Filter == "" {
		return a.rule.LoadedAt
	}
	return a.rule.LoadedAt + " where " + a.rule.Filter
}

func (a *app) freshnessCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "freshness",
		Short: "Tell how old the sources are that say how old they may be",
		Long: `Read the sources that have freshness in the schema, and nothing else, and tell
when each was last loaded. target/sources.json has the same, in dbt's words.

Exit status: 0 all are fresh, warnings included; 1 one is older than its
error_after, or has no row to tell its age by; 2 one could not be read.`,
		Example: "  build freshness\n  build freshness --as-of 2024-05-01 --select mart_users_marketing",
		Args:    a.noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.freshness(cmd.Context(), o) },
	}
	o.addSome(cmd, "root", "target-path", "as-of", "threads", "memory", "select", "exclude", "state", "limit")
	return cmd
}

func (a *app) freshness(ctx context.Context, o *options) error {
	started := time.Now()
	s, err := o.settings("freshness", started)
	if err != nil {
		return err
	}
	r, err := newRun(a.project, s, a.mem, quietly(newProgress(a.stderr)))
	if err != nil {
		return err
	}
	wanted := make([]bool, len(r.graph.nodes)) // without what only tests need
	for _, n := range r.graph.nodes {
		if r.scope.selected[n.index] {
			wanted[n.index] = true
			markInputs(wanted, n)
		}
	}
	all := newCatalogue(a.project, r.graph)
	kept, _ := all.graph.Select(nil, s.choice.exclude) // not by way of what rests on them either
	r.readOnly(func(n *node) bool {
		return wanted[n.index] && kept[n.index] && n.source != nil && n.source.Freshness != nil
	})
	if err := openTarget(s.target); err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	problem := r.read(ctx, nil)
	result := r.results(started, problem)
	failed := report.WriteProblems(a.stderr, result)
	if r.executed {
		failed = errors.Join(failed, report.WriteFreshness(a.stdout, result))
	}
	failed = errors.Join(failed, report.WriteSources(sourcesFile(s.target), result, time.Now()))
	if problem == nil && failed == nil {
		return stale(result.Freshness)
	}
	return outcome(ctx, result, problem, failed)
}

// sourcesFile is where a run says how old the sources are.
func sourcesFile(target string) string { return filepath.Join(target, sourcesName) }

// stale is exit status 1 where a source is too old, or of an unknown age.
func stale(all []report.Freshness) error {
	for i := range all {
		if all[i].Status == report.Errored || all[i].Status == report.RuntimeError {
			return &exitError{status: exitBadData}
		}
	}
	return nil
}

// keepHistory adds the run's test results to those of the runs before it. What
// keeps it from doing so does not fail the run, whose results are written.
func (a *app) keepHistory(target string, result *report.Run) {
	note, err := report.AppendHistory(filepath.Join(target, historyFile), result, time.Now())
	if note != "" {
		fmt.Fprintf(a.stderr, "Note: %s\n", note)
	}
	if err != nil {
		fmt.Fprintf(a.stderr, "Warning: the history of test results was not continued: %v\n", err)
	}
}
