package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"martlet/internal/contract"
	"martlet/internal/manifest"
	"martlet/internal/report"
	"martlet/internal/selection"
)

// app is the command line of one project.
type app struct {
	project        *contract.Project
	mem            contract.Allocator
	stdout, stderr io.Writer
}

func (a *app) rootCommand() *cobra.Command {
	o := &options{}
	root := &cobra.Command{
		Use:   "build",
		Short: "Run the pipeline: seeds, models, tests, outputs",
		Long: strings.TrimSpace(fmt.Sprintf(`
Run %s: convert workbooks to seeds, compute the models, test every node, and
publish the outputs when all tests passed. A run that leaves out part of the
project (--select, --exclude) publishes nothing.

Exit status: 0 all passed, warnings included; 1 the data failed; 2 the run could
not be done; 130 interrupted.`, a.project.Name)),
		Example: `  build
  build --as-of 2024-05-01 --out /srv/mart
  build --select mart_users_marketing
  build --select "tag:nightly,layer:mart state:modified+" --state last_run`,
		Args:          a.noArguments,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.run(cmd.Context(), "build", o) },
	}
	o.addShared(root)
	o.addPublishing(root)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 100"))
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.seedCommand(), a.convertCommand(), a.testCommand(), a.freshnessCommand(), a.showCommand(), a.explainCommand(), a.listCommand(), a.docsCommand(),
		a.retryCommand(), a.rollbackCommand(), a.verifyCommand(), a.diffCommand())
	return root
}

// noArguments refuses words that are no command, and says which may be meant.
func (a *app) noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasParent() {
		return fmt.Errorf("%s takes no arguments, found %q", cmd.CommandPath(), args)
	}
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	if near := selection.Nearest(args[0], names); near != "" {
		return fmt.Errorf("there is no command %q; did you mean %q?", args[0], near)
	}
	return fmt.Errorf("there is no command %q; the commands are %s", args[0], strings.Join(names, ", "))
}

func (a *app) testCommand() *cobra.Command {
	o := &options{}
	var unit bool
	cmd := &cobra.Command{
		Use:     "test",
		Short:   "Run everything and test it, but publish nothing",
		Example: "  build test\n  build test --select test_type:unique\n  build test --select stg_sample_db__user_acc --exclude tag:slow\n  build test --unit",
		Args:    a.noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if unit {
				return a.unit(o)
			}
			return a.run(cmd.Context(), "test", o)
		},
	}
	o.addShared(cmd)
	cmd.Flags().BoolVar(&unit, "unit", false, "run the unit tests of the models instead, which read no data")
	return cmd
}

// run does a build or a test: what it finds goes to standard output and to
// run_results.json, however it ends.
func (a *app) run(ctx context.Context, command string, o *options) error {
	started := time.Now()
	s, err := o.settings(command, started)
	if err != nil {
		return err
	}
	return a.perform(ctx, s, started)
}

func (a *app) perform(ctx context.Context, s *settings, started time.Time) error {
	shown := newProgress(a.stderr)
	r, err := newRun(a.project, s, a.mem, shown)
	if err != nil {
		return err
	}
	if err := openTarget(s.target); err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	if err := a.writeManifest(s.target, r.invocation, started); err != nil {
		return &exitError{status: exitImpeded, err: err}
	}
	problem := r.perform(ctx)
	shown.stop()
	result := r.results(started, problem)
	for _, w := range r.warnings {
		fmt.Fprintf(a.stderr, "Warning: %v\n", w)
	}
	var failed error
	if r.executed {
		failed = report.WriteText(a.stdout, result)
	}
	failed = errors.Join(failed, writeResults(s.target, result), a.writeProfiles(r, result))
	a.keepHistory(s.target, result)
	return outcome(ctx, result, problem, failed)
}

// probeFile is what is made to see whether files can be.
const probeFile = "probe"

// openTarget makes the folder of what a run says of itself and finds out whether
// files can be made there: a run that cannot tell how it ended is not begun.
func openTarget(target string) error {
	err := os.MkdirAll(target, 0o750)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(target, "."+probeFile+"-*"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: what the run says of itself cannot be written there (%w); give another folder with --target-path", target, cause(err))
	}
	return nil
}

// cause is an error of the os package without the path, which messages have already.
func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// writeManifest says what the project is, whatever becomes of the run.
func (a *app) writeManifest(target, invocation string, now time.Time) error {
	path := filepath.Join(target, manifestFile)
	text, err := manifest.New(a.project).Encode(now, invocation)
	if err == nil {
		err = report.WriteFile(path, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeResults(target string, result *report.Run) error {
	now := time.Now()
	return errors.Join(report.WriteResults(filepath.Join(target, resultsFile), result, now), report.WriteSources(sourcesFile(target), result, now))
}

// outcome is the exit status of a run: problem is what stopped it, failed what
// kept its results from being written.
func outcome(ctx context.Context, result *report.Run, problem, failed error) error {
	var stop *interrupted
	switch {
	case result.Outcome == report.Stopped && errors.As(context.Cause(ctx), &stop) && stop.signal == os.Interrupt:
		return &exitError{status: exitInterrupted, err: errors.Join(problem, failed)}
	case problem != nil || failed != nil:
		return &exitError{status: exitImpeded, err: errors.Join(problem, failed)}
	case result.Outcome == report.BadData:
		return &exitError{status: exitBadData}
	}
	return nil
}
